//! The tables of J1 to J6.

use serde::Serialize;

use super::{
    plot::CANNOT,
    words::{figure, mebibytes, percent, time, times},
};
use crate::{
    job::Job,
    results::{About, Cell, Results},
};

/// The name of the contestant that is the ceiling.
pub(super) const CEILING: &str = "bare";

/// A job's table.
#[derive(Serialize)]
pub(super) struct Table {
    code: &'static str,
    name: &'static str,
    rate: u32,
    connections: usize,
    has_ceiling: bool,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    title: String,
    cpu: String,
    ratio: String,
    rate: String,
    p50: String,
    p99: String,
    memory: String,
    other: String,
}

/// The table of `job`, if anybody did it.
pub(super) fn of(results: &Results, job: Job) -> Option<Table> {
    let measured = measured(results, job);
    let ceiling = results.cell(CEILING, job).map(cpu);
    let drive = job.drive();
    let rows: Vec<Row> = measured.iter().map(|(about, cell)| row(about, cell, ceiling)).collect();
    (!rows.is_empty()).then(|| Table {
        code: job.code(),
        name: job.name(),
        rate: drive.rate,
        connections: drive.connections,
        has_ceiling: ceiling.is_some(),
        rows,
    })
}

/// Those who did `job`, in the order of the contestants.
pub(super) fn measured(results: &Results, job: Job) -> Vec<(&About, &Cell)> {
    let abouts = results.contestants.iter();
    abouts.filter_map(|about| Some((about, results.cell(&about.name, job)?))).collect()
}

/// CPU of a request, the database's included.
pub(super) fn cpu(cell: &Cell) -> f64 {
    cell.median(|figures| figures.cpu_us + figures.database_cpu_us.unwrap_or(0.0))
}

fn row(about: &About, cell: &Cell, ceiling: Option<f64>) -> Row {
    let rate = cell.median(|figures| figures.rate);
    // More is asked for than it can give: its times are those of a queue that grows.
    let keeps_up = rate > f64::from(cell.job.drive().rate);
    let timed = |us: f64| if keeps_up { time(us) } else { CANNOT.to_owned() };
    let own = time(cell.median(|figures| figures.cpu_us));
    let database = cell.median(|figures| figures.database_cpu_us.unwrap_or(f64::NAN));
    let database = database.is_finite().then(|| format!(" + {}", time(database)));
    Row {
        title: about.title.clone(),
        cpu: own + &database.unwrap_or_default(),
        ratio: ceiling.map(|ceiling| times(cpu(cell) / ceiling)).unwrap_or_default(),
        rate: figure(rate),
        p50: timed(cell.median(|figures| figures.p50_us)),
        p99: timed(cell.median(|figures| figures.p99_us)),
        memory: mebibytes(cell.median(|figures| figures.memory_kib as f64)),
        other: percent(cell.median(|figures| figures.other_percent)),
    }
}
