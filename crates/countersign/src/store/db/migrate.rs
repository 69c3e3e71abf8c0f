//! One history of the schema for both engines. Each migration is a transaction; openers that race
//! find each other's work done.

use std::time::{SystemTime, UNIX_EPOCH};

use super::{Db, DbError, Note, Row, Sql, Tx, params, statements};

/// One step of the history. A step that was released is never edited: its digest is checked.
///
/// Its text is the common subset of both engines (TEXT, BIGINT, BYTEA, no deferred constraints: a
/// COMMIT is shared).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

/// A migration that this call has applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) version: i64,
    pub(crate) name: &'static str,
}

/// The table of the history.
pub(super) const TABLE: &str = "schema_migrations";

// applied_at is in seconds since 1970.
pub(super) const HISTORY: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (
    version BIGINT PRIMARY KEY, name TEXT NOT NULL, digest BIGINT NOT NULL, applied_at BIGINT NOT NULL
)";

statements! {
    KNOWN = "SELECT version, name, digest FROM schema_migrations ORDER BY version";
    RECORD = "INSERT INTO schema_migrations (version, name, digest, applied_at) VALUES ($1, $2, $3, $4)";
}

/// See [`Db::migrate`].
pub(super) async fn migrate<N: Note>(
    db: &Db<N>,
    migrations: &[Migration],
) -> Result<Vec<Applied>, DbError> {
    let mut done = Vec::new();
    loop {
        let migrations = migrations.to_vec();
        match db.write(async move |tx| step(tx, &migrations).await).await? {
            Some(applied) => done.push(applied),
            None => return Ok(done),
        }
    }
}

/// Applies the first migration that is missing, if any is.
async fn step<N>(tx: &mut Tx<N>, migrations: &[Migration]) -> Result<Option<Applied>, DbError> {
    tx.lock_schema().await?;
    tx.batch(HISTORY).await?;
    let known = tx.all(&KNOWN, &[], known).await?;
    let Some(next) = next(&known, migrations)? else { return Ok(None) };
    tx.batch(next.sql).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    tx.exec(&RECORD, &params![next.version, next.name, digest(next.sql), now]).await?;
    Ok(Some(Applied { version: next.version, name: next.name }))
}

/// What was applied, in its order.
pub(super) const fn known_rows() -> &'static Sql {
    &KNOWN
}

/// A row of the history.
pub(super) fn known(row: &Row<'_>) -> Result<Known, DbError> {
    Ok(Known { version: row.get(0)?, name: row.get(1)?, digest: row.get(2)? })
}

/// A row of the history.
pub(super) struct Known {
    pub(super) version: i64,
    pub(super) name: String,
    pub(super) digest: i64,
}

/// Compares the database's history with the program's, which must continue it.
pub(super) fn next(
    known: &[Known],
    migrations: &[Migration],
) -> Result<Option<Migration>, DbError> {
    let mut expected = migrations.iter();
    for row in known {
        let Some(ours) = expected.next() else {
            return Err(DbError::failed(format!(
                "the database is newer than this program: it has migration {} ({}), which this \
                 program does not know; start a newer version of the program",
                row.version, row.name
            )));
        };
        if ours.version != row.version || digest(ours.sql) != row.digest {
            return Err(DbError::failed(format!(
                "migration {} ({}) of the database is not migration {} ({}) of this program",
                row.version, row.name, ours.version, ours.name
            )));
        }
    }
    Ok(expected.next().copied())
}

/// FNV-1a, 64 bits, whatever the line endings: it notices an edit, it is no proof against a forger,
/// who could rewrite the table as well.
fn digest(sql: &str) -> i64 {
    let bytes = sql.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}
