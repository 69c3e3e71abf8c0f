//! What a load yielded: how many answers after how long.

use std::time::Duration;

use anyhow::{Error, Result, anyhow};
use hdrhistogram::Histogram;

/// Answers that were as expected, and refusals where those are.
#[derive(Debug, Clone)]
pub struct Tally {
    /// Times from when a request was due to the end of its answer, in nanoseconds.
    pub times: Histogram<u64>,
    /// The same of answers that say one should come back later.
    pub refused: Histogram<u64>,
    /// Requests that had no answer when the wait for it was given up.
    pub lost: u64,
    /// How long it took. Where clients ask again and again, until the last answer that was as
    /// expected: to wait until one may come back is no work of the server's. At a fixed rate, until
    /// all are back.
    pub took: Duration,
}

impl Tally {
    /// Nothing yet.
    ///
    /// # Errors
    /// Never: the bounds are right.
    pub fn new() -> Result<Self> {
        let empty = || Histogram::new_with_bounds(1, 120_000_000_000, 3).map_err(Error::from);
        Ok(Self { times: empty()?, refused: empty()?, lost: 0, took: Duration::ZERO })
    }

    /// Requests answered as expected.
    pub fn answered(&self) -> u64 {
        self.times.len()
    }

    /// The same, a second.
    pub fn rate(&self) -> f64 {
        self.answered() as f64 / self.took.as_secs_f64().max(1e-9)
    }

    /// The time within which `percent` of the requests were answered, in microseconds.
    pub fn percentile(&self, percent: f64) -> f64 {
        self.times.value_at_percentile(percent) as f64 / 1000.0
    }

    /// Adds one answer.
    pub fn add(&mut self, time: Duration) {
        self.times.saturating_record(nanoseconds(time));
    }

    /// Adds one answer that came to nothing as it should.
    pub fn refuse(&mut self, time: Duration) {
        self.refused.saturating_record(nanoseconds(time));
    }

    /// Adds what another client counted.
    ///
    /// # Errors
    /// Never: all have the same bounds.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        self.times.add(&other.times).map_err(|why| anyhow!("{why}"))?;
        self.refused.add(&other.refused).map_err(|why| anyhow!("{why}"))?;
        self.lost += other.lost;
        self.took = self.took.max(other.took);
        Ok(())
    }
}

/// How many were refused, and within which time 99 % of those, in milliseconds.
pub fn refusals(tally: &Tally) -> (u64, f64) {
    let count = tally.refused.len();
    let p99 = if count == 0 { 0 } else { tally.refused.value_at_percentile(99.0) };
    (count, p99 as f64 / 1e6)
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX).max(1)
}
