//! Ceilings: what the processors and the disk give at most to a login and to a refresh.

use std::{
    fs::File,
    io::Write,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use countersign_proto::password::{self, Bound, Memory, Params, Verdict};

use crate::place::PASSWORD;

/// As much as a small transaction appends to SQLite's log: two pages with their heads.
const APPENDED: [u8; 8240] = [7; 8240];

/// Password checks a second: Argon2id with the default parameters on every processor at once, with
/// the engine that the server has, its memory reused, and nothing around it.
///
/// # Errors
/// When a check fails.
pub(crate) fn argon2(time: Duration) -> Result<f64> {
    let stored = password::hash(PASSWORD, Params::default(), &mut Memory::default())?;
    let begun = Instant::now();
    let checks: Result<u64> = thread::scope(|scope| {
        let processors = thread::available_parallelism()?.get();
        let threads: Vec<_> =
            (0..processors).map(|_| scope.spawn(|| checks(&stored, begun + time))).collect();
        threads.into_iter().map(|t| t.join().map_err(|_| anyhow!("a thread panicked"))?).sum()
    });
    Ok(checks? as f64 / begun.elapsed().as_secs_f64())
}

fn checks(stored: &str, end: Instant) -> Result<u64> {
    let (bound, mut memory, mut count) = (Bound::default(), Memory::default(), 0);
    while Instant::now() < end {
        let verdict = password::verify(stored, PASSWORD, &bound, &mut memory)?;
        ensure!(verdict == Verdict::Match, "the password is not believed");
        count += 1;
    }
    Ok(count)
}

/// Appends a second that wait for the disk each, one after another, where the databases are.
///
/// # Errors
/// When the disk fails.
pub(crate) fn fsync(time: Duration) -> Result<f64> {
    let folder = tempfile::Builder::new().prefix("countersign-bench-").tempdir()?;
    let mut file = File::create(folder.path().join("log")).context("a file to append to")?;
    let (begun, mut count) = (Instant::now(), 0_u32);
    while begun.elapsed() < time {
        file.write_all(&APPENDED)?;
        file.sync_data()?;
        count += 1;
    }
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}
