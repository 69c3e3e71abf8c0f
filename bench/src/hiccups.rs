//! How late the machine itself is: on every processor a thread that outranks all others and has
//! nothing to do is woken again and again. What is late there, no server can be blamed for.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::{load::Tally, rank};

/// How often they are woken: more often, and they would cost what they are to measure. Each waking
/// takes a processor from a hash for some 50 microseconds.
const PERIOD: Duration = Duration::from_millis(50);

/// Threads that wait, until they are asked what they saw.
pub(crate) struct Hiccups {
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<Result<Tally>>>,
}

impl Hiccups {
    /// Begins to watch.
    ///
    /// # Errors
    /// When nobody knows how many processors there are.
    pub(crate) fn watch() -> Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let watch = |processor| {
            let over = Arc::clone(&over);
            thread::spawn(move || wake(processor, &over))
        };
        let threads = (0..thread::available_parallelism()?.get()).map(watch).collect();
        Ok(Self { over, threads })
    }

    /// How late 99 of 100 wake-ups were at most, in microseconds.
    ///
    /// # Errors
    /// When a thread panicked.
    pub(crate) fn p99_us(self) -> Result<f64> {
        self.over.store(true, Ordering::Relaxed);
        let mut all = Tally::new()?;
        for thread in self.threads {
            all.merge(&thread.join().map_err(|_| anyhow!("a watcher panicked"))??)?;
        }
        Ok(all.percentile(99.0))
    }
}

fn wake(processor: usize, over: &AtomicBool) -> Result<Tally> {
    outrank(processor);
    let mut tally = Tally::new()?;
    let mut due = Instant::now() + PERIOD;
    while !over.load(Ordering::Relaxed) {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        tally.add(due.elapsed());
        due = Instant::now() + PERIOD;
    }
    Ok(tally)
}

/// Without the right to go first, it is a thread like others, and sees more than the machine's part.
fn outrank(processor: usize) {
    let mut only = CpuSet::new();
    only.set(processor);
    let _ = sched_setaffinity(None, &only);
    rank::watching();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watcher_sees_how_late_it_was_woken() {
        let watching = Hiccups::watch().unwrap();
        thread::sleep(PERIOD * 3);

        let late = watching.p99_us().unwrap();

        assert!(late > 0.0, "nobody is woken before it is time");
    }
}
