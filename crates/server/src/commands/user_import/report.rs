//! What became of every row: counted, written to a file, told at the end.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use countersign::{Denied, ForeignUser, ImportMode};
use indicatif::ProgressBar;
use serde::Serialize;
use serde_json::json;

use super::source::Source;
use crate::{
    exit::Problem,
    output::{Output, clean, note},
};

/// So many refused rows are told on the terminal and in the JSON answer.
const SHOWN: usize = 20;

/// What is told of a row that was not taken. Never its hash.
#[derive(Debug, Clone, Serialize)]
struct NotTaken {
    row: u64,
    outcome: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

/// The count, and what is told.
pub(super) struct Report {
    name: String,
    bar: ProgressBar,
    file: Option<BufWriter<File>>,
    taken: u64,
    already: u64,
    refused: u64,
    shown: Vec<NotTaken>,
}

impl Report {
    /// A report that stands in the way of the new one is left alone.
    pub(super) fn open(path: Option<&Path>, source: &Source) -> Result<Self, Problem> {
        let file = path.map(|path| {
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
            file.map_err(|error| Problem::usage(format!("{}: {error}", path.display())))
        });
        Ok(Self {
            name: source.name.clone(),
            bar: source.bar.clone(),
            file: file.transpose()?.map(BufWriter::new),
            taken: 0,
            already: 0,
            refused: 0,
            shown: Vec::new(),
        })
    }

    pub(super) fn taken(&mut self) {
        self.taken += 1;
    }

    pub(super) fn already(&mut self, row: u64, user: &ForeignUser) -> Result<(), Problem> {
        self.already += 1;
        self.write(&NotTaken::of(row, user, "already_there", "It is there already.".to_owned()))
    }

    pub(super) fn refused(
        &mut self,
        row: u64,
        user: &ForeignUser,
        why: &Denied,
    ) -> Result<(), Problem> {
        let reason = match why.field_name() {
            Some(field) => format!("{field}: {}", why.description()),
            None => why.description().to_owned(),
        };
        self.refuse(NotTaken::of(row, user, "refused", reason))
    }

    pub(super) fn unreadable(&mut self, row: u64, reason: &str) -> Result<(), Problem> {
        let nobody = ForeignUser::default();
        self.refuse(NotTaken::of(row, &nobody, "refused", reason.to_owned()))
    }

    fn refuse(&mut self, row: NotTaken) -> Result<(), Problem> {
        self.refused += 1;
        self.write(&row)?;
        if self.shown.len() < SHOWN {
            let text = format!("{}:{}: {}", self.name, row.row, clean(&row.reason));
            self.bar.suspend(|| note(&text));
            self.shown.push(row);
        }
        Ok(())
    }

    fn write(&mut self, row: &NotTaken) -> Result<(), Problem> {
        let Some(file) = &mut self.file else { return Ok(()) };
        serde_json::to_writer(&mut *file, row).map_err(std::io::Error::from)?;
        Ok(writeln!(file)?)
    }

    /// Tells what became of all of them; a failure when some were refused.
    pub(super) fn finish(mut self, mode: ImportMode, out: Output) -> Result<(), Problem> {
        self.bar.finish_and_clear();
        if let Some(file) = &mut self.file {
            file.flush()?;
        }
        let Self { taken, already, refused, .. } = self;
        if refused > self.shown.len() as u64 {
            let more = refused - self.shown.len() as u64;
            note(&format!("… and {more} more; --report FILE writes down each"));
        }
        let dry_run = mode == ImportMode::DryRun;
        let answer = json!({
            "dry_run": dry_run, "imported": taken, "already_there": already, "refused": refused,
            "first_refused": self.shown,
        });
        out.show(&answer, |_| {
            let done = if dry_run { "would be imported" } else { "imported" };
            format!("{taken} users {done}, {already} were there already, {refused} refused.")
        })?;
        let text = format!("{refused} users were refused");
        match (refused, taken + already) {
            (0, _) => Ok(()),
            (_, 0) => Err(Problem::usage(text)),
            _ => Err(Problem::failed(text)),
        }
    }
}

impl NotTaken {
    fn of(row: u64, user: &ForeignUser, outcome: &'static str, reason: String) -> Self {
        Self {
            row,
            outcome,
            reason,
            username: user.username.clone(),
            email: user.email.clone(),
            external_id: user.external_id.clone(),
        }
    }
}
