//! Reading SQLite: each thread that reads keeps a read-only connection of its own, so that a point
//! read is a function call.

use std::{
    cell::RefCell,
    fs::File,
    io::Read,
    rc::Rc,
    sync::{Arc, Weak},
};

use rusqlite::Connection;

use super::{DbError, Place, Row, Sql, Sqlite, V, all, one};
use crate::store::db::value::Owned;

/// How every SQLite database begins.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";

thread_local! {
    /// One entry per open database this thread has read from.
    static READERS: RefCell<Vec<(Weak<Place>, Rc<Connection>)>> = const { RefCell::new(Vec::new()) };
}

/// This thread's connection. Those of dropped databases go when a new one is needed.
fn reader(place: &Arc<Place>) -> Result<Rc<Connection>, DbError> {
    READERS.with_borrow_mut(|readers| {
        let here = Arc::as_ptr(place);
        if let Some((_, found)) = readers.iter().find(|(known, _)| known.as_ptr() == here) {
            return Ok(found.clone());
        }
        readers.retain(|(known, _)| known.strong_count() > 0);
        let opened = Rc::new(place.open_reader()?);
        readers.push((Arc::downgrade(place), opened.clone()));
        Ok(opened)
    })
}

impl Sqlite {
    pub(in crate::store::db) fn one<T>(
        &self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        one(&*reader(&self.place)?, sql, params, map)
    }

    pub(in crate::store::db) async fn all<T: Send + 'static>(
        &self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl Fn(&Row<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<Vec<T>, DbError> {
        let (place, sql, params) = (self.place.clone(), *sql, Owned::all(params));
        let _turn = self.lists.acquire().await.map_err(DbError::unavailable)?;
        apart(move || {
            let params: Vec<_> = params.iter().map(Owned::borrow).collect();
            all(&*reader(&place)?, &sql, &params, map)
        })
        .await
    }

    /// Whether the file is still there and still a database.
    pub(in crate::store::db) async fn ping(&self) -> Result<(), DbError> {
        let place = self.place.clone();
        apart(move || {
            let mut head = [0; SQLITE.len()];
            let read = File::open(&place.path).and_then(|mut file| file.read_exact(&mut head));
            read.map_err(DbError::unavailable)?;
            let gone = "the file is no SQLite database any more";
            if head == *SQLITE { Ok(()) } else { Err(DbError::unavailable(gone)) }
        })
        .await
    }

    #[cfg(test)]
    pub(in crate::store::db) fn prepare(&self, sql: &Sql) -> Result<(), DbError> {
        reader(&self.place)?.prepare(sql.sqlite()).map(drop).map_err(super::fault)
    }

    /// How many connections this thread keeps.
    #[cfg(test)]
    pub(in crate::store::db) fn readers_of_this_thread() -> usize {
        READERS.with_borrow(Vec::len)
    }

    pub(super) fn place(&self) -> Arc<Place> {
        self.place.clone()
    }
}

/// Runs `work` where it may block.
pub(super) async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, DbError> + Send + 'static,
) -> Result<T, DbError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|gone| Err(DbError::failed(gone)))
}
