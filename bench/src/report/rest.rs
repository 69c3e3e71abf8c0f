//! The tables of J7 to J10, and what the ceilings are.

use serde::Serialize;

use super::{
    plot::{Measure, Plot, bars},
    table::cpu,
    words::{figure, mebibytes, percent, time, times},
};
use crate::results::{Beside, Cell, Checks, FloodFigures, Results, median};

/// A table as Markdown wants it.
#[derive(Serialize)]
pub(super) struct Lines {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Lines {
    fn new(head: &[&'static str], rows: Vec<Vec<String>>) -> Option<Self> {
        (!rows.is_empty()).then(|| Self { head: head.to_vec(), rows })
    }
}

fn title(results: &Results, name: &str) -> String {
    let about = results.contestants.iter().find(|about| about.name == name);
    about.map_or(name, |about| about.title.as_str()).to_owned()
}

fn of(rounds: &[FloodFigures], figure: impl Fn(&FloodFigures) -> Option<f64>) -> f64 {
    median(rounds.iter().filter_map(figure))
}

/// J7: checks alone and in the flood.
pub(super) fn flood(results: &Results) -> Option<Lines> {
    let checks = |checks: &dyn Fn(&FloodFigures) -> Option<Checks>, rounds: &[FloodFigures]| {
        let part = |part: fn(&Checks) -> f64| time(of(rounds, |f| Some(part(&checks(f)?))));
        [part(|c| c.p50_us), part(|c| c.p99_us), part(|c| c.p999_us)].join(" / ")
    };
    let rows = results.floods.iter().map(|flood| {
        let rounds = &flood.rounds;
        let beside = |part: fn(&Beside) -> f64| of(rounds, |f| f.flood.as_ref().map(part));
        vec![
            title(results, &flood.contestant),
            checks(&|f| Some(f.idle), rounds),
            checks(&|f| Some(f.flood?.checks), rounds),
            times(of(rounds, |f| Some(f.flood?.checks.p99_us / f.idle.p99_us))),
            figure(of(rounds, |f| {
                Some((f.idle.lost + f.flood.map_or(0, |flood| flood.checks.lost)) as f64)
            })),
            figure(beside(|flood| flood.logins)),
            figure(beside(|flood| flood.refused as f64)),
            mebibytes(beside(|flood| flood.memory_kib as f64)),
            percent(beside(|flood| flood.other_percent)),
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
    ];
    Lines::new(&head, rows.collect())
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
            time(beyond(|b| b.checks.p99_us)),
            figure(beyond(|b| b.checks.lost as f64)),
            figure(beyond(|b| b.logins)),
            figure(beyond(|b| b.refused as f64)),
            time(beyond(|b| b.refused_p99_ms * 1000.0)),
            mebibytes(beyond(|b| b.memory_kib as f64)),
        ]
    });
    let head =
        ["", "p99 of checks", "lost", "accepted logins/s", "refused", "p99 of a refusal", "memory"];
    Lines::new(&head, rows.collect())
}

/// J8: CPU at each size.
pub(super) fn growth(results: &Results) -> Option<Lines> {
    let rows = results.growth.iter().map(|grown| {
        let cell = |at: usize| grown.cells.get(at).map(|cell: &Cell| time(cpu(cell)));
        let mut row = vec![
            figure(grown.users as f64),
            figure(grown.sessions as f64),
            figure(grown.revoked as f64),
        ];
        row.extend((0..5).map(|at| cell(at).unwrap_or_default()));
        row.push(mebibytes(grown.idle_kib as f64));
        row.push(time(grown.start_ms * 1000.0));
        row
    });
    let head = [
        "users",
        "live sessions",
        "revoked tokens",
        "J1",
        "J2, API key",
        "J2, session",
        "J3",
        "J4",
        "memory at rest",
        "start",
    ];
    Lines::new(&head, rows.collect())
}

/// J9.
pub(super) fn startup(results: &Results) -> Option<Lines> {
    let rows = results.startups.iter().map(|startup| {
        let bytes = startup.binary_bytes.map(|bytes| mebibytes(bytes as f64 / 1024.0));
        vec![
            title(results, &startup.contestant),
            time(median(startup.starts_ms.iter().copied()) * 1000.0),
            mebibytes(startup.idle_kib as f64),
            bytes.unwrap_or_default(),
        ]
    });
    Lines::new(&["", "start", "memory at rest", "program"], rows.collect())
}

/// J10.
pub(super) fn import(results: &Results) -> Option<Lines> {
    let rows = results.imports.iter().map(|import| {
        vec![
            title(results, &import.contestant),
            figure(import.users as f64),
            figure(median(import.rates.iter().copied())),
        ]
    });
    Lines::new(&["", "users", "users/s"], rows.collect())
}

/// What the processors and the disk give at most.
pub(super) fn ceilings(results: &Results) -> Option<Lines> {
    let row =
        |what: &str, rates: &[f64]| vec![what.to_owned(), figure(median(rates.iter().copied()))];
    let all = [
        ("Argon2id on all cores, nothing around it (J3)", &results.ceilings.argon2),
        ("waits for the disk, one after another (J4)", &results.ceilings.fsync),
    ];
    let measured = all.into_iter().filter(|(_, rates)| !rates.is_empty());
    Lines::new(&["", "a second"], measured.map(|(what, rates)| row(what, rates)).collect())
}

/// J7 as a plot: how far the p99 of checks grows.
pub(super) fn flood_plot(results: &Results) -> Option<Plot> {
    let measures = results.floods.iter().map(|flood| {
        let about = results.contestants.iter().find(|about| about.name == flood.contestant);
        Measure {
            label: title(results, &flood.contestant),
            ours: about.is_some_and(|about| about.ours),
            value: of(&flood.rounds, |f| Some(f.flood?.checks.p99_us)),
        }
    });
    let title = "J7: p99 of a token check while 64 clients log in without pause".to_owned();
    bars("flood.svg".to_owned(), title, measures.collect(), time)
}
