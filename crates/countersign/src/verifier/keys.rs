//! The published keys, kept for their `max-age`. While the issuer cannot be asked, those that are
//! there are believed for an hour; for a minute after it said that they are others.

use std::sync::{Arc, Mutex};

use countersign_proto::jose::{KeyError, KeySet, MAX_JWKS_LEN};

use super::{
    Reach,
    moment::{Moment, Say, age, lock},
};
use crate::Clock;

/// An unknown `kid` has the keys fetched again, but not within so many seconds: whoever sends
/// nonsense must not make us flood the issuer.
const REFETCH: f64 = 5.0;
const OUTLAST: f64 = 3600.0;
const OUTLAST_RECALLED: f64 = 60.0;

const PATH: &str = "/.well-known/jwks.json";
const MATTER: &str = "the key set";

pub(super) struct Keys {
    clock: Clock,
    say: Arc<Say>,
    state: Mutex<State>,
    /// Held by whoever fetches. Who has a key for their token does not wait for it, and who waits
    /// fetches nothing after that.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Arc<KeySet>,
    max_age: f64,
    fetched: Option<Moment>,
    tried: Option<Moment>,
    recalled: Option<Moment>,
    recalls: u64,
    /// Fetches that are over, and how often the keys had been recalled when the last one began.
    fetches: (u64, u64),
    /// Whether the last one brought nothing, or is under way.
    failed: bool,
}

/// Whether a caller waits for a fetch that others began.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Others {
    Wait,
    Leave,
}

impl Keys {
    pub(super) fn new(clock: Clock, say: Arc<Say>) -> Self {
        Self { clock, say, state: Mutex::default(), fetching: tokio::sync::Mutex::default() }
    }

    /// What `check` makes of a token or a list; with keys that are fetched again where it is
    /// `unknown` by which it is signed. `None` where that cannot be known now.
    pub(super) async fn open<T, E>(
        &self,
        reach: &impl Reach,
        check: impl Fn(&KeySet) -> Result<T, E>,
        unknown: impl Fn(&E) -> bool,
    ) -> Option<Result<T, E>> {
        if let Some(others) = self.old() {
            // Whoever has keys does not wait for who fetches.
            self.fetch(reach, others).await;
        }
        let mut verdict = check(&self.believed().0);
        if verdict.as_ref().is_err_and(&unknown) {
            self.fetch(reach, Others::Wait).await;
            let (keys, whole) = self.believed();
            verdict = check(&keys);
            if !whole && verdict.as_ref().is_err_and(&unknown) {
                return None;
            }
        }
        Some(verdict)
    }

    /// The issuer said that its keys are others.
    pub(super) async fn recall(&self, reach: &impl Reach) {
        {
            let mut state = lock(&self.state);
            state.recalled = Some(Moment::now(&self.clock));
            state.recalls += 1;
            state.tried = None;
        }
        self.fetch(reach, Others::Wait).await;
    }

    fn old(&self) -> Option<Others> {
        let state = lock(&self.state);
        let old = age(state.fetched, &self.clock) >= state.max_age || state.recalled.is_some();
        old.then_some(if state.keys.is_empty() { Others::Wait } else { Others::Leave })
    }

    /// The keys that are believed, and whether a key that is not among them is none of the issuer's.
    fn believed(&self) -> (Arc<KeySet>, bool) {
        let state = lock(&self.state);
        let recalled = state.recalled.map_or(0.0, |moment| moment.age(&self.clock));
        if age(state.fetched, &self.clock) >= OUTLAST || recalled >= OUTLAST_RECALLED {
            return (Arc::default(), false);
        }
        (Arc::clone(&state.keys), !state.failed)
    }

    async fn fetch(&self, reach: &impl Reach, others: Others) {
        let asked = lock(&self.state).fetches.0;
        let _one = match others {
            Others::Wait => self.fetching.lock().await,
            Others::Leave => match self.fetching.try_lock() {
                Ok(one) => one,
                Err(_) => return,
            },
        };
        let begun = Moment::now(&self.clock);
        let recalls = {
            let mut state = lock(&self.state);
            let shared = state.fetches.0 != asked && state.fetches.1 == state.recalls;
            if shared || age(state.tried, &self.clock) < REFETCH {
                return;
            }
            (state.tried, state.failed) = (Some(begun), true);
            state.recalls
        };
        let read = self.read(reach).await;
        let mut state = lock(&self.state);
        state.failed = read.is_err();
        state.fetches = (state.fetches.0 + 1, recalls);
        match read {
            Ok((keys, max_age)) => {
                (state.keys, state.max_age, state.fetched) = (Arc::new(keys), max_age, Some(begun));
                if state.recalls == recalls {
                    state.recalled = None;
                }
                self.say.well(MATTER);
            }
            Err(why) => self.say.wrong(MATTER, &why),
        }
    }

    async fn read(&self, reach: &impl Reach) -> Result<(KeySet, f64), String> {
        let fetched = reach.fetch(PATH, None, MAX_JWKS_LEN).await?;
        let body = fetched.body.ok_or("answered nothing")?;
        let (keys, refused) = KeySet::usable_of_jwks_json(&body)
            .map_err(|_| "is no strict JSON with a list of keys")?;
        for (kid, why) in refused {
            let matter = format!("the key {kid:?}");
            match why {
                KeyError::Duplicate => self.say.wrong(&matter, "listed twice, so neither is used"),
                why => self.say.wrong(&matter, &format!("not used: {why}")),
            }
        }
        Ok((keys, fetched.max_age.unwrap_or(300).clamp(5, 3600) as f64))
    }
}
