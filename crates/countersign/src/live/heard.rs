//! When the feed was last heard to its end, by two clocks: one that may be set, and one that stands
//! still while the machine sleeps. Every token check reads it, so nobody locks it.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// A moment, in microseconds of either clock. Between the two writes of a new one a reader may find
/// the earlier moment by one of them: it is then taken to be longer ago than it is, for once.
pub(super) struct Heard {
    began: Instant,
    steady: AtomicU64,
    wall: AtomicU64,
}

impl Heard {
    pub(super) fn now() -> Self {
        let heard =
            Self { began: Instant::now(), steady: AtomicU64::new(0), wall: AtomicU64::new(0) };
        heard.at(heard.began);
        heard
    }

    /// It was heard at `moment`.
    pub(super) fn at(&self, moment: Instant) {
        let wall = since_epoch().saturating_sub(micros(moment.elapsed()));
        self.steady.store(micros(moment.duration_since(self.began)), Ordering::Relaxed);
        self.wall.store(wall, Ordering::Relaxed);
    }

    /// By the clock that says more. A clock that was set back says nothing.
    pub(super) fn ago(&self) -> Duration {
        let steady =
            micros(self.began.elapsed()).saturating_sub(self.steady.load(Ordering::Relaxed));
        let wall = since_epoch().saturating_sub(self.wall.load(Ordering::Relaxed));
        Duration::from_micros(steady.max(wall))
    }
}

fn since_epoch() -> u64 {
    micros(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_clock_can_tell_that_it_is_long_ago() {
        let second = 1_000_000;
        let heard = Heard::now();
        assert!(heard.ago() < Duration::from_secs(1));

        heard.wall.fetch_sub(30 * second, Ordering::Relaxed);
        assert!(heard.ago() >= Duration::from_secs(30));
        heard.wall.fetch_add(90 * second, Ordering::Relaxed);
        assert!(heard.ago() < Duration::from_secs(1), "a clock that was set back says nothing");
    }
}
