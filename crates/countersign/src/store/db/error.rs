//! What can go wrong with a database, told apart only as far as a caller can act on it.

use std::error::Error;

/// The cause beneath a [`DbError`]; it holds no parameter and no row.
pub(crate) type Source = Box<dyn Error + Send + Sync>;

/// A statement, a transaction or the database itself failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DbError {
    /// A unique constraint refused the row. It is named alike on both engines:
    /// `table.column_column_key`, and `table.pkey` for the primary key. That is PostgreSQL's own
    /// name with a dot after the table, so unique indexes are created with the name PostgreSQL
    /// would give them (`users_email_key`), and only over plain columns.
    #[error("{0} is taken")]
    Unique(String),
    /// A foreign key refused the row: what it belongs to is not there. On PostgreSQL that is how a
    /// row loses a race with a deletion, even one made by `INSERT … SELECT` from its parent.
    #[error("what the row belongs to is gone")]
    Orphan,
    /// The transaction met another one (serialisation, deadlock, lock timeout). Nothing was kept;
    /// the same write may be tried again.
    #[error("the transaction met another one and was rolled back")]
    Conflict(#[source] Source),
    /// The database cannot be reached, is full, locked by another process or too slow. When this
    /// answers a write, the outcome of its COMMIT may be unknown.
    #[error("the database is not available")]
    Unavailable(#[source] Source),
    /// A fault of ours or of the schema: trying again will not help.
    #[error("the database refused: {0}")]
    Failed(#[source] Source),
}

impl DbError {
    pub(super) fn failed(why: impl Into<Source>) -> Self {
        Self::Failed(why.into())
    }

    pub(super) fn unavailable(why: impl Into<Source>) -> Self {
        Self::Unavailable(why.into())
    }

    /// The same verdict once more, for the next member of a batch.
    pub(super) fn again(&self) -> Self {
        let text = |source: &Source| Source::from(source.to_string());
        match self {
            Self::Unique(name) => Self::Unique(name.clone()),
            Self::Orphan => Self::Orphan,
            Self::Conflict(source) => Self::Conflict(text(source)),
            Self::Unavailable(source) => Self::Unavailable(text(source)),
            Self::Failed(source) => Self::Failed(text(source)),
        }
    }
}
