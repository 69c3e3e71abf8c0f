//! How long two things take, next to each other.

use std::{
    ops::Range,
    time::{Duration, Instant},
};

use tokio::sync::Mutex;

use crate::support::Answer;

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    /// Measurements at most, of which the least counts.
    pub(crate) rounds: usize,
    /// How often each name is tried in one of them.
    pub(crate) turns: usize,
}

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

/// Fails when the medians of two names differ. `try_one` gets a name and the number of the turn.
pub(crate) async fn assert_alike(
    what: &str,
    names: [&str; 2],
    try_one: impl AsyncFn(&str, usize) -> Duration,
) {
    assert_alike_with(Effort { rounds: 8, turns: 60 }, what, names, try_one).await;
}

/// Fails when the median of a name differs from that of the first.
///
/// Of a few measurements the least counts: a machine that does other things only ever adds.
#[expect(clippy::print_stdout, reason = "the figures are for whoever looks at them")]
pub(crate) async fn assert_alike_with<const N: usize>(
    effort: Effort,
    what: &str,
    names: [&str; N],
    try_one: impl AsyncFn(&str, usize) -> Duration,
) {
    let _alone = ALONE.lock().await;
    let mut least = [f64::INFINITY; N];
    least[0] = 0.0;
    for round in 0..effort.rounds {
        let first_turn = round * effort.turns;
        let turns = first_turn..first_turn + effort.turns;
        let (first, differences) = medians(names, turns, &try_one).await;
        let others = names.iter().zip(least.iter_mut().zip(differences)).skip(1);
        for (name, (least, difference)) in others {
            let apart = difference.abs() / first;
            let (first, difference) = (first * 1e3, difference * 1e3);
            println!("{what} {name}: {first:.3} ms, {difference:+.3} ms: {:.1} %", apart * 100.0);
            *least = apart.min(*least);
        }
        if least.iter().all(|apart| *apart < APART) {
            return;
        }
    }
    let apart = names.iter().zip(least.map(|apart| format!("{:.1} %", apart * 100.0)));
    panic!("{what}: the medians differ: {:?}", apart.collect::<Vec<_>>());
}

/// Of the first, and of the differences to it within each turn: what else the machine does changes
/// slowly, and weighs on all of a turn.
async fn medians<const N: usize>(
    names: [&str; N],
    turns: Range<usize>,
    try_one: &impl AsyncFn(&str, usize) -> Duration,
) -> (f64, [f64; N]) {
    let mut firsts = Vec::new();
    let mut differences = [const { Vec::new() }; N];
    for turn in turns {
        let mut times = [0.0; N];
        // Each goes first in turn, so that what follows what costs none of them.
        for place in (0..N).map(|place| (place + turn) % N) {
            times[place] = try_one(names[place], turn).await.as_secs_f64();
        }
        firsts.push(times[0]);
        for (differences, time) in differences.iter_mut().zip(times) {
            differences.push(time - times[0]);
        }
    }
    (median(firsts), differences.map(median))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
