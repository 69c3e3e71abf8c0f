//! Guesses under way, one gate for each bucket, so that a burst cannot outrun the count of its
//! failures: every guess under way is taken for a failure until it has ended.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use tokio::sync::{Mutex as FairMutex, MutexGuard, Notify, futures::Notified};

/// The gates that somebody waits at or has passed.
#[derive(Default)]
pub(super) struct Gates(Mutex<HashMap<String, Weak<Gate>>>);

#[derive(Default)]
pub(super) struct Gate {
    running: AtomicU32,
    ended: Notify,
    /// Held by whoever is next, while failures are read; the others queue behind, first come first
    /// served. Only passwords for this bucket wait, and no longer than for a place in the pool.
    next: FairMutex<()>,
}

/// A guess under way; it ends when this is dropped, which is after its failure was counted.
pub(super) struct Turn(Arc<Gate>);

impl Gates {
    pub(super) fn gate(&self, bucket: &str) -> Arc<Gate> {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = gates.get(bucket).and_then(Weak::upgrade) {
            return known;
        }
        if gates.len() >= 1024 {
            gates.retain(|_, gate| gate.strong_count() > 0);
        }
        let new = Arc::new(Gate::default());
        gates.insert(bucket.to_owned(), Arc::downgrade(&new));
        new
    }
}

impl Gate {
    /// Becomes next if nobody is.
    pub(super) fn pass(&self) -> Option<MutexGuard<'_, ()>> {
        self.next.try_lock().ok()
    }

    /// Becomes next, in the order of asking. Held until [`begin`](Self::begin).
    pub(super) async fn queue(&self) -> MutexGuard<'_, ()> {
        self.next.lock().await
    }

    /// Ends when a guess under way ends; counts from when it is enabled.
    pub(super) fn ended(&self) -> Notified<'_> {
        self.ended.notified()
    }

    /// Guesses under way. Read it before the count of failures: a guess that ends in between is
    /// counted twice then, and never not at all.
    pub(super) fn running(&self) -> u32 {
        self.running.load(Ordering::SeqCst)
    }

    pub(super) fn begin(self: &Arc<Self>, next: MutexGuard<'_, ()>) -> Turn {
        self.running.fetch_add(1, Ordering::SeqCst);
        drop(next);
        Turn(Arc::clone(self))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        self.0.ended.notify_waiters();
    }
}
