//! `countersign db`.

use std::path::Path;

use countersign::Auth;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{cli::DbCommand, exit::Problem, output::Output};

pub(super) async fn run(command: DbCommand, auth: &Auth, out: Output) -> Result<(), Problem> {
    match command {
        DbCommand::Migrate => migrated(auth, out),
        DbCommand::Backup { target } => backup(&target, auth, out).await,
        DbCommand::Check => check(auth, out).await,
    }
}

/// To open a database is to migrate it.
fn migrated(auth: &Auth, out: Output) -> Result<(), Problem> {
    let engine = auth.engine();
    Ok(out.show(&json!({ "engine": engine, "schema": "current" }), |_| {
        format!("The schema of the {engine} database is up to date.")
    })?)
}

async fn backup(target: &Path, auth: &Auth, out: Output) -> Result<(), Problem> {
    let bar = progress_bar("pages", 0);
    let shown = bar.clone();
    let progress = move |done, total| {
        shown.set_length(total);
        shown.set_position(done);
    };
    auth.backup(target, progress).await?;
    bar.finish_and_clear();
    let bytes = std::fs::metadata(target)?.len();
    Ok(out.show(&json!({ "target": target, "bytes": bytes }), |_| {
        format!(
            "Copied to {} ({bytes} bytes). The secret is not in it: back that up as well, apart.",
            target.display()
        )
    })?)
}

async fn check(auth: &Auth, out: Output) -> Result<(), Problem> {
    let findings = auth.check().await?;
    let sound = findings.is_empty();
    out.show(&json!({ "sound": sound, "findings": findings }), |_| match sound {
        true => "The database is whole.".to_owned(),
        false => findings.join("\n"),
    })?;
    if sound { Ok(()) } else { Err(Problem::failed("the database is damaged")) }
}

/// A bar on the terminal; none where there is no terminal.
pub(super) fn progress_bar(unit: &str, length: u64) -> ProgressBar {
    let template = format!("{{wide_bar}} {{pos}}/{{len}} {unit}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
