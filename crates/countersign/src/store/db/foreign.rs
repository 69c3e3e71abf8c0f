//! Reading a table of another application, of which only the names are known: the one place where
//! a statement is put together at run time. Names are checked and quoted; values are never part of
//! it. Nothing is written there.

use tokio::sync::mpsc;

use super::{
    DbError, postgres, sqlite,
    url::{self, Url},
};

/// Rows that travel together.
const TOGETHER: usize = 1000;

/// The cells of one row as text, in the order asked for; NULL is `None`. `Err`: a cell is not text.
pub(crate) type ForeignRow = Result<Vec<Option<String>>, NotText>;

/// A cell holds bytes that are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a column holds bytes that are no text")]
pub(crate) struct NotText;

/// Rows on their way from the table; each is read once.
pub(crate) struct Reader {
    /// How many rows the table had when it was opened.
    pub(crate) total: u64,
    rows: mpsc::Receiver<Result<Vec<ForeignRow>, DbError>>,
}

/// What a reading engine sends.
pub(super) type Sender = mpsc::Sender<Result<Vec<ForeignRow>, DbError>>;

impl Reader {
    /// Opens `sqlite:FILE` or `postgres://…` for reading only. `Failed` when a name is odd, or the
    /// table or a column is not there.
    pub(crate) async fn open(url: &str, table: &str, columns: &[&str]) -> Result<Self, DbError> {
        let (sender, rows) = mpsc::channel(2);
        let query = Query::new(table, columns)?;
        let total = match url::parse(url)? {
            Url::Sqlite(Some(file)) => sqlite::foreign::open(file, query, sender).await?,
            Url::Sqlite(None) => return Err(DbError::failed("the sqlite: URL names no file")),
            Url::Postgres(target) => postgres::foreign::open(*target, query, sender).await?,
        };
        Ok(Self { total, rows })
    }

    /// The next rows; `None` after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<ForeignRow>>, DbError> {
        self.rows.recv().await.transpose()
    }
}

/// The two statements on a foreign table.
pub(super) struct Query {
    pub(super) count: String,
    columns: Vec<String>,
    table: String,
}

impl Query {
    fn new(table: &str, columns: &[&str]) -> Result<Self, DbError> {
        let parts: Vec<&str> = table.split('.').collect();
        if parts.len() > 2 {
            return Err(odd(table));
        }
        let quoted =
            |names: &[&str]| names.iter().map(|name| quote(name)).collect::<Result<_, _>>();
        let (table, columns): (Vec<String>, Vec<String>) = (quoted(&parts)?, quoted(columns)?);
        let table = table.join(".");
        Ok(Self { count: format!("SELECT COUNT(*) FROM {table}"), columns, table })
    }

    /// The rows, each column by way of `shape`. The name of the table goes with that of the column:
    /// SQLite takes a quoted name alone that it does not know for a text.
    pub(super) fn select(&self, shape: impl Fn(&str) -> String) -> String {
        let columns: Vec<_> = self.columns.iter().map(|name| shape(&format!("t.{name}"))).collect();
        format!("SELECT {} FROM {} AS t", columns.join(", "), self.table)
    }
}

/// Letters, digits and `_`, `$`, `-` and blanks inside, in double quotes.
pub(super) fn quote(name: &str) -> Result<String, DbError> {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-' | ' ');
    if (1..=63).contains(&name.len()) && name.trim() == name && name.chars().all(fits) {
        return Ok(format!("\"{name}\""));
    }
    Err(odd(name))
}

fn odd(name: &str) -> DbError {
    DbError::failed(format!("{name:?} is no name of a table or a column that is taken here"))
}

/// Sends what is collected once it is enough, or at the end.
pub(super) struct Parcel(Vec<ForeignRow>);

impl Parcel {
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(TOGETHER))
    }

    /// The rows to send, when there are enough.
    pub(super) fn add(&mut self, row: ForeignRow) -> Option<Vec<ForeignRow>> {
        self.0.push(row);
        (self.0.len() >= TOGETHER).then(|| std::mem::replace(self, Self::new()).0)
    }

    /// The last rows.
    pub(super) fn rest(self) -> Vec<ForeignRow> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_quoted_and_an_odd_one_refused() {
        let query = Query::new("public.user", &["user name", "größe"]).unwrap();

        assert_eq!(
            query.select(str::to_owned),
            r#"SELECT t."user name", t."größe" FROM "public"."user" AS t"#
        );
        for name in
            ["", " ", "a\"b", "a;b", "a'b", "a\0b", "x y ", "a.b.c", "a(b)", "a--\n", "a[0]"]
        {
            assert!(Query::new(name, &["id"]).is_err(), "{name:?} as a table");
            if !name.contains('.') {
                assert!(Query::new("users", &[name]).is_err(), "{name:?} as a column");
            }
        }
        assert!(Query::new("users", &["a.b"]).is_err());
        assert!(Query::new(&"x".repeat(64), &["id"]).is_err());
    }
}
