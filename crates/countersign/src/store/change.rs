//! The tables `changes` and `lanes`: what every process on this database must hear of (DESIGN 5).
//!
//! A change is appended by the last statements of its transaction: one takes the next number of a
//! lane, and holds the lane's row until the COMMIT. So within a lane the order of numbers is the
//! order of commits, on any engine, and no number is ever missing but those that were purged. There
//! are several lanes, for as many commits at once.

use super::{
    Db, DbError, Tx,
    db::{Note, Row, params, statements},
    session::Ended,
};
use crate::ids::{ApiKeyId, SessionId, UserId};

/// As many changes can be committed at once; rows of `lanes`.
const LANES: i64 = 16;

/// One row of the feed. Applying a change twice is the same as once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
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
    Session(Ended),
    /// Something about the user: epoch, roles, state, or that they exist.
    User(UserId),
    /// The API key is revoked.
    ApiKey(ApiKeyId),
    /// The session goes on with other cookies.
    Cookies(SessionId),
    /// The signing keys.
    Keys,
}

/// How far a lane is: the number of its last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lane {
    pub(crate) lane: i64,
    pub(crate) seq: i64,
}

statements! {
    /// Lane, how many numbers.
    TAKE = "UPDATE lanes SET seq = seq + $2 WHERE lane = $1 RETURNING seq";
    INSERT = "INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at, status_index)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    LANES_NOW = "SELECT lane, seq FROM lanes ORDER BY lane";
    /// Lane, the last number that is known, how many at most.
    AFTER = "SELECT at, kind, subject, expires_at, status_index, seq FROM changes
        WHERE lane = $1 AND seq > $2 ORDER BY seq LIMIT $3";
    /// What is in force, a page after a row.
    LIVE_PAGE = "SELECT at, kind, subject, expires_at, status_index, id FROM changes
        WHERE id > $2 AND expires_at > $1 AND kind IN ('token', 'session')
        ORDER BY id LIMIT $3";
    PURGE = "DELETE FROM changes WHERE id IN
        (SELECT id FROM changes WHERE expires_at <= $1 LIMIT $2)";
}

impl What {
    fn columns(&self) -> (&'static str, String) {
        match self {
            Self::Token(jti) => ("token", jti.clone()),
            Self::Session(ended) => ("session", ended.session.to_string()),
            Self::User(id) => ("user", id.to_string()),
            Self::ApiKey(id) => ("api_key", id.to_string()),
            Self::Cookies(id) => ("cookies", id.to_string()),
            Self::Keys => ("keys", String::new()),
        }
    }

    fn index(&self) -> Option<i64> {
        match self {
            Self::Session(ended) => ended.index,
            Self::Token(_) | Self::User(_) | Self::ApiKey(_) | Self::Cookies(_) | Self::Keys => {
                None
            }
        }
    }

    /// `None` for a kind that a later release has: during an upgrade it writes beside this one.
    fn read(kind: &str, subject: String, index: Option<i64>) -> Result<Option<Self>, DbError> {
        Ok(Some(match kind {
            "token" => Self::Token(subject),
            "session" => Self::Session(Ended { session: super::parse_id(&subject)?, index }),
            "user" => Self::User(super::parse_id(&subject)?),
            "api_key" => Self::ApiKey(super::parse_id(&subject)?),
            "cookies" => Self::Cookies(super::parse_id(&subject)?),
            "keys" => Self::Keys,
            _ => return Ok(None),
        }))
    }
}

fn read(row: &Row<'_>) -> Result<Option<Change>, DbError> {
    let kind: String = row.get(1)?;
    let Some(what) = What::read(&kind, row.get(2)?, row.get(4)?)? else { return Ok(None) };
    Ok(Some(Change { at: row.get(0)?, what, expires_at: row.get(3)? }))
}

/// How far each lane is.
pub(crate) async fn lanes(db: &Db) -> Result<Vec<Lane>, DbError> {
    let read = |row: &Row<'_>| Ok(Lane { lane: row.get(0)?, seq: row.get(1)? });
    db.few(&LANES_NOW, &[], read).await
}

/// The next changes of a lane, each with its number; at most so many. `None` is a change of a kind
/// that is not known here, and may be anything: whoever meets it begins anew.
pub(crate) async fn after(
    db: &Db,
    known: Lane,
    most: i64,
) -> Result<Vec<(i64, Option<Change>)>, DbError> {
    let numbered = |row: &Row<'_>| Ok((row.get(5)?, read(row)?));
    db.all(&AFTER, &params![known.lane, known.seq, most], numbered).await
}

/// The revocations still in force, for whoever begins: at most so many with a row after `last`, in
/// an order of their own; with each its row.
pub(crate) async fn live_page(
    db: &Db,
    now: i64,
    last: &str,
    most: i64,
) -> Result<Vec<(String, Change)>, DbError> {
    let named = |row: &Row<'_>| {
        let known =
            read(row)?.ok_or_else(|| super::corrupt("a kind that was not asked for".into()))?;
        Ok((row.get(5)?, known))
    };
    db.all(&LIVE_PAGE, &params![now, last, most], named).await
}

impl Note for Change {
    async fn conclude(tx: &mut Tx, changes: &[Self]) -> Result<(), DbError> {
        let (id, count) = (uuid::Uuid::now_v7(), i64::try_from(changes.len()).unwrap_or(i64::MAX));
        let lane = i64::from(id.as_bytes()[15]) % LANES;
        let taken = tx.one(&TAKE, &params![lane, count], |row| row.get::<i64>(0)).await?;
        let last = taken.ok_or_else(|| super::corrupt(format!("there is no lane {lane}")))?;
        for (change, seq) in changes.iter().zip(last - count + 1..) {
            let (kind, subject) = change.what.columns();
            let id = uuid::Uuid::now_v7().to_string();
            let (at, end, index) = (change.at, change.expires_at, change.what.index());
            let row = params![&id, lane, seq, at, kind, &subject, end, index];
            tx.exec(&INSERT, &row).await?;
        }
        Ok(())
    }
}

impl Tx {
    /// Appends a change. It takes effect in this process before the caller is answered.
    pub(crate) fn change(&mut self, what: What, now: i64, expires_at: i64) {
        self.note(Change { at: now, expires_at, what });
    }

    /// Ends the user's sessions but `kept`, and tells every process of each.
    pub(crate) async fn end_sessions_of(
        &mut self,
        user: UserId,
        kept: Option<SessionId>,
        (now, until): (i64, i64),
    ) -> Result<(), DbError> {
        for ended in self.revoke_sessions_of(user, kept, now).await? {
            self.change(What::Session(ended), now, until);
        }
        Ok(())
    }

    /// Ends the API key and tells every process; whether this call did.
    pub(crate) async fn end_api_key(
        &mut self,
        id: ApiKeyId,
        (now, until): (i64, i64),
    ) -> Result<bool, DbError> {
        let ended = self.revoke_api_key(id, now).await?;
        if ended {
            self.change(What::ApiKey(id), now, until);
        }
        Ok(ended)
    }

    /// Gives a session that has cookies others in their place, and tells every process.
    pub(crate) async fn replace_cookie(
        &mut self,
        id: SessionId,
        digest: &[u8; 32],
        (now, until): (i64, i64),
    ) -> Result<(), DbError> {
        self.set_cookie(id, digest, now).await?;
        self.change(What::Cookies(id), now, until);
        Ok(())
    }

    /// Ends all sessions and API keys of the user but `kept`, and the links that could take the
    /// account over, and tells every process. The caller raises the epoch in the same transaction
    /// and before: then no session begins meanwhile. No key is told of by itself: all are of an
    /// epoch that is over.
    pub(crate) async fn end_all_of(
        &mut self,
        user: UserId,
        kept: Option<SessionId>,
        (now, until): (i64, i64),
    ) -> Result<(), DbError> {
        self.end_sessions_of(user, kept, (now, until)).await?;
        self.revoke_api_keys_of(user, now).await?;
        self.end_risky_links_of(user, now).await?;
        self.change(What::User(user), now, until);
        Ok(())
    }

    /// Drops what nobody needs any more, at most so many rows.
    pub(crate) async fn purge_changes(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
