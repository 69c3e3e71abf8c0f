//! The report: `docs/performance.md` and its plots, from what was measured. Words are in the
//! templates, figures are computed here.

mod plot;
mod table;
mod words;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use minijinja::{Environment, UndefinedBehavior, context, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use self::{plot::Plot, table::Table};
use crate::{job::Job, results::Results};

const PAGE: &str = include_str!("../../templates/performance.md");
const PLOT: &str = include_str!("../../templates/plot.svg");

/// Everything the page's template is given.
#[derive(Serialize)]
struct Page<'a> {
    results: &'a Results,
    took: String,
    shared: Vec<Table>,
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
    };
    let mut environment = Environment::new();
    let mut syntax = SyntaxConfig::builder();
    syntax.trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true);
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.add_template("page", PAGE)?;
    environment.add_template("plot", PLOT)?;
    for job in Job::ALL {
        if let Some(plot) = plot::of(results, job) {
            draw(&environment, &plot, &folder)?;
        }
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
