//! Which bits of the status lists are set. An index stays until the last token of its session has
//! expired by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
};

use super::until::{self, Until};
use crate::store::status_list::LIST_SIZE;

#[derive(Default)]
pub(crate) struct Statuses {
    lists: Mutex<HashMap<i64, Marks>>,
    purged_at: AtomicI64,
}

/// The bits of one list that are set, each until when; and how often one was.
#[derive(Default)]
struct Marks {
    until: HashMap<u32, Until>,
    version: u64,
}

impl Statuses {
    /// Sets the bit with this index, counted through all lists.
    pub(crate) fn mark(&self, index: i64, until: i64) {
        let (list, place) = (index.div_euclid(LIST_SIZE), index.rem_euclid(LIST_SIZE));
        let Ok(place) = u32::try_from(place) else { return };
        let until = until::of(until);
        let mut lists = self.lock();
        let marks = lists.entry(list).or_default();
        let known = marks.until.entry(place).or_insert_with(|| {
            marks.version += 1;
            until
        });
        *known = (*known).max(until);
    }

    /// Changes whenever another bit of the list is set.
    pub(crate) fn version(&self, list: i64) -> u64 {
        self.lock().get(&list).map_or(0, |marks| marks.version)
    }

    /// The bits of the list that are set, and the version that they are.
    pub(crate) fn of(&self, list: i64) -> (u64, Vec<u32>) {
        let lists = self.lock();
        let of = |marks: &Marks| (marks.version, marks.until.keys().copied().collect());
        lists.get(&list).map(of).unwrap_or_default()
    }

    /// Forgets bits whose tokens have expired by themselves. A list without any stays known by its
    /// version.
    pub(crate) fn purge(&self, now: i64) {
        if !until::is_time(&self.purged_at, now) {
            return;
        }
        for marks in self.lock().values_mut() {
            until::drop_past(&mut marks.until, now);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Marks>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
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
