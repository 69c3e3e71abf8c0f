//! How long something is ago, and words for the log that are said once.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use crate::Clock;

/// When something was, by two clocks: one that may be set and one that may stand still while the
/// machine sleeps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment(i64, Instant);

impl Moment {
    pub(super) fn now(clock: &Clock) -> Self {
        Self(clock.now(), Instant::now())
    }

    /// Seconds since then: the larger of both counts.
    pub(super) fn age(self, clock: &Clock) -> f64 {
        let wall = clock.now().saturating_sub(self.0).max(0);
        self.1.elapsed().as_secs_f64().max(wall as f64)
    }
}

/// Seconds since then; for ever if it never was.
pub(super) fn age(moment: Option<Moment>, clock: &Clock) -> f64 {
    moment.map_or(f64::INFINITY, |moment| moment.age(clock))
}

/// A lock that a panic elsewhere does not take away.
pub(super) fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says of each matter once what is wrong with it, and once that it is well again.
#[derive(Default)]
pub(super) struct Say(Mutex<HashMap<String, String>>);

/// So many matters are remembered.
const MATTERS: usize = 1000;

impl Say {
    pub(super) fn wrong(&self, matter: &str, why: &str) {
        let mut said = lock(&self.0);
        let known = said.get(matter).is_some_and(|known| known == why);
        if !known && said.len() <= MATTERS {
            said.insert(matter.to_owned(), why.to_owned());
            tracing::warn!(matter, why, "an issuer is not as it should be");
        }
    }

    pub(super) fn well(&self, matter: &str) {
        if lock(&self.0).remove(matter).is_some() {
            tracing::info!(matter, "well again");
        }
    }
}
