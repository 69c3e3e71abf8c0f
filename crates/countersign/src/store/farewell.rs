//! The table `users`: how accounts end.

use super::{
    Db, DbError, Tx,
    db::{params, statements},
};
use crate::ids::UserId;

statements! {
    DELETE = "DELETE FROM users WHERE id = $1";
    /// Only at the epoch at which the caller was let in.
    SCHEDULE_DELETION = "UPDATE users SET deletes_at = $3, epoch = epoch + 1, kept_session = NULL
        WHERE id = $1 AND epoch = $2 AND deletes_at IS NULL AND disabled_at IS NULL";
    /// Either this or `DELETE_DUE`: whoever was told that the account is kept has it.
    KEEP = "UPDATE users SET deletes_at = NULL
        WHERE id = $1 AND (deletes_at IS NULL OR deletes_at > $2)";
    DUE = "SELECT id FROM users WHERE deletes_at <= $1 ORDER BY deletes_at LIMIT $2";
    DELETE_DUE = "DELETE FROM users WHERE id = $1 AND deletes_at <= $2";
    /// Whoever got in while nothing was required uses the account, and it is not given up.
    WAITING = "SELECT id FROM users
        WHERE confirmed_at IS NULL AND waits_since <= $1 AND roles = ''
            AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = users.id)
            AND NOT EXISTS (SELECT 1 FROM api_keys WHERE api_keys.user_id = users.id)
        ORDER BY waits_since LIMIT $2";
    DELETE_WAITING = "DELETE FROM users
        WHERE id = $1 AND confirmed_at IS NULL AND waits_since <= $2 AND roles = ''
            AND NOT EXISTS (SELECT 1 FROM sessions WHERE sessions.user_id = users.id)
            AND NOT EXISTS (SELECT 1 FROM api_keys WHERE api_keys.user_id = users.id)";
}

/// Accounts past their end, the longest first.
pub(crate) async fn due(db: &Db, now: i64, limit: i64) -> Result<Vec<UserId>, DbError> {
    db.all(&DUE, &params![now, limit], |row| super::id(row, 0)).await
}

/// Accounts that wait to be confirmed since `since` or longer, the longest first: without a role, a
/// session and an API key.
pub(crate) async fn waiting(db: &Db, since: i64, limit: i64) -> Result<Vec<UserId>, DbError> {
    db.all(&WAITING, &params![since, limit], |row| super::id(row, 0)).await
}

impl Tx {
    /// False when the user is no longer at `epoch`, disabled, or about to be deleted already.
    pub(crate) async fn schedule_deletion(
        &mut self,
        (id, epoch): (UserId, i64),
        deletes_at: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SCHEDULE_DELETION, &params![id, epoch, deletes_at]).await? == 1)
    }

    /// False when it is too late.
    pub(crate) async fn keep_user(&mut self, id: UserId, now: i64) -> Result<bool, DbError> {
        Ok(self.exec(&KEEP, &params![id, now]).await? == 1)
    }

    /// Deletes the account if it is past its end; whether it was.
    pub(crate) async fn delete_due_user(&mut self, id: UserId, now: i64) -> Result<bool, DbError> {
        Ok(self.exec(&DELETE_DUE, &params![id, now]).await? == 1)
    }

    /// Deletes the account if it still waits to be confirmed; whether it did.
    pub(crate) async fn delete_waiting_user(
        &mut self,
        id: UserId,
        since: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&DELETE_WAITING, &params![id, since]).await? == 1)
    }

    pub(crate) async fn delete_user(&mut self, id: UserId) -> Result<bool, DbError> {
        Ok(self.exec(&DELETE, &params![id]).await? == 1)
    }
}
