//! Refusals for lack of room, held back for a moment.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// A refusal is held back so long at least: whoever asks again at once, whatever `Retry-After` says,
/// would otherwise be refused thousands of times a second, and that costs more than the passwords.
pub(super) const HOLD: Duration = Duration::from_millis(20);

/// They end together, so often: each waking costs more than what is then done.
const BEAT: Duration = Duration::from_millis(10);

/// So many are held back at a time; more are not.
const HELD: usize = 256;

pub(super) struct Refusals {
    begun: Instant,
    held: AtomicUsize,
}

impl Refusals {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), held: AtomicUsize::new(0) }
    }

    /// Waits, unless too many do.
    pub(super) async fn hold(&self) {
        let held = Held::new(&self.held);
        if held.before < HELD {
            let end = self.begun + end_of(self.begun.elapsed());
            tokio::time::sleep_until(end.into()).await;
        }
    }
}

/// The beat to which a refusal of this moment is held back.
fn end_of(moment: Duration) -> Duration {
    let beats = (moment + HOLD).as_nanos().div_ceil(BEAT.as_nanos());
    BEAT * u32::try_from(beats).unwrap_or(u32::MAX)
}

/// A refusal that is counted while it is held back, even if its caller leaves.
struct Held<'a> {
    count: &'a AtomicUsize,
    before: usize,
}

impl<'a> Held<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        Self { count, before: count.fetch_add(1, Ordering::Relaxed) }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_refusal_is_held_back_and_those_of_a_crowd_are_not() {
        let refusals = Refusals::new();
        let begun = Instant::now();
        refusals.hold().await;
        assert!(begun.elapsed() >= HOLD);
        assert_eq!(refusals.held.load(Ordering::Relaxed), 0);

        refusals.held.store(HELD, Ordering::Relaxed);
        assert_eq!(refusals.hold().now_or_never(), Some(()));
    }

    #[test]
    fn refusals_of_one_beat_end_together() {
        let ends = [0, 1, 9, 10, 11, 4_000_000_001].map(Duration::from_millis).map(end_of);

        assert_eq!(ends.map(|end| end.as_millis()), [20, 30, 30, 30, 40, 4_000_000_030]);
    }
}
