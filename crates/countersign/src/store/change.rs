//! The table `changes`: what every process on this database must hear of (DESIGN 5).

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};
use crate::ids::{SessionId, UserId};

/// One row of the feed. Applying a change twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) at: i64,
    /// Unix seconds after which nobody needs it: what it revokes has expired by itself.
    pub(crate) expires_at: i64,
    pub(crate) what: What,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// The access token with this `jti` is revoked.
    Token(String),
    /// The session is over, with all its tokens.
    Session(SessionId),
    /// Something about the user: epoch, roles, state, or that they exist.
    User(UserId),
    /// The signing keys.
    Keys,
}

statements! {
    INSERT = "INSERT INTO changes (id, at, kind, subject, expires_at) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (id) DO NOTHING";
    SINCE = "SELECT id, at, kind, subject, expires_at FROM changes WHERE at >= $1 ORDER BY at, id";
    LIVE = "SELECT id, at, kind, subject, expires_at FROM changes
        WHERE expires_at > $1 AND kind IN ('token', 'session') ORDER BY at, id";
    PURGE = "DELETE FROM changes WHERE id IN
        (SELECT id FROM changes WHERE expires_at <= $1 LIMIT $2)";
}

impl What {
    fn columns(&self) -> (&'static str, String) {
        match self {
            Self::Token(jti) => ("token", jti.clone()),
            Self::Session(sid) => ("session", sid.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::Keys => ("keys", String::new()),
        }
    }

    fn read(kind: &str, subject: String) -> Result<Self, DbError> {
        Ok(match kind {
            "token" => Self::Token(subject),
            "session" => Self::Session(super::parse_id(&subject)?),
            "user" => Self::User(super::parse_id(&subject)?),
            "keys" => Self::Keys,
            other => return Err(super::corrupt(format!("changes.kind is {other:?}"))),
        })
    }
}

fn read(row: &Row<'_>) -> Result<Change, DbError> {
    let kind: String = row.get(2)?;
    Ok(Change {
        id: row.get(0)?,
        at: row.get(1)?,
        what: What::read(&kind, row.get(3)?)?,
        expires_at: row.get(4)?,
    })
}

/// Everything appended at `at` or later.
pub(crate) async fn since(db: &Db, at: i64) -> Result<Vec<Change>, DbError> {
    db.all(&SINCE, &params![at], read).await
}

/// The revocations still in force, for a node that starts.
pub(crate) async fn live_revocations(db: &Db, now: i64) -> Result<Vec<Change>, DbError> {
    db.all(&LIVE, &params![now], read).await
}

impl Tx {
    /// Appends a change; it takes effect in this process before the caller is answered.
    pub(crate) async fn change(
        &mut self,
        what: What,
        now: i64,
        expires_at: i64,
    ) -> Result<(), DbError> {
        let change = Change { id: uuid::Uuid::now_v7().to_string(), at: now, expires_at, what };
        let (kind, subject) = change.what.columns();
        self.exec(&INSERT, &params![&change.id, now, kind, &subject, expires_at]).await?;
        self.note(change);
        Ok(())
    }

    /// Marks all sessions and API keys of the user as ended but `kept`, and the links that could
    /// take the account over, and tells every process.
    /// What really ends them is the epoch, which the caller raises in the same transaction.
    pub(crate) async fn end_all_of(
        &mut self,
        user: UserId,
        kept: Option<SessionId>,
        (now, until): (i64, i64),
    ) -> Result<(), DbError> {
        self.revoke_sessions_of(user, kept, now).await?;
        self.revoke_api_keys_of(user, now).await?;
        self.end_risky_links_of(user, now).await?;
        self.change(What::User(user), now, until).await
    }

    /// Drops what nobody needs any more, at most so many rows.
    pub(crate) async fn purge_changes(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
