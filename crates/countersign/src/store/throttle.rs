//! The table `throttles`.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};

statements! {
    STATE = "SELECT blocked_until, failures FROM throttles WHERE bucket = $1 AND expires_at > $2";
    FAIL = "INSERT INTO throttles (bucket, failures, blocked_until, expires_at)
        VALUES ($1, 1, 0, $3)
        ON CONFLICT (bucket) DO UPDATE SET expires_at = $3, failures =
            CASE WHEN throttles.expires_at <= $2 THEN 1 ELSE throttles.failures + 1 END
        RETURNING failures";
    BLOCK = "UPDATE throttles SET blocked_until = $2 WHERE bucket = $1";
    CLEAR = "DELETE FROM throttles WHERE bucket = $1";
    PURGE = "DELETE FROM throttles WHERE bucket IN
        (SELECT bucket FROM throttles WHERE expires_at <= $1 LIMIT $2)";
}

/// What is counted in a bucket.
pub(crate) struct State {
    /// When it opens again, unix seconds.
    pub(crate) blocked_until: i64,
    pub(crate) failures: i64,
}

/// The bucket's state, if anything is counted in it.
pub(crate) async fn state(db: &Db, bucket: &str, now: i64) -> Result<Option<State>, DbError> {
    let read = |row: &Row<'_>| Ok(State { blocked_until: row.get(0)?, failures: row.get(1)? });
    db.one(&STATE, &params![bucket, now], read).await
}

impl Tx {
    /// Counts a failure and returns how many there are now.
    pub(crate) async fn count_failure(
        &mut self,
        bucket: &str,
        now: i64,
        expires_at: i64,
    ) -> Result<i64, DbError> {
        let failures = self.one(&FAIL, &params![bucket, now, expires_at], |row| row.get(0)).await?;
        failures.ok_or_else(|| super::corrupt("an upsert returned no row".into()))
    }

    pub(crate) async fn block(&mut self, bucket: &str, until: i64) -> Result<(), DbError> {
        self.exec(&BLOCK, &params![bucket, until]).await.map(drop)
    }

    pub(crate) async fn clear_failures(&mut self, bucket: &str) -> Result<(), DbError> {
        self.exec(&CLEAR, &params![bucket]).await.map(drop)
    }

    /// Drops at most so many rows.
    pub(crate) async fn purge_throttles(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
