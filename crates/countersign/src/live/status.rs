//! Which bits of the status lists are set. An index stays until the last token of its session has
//! expired by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::store::status_list::LIST_SIZE;

/// What has run out is looked for at most once in so many seconds.
const PURGE_SECONDS: i64 = 30;

#[derive(Default)]
pub(crate) struct Statuses(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    lists: HashMap<i64, Marks>,
    purged_at: i64,
}

/// The bits of one list that are set, each until when; and how often one was.
#[derive(Default)]
struct Marks {
    until: HashMap<u32, i64>,
    version: u64,
}

impl Statuses {
    /// Sets the bit with this index, counted through all lists.
    pub(crate) fn mark(&self, index: i64, until: i64) {
        let (list, place) = (index.div_euclid(LIST_SIZE), index.rem_euclid(LIST_SIZE));
        let Ok(place) = u32::try_from(place) else { return };
        let mut inner = self.lock();
        let marks = inner.lists.entry(list).or_default();
        let known = marks.until.entry(place).or_insert_with(|| {
            marks.version += 1;
            until
        });
        *known = (*known).max(until);
    }

    /// Changes whenever another bit of the list is set.
    pub(crate) fn version(&self, list: i64) -> u64 {
        self.lock().lists.get(&list).map_or(0, |marks| marks.version)
    }

    /// The bits of the list that are set, and the version that they are.
    pub(crate) fn of(&self, list: i64) -> (u64, Vec<u32>) {
        let inner = self.lock();
        let of = |marks: &Marks| (marks.version, marks.until.keys().copied().collect());
        inner.lists.get(&list).map(of).unwrap_or_default()
    }

    /// Forgets bits whose tokens have expired by themselves. A list without any stays known by its
    /// version.
    pub(crate) fn purge(&self, now: i64) {
        let mut inner = self.lock();
        if (0..PURGE_SECONDS).contains(&(now - inner.purged_at)) {
            return;
        }
        inner.purged_at = now;
        for marks in inner.lists.values_mut() {
            marks.until.retain(|_, until| *until > now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_is_a_place_in_a_list_and_changes_its_version_once() {
        let statuses = Statuses::default();
        statuses.mark(LIST_SIZE + 7, 100);
        statuses.mark(LIST_SIZE + 7, 200);

        assert_eq!(statuses.of(0), (0, Vec::new()));
        assert_eq!(statuses.of(1), (1, vec![7]));
    }

    #[test]
    fn a_bit_stays_until_its_last_token_has_expired() {
        let statuses = Statuses::default();
        statuses.mark(1, 100);
        statuses.mark(2, 200);
        statuses.mark(2, 100);

        statuses.purge(150);

        assert_eq!(statuses.of(0), (2, vec![2]));
    }
}
