//! The table `signing_keys`. Private keys are sealed before they come here.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};

/// One row of `signing_keys`.
#[derive(Clone)]
pub(crate) struct SigningKeyRow {
    pub(crate) kid: String,
    pub(crate) algorithm: String,
    pub(crate) sealed: Vec<u8>,
    pub(crate) created_at: i64,
    pub(crate) active_at: i64,
    pub(crate) expires_at: Option<i64>,
}

statements! {
    INSERT = "INSERT INTO signing_keys (kid, algorithm, sealed, created_at, active_at)
        VALUES ($1, $2, $3, $4, $5)";
    ALL_KEYS = "SELECT kid, algorithm, sealed, created_at, active_at, expires_at
        FROM signing_keys ORDER BY active_at, kid";
    /// A key already on its way out keeps its date, unless it is to go sooner.
    RETIRE = "UPDATE signing_keys SET expires_at = $2
        WHERE kid <> $1 AND (expires_at IS NULL OR expires_at > $2)";
    /// The row that is locked by whoever changes keys.
    ALONE = "UPDATE lanes SET seq = seq WHERE lane = 0";
    PURGE = "DELETE FROM signing_keys WHERE expires_at <= $1";
}

fn read(row: &Row<'_>) -> Result<SigningKeyRow, DbError> {
    Ok(SigningKeyRow {
        kid: row.get(0)?,
        algorithm: row.get(1)?,
        sealed: row.get(2)?,
        created_at: row.get(3)?,
        active_at: row.get(4)?,
        expires_at: row.get(5)?,
    })
}

/// All keys, the one that became active last at the end.
pub(crate) async fn all(db: &Db) -> Result<Vec<SigningKeyRow>, DbError> {
    db.few(&ALL_KEYS, &params![], read).await
}

impl Tx {
    /// Lets no other transaction that calls this go on before this one has ended. It comes first:
    /// then nobody waits for it while holding what it needs.
    pub(crate) async fn alone_with_signing_keys(&mut self) -> Result<(), DbError> {
        self.exec(&ALONE, &params![]).await.map(drop)
    }

    pub(crate) async fn signing_keys(&mut self) -> Result<Vec<SigningKeyRow>, DbError> {
        self.all(&ALL_KEYS, &params![], read).await
    }

    pub(crate) async fn insert_signing_key(&mut self, key: &SigningKeyRow) -> Result<(), DbError> {
        let values =
            params![&key.kid, &key.algorithm, &key.sealed[..], key.created_at, key.active_at];
        self.exec(&INSERT, &values).await.map(drop)
    }

    /// Every other key verifies until `expires_at` and no longer.
    pub(crate) async fn retire_other_signing_keys(
        &mut self,
        kid: &str,
        expires_at: i64,
    ) -> Result<u64, DbError> {
        self.exec(&RETIRE, &params![kid, expires_at]).await
    }

    pub(crate) async fn purge_signing_keys(&mut self, before: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before]).await
    }
}
