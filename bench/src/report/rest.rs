//! The tables of J8 to J10, of the slower disk, and what the ceilings are.

use serde::Serialize;

use super::{
    table::cpu,
    words::{count, figure, mebibytes, time, times},
};
use crate::results::{Cell, Results, median};

/// A table as Markdown wants it.
#[derive(Serialize)]
pub(super) struct Lines {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Lines {
    pub(super) fn new(head: &[&'static str], rows: Vec<Vec<String>>) -> Option<Self> {
        (!rows.is_empty()).then(|| Self { head: head.to_vec(), rows })
    }
}

/// What tables call the contestant of this name.
pub(super) fn title(results: &Results, name: &str) -> String {
    let about = results.contestants.iter().find(|about| about.name == name);
    about.map_or(name, |about| about.title.as_str()).to_owned()
}

/// J8: CPU at each size.
pub(super) fn growth(results: &Results) -> Option<Lines> {
    let rows = results.growth.iter().map(|grown| {
        let cell = |at: usize| grown.cells.get(at).map(|cell: &Cell| time(cpu(cell)));
        let mut row = vec![count(grown.users as f64), count(grown.sessions as f64)];
        row.extend((0..5).map(|at| cell(at).unwrap_or_default()));
        row.push(mebibytes(grown.idle_kib as f64));
        row.push(grown.used_kib.map(|kib| mebibytes(kib as f64)).unwrap_or_default());
        row.push(time(grown.start_ms * 1000.0));
        row
    });
    let head = [
        "users",
        "sessions, revocations",
        "J1",
        "J2, API key",
        "J2, session",
        "J3",
        "J4",
        "memory at rest",
        "in use",
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
            count(import.users as f64),
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

/// J4 where a wait for the disk takes longer.
pub(super) fn slow_disk(results: &Results) -> Option<Lines> {
    let slow = results.slow_disk.as_ref()?;
    let fsync = median(slow.fsync.iter().copied());
    let row = |what: String, rate: f64| vec![what, figure(rate), times(rate / fsync)];
    let mut rows = vec![row("one wait after another".to_owned(), fsync)];
    rows.extend(
        slow.rates.iter().map(|rates| {
            row(title(results, &rates.contestant), median(rates.rates.iter().copied()))
        }),
    );
    Lines::new(&["", "a second", "against one wait each"], rows)
}
