//! The table `spent_proofs`: proofs of work, and waits, that were used.

use super::{
    Db, DbError, Tx,
    db::{params, statements},
};

statements! {
    /// Of any number of racers one inserts it.
    SPEND = "INSERT INTO spent_proofs (digest, expires_at) VALUES ($1, $2)
        ON CONFLICT (digest) DO NOTHING";
    SPENT = "SELECT expires_at FROM spent_proofs WHERE digest = $1";
    PURGE = "DELETE FROM spent_proofs WHERE digest IN
        (SELECT digest FROM spent_proofs WHERE expires_at <= $1 LIMIT $2)";
}

/// One row of `spent_proofs`.
#[derive(Clone, Copy)]
pub(crate) struct SpentRow {
    pub(crate) digest: [u8; 32],
    /// From here on it is refused for its age.
    pub(crate) expires_at: i64,
}

/// Whether it was spent.
pub(crate) async fn is_spent(db: &Db, digest: &[u8; 32]) -> Result<bool, DbError> {
    Ok(db.one(&SPENT, &params![digest], |row| row.get::<i64>(0)).await?.is_some())
}

impl Tx {
    /// False when it was spent before.
    pub(crate) async fn spend_proof(&mut self, spent: SpentRow) -> Result<bool, DbError> {
        Ok(self.exec(&SPEND, &params![&spent.digest, spent.expires_at]).await? == 1)
    }

    /// Drops at most `most` that expired before `before`.
    pub(crate) async fn purge_proofs(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
