//! The tables `throttles` and `known_devices`.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};
use crate::ids::UserId;

statements! {
    STATE = "SELECT blocked_until, failures FROM throttles WHERE bucket = $1 AND expires_at > $2";
    FAIL = "INSERT INTO throttles (bucket, failures, blocked_until, expires_at)
        VALUES ($1, 1, 0, $3)
        ON CONFLICT (bucket) DO UPDATE SET expires_at = $3, failures =
            CASE WHEN throttles.expires_at <= $2 THEN 1 ELSE throttles.failures + 1 END
        RETURNING failures";
    BLOCK = "UPDATE throttles SET blocked_until = $2 WHERE bucket = $1";
    CLEAR = "DELETE FROM throttles WHERE bucket = $1";
    PURGE = "DELETE FROM throttles WHERE expires_at <= $1";
    DEVICE = "SELECT expires_at FROM known_devices
        WHERE user_id = $1 AND device = $2 AND expires_at > $3";
    KNOW_DEVICE = "INSERT INTO known_devices (user_id, device, expires_at)
        SELECT id, $2, $3 FROM users WHERE id = $1
        ON CONFLICT (user_id, device) DO UPDATE SET expires_at = $3";
    ANY_DEVICE = "SELECT COUNT(*) FROM known_devices WHERE user_id = $1 AND expires_at > $2";
    PURGE_DEVICES = "DELETE FROM known_devices WHERE expires_at <= $1";
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

/// Until when the device is known to the user (unix seconds).
pub(crate) async fn device_known_until(
    db: &Db,
    user: &str,
    device: &[u8; 32],
    now: i64,
) -> Result<Option<i64>, DbError> {
    db.one(&DEVICE, &params![user, device, now], |row| row.get(0)).await
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

    /// Whether any device of the user is known.
    pub(crate) async fn knows_devices(&mut self, user: UserId, now: i64) -> Result<bool, DbError> {
        let count: Option<i64> =
            self.one(&ANY_DEVICE, &params![user, now], |row| row.get(0)).await?;
        Ok(count.unwrap_or(0) > 0)
    }

    pub(crate) async fn know_device(
        &mut self,
        user: UserId,
        device: &[u8; 32],
        expires_at: i64,
    ) -> Result<(), DbError> {
        self.exec(&KNOW_DEVICE, &params![user, device, expires_at]).await.map(drop)
    }

    pub(crate) async fn purge_throttles(&mut self, before: i64) -> Result<u64, DbError> {
        let buckets = self.exec(&PURGE, &params![before]).await?;
        Ok(buckets + self.exec(&PURGE_DEVICES, &params![before]).await?)
    }
}
