//! The tables `sessions` and `refresh_tokens`. A session's refresh tokens are its family.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};
use crate::ids::{SessionId, UserId};

/// One row of `sessions`.
#[derive(Debug, Clone)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) user_id: UserId,
    pub(crate) epoch: i64,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    /// How the user proved who they are (RFC 8176); empty: a cookie brought the session back.
    pub(crate) amr: String,
    pub(crate) auth_time: i64,
    pub(crate) created_at: i64,
    pub(crate) last_seen_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) address: Option<String>,
    pub(crate) user_agent: Option<String>,
    /// Since when a browser has its present cookie for it.
    pub(crate) cookie_at: Option<i64>,
    /// Since when a second cookie brings it back.
    pub(crate) remembered_at: Option<i64>,
    /// When that happened last: it is not fresh from then on.
    pub(crate) restored_at: Option<i64>,
    /// Which bit of which status list its tokens have, counted through all lists.
    pub(crate) status_index: Option<i64>,
}

/// A session that ended, and the bit to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) session: SessionId,
    pub(crate) index: Option<i64>,
}

/// One row of `refresh_tokens`.
#[derive(Clone)]
pub(crate) struct RefreshRow {
    pub(crate) session_id: SessionId,
    pub(crate) expires_at: i64,
    pub(crate) used_at: Option<i64>,
    pub(crate) used_by: Option<Vec<u8>>,
}

statements! {
    INSERT = "INSERT INTO sessions (id, user_id, epoch, client_id, scope, amr, auth_time,
            created_at, last_seen_at, expires_at, address, user_agent, cookie_at, remembered_at,
            status_index)
        SELECT $1, id, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12, $13, $14 FROM users
        WHERE id = $2 AND epoch = $3 AND disabled_at IS NULL";
    BY_ID = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at, last_seen_at,
            expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions WHERE id = $1";
    BY_COOKIE = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions WHERE cookie = $1";
    BY_TOKEN = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions WHERE token = $1";
    SET_TOKEN = "UPDATE sessions SET token = $2 WHERE id = $1";
    WITH_TOKEN = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions WHERE user_id = $1 AND client_id = $2 AND token IS NOT NULL
            AND revoked_at IS NULL AND expires_at > $3
        ORDER BY created_at DESC, id DESC LIMIT $4";
    LAST_SEEN = "SELECT MAX(last_seen_at) FROM sessions WHERE user_id = $1";
    /// The former cookie is worth nothing from here on.
    SET_COOKIE = "UPDATE sessions SET cookie = $2, cookie_at = $3, last_seen_at = $3
        WHERE id = $1 AND revoked_at IS NULL";
    OF_USER = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions
        WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2
        ORDER BY created_at DESC, id DESC LIMIT $3";
    ALL_OF_USER = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions WHERE user_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    PAGE = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, created_at,
            last_seen_at, expires_at, revoked_at, address, user_agent, cookie_at, remembered_at, restored_at,
            status_index
        FROM sessions
        WHERE id > $1 AND revoked_at IS NULL AND expires_at > $2 ORDER BY id LIMIT $3";
    TOUCH = "UPDATE sessions SET last_seen_at = $2 WHERE id = $1";
    /// Its password was given to the browser of before, perhaps to another one.
    RESTORED = "UPDATE sessions SET restored_at = $2 WHERE id = $1";
    REVOKE = "UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL
        RETURNING id, status_index";
    REVOKE_OF_USER = "UPDATE sessions SET revoked_at = $2
        WHERE user_id = $1 AND id <> $3 AND revoked_at IS NULL
        RETURNING id, status_index, expires_at";
    /// From a second on, a page after an id of that second.
    REVOKED_SINCE = "SELECT id, status_index, revoked_at FROM sessions
        WHERE (revoked_at, id) > ($1, $2)
        ORDER BY revoked_at, id LIMIT $3";
    /// Of any number of racers one gives it an index, and none once it has ended.
    SET_STATUS_INDEX = "UPDATE sessions SET status_index = $2
        WHERE id = $1 AND status_index IS NULL AND revoked_at IS NULL";
    PURGE = "DELETE FROM sessions WHERE id IN
        (SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)";
    INSERT_REFRESH = "INSERT INTO refresh_tokens (digest, session_id, created_at, expires_at)
        VALUES ($1, $2, $3, $4)";
    /// Of any number of racers one gets the row. Without RETURNING, for which SQLite makes a table.
    USE_REFRESH = "UPDATE refresh_tokens SET used_at = $2, used_by = $3
        WHERE digest = $1 AND used_at IS NULL AND expires_at > $2";
    BY_REFRESH = "SELECT id, user_id, epoch, client_id, scope, amr, auth_time, sessions.created_at,
            last_seen_at, sessions.expires_at, revoked_at, address, user_agent, cookie_at,
            remembered_at, restored_at, status_index
        FROM refresh_tokens JOIN sessions ON id = session_id WHERE digest = $1";
    REFRESH = "SELECT session_id, expires_at, used_at, used_by FROM refresh_tokens
        WHERE digest = $1";
    FORGET_REFRESH_OF = "DELETE FROM refresh_tokens WHERE session_id = $1";
    PURGE_REFRESH = "DELETE FROM refresh_tokens WHERE digest IN
        (SELECT digest FROM refresh_tokens WHERE expires_at <= $1 LIMIT $2)";
}

fn read(row: &Row<'_>) -> Result<SessionRow, DbError> {
    Ok(SessionRow {
        id: super::id(row, 0)?,
        user_id: super::id(row, 1)?,
        epoch: row.get(2)?,
        client_id: row.get(3)?,
        scope: row.get(4)?,
        amr: row.get(5)?,
        auth_time: row.get(6)?,
        created_at: row.get(7)?,
        last_seen_at: row.get(8)?,
        expires_at: row.get(9)?,
        revoked_at: row.get(10)?,
        address: row.get(11)?,
        user_agent: row.get(12)?,
        cookie_at: row.get(13)?,
        remembered_at: row.get(14)?,
        restored_at: row.get(15)?,
        status_index: row.get(16)?,
    })
}

/// The first two columns.
pub(super) fn read_ended(row: &Row<'_>) -> Result<Ended, DbError> {
    Ok(Ended { session: super::id(row, 0)?, index: row.get(1)? })
}

fn read_refresh(row: &Row<'_>) -> Result<RefreshRow, DbError> {
    Ok(RefreshRow {
        session_id: super::id(row, 0)?,
        expires_at: row.get(1)?,
        used_at: row.get(2)?,
        used_by: row.get(3)?,
    })
}

pub(crate) async fn by_id(db: &Db, id: SessionId) -> Result<Option<SessionRow>, DbError> {
    db.one(&BY_ID, &params![id], read).await
}

/// The session whose cookie has this digest, ended or not.
pub(crate) async fn by_cookie(db: &Db, digest: &[u8; 32]) -> Result<Option<SessionRow>, DbError> {
    db.one(&BY_COOKIE, &params![digest], read).await
}

/// The session whose random access token has this digest, ended or not.
pub(crate) async fn by_token(db: &Db, digest: &[u8; 32]) -> Result<Option<SessionRow>, DbError> {
    db.one(&BY_TOKEN, &params![digest], read).await
}

/// When a session of the user was last used, of those that are kept.
pub(crate) async fn last_seen(db: &Db, user: UserId) -> Result<Option<i64>, DbError> {
    Ok(db.one(&LAST_SEEN, &params![user], |row| row.get(0)).await?.flatten())
}

/// The user's live sessions, youngest first.
pub(crate) async fn of_user(
    db: &Db,
    user: UserId,
    now: i64,
    limit: i64,
) -> Result<Vec<SessionRow>, DbError> {
    db.all(&OF_USER, &params![user, now, limit], read).await
}

/// The user's sessions, youngest first, those that ended too.
pub(crate) async fn all_of_user(
    db: &Db,
    user: UserId,
    limit: i64,
) -> Result<Vec<SessionRow>, DbError> {
    db.all(&ALL_OF_USER, &params![user, limit], read).await
}

/// Everybody's live sessions in the order of their ids, after `after`.
pub(crate) async fn page(
    db: &Db,
    after: Option<SessionId>,
    now: i64,
    limit: i64,
) -> Result<Vec<SessionRow>, DbError> {
    let after = super::id_or_empty(after);
    db.all(&PAGE, &params![after, now, limit], read).await
}

/// Sessions ended at a second or later, and when, at most so many: in the order of their ends, after
/// the given one.
pub(crate) async fn revoked_since(
    db: &Db,
    (at, after): (i64, Option<SessionId>),
    most: i64,
) -> Result<Vec<(Ended, i64)>, DbError> {
    let after = super::id_or_empty(after);
    let read = |row: &Row<'_>| Ok((read_ended(row)?, row.get(2)?));
    db.all(&REVOKED_SINCE, &params![at, after, most], read).await
}

pub(crate) async fn refresh_token(
    db: &Db,
    digest: &[u8; 32],
) -> Result<Option<RefreshRow>, DbError> {
    db.one(&REFRESH, &params![digest], read_refresh).await
}

impl Tx {
    /// False when the user is gone, disabled, or no longer at the session's epoch. Whoever ends
    /// everything of the user meanwhile waits, and then ends this session too.
    pub(crate) async fn insert_session(&mut self, s: &SessionRow) -> Result<bool, DbError> {
        if !self.hold_user((s.user_id, s.epoch)).await? {
            return Ok(false);
        }
        let values = params![
            s.id,
            s.user_id,
            s.epoch,
            &s.client_id,
            &s.scope,
            &s.amr,
            s.auth_time,
            s.created_at,
            s.expires_at,
            s.address.as_deref(),
            s.user_agent.as_deref(),
            s.cookie_at,
            s.remembered_at,
            s.status_index
        ];
        Ok(self.exec(&INSERT, &values).await? == 1)
    }

    pub(crate) async fn session(&mut self, id: SessionId) -> Result<Option<SessionRow>, DbError> {
        self.one(&BY_ID, &params![id], read).await
    }

    /// Gives the session the browser's next cookie; false when it has ended.
    pub(crate) async fn set_cookie(
        &mut self,
        id: SessionId,
        digest: &[u8; 32],
        now: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SET_COOKIE, &params![id, digest, now]).await? == 1)
    }

    pub(crate) async fn session_restored(
        &mut self,
        id: SessionId,
        now: i64,
    ) -> Result<(), DbError> {
        self.exec(&RESTORED, &params![id, now]).await.map(drop)
    }

    /// The user's live sessions for this client that have a random access token, youngest first.
    pub(crate) async fn sessions_with_token(
        &mut self,
        user: UserId,
        client_id: &str,
        now: i64,
        limit: i64,
    ) -> Result<Vec<SessionRow>, DbError> {
        self.all(&WITH_TOKEN, &params![user, client_id, now, limit], read).await
    }

    pub(crate) async fn set_token(
        &mut self,
        id: SessionId,
        digest: &[u8; 32],
    ) -> Result<(), DbError> {
        self.exec(&SET_TOKEN, &params![id, digest]).await.map(drop)
    }

    pub(crate) async fn touch_session(&mut self, id: SessionId, now: i64) -> Result<(), DbError> {
        self.exec(&TOUCH, &params![id, now]).await.map(drop)
    }

    /// What this call ended, if it did.
    pub(crate) async fn revoke_session(
        &mut self,
        id: SessionId,
        now: i64,
    ) -> Result<Option<Ended>, DbError> {
        self.one(&REVOKE, &params![id, now], read_ended).await
    }

    /// Gives the session an index, unless it has one or has ended.
    pub(crate) async fn set_status_index(
        &mut self,
        id: SessionId,
        index: i64,
    ) -> Result<(), DbError> {
        self.exec(&SET_STATUS_INDEX, &params![id, index]).await.map(drop)
    }

    /// Ends the user's sessions but `kept`; which they were, of those that had not run out.
    pub(crate) async fn revoke_sessions_of(
        &mut self,
        user: UserId,
        kept: Option<SessionId>,
        now: i64,
    ) -> Result<Vec<Ended>, DbError> {
        let kept = super::id_or_empty(kept);
        let read = |row: &Row<'_>| Ok((read_ended(row)?, row.get::<i64>(2)?));
        let ended = self.all(&REVOKE_OF_USER, &params![user, now, kept], read).await?;
        Ok(ended.into_iter().filter(|(_, end)| *end > now).map(|(ended, _)| ended).collect())
    }

    pub(crate) async fn insert_refresh(
        &mut self,
        digest: &[u8; 32],
        session: SessionId,
        (now, expires_at): (i64, i64),
    ) -> Result<(), DbError> {
        let values = params![digest, session, now, expires_at];
        self.exec(&INSERT_REFRESH, &values).await.map(drop)
    }

    /// Marks the token used; true for the one caller who gets it.
    pub(crate) async fn use_refresh(
        &mut self,
        digest: &[u8; 32],
        by: &[u8; 32],
        now: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&USE_REFRESH, &params![digest, now, by]).await? == 1)
    }

    /// The session that the token carries on, ended or not.
    pub(crate) async fn session_by_refresh(
        &mut self,
        digest: &[u8; 32],
    ) -> Result<Option<SessionRow>, DbError> {
        self.one(&BY_REFRESH, &params![digest], read).await
    }

    /// Whatever carried the session on is worth nothing from here on.
    pub(crate) async fn forget_refresh_of(&mut self, session: SessionId) -> Result<(), DbError> {
        self.exec(&FORGET_REFRESH_OF, &params![session]).await.map(drop)
    }

    pub(crate) async fn refresh_token(
        &mut self,
        digest: &[u8; 32],
    ) -> Result<Option<RefreshRow>, DbError> {
        self.one(&REFRESH, &params![digest], read_refresh).await
    }

    /// Drops sessions that expired before `before`, at most so many.
    pub(crate) async fn purge_sessions(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }

    /// Drops refresh tokens that expired before `before`, at most so many.
    pub(crate) async fn purge_refresh(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE_REFRESH, &params![before, most]).await
    }
}
