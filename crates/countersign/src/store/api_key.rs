//! The table `api_keys`.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};
use crate::ids::{ApiKeyId, UserId};

/// One row of `api_keys`, the digest apart.
#[derive(Debug, Clone)]
pub(crate) struct ApiKeyRow {
    pub(crate) id: ApiKeyId,
    pub(crate) user_id: UserId,
    pub(crate) epoch: i64,
    pub(crate) name: String,
    pub(crate) hint: String,
    pub(crate) scope: String,
    pub(crate) created_at: i64,
    pub(crate) expires_at: Option<i64>,
    pub(crate) last_used_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
}

statements! {
    INSERT = "INSERT INTO api_keys (id, digest, user_id, epoch, name, hint, scope, created_at,
            expires_at)
        SELECT $1, $2, id, $4, $5, $6, $7, $8, $9 FROM users
        WHERE id = $3 AND epoch = $4 AND disabled_at IS NULL";
    BY_DIGEST = "SELECT id, user_id, epoch, name, hint, scope, created_at, expires_at,
            last_used_at, revoked_at FROM api_keys WHERE digest = $1";
    BY_ID = "SELECT id, user_id, epoch, name, hint, scope, created_at, expires_at, last_used_at,
            revoked_at FROM api_keys WHERE id = $1";
    OF_USER = "SELECT id, user_id, epoch, name, hint, scope, created_at, expires_at, last_used_at,
            revoked_at FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL
        ORDER BY created_at DESC, id DESC";
    ALL_OF_USER = "SELECT id, user_id, epoch, name, hint, scope, created_at, expires_at,
            last_used_at, revoked_at FROM api_keys WHERE user_id = $1
        ORDER BY created_at DESC, id DESC LIMIT $2";
    PAGE = "SELECT id, user_id, epoch, name, hint, scope, created_at, expires_at, last_used_at,
            revoked_at FROM api_keys WHERE id > $1 AND revoked_at IS NULL ORDER BY id LIMIT $2";
    COUNT_OF_USER = "SELECT COUNT(*) FROM api_keys WHERE user_id = $1 AND revoked_at IS NULL";
    TOUCH = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1";
    REVOKE = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    REVOKE_OF_USER = "UPDATE api_keys SET revoked_at = $2
        WHERE user_id = $1 AND revoked_at IS NULL";
    PURGE = "DELETE FROM api_keys WHERE id IN
        (SELECT id FROM api_keys WHERE expires_at <= $1 OR revoked_at <= $1 LIMIT $2)";
}

fn read(row: &Row<'_>) -> Result<ApiKeyRow, DbError> {
    Ok(ApiKeyRow {
        id: super::id(row, 0)?,
        user_id: super::id(row, 1)?,
        epoch: row.get(2)?,
        name: row.get(3)?,
        hint: row.get(4)?,
        scope: row.get(5)?,
        created_at: row.get(6)?,
        expires_at: row.get(7)?,
        last_used_at: row.get(8)?,
        revoked_at: row.get(9)?,
    })
}

pub(crate) async fn by_digest(db: &Db, digest: &[u8; 32]) -> Result<Option<ApiKeyRow>, DbError> {
    db.one(&BY_DIGEST, &params![digest], read).await
}

pub(crate) async fn by_id(db: &Db, id: ApiKeyId) -> Result<Option<ApiKeyRow>, DbError> {
    db.one(&BY_ID, &params![id], read).await
}

/// The user's keys that were not revoked, youngest first.
pub(crate) async fn of_user(db: &Db, user: UserId) -> Result<Vec<ApiKeyRow>, DbError> {
    db.all(&OF_USER, &params![user], read).await
}

/// The user's keys, youngest first, those that were revoked too.
pub(crate) async fn all_of_user(
    db: &Db,
    user: UserId,
    limit: i64,
) -> Result<Vec<ApiKeyRow>, DbError> {
    db.all(&ALL_OF_USER, &params![user, limit], read).await
}

/// How many keys the user has that were not revoked.
pub(crate) async fn count_of_user(db: &Db, user: UserId) -> Result<i64, DbError> {
    Ok(db.one(&COUNT_OF_USER, &params![user], |row| row.get(0)).await?.unwrap_or(0))
}

/// Everybody's keys that were not revoked, in the order of their ids, after `after`.
pub(crate) async fn page(
    db: &Db,
    after: Option<ApiKeyId>,
    limit: i64,
) -> Result<Vec<ApiKeyRow>, DbError> {
    let after = super::id_or_empty(after);
    db.all(&PAGE, &params![after, limit], read).await
}

impl Tx {
    /// False when the user is gone, disabled, or no longer at the key's epoch.
    pub(crate) async fn insert_api_key(
        &mut self,
        key: &ApiKeyRow,
        digest: &[u8; 32],
    ) -> Result<bool, DbError> {
        let values = params![
            key.id,
            digest,
            key.user_id,
            key.epoch,
            &key.name,
            &key.hint,
            &key.scope,
            key.created_at,
            key.expires_at
        ];
        Ok(self.exec(&INSERT, &values).await? == 1)
    }

    pub(crate) async fn touch_api_key(&mut self, id: ApiKeyId, now: i64) -> Result<(), DbError> {
        self.exec(&TOUCH, &params![id, now]).await.map(drop)
    }

    /// Whether this call ended it.
    pub(crate) async fn revoke_api_key(&mut self, id: ApiKeyId, now: i64) -> Result<bool, DbError> {
        Ok(self.exec(&REVOKE, &params![id, now]).await? == 1)
    }

    pub(crate) async fn revoke_api_keys_of(
        &mut self,
        user: UserId,
        now: i64,
    ) -> Result<u64, DbError> {
        self.exec(&REVOKE_OF_USER, &params![user, now]).await
    }

    /// Drops keys that expired or were revoked before `before`, at most so many.
    pub(crate) async fn purge_api_keys(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
