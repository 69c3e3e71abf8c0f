//! A table of another application, to be read once from its first row to its last.

use crate::{
    error::Result,
    store::foreign::{ForeignRow, Reader},
};

/// A table of another application. It is opened for reading only.
pub struct ForeignTable(Reader);

impl ForeignTable {
    /// Opens `sqlite:FILE` or a `postgres://` URL and finds the table, perhaps with its schema in
    /// front (`public.users`), and its columns. Names are quoted, so they count as they are spelled;
    /// they are letters, digits, `_`, `$`, `-` and blanks.
    ///
    /// # Errors
    /// When a name is none, or the database, the table or a column is not there.
    pub async fn open(url: &str, table: &str, columns: &[&str]) -> Result<Self> {
        Ok(Self(Reader::open(url, table, columns).await?))
    }

    /// How many rows the table had when it was opened.
    pub fn len(&self) -> u64 {
        self.0.total
    }

    /// Whether it had none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next rows, some hundreds of them: the columns asked for as text, in that order, NULL as
    /// `None`; or why a row cannot be read. `None` after the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next(&mut self) -> Result<Option<Vec<Result<Vec<Option<String>>, String>>>> {
        let rows = self.0.next().await?;
        let told = |row: ForeignRow| row.map_err(|why| why.to_string());
        Ok(rows.map(|rows| rows.into_iter().map(told).collect()))
    }
}
