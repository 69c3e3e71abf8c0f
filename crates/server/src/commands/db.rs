//! `countersign db`.

use std::path::{Path, PathBuf};

use countersign::{Auth, Copied, Database, Issued, Present, Restore};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::{
    cli::DbCommand,
    exit::Problem,
    open,
    output::Output,
    settings::{Effective, has_password, without_password},
};

pub(super) async fn run(
    command: DbCommand,
    effective: &Effective,
    out: Output,
) -> Result<(), Problem> {
    let database = Database::at(&effective.server.database);
    match command {
        DbCommand::Migrate => migrated(&open::visit(effective).await?, out),
        DbCommand::Check => check(&open::visit(effective).await?, out).await,
        DbCommand::Backup { target } => backup(&target, &database, out).await,
        DbCommand::Restore { file, replace, keep_sessions } => {
            let how = Restore {
                present: if replace { Present::Replaced } else { Present::Refused },
                issued: if keep_sessions { Issued::Kept } else { Issued::Ended },
            };
            restore(&file, (&database, how), effective, out).await
        }
        DbCommand::Restored => restored(&database, effective, out).await,
        DbCommand::Move { to, to_file } => {
            let target = target(to, to_file)?;
            move_to(&target, &database, effective, out).await
        }
    }
}

/// To open a database is to migrate it.
fn migrated(auth: &Auth, out: Output) -> Result<(), Problem> {
    let engine = auth.engine();
    Ok(out.show(&json!({ "engine": engine, "schema": "current" }), |_| {
        format!("The schema of the {engine} database is up to date.")
    })?)
}

async fn backup(target: &Path, database: &Database, out: Output) -> Result<(), Problem> {
    let (bar, progress) = progress("done");
    let about = |error| Problem::from(error).about(&target.display().to_string());
    database.backup(target, progress).await.map_err(about)?;
    bar.finish_and_clear();
    let bytes = std::fs::metadata(target)?.len();
    Ok(out.show(&json!({ "target": target, "bytes": bytes }), |_| {
        format!(
            "Copied to {} ({bytes} bytes). The secret is not in it: back that up as well, apart.",
            target.display()
        )
    })?)
}

async fn restore(
    file: &Path,
    (database, how): (&Database, Restore),
    effective: &Effective,
    out: Output,
) -> Result<(), Problem> {
    let (bar, progress) = progress("rows");
    let about = |error| Problem::from(error).about(&file.display().to_string());
    let copied = database.restore(file, how, progress).await.map_err(about)?;
    bar.finish_and_clear();
    make_key(effective).await?;
    let ended = how.issued == Issued::Ended;
    let result = json!({ "restored": file, "rows": copied.rows, "sessions_ended": ended });
    Ok(out.show(&result, |_| {
        let rows = total(&copied);
        let issued = if ended {
            ENDED
        } else {
            "Sessions, tokens, API keys and links live on, also those that were taken back since the \
             backup was made."
        };
        format!("Restored {rows} rows. {issued}")
    })?)
}

/// What a restore does besides.
const ENDED: &str = "Every session, token, API key and link is over, and everybody logs in anew. \
    Passwords, roles and locks are those of the backup: what was changed since is as before.";

async fn restored(database: &Database, effective: &Effective, out: Output) -> Result<(), Problem> {
    database.restored().await?;
    make_key(effective).await?;
    Ok(out.show(&json!({ "sessions_ended": true }), |_| ENDED.to_owned())?)
}

/// The keys of before sign nothing more: to open the database is to make the next.
async fn make_key(effective: &Effective) -> Result<(), Problem> {
    let opened = open::visit(effective).await;
    opened.map(drop).map_err(|problem| problem.about("restored, but not usable"))
}

async fn move_to(
    target: &str,
    database: &Database,
    effective: &Effective,
    out: Output,
) -> Result<(), Problem> {
    let (shown, secret) = (without_password(target), open::builder(effective)?.secret_path());
    let (bar, progress) = progress("rows");
    let about = |error| Problem::from(error).about(&shown);
    let copied = database.move_to(target, progress).await.map_err(about)?;
    bar.finish_and_clear();
    let result = json!({ "target": shown, "rows": copied.rows, "secret_file": secret });
    Ok(out.show(&result, |_| {
        let secret = match &secret {
            Some(path) => format!("secret_file = {}", path.display()),
            None => "the same secret".to_owned(),
        };
        format!(
            "Copied {} rows; each table has as many as before. Now start with database = {shown} \
             and {secret}; the old database is as it was, and must not be served any more.",
            total(&copied)
        )
    })?)
}

fn target(to: Option<String>, to_file: Option<PathBuf>) -> Result<String, Problem> {
    match (to, to_file) {
        (Some(url), _) if has_password(&url) => Err(Problem::usage(
            "--to: a URL without a password, which everybody on this machine could read; put it \
             into a file and name that with --to-file",
        )),
        (Some(url), _) => Ok(url),
        (None, Some(path)) => {
            let text = std::fs::read_to_string(&path);
            let text =
                text.map_err(|error| Problem::usage(format!("{}: {error}", path.display())))?;
            Ok(text.trim().to_owned())
        }
        (None, None) => Err(Problem::usage("--to or --to-file is needed")),
    }
}

fn total(copied: &Copied) -> u64 {
    copied.rows.values().sum()
}

/// A bar, and what moves it.
fn progress(unit: &str) -> (ProgressBar, impl FnMut(u64, u64) + Send + use<>) {
    let bar = progress_bar(unit, 0);
    let shown = bar.clone();
    let progress = move |done, total| {
        shown.set_length(total);
        shown.set_position(done);
    };
    (bar, progress)
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
