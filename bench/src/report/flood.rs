//! The tables of J7, and its plot.

use super::{
    plot::{CANNOT, Measure, Plot, bars},
    rest::{Lines, title},
    words::{count, figure, mebibytes, percent, time, times},
};
use crate::results::{Beside, Checks, FloodFigures, Logins, Results, median};

fn of(rounds: &[FloodFigures], figure: impl Fn(&FloodFigures) -> Option<f64>) -> f64 {
    median(rounds.iter().filter_map(figure))
}

/// Whether checks kept up in more rounds than not; none without checks.
fn keeps_up(
    rounds: &[FloodFigures],
    checks: impl Fn(&FloodFigures) -> Option<Checks>,
) -> Option<bool> {
    let share = of(rounds, |f| Some(f64::from(u8::from(checks(f)?.keeps_up()))));
    share.is_finite().then_some(share > 0.5)
}

/// Times of checks, or what was answered where they did not keep up.
fn checks(figures: &dyn Fn(&FloodFigures) -> Option<Checks>, rounds: &[FloodFigures]) -> String {
    let part = |part: fn(&Checks) -> f64| of(rounds, |f| Some(part(&figures(f)?)));
    match keeps_up(rounds, figures) {
        None => "–".to_owned(),
        Some(false) => format!("{CANNOT}: {}/s", figure(part(|c| c.rate))),
        Some(true) => {
            [part(|c| c.p50_us), part(|c| c.p99_us), part(|c| c.p999_us)].map(time).join(" / ")
        }
    }
}

/// How much longer the slowest checks take in the flood, where both kept up.
fn grows(rounds: &[FloodFigures]) -> f64 {
    let both = keeps_up(rounds, |f| Some(f.idle)).zip(keeps_up(rounds, |f| Some(f.flood?.checks)));
    match both {
        Some((true, true)) => of(rounds, |f| Some(f.flood?.checks.p99_us / f.idle.p99_us)),
        _ => f64::NAN,
    }
}

/// How late the machine itself was, alone and in the flood.
fn machine(rounds: &[FloodFigures]) -> String {
    let alone = of(rounds, |f| Some(f.idle.machine_p99_us));
    let flood = of(rounds, |f| Some(f.flood?.checks.machine_p99_us));
    [alone, flood].map(time).join(" / ")
}

/// J7: checks alone and in the flood.
pub(super) fn table(results: &Results) -> Option<Lines> {
    let rows = results.floods.iter().map(|flood| {
        let rounds = &flood.rounds;
        let beside = |part: fn(&Beside) -> f64| of(rounds, |f| f.flood.as_ref().map(part));
        vec![
            title(results, &flood.contestant),
            checks(&|f| Some(f.idle), rounds),
            checks(&|f| Some(f.flood?.checks), rounds),
            times(grows(rounds)),
            count(of(rounds, |f| {
                Some((f.idle.lost + f.flood.map_or(0, |flood| flood.checks.lost)) as f64)
            })),
            figure(beside(|flood| flood.logins.rate)),
            count(beside(|flood| flood.refused as f64)),
            mebibytes(beside(|flood| flood.memory_kib as f64)),
            percent(beside(|flood| flood.other_percent)),
            machine(rounds),
        ]
    });
    let head = [
        "",
        "alone: p50 / p99 / p99.9",
        "in the flood",
        "p99 grows",
        "lost",
        "logins/s",
        "refused",
        "memory",
        "others",
        "the machine itself, p99",
    ];
    Lines::new(&head, rows.collect())
}

/// Logins a second, and what the generator had of the machine.
fn logins(rounds: &[FloodFigures], figures: &dyn Fn(&FloodFigures) -> Option<Logins>) -> String {
    let part = |part: fn(Logins) -> f64| of(rounds, |f| figures(f).map(part));
    let generator = percent(part(|l| l.generator_percent));
    format!("{}, generator {generator}", figure(part(|l| l.rate)))
}

/// J7: more logins than can be served.
pub(super) fn overload(results: &Results) -> Option<Lines> {
    let refusing =
        results.floods.iter().filter(|flood| flood.rounds.iter().any(|f| f.overload.is_some()));
    let rows = refusing.map(|flood| {
        let beyond =
            |part: fn(&Beside) -> f64| of(&flood.rounds, |f| f.overload.as_ref().map(part));
        vec![
            title(results, &flood.contestant),
            match keeps_up(&flood.rounds, |f| Some(f.overload?.checks)) {
                Some(false) => CANNOT.to_owned(),
                _ => time(beyond(|b| b.checks.p99_us)),
            },
            count(beyond(|b| b.checks.lost as f64)),
            logins(&flood.rounds, &|f| Some(f.overload?.logins)),
            logins(&flood.rounds, &|f| f.logins_beyond),
            logins(&flood.rounds, &|f| f.logins_alone),
            count(beyond(|b| b.refused as f64)),
            time(beyond(|b| b.refused_p99_ms * 1000.0)),
            mebibytes(beyond(|b| b.memory_kib as f64)),
        ]
    });
    let head = [
        "",
        "p99 of checks",
        "lost",
        "accepted logins/s",
        "without checks",
        "J3 right after",
        "refused",
        "p99 of a refusal",
        "memory",
    ];
    Lines::new(&head, rows.collect())
}

/// J7 as a plot: how far the p99 of checks grows.
pub(super) fn plot(results: &Results) -> Option<Plot> {
    let measures = results.floods.iter().map(|flood| {
        let about = results.contestants.iter().find(|about| about.name == flood.contestant);
        Measure {
            label: title(results, &flood.contestant),
            ours: about.is_some_and(|about| about.ours),
            value: match keeps_up(&flood.rounds, |f| Some(f.flood?.checks)) {
                Some(true) => of(&flood.rounds, |f| Some(f.flood?.checks.p99_us)),
                Some(false) => f64::INFINITY,
                None => f64::NAN,
            },
        }
    });
    let title = "J7: p99 of a token check while 64 clients log in without pause".to_owned();
    bars("flood.svg".to_owned(), title, measures.collect(), time)
}
