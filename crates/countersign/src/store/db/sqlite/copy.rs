//! An SQLite file as the source or the target of a copy, each on a thread of its own.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use tokio::sync::oneshot;

use super::{DbError, Place, column, exec, fault, reader::apart};
use crate::store::db::{
    Migration,
    copy::{
        Cells, Deed, Filling, Hold, Kind, Layout, Onto, Opened, Packing, Sender, Table, Trouble,
        not_ours, taken,
    },
    migrate::{self, Known},
    value::Owned,
};

/// How long a lock of another process is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a copy is written with. Its keys are random, so each row touches pages all over its
/// indexes: those that 256 MiB do not hold are written and read again and again.
const BEGIN_FILLING: &str =
    "PRAGMA foreign_keys = ON; PRAGMA cache_size = -262144; BEGIN IMMEDIATE";

/// Refuses a file that is not there: SQLite would speak of something else.
pub(in crate::store::db) fn exists(file: &Path) -> Result<(), Trouble> {
    if file.is_file() {
        return Ok(());
    }
    Err(Trouble::Unfit(format!("there is no file {}", file.display())))
}

/// Reads the file from beginning to end and refuses it when it is damaged or none of SQLite's.
pub(in crate::store::db) async fn check(file: PathBuf) -> Result<(), Trouble> {
    exists(&file)?;
    let findings = blocking(move || {
        let connection = reading(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        super::backup::findings(&connection).map_err(unfit)
    });
    match findings.await?.first() {
        Some(finding) => Err(Trouble::Unfit(format!("the file is damaged: {finding}"))),
        None => Ok(()),
    }
}

/// Begins to read: one transaction, from here to the end.
pub(in crate::store::db) async fn open(
    file: PathBuf,
    migrations: &'static [Migration],
    hold: Hold,
) -> Result<Opened, Trouble> {
    exists(&file)?;
    let (opening, opened) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let (connection, layout, counts) = match begin(&file, migrations, hold) {
            Ok(begun) => begun,
            Err(trouble) => return drop(opening.send(Err(trouble))),
        };
        let layout = Arc::new(layout);
        let (source, sender, released) = Opened::new(Arc::clone(&layout), counts);
        if opening.send(Ok(source)).is_err() {
            return;
        }
        if let Err(error) = read(&connection, &layout, &sender) {
            let _ = sender.blocking_send(Err(error));
        }
        drop(sender);
        // What was held is held until the copy is safe.
        let _ = released.blocking_recv();
    });
    opened.await.unwrap_or_else(|gone| Err(DbError::failed(gone).into()))
}

fn begin(
    file: &Path,
    migrations: &'static [Migration],
    hold: Hold,
) -> Result<(Connection, Layout, Vec<u64>), Trouble> {
    let (mode, word) = match hold {
        Hold::Nothing => (OpenFlags::SQLITE_OPEN_READ_ONLY, "BEGIN"),
        Hold::Writes => (OpenFlags::SQLITE_OPEN_READ_WRITE, "BEGIN IMMEDIATE"),
    };
    let connection = reading(file, mode)?;
    connection.execute_batch(word).map_err(unfit)?;
    let layout = Layout::of_history(&history(&connection)?, migrations)?;
    let counts = layout.tables.iter().map(|table| count(&connection, table));
    let counts = counts.collect::<Result<Vec<_>, _>>().map_err(unfit)?;
    let counts = counts.into_iter().map(|count| u64::try_from(count).unwrap_or(0)).collect();
    Ok((connection, layout, counts))
}

fn reading(file: &Path, mode: OpenFlags) -> Result<Connection, Trouble> {
    let connection = Connection::open_with_flags(file, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX);
    let connection = connection.map_err(unfit)?;
    connection.busy_timeout(PATIENCE).map_err(unfit)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(unfit)?;
    Ok(connection)
}

fn history(connection: &Connection) -> Result<Vec<Known>, Trouble> {
    let there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    let mut there = connection.prepare(there).map_err(unfit)?;
    if !there.exists([migrate::TABLE]).map_err(unfit)? {
        return Err(not_ours());
    }
    let read = super::all(connection, migrate::known_rows(), &[], migrate::known);
    read.map_err(|_| not_ours())
}

fn count(connection: &Connection, table: &Table) -> rusqlite::Result<i64> {
    connection.query_row(&table.count(), [], |row| row.get(0))
}

/// Until the end, or until nobody listens.
fn read(connection: &Connection, layout: &Layout, sender: &Sender) -> Result<(), DbError> {
    for (place, table) in layout.tables.iter().enumerate() {
        let mut statement = connection.prepare(&table.select()).map_err(fault)?;
        let width = statement.column_count();
        let mut rows = statement.query([]).map_err(fault)?;
        let mut packing = Packing::of(place);
        while let Some(row) = rows.next().map_err(fault)? {
            if let Some(parcel) = packing.add(cells(row, width, table)?)
                && sender.blocking_send(Ok(parcel)).is_err()
            {
                return Ok(());
            }
        }
        if sender.blocking_send(Ok(packing.rest())).is_err() {
            return Ok(());
        }
    }
    Ok(())
}

fn cells(row: &rusqlite::Row<'_>, width: usize, table: &Table) -> Result<Cells, DbError> {
    let cell = |index| {
        let name = &table.name;
        let value = column(row, index).map(crate::store::db::V::owned);
        value.ok_or_else(|| DbError::failed(format!("{name} holds what this program never wrote")))
    };
    (0..width).map(cell).collect()
}

/// Takes all rows in one transaction.
pub(in crate::store::db) async fn fill(file: PathBuf, filling: Filling) -> Result<(), Trouble> {
    blocking(move || {
        let connection = match filling.onto {
            Onto::New => Connection::open(&file).map_err(fault)?,
            Onto::Empty | Onto::Replace => {
                Place::new(Some(file), PATIENCE).map_err(DbError::unavailable)?.open_writer()?
            }
        };
        connection.execute_batch(BEGIN_FILLING).map_err(fault)?;
        // Dropped before its COMMIT, the connection leaves everything as it was.
        take(&connection, filling)?;
        connection.execute_batch("COMMIT").map_err(fault)?;
        Ok(())
    })
    .await
}

/// Does this in one transaction.
pub(in crate::store::db) async fn apply(file: PathBuf, deeds: Vec<Deed>) -> Result<(), Trouble> {
    blocking(move || {
        let place = Place::new(Some(file), PATIENCE).map_err(DbError::unavailable)?;
        let connection = place.open_writer()?;
        connection.execute_batch("BEGIN IMMEDIATE").map_err(fault)?;
        do_all(&connection, &deeds)?;
        connection.execute_batch("COMMIT").map_err(fault)?;
        Ok(())
    })
    .await
}

fn do_all(connection: &Connection, deeds: &[Deed]) -> Result<(), DbError> {
    for deed in deeds {
        let params: Vec<_> = deed.1.iter().map(Owned::borrow).collect();
        exec(connection, &deed.0, &params)?;
    }
    Ok(())
}

fn take(connection: &Connection, mut filling: Filling) -> Result<(), Trouble> {
    make_room(connection, &filling)?;
    let tables = filling.tables();
    let inserts: Vec<_> = filling.layout.tables.iter().map(Table::insert).collect();
    while let Some(parcel) = filling.rows.blocking_recv() {
        let (place, rows) = parcel?;
        if let Some(insert) = inserts.get(place).filter(|_| filling.is_wanted(place)) {
            let mut insert = connection.prepare_cached(insert).map_err(fault)?;
            for row in &rows {
                let values = row.iter().map(Owned::borrow);
                insert.execute(rusqlite::params_from_iter(values)).map_err(fault)?;
            }
            filling.took(rows.len());
        }
    }
    for (place, table) in &tables {
        filling.compare(*place, count(connection, table).map_err(fault)?)?;
    }
    Ok(do_all(connection, &filling.deeds)?)
}

fn make_room(connection: &Connection, filling: &Filling) -> Result<(), Trouble> {
    if filling.onto == Onto::New {
        filling.layout.make(connection)?;
    }
    for (_, table) in filling.tables().iter().rev() {
        if filling.onto == Onto::Empty && table.kind == Kind::Ordinary {
            let mut any = connection.prepare(&table.any()).map_err(fault)?;
            if any.exists([]).map_err(fault)? {
                return Err(taken(&table.name));
            }
        } else {
            connection.execute_batch(&table.clear()).map_err(fault)?;
        }
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    apart(move || Ok(work())).await?
}

/// A file that is none of SQLite's, or damaged, is not the fault of the database.
fn unfit(error: rusqlite::Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => {
            Trouble::Unfit("the file is no SQLite database".to_owned())
        }
        Some(ErrorCode::DatabaseCorrupt) => Trouble::Unfit("the file is damaged".to_owned()),
        _ => fault(error).into(),
    }
}
