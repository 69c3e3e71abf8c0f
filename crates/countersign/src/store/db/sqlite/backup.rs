//! Copying a SQLite database while it is in use, and examining it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use tempfile::NamedTempFile;

use super::{DbError, Place, Sqlite, fault, reader::apart};
use crate::store::db::copy::{Progress, Trouble};

/// How long a lock of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// 4 MiB at SQLite's usual page size: often enough to show progress.
const PAGES: i32 = 1024;

impl Sqlite {
    pub(in crate::store::db) async fn backup(
        &self,
        target: &Path,
        progress: Progress,
    ) -> Result<(), Trouble> {
        of_place(self.place(), target.to_owned(), progress).await
    }

    pub(in crate::store::db) async fn check(&self) -> Result<Vec<String>, DbError> {
        let place = self.place();
        apart(move || findings(&place.open_reader()?).map_err(fault)).await
    }
}

/// Copies the database in this file, whatever its schema.
pub(in crate::store::db) async fn of_file(
    file: PathBuf,
    target: PathBuf,
    progress: Progress,
) -> Result<(), Trouble> {
    let place = Place::new(Some(file), PATIENCE).map_err(DbError::unavailable)?;
    of_place(Arc::new(place), target, progress).await
}

async fn of_place(place: Arc<Place>, target: PathBuf, progress: Progress) -> Result<(), Trouble> {
    let copied = apart(move || {
        let backup = || {
            let unfinished = Unfinished::beside(target)?;
            copy(&place.open_reader()?, unfinished.path(), progress)?;
            unfinished.finish()
        };
        Ok(backup())
    });
    copied.await?
}

/// A file that is written under another name, and appears under its own when it is finished. It is
/// its owner's alone.
pub(in crate::store::db) struct Unfinished {
    file: NamedTempFile,
    target: PathBuf,
}

impl Unfinished {
    pub(in crate::store::db) fn beside(target: PathBuf) -> Result<Self, Trouble> {
        let target = std::path::absolute(target).map_err(DbError::unavailable)?;
        if target.symlink_metadata().is_ok() {
            return Err(taken());
        }
        let file = tempfile::Builder::new().prefix(".backup-").tempfile_in(folder(&target));
        Ok(Self { file: file.map_err(DbError::unavailable)?, target })
    }

    pub(in crate::store::db) fn path(&self) -> &Path {
        self.file.path()
    }

    pub(in crate::store::db) fn finish(self) -> Result<(), Trouble> {
        let written = File::open(self.file.path()).map_err(DbError::unavailable)?;
        written.sync_all().map_err(DbError::unavailable)?;
        self.file.persist_noclobber(&self.target).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => taken(),
            _ => DbError::unavailable(error.error).into(),
        })?;
        let folder = File::open(folder(&self.target)).and_then(|folder| folder.sync_all());
        Ok(folder.map_err(DbError::unavailable)?)
    }
}

fn folder(target: &Path) -> &Path {
    target.parent().unwrap_or(Path::new("/"))
}

fn taken() -> Trouble {
    Trouble::Taken("the file to back up to exists already".to_owned())
}

fn copy(
    source: &Connection,
    target: &Path,
    mut progress: impl FnMut(u64, u64),
) -> Result<(), DbError> {
    // An open read transaction pins the moment: otherwise each write starts the copy again.
    source.execute_batch("BEGIN; SELECT COUNT(*) FROM sqlite_schema").map_err(fault)?;
    let mut copy = Connection::open(target).map_err(fault)?;
    let backup = Backup::new(source, &mut copy).map_err(fault)?;
    loop {
        let step = backup.step(PAGES).map_err(fault)?;
        let (left, total) = (backup.progress().remaining, backup.progress().pagecount);
        progress(u64::from((total - left).unsigned_abs()), u64::from(total.unsigned_abs()));
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            _ => return Err(DbError::unavailable("the database stayed locked during its backup")),
        }
    }
    drop(backup);
    // A file by itself, also for whoever may only read it: nothing of it is in companions.
    copy.execute_batch("PRAGMA journal_mode = DELETE").map_err(fault)?;
    copy.close().map_err(|(_, error)| fault(error))
}

pub(super) fn findings(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut findings: Vec<String> = connection
        .prepare("PRAGMA integrity_check")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    findings.retain(|finding| finding != "ok");
    let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
    let mut rows = orphans.query([])?;
    while let Some(row) = rows.next()? {
        let (table, parent): (String, String) = (row.get(0)?, row.get(2)?);
        findings.push(format!("a row of {table} refers to a row of {parent} that is not there"));
    }
    Ok(findings)
}
