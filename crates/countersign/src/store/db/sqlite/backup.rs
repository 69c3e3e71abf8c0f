//! Copying a SQLite database while it is in use, and examining it.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use rusqlite::{
    Connection,
    backup::{Backup, StepResult},
};

use super::{DbError, Place, Sqlite, fault, reader::apart};

/// 4 MiB at SQLite's usual page size: often enough to show progress.
const PAGES: i32 = 1024;

impl Sqlite {
    pub(in crate::store::db) async fn backup(
        &self,
        target: &Path,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<(), DbError> {
        let (place, target) = (self.place(), target.to_owned());
        apart(move || backup(&place, target, progress)).await
    }

    pub(in crate::store::db) async fn check(&self) -> Result<Vec<String>, DbError> {
        let place = self.place();
        apart(move || check(&place.open_reader()?).map_err(fault)).await
    }
}

/// Copies under another name, then shows the finished file under its own.
fn backup(place: &Place, target: PathBuf, progress: impl FnMut(u64, u64)) -> Result<(), DbError> {
    let target = std::path::absolute(target).map_err(DbError::unavailable)?;
    let folder = target.parent().unwrap_or(Path::new("/"));
    let unfinished = tempfile::Builder::new()
        .prefix(".backup-")
        .tempfile_in(folder)
        .map_err(DbError::unavailable)?;
    copy(&place.open_reader()?, unfinished.path(), progress)?;
    let file = unfinished.persist_noclobber(&target).map_err(|e| taken(e.error))?;
    file.sync_all().map_err(DbError::unavailable)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(DbError::unavailable)
}

fn taken(error: io::Error) -> DbError {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return DbError::failed("the file to back up to exists already");
    }
    DbError::unavailable(error)
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
    copy.close().map_err(|(_, error)| fault(error))
}

fn check(connection: &Connection) -> rusqlite::Result<Vec<String>> {
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
