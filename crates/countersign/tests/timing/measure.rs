//! How long two things take, next to each other.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::support::Answer;

const PAIRS: usize = 60;

/// What is more than this apart, relative to the first, is told apart.
const APART: f64 = 0.05;

/// One measurement at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

/// How long the request takes; the answer is looked at afterwards.
pub(crate) async fn time(
    request: impl Future<Output = Answer>,
    look: impl Fn(&Answer),
) -> Duration {
    let begun = Instant::now();
    let answer = request.await;
    let passed = begun.elapsed();
    look(&answer);
    passed
}

/// Fails when the medians of two names differ. `try_one` gets a name and the number of the pair.
///
/// Of a few measurements the least counts: a machine that does other things only ever adds.
#[expect(clippy::print_stdout, reason = "the figures are for whoever looks at them")]
pub(crate) async fn assert_alike(
    what: &str,
    names: [&str; 2],
    try_one: impl AsyncFn(&str, usize) -> Duration,
) {
    let _alone = ALONE.lock().await;
    let mut least = f64::INFINITY;
    for round in 0..8 {
        let (first, difference) = medians(names, round, &try_one).await;
        let apart = difference.abs() / first;
        let (first, difference) = (first * 1e3, difference * 1e3);
        println!("{what}: {first:.3} ms, {difference:+.3} ms: {:.1} %", apart * 100.0);
        least = least.min(apart);
        if least < APART {
            return;
        }
    }
    panic!("{what}: the medians differ by {:.1} %", least * 100.0);
}

/// Of the first, and of the differences within each pair: what else the machine does changes slowly,
/// and weighs on both of a pair.
async fn medians(
    names: [&str; 2],
    round: usize,
    try_one: &impl AsyncFn(&str, usize) -> Duration,
) -> (f64, f64) {
    let (mut firsts, mut differences) = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        let mut times = [0.0; 2];
        // Each goes first in turn, so that what follows what costs neither.
        for place in [pair % 2, (pair + 1) % 2] {
            times[place] = try_one(names[place], round * PAIRS + pair).await.as_secs_f64();
        }
        firsts.push(times[0]);
        differences.push(times[1] - times[0]);
    }
    (median(firsts), median(differences))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
