//! SQLite: where the file is and how it is opened, and statements on one connection. Reading is in
//! `reader`, writing in `writer`, copying the file and checking it in `backup`, rows to and from another
//! database in `copy`.

pub(super) mod backup;
pub(super) mod copy;
mod error;
pub(super) mod foreign;
mod reader;
mod writer;

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use rusqlite::{
    Connection, OpenFlags, ToSql,
    config::DbConfig,
    params_from_iter,
    types::{ToSqlOutput, ValueRef},
};
use tempfile::TempDir;
use tokio::sync::{Semaphore, mpsc};

use super::{Commits, DbError, Options, Row, Sql, V, tx::Job};

use error::fault;

/// Prepared statements kept by each connection: more than there are.
const STATEMENTS: usize = 512;
/// Pages in the log before they are copied into the file: 16 MiB, four times what SQLite does by
/// itself. What changes often is copied a quarter as often then, and one part of the log's index
/// still holds them all.
const LOG_PAGES: u32 = 4000;
/// Lists that are read at once; more of them would only fight for the same file.
const LISTS: usize = 4;

pub(super) struct Sqlite {
    place: Arc<Place>,
    lists: Semaphore,
}

/// The file. Threads recognise a database by it, and it lives as long as its `Db`.
struct Place {
    path: PathBuf,
    patience: Duration,
    /// Removes a private database when it is dropped.
    _private: Option<TempDir>,
}

impl Sqlite {
    pub(super) async fn open<N: Send + 'static>(
        path: Option<PathBuf>,
        options: &Options,
        jobs: mpsc::Receiver<Box<dyn Job<N>>>,
        commits: Arc<Commits<N>>,
    ) -> Result<Self, DbError> {
        let place = Arc::new(Place::new(path, options.patience).map_err(DbError::unavailable)?);
        writer::start(&place, jobs, commits).await?;
        Ok(Self { place, lists: Semaphore::new(LISTS) })
    }
}

impl Place {
    fn new(path: Option<PathBuf>, patience: Duration) -> io::Result<Self> {
        let Some(path) = path else {
            let private = TempDir::with_prefix("countersign-")?;
            let path = private.path().join("private.db");
            return Ok(Self { path, patience, _private: Some(private) });
        };
        // Threads open it later, when the process may have another working directory.
        Ok(Self { path: std::path::absolute(path)?, patience, _private: None })
    }

    /// The one connection that writes; creates the file.
    fn open_writer(&self) -> Result<Connection, DbError> {
        create(&self.path).map_err(DbError::unavailable)?;
        let connection = self.open_with(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        self.use_wal(&connection)?;
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                 PRAGMA journal_size_limit = 67108864",
            )
            .map_err(fault)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES).map_err(fault)?;
        Ok(connection)
    }

    fn open_reader(&self) -> Result<Connection, DbError> {
        self.open_with(OpenFlags::SQLITE_OPEN_READ_ONLY)
    }

    fn open_with(&self, mode: OpenFlags) -> Result<Connection, DbError> {
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(fault)?;
        connection.busy_timeout(self.patience).map_err(fault)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement is prepared anew for each value that a partial index might depend on.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
        connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(fault)?;
        Ok(connection)
    }

    /// Two processes that create the same database meet here, where SQLite does not wait by itself.
    fn use_wal(&self, connection: &Connection) -> Result<(), DbError> {
        let deadline = Instant::now() + self.patience;
        loop {
            let mode = connection
                .query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))
                .map_err(fault);
            match mode {
                Ok(mode) if mode == "wal" => return Ok(()),
                Ok(_) => return Err(DbError::failed("this file system cannot hold a WAL")),
                Err(DbError::Unavailable(_)) if Instant::now() < deadline => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// SQLite would create it readable by all; its companions (-wal, -shm) inherit this mode.
fn create(path: &Path) -> io::Result<()> {
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match created {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn exec(connection: &Connection, sql: &Sql, params: &[V<'_>]) -> Result<u64, DbError> {
    let mut statement = connection.prepare_cached(sql.sqlite()).map_err(fault)?;
    let changed = statement.execute(params_from_iter(params)).map_err(fault)?;
    Ok(changed as u64)
}

pub(super) fn one<T>(
    connection: &Connection,
    sql: &Sql,
    params: &[V<'_>],
    map: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
) -> Result<Option<T>, DbError> {
    let mut statement = connection.prepare_cached(sql.sqlite()).map_err(fault)?;
    let mut rows = statement.query(params_from_iter(params)).map_err(fault)?;
    let first = match rows.next().map_err(fault)? {
        Some(row) => map(&Row::sqlite(row))?,
        None => return Ok(None),
    };
    // A statement with RETURNING checks its foreign keys only at its end.
    while rows.next().map_err(fault)?.is_some() {}
    Ok(Some(first))
}

pub(super) fn all<T>(
    connection: &Connection,
    sql: &Sql,
    params: &[V<'_>],
    map: impl Fn(&Row<'_>) -> Result<T, DbError>,
) -> Result<Vec<T>, DbError> {
    let mut statement = connection.prepare_cached(sql.sqlite()).map_err(fault)?;
    let mut rows = statement.query(params_from_iter(params)).map_err(fault)?;
    let mut list = Vec::new();
    while let Some(row) = rows.next().map_err(fault)? {
        list.push(map(&Row::sqlite(row))?);
    }
    Ok(list)
}

pub(super) fn batch(connection: &Connection, sql: &str) -> Result<(), DbError> {
    connection.execute_batch(sql).map_err(fault)
}

pub(super) fn column<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Option<V<'r>> {
    match row.get_ref(index).ok()? {
        ValueRef::Null => Some(V::Null),
        ValueRef::Integer(value) => Some(V::Int(value)),
        ValueRef::Text(value) => std::str::from_utf8(value).ok().map(V::Text),
        ValueRef::Blob(value) => Some(V::Bytes(value)),
        ValueRef::Real(_) => None,
    }
}

impl ToSql for V<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            V::Null => ValueRef::Null,
            V::Int(value) => ValueRef::Integer(*value),
            V::Text(value) => ValueRef::Text(value.as_bytes()),
            V::Id(id) => ValueRef::Text(id.as_str().as_bytes()),
            V::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_is_prepared_once_whatever_its_values_are() {
        let place = Place::new(None, Duration::ZERO).unwrap();
        let writer = place.open_writer().unwrap();
        writer.execute_batch("CREATE TABLE t (a, b); CREATE INDEX i ON t (a) WHERE b = 1").unwrap();
        let mut delete = writer.prepare("DELETE FROM t WHERE a = ? AND b = ?").unwrap();

        for value in [1, 2, 1, 3] {
            delete.execute([value, value]).unwrap();
        }

        assert_eq!(delete.get_status(StatementStatus::RePrepare), 0);
    }
}
