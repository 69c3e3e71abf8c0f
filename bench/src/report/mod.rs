//! The report: `docs/performance.md` and its plots, from what was measured. Words are in the
//! templates, figures are computed here.

mod bars;
mod plot;
mod rest;
mod table;
mod words;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use self::{bars::Bar, plot::Plot, rest::Lines, table::Table};
use crate::{flood, job::Job, results::Results};

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
    flood: Option<Lines>,
    overload: Option<Lines>,
    growth: Option<Lines>,
    startup: Option<Lines>,
    import: Option<Lines>,
    checks_a_second: u32,
    flood_clients: usize,
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
        flood: rest::flood(results),
        overload: rest::overload(results),
        growth: rest::growth(results),
        startup: rest::startup(results),
        import: rest::import(results),
        checks_a_second: flood::RATE,
        flood_clients: flood::FLOOD,
        overload_clients: flood::OVERLOAD,
        pause_ms: flood::PAUSE.as_millis(),
        grace_seconds: flood::GRACE.as_secs(),
    };
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page", PAGE)?;
    environment.add_template("plot", PLOT)?;
    let plots = Job::ALL.into_iter().filter_map(|job| plot::of(results, job));
    for plot in plots.chain(rest::flood_plot(results)) {
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
