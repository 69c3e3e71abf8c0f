//! Rows of the database that are known by heart, each by its id: bounded, and as of the last change
//! that was heard. The one place where a row is read and kept.

use std::{
    hash::Hash,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use quick_cache::sync::Cache;

use super::room::{InBytes, Room, bounded};
use crate::store::DbError;

pub(super) struct Rows<I, R> {
    cache: Cache<I, Arc<R>, InBytes>,
    /// Counts what was forgotten. A row read before a change must not be kept after it.
    forgotten: AtomicU64,
    filling: Mutex<()>,
}

impl<I: Copy + Eq + Hash, R> Rows<I, R>
where
    Arc<R>: Room,
{
    pub(super) fn new(capacity: usize) -> Self {
        Self { cache: bounded(capacity), forgotten: AtomicU64::new(0), filling: Mutex::new(()) }
    }

    pub(super) fn get(&self, id: &I) -> Option<Arc<R>> {
        self.cache.get(id)
    }

    /// Reads the row and keeps it, unless anything was forgotten meanwhile.
    pub(super) async fn load(
        &self,
        read: impl Future<Output = Result<Option<(I, R)>, DbError>>,
    ) -> Result<Option<Arc<R>>, DbError> {
        // Before the database is asked: a future does nothing until it is awaited.
        let before = self.forgotten.load(Ordering::SeqCst);
        let Some((id, row)) = read.await? else { return Ok(None) };
        let row = Arc::new(row);

        let _guard = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        if self.forgotten.load(Ordering::SeqCst) == before {
            self.cache.insert(id, Arc::clone(&row));
        }
        Ok(Some(row))
    }

    pub(super) fn forget(&self, id: &I) {
        let _guard = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.cache.remove(id);
    }

    pub(super) fn forget_all(&self) {
        let _guard = self.filling.lock().unwrap_or_else(PoisonError::into_inner);
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.cache.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Room for Arc<&str> {
        fn bytes(&self) -> usize {
            self.len()
        }
    }

    #[tokio::test]
    async fn a_row_read_before_a_change_is_not_kept_after_it() {
        for all in [false, true] {
            let rows = Rows::<u8, &str>::new(10);
            let slow = async {
                let read = (1, "as it was");
                if all {
                    rows.forget_all()
                } else {
                    rows.forget(&1)
                }
                Ok(Some(read))
            };

            let shown = rows.load(slow).await.unwrap();

            assert_eq!(shown.as_deref(), Some(&"as it was"), "whoever asked before is told");
            assert_eq!(rows.get(&1), None);
            rows.load(async { Ok(Some((1, "as it is"))) }).await.unwrap();
            assert_eq!(rows.get(&1).as_deref(), Some(&"as it is"));
        }
    }
}
