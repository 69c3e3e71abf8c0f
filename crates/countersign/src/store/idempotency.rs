//! The table `idempotency_keys`.

use super::{
    Db, DbError, Tx,
    db::{params, statements},
};

statements! {
    SEALED = "SELECT sealed FROM idempotency_keys WHERE digest = $1 AND expires_at > $2";
    /// An expired row is as good as none.
    CLAIM = "INSERT INTO idempotency_keys (digest, sealed, expires_at) VALUES ($1, $2, $4)
        ON CONFLICT (digest) DO UPDATE SET sealed = $2, expires_at = $4
        WHERE idempotency_keys.expires_at <= $3";
    PURGE = "DELETE FROM idempotency_keys WHERE digest IN
        (SELECT digest FROM idempotency_keys WHERE expires_at <= $1 LIMIT $2)";
}

/// The first answer given under this key, sealed.
pub(crate) async fn sealed(
    db: &Db,
    digest: &[u8; 32],
    now: i64,
) -> Result<Option<Vec<u8>>, DbError> {
    db.one(&SEALED, &params![digest, now], |row| row.get(0)).await
}

impl Tx {
    /// False when another request holds the key already.
    pub(crate) async fn claim_idempotency_key(
        &mut self,
        digest: &[u8; 32],
        sealed: &[u8],
        (now, expires_at): (i64, i64),
    ) -> Result<bool, DbError> {
        Ok(self.exec(&CLAIM, &params![digest, sealed, now, expires_at]).await? == 1)
    }

    /// Drops at most so many rows.
    pub(crate) async fn purge_idempotency_keys(
        &mut self,
        before: i64,
        most: i64,
    ) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
