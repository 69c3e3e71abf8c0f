//! Reading a table of another application's SQLite file, on a thread of its own.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, Row, types::ValueRef};
use tokio::sync::oneshot;

use super::{DbError, fault};
use crate::store::db::foreign::{ForeignRow, NotText, Parcel, Query, Sender};

/// How long a lock of the other application is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// Begins to read; answers how many rows there are.
pub(in crate::store::db) async fn open(
    file: PathBuf,
    query: Query,
    sender: Sender,
) -> Result<u64, DbError> {
    let (counted, count) = oneshot::channel();
    tokio::task::spawn_blocking(move || {
        let connection = match prepare(&file, &query) {
            Ok((connection, total)) => {
                let _ = counted.send(Ok(total));
                connection
            }
            Err(error) => return drop(counted.send(Err(error))),
        };
        if let Err(error) = read(&connection, &query, &sender) {
            let _ = sender.blocking_send(Err(error));
        }
    });
    count.await.unwrap_or_else(|_| Err(DbError::unavailable("the reading did not begin")))
}

/// A file that can be read, with the table and its columns in it.
fn prepare(file: &Path, query: &Query) -> Result<(Connection, u64), DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(fault)?;
    connection.busy_timeout(PATIENCE).map_err(fault)?;
    connection.execute_batch("PRAGMA trusted_schema = OFF").map_err(fault)?;
    connection.prepare(&select(query)).map_err(fault)?;
    let total = connection.query_row(&query.count, [], |row| row.get::<_, i64>(0));
    Ok((connection, u64::try_from(total.map_err(fault)?).unwrap_or(0)))
}

fn select(query: &Query) -> String {
    query.select(str::to_owned)
}

/// Until the end, or until nobody listens.
fn read(connection: &Connection, query: &Query, sender: &Sender) -> Result<(), DbError> {
    let mut statement = connection.prepare(&select(query)).map_err(fault)?;
    let width = statement.column_count();
    let mut rows = statement.query([]).map_err(fault)?;
    let mut parcel = Parcel::new();
    while let Some(row) = rows.next().map_err(fault)? {
        if let Some(full) = parcel.add(cells(row, width))
            && sender.blocking_send(Ok(full)).is_err()
        {
            return Ok(());
        }
    }
    let _ = sender.blocking_send(Ok(parcel.rest()));
    Ok(())
}

fn cells(row: &Row<'_>, width: usize) -> ForeignRow {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map(Some).map_err(|_| NotText);
    (0..width)
        .map(|index| match row.get_ref(index).map_err(|_| NotText)? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(number) => Ok(Some(number.to_string())),
            ValueRef::Real(number) => Ok(Some(number.to_string())),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => text(bytes),
        })
        .collect()
}
