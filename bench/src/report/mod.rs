//! The report: `docs/performance.md` and its plots, from what was measured. Words are in the
//! templates, figures are computed here.

mod bars;
mod flood;
mod plot;
mod rest;
mod table;
mod words;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use self::{bars::Bar, plot::Plot, rest::Lines, table::Table};
use crate::{flood as j7, growth, job::Job, results::Results};

const PAGE: &str = include_str!("../../templates/performance.md.jinja");
const PLOT: &str = include_str!("../../templates/plot.svg.jinja");

/// Everything the page's template is given.
#[derive(Serialize)]
struct Page<'a> {
    results: &'a Results,
    took: String,
    shared: Vec<Table>,
    bars: Vec<Bar>,
    ceilings: Option<Lines>,
    slow_disk: Option<Lines>,
    slow_disk_ms: f64,
    flood: Option<Lines>,
    overload: Option<Lines>,
    growth: Option<Lines>,
    sessions_used: String,
    startup: Option<Lines>,
    import: Option<Lines>,
    machine_memory: String,
    users: String,
    checks_a_second: String,
    checks: String,
    flood_clients: usize,
    flood_turns: usize,
    growth_turns: usize,
    overload_clients: usize,
    pause_ms: u128,
    grace_seconds: u64,
}

/// Writes the page and its plots below `docs`.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write(results: &Results, docs: &Path) -> Result<()> {
    let folder = docs.join("performance");
    fs::create_dir_all(&folder)?;
    let page = Page {
        results,
        took: words::minutes(results.took_seconds),
        shared: Job::ALL.into_iter().filter_map(|job| table::of(results, job)).collect(),
        bars: bars::of(results),
        ceilings: rest::ceilings(results),
        slow_disk: rest::slow_disk(results),
        slow_disk_ms: results.slow_disk.as_ref().map_or(0.0, |slow| slow.longer_ms),
        flood: flood::table(results),
        overload: flood::overload(results),
        growth: rest::growth(results),
        sessions_used: words::count(growth::SHOWN as f64),
        startup: rest::startup(results),
        import: rest::import(results),
        machine_memory: words::mebibytes(results.machine.memory_mib as f64 * 1024.0),
        users: words::count(results.pace.users as f64),
        checks_a_second: words::count(j7::RATE.into()),
        checks: words::count(f64::from(j7::RATE) * results.pace.flood.as_secs_f64()),
        flood_clients: j7::FLOOD,
        flood_turns: j7::TURNS,
        growth_turns: growth::TURNS,
        overload_clients: j7::OVERLOAD,
        pause_ms: j7::PAUSE.as_millis(),
        grace_seconds: j7::GRACE.as_secs(),
    };
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page", PAGE)?;
    environment.add_template("plot", PLOT)?;
    let plots = Job::ALL.into_iter().filter_map(|job| plot::of(results, job));
    for plot in plots.chain(flood::plot(results)) {
        draw(&environment, &plot, &folder)?;
    }
    let text = environment.get_template("page")?.render(context! { page => Serde(&page) })?;
    put(&docs.join("performance.md"), &text)
}

fn draw(environment: &Environment<'_>, plot: &Plot, folder: &Path) -> Result<()> {
    let svg = environment.get_template("plot")?.render(context! { plot => Serde(plot) })?;
    put(&folder.join(&plot.file), &svg)
}

fn put(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| path.display().to_string())
}
