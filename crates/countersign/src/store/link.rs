//! The table `links`: one-time secrets that went out by mail.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};
use crate::ids::UserId;

/// One row of `links`.
#[derive(Clone)]
pub(crate) struct LinkRow {
    pub(crate) digest: [u8; 32],
    pub(crate) purpose: String,
    /// `None`: an invitation, or a row that stands where a link would be.
    pub(crate) user_id: Option<UserId>,
    pub(crate) email: String,
    pub(crate) email_key: String,
    /// Digest of the secret of the browser that asked; the code is its.
    pub(crate) flow: Option<[u8; 32]>,
    /// MAC of the short code.
    pub(crate) code: Option<[u8; 32]>,
    pub(crate) created_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) used_at: Option<i64>,
}

/// Wrong codes after which the code is worthless.
pub(crate) const CODE_TRIES: i64 = 5;

statements! {
    INSERT = "INSERT INTO links (digest, purpose, user_id, email, email_key, flow, code, tries,
            created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)";
    BY_DIGEST = "SELECT digest, purpose, user_id, email, email_key, flow, code, created_at,
            expires_at, used_at FROM links WHERE digest = $1";
    OF_USER = "SELECT digest, purpose, user_id, email, email_key, flow, code, created_at,
            expires_at, used_at FROM links WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2";
    /// A later one ends the earlier ones.
    END_EARLIER = "UPDATE links SET expires_at = $3
        WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3";
    /// A browser has one code at a time; links that went to other addresses stay good.
    UNBIND_FLOW = "UPDATE links SET flow = NULL, code = NULL WHERE flow = $1 AND purpose = $2";
    END_OF_USER = "UPDATE links SET expires_at = $2
        WHERE user_id = $1 AND used_at IS NULL AND expires_at > $2";
    END_RISKY = "UPDATE links SET expires_at = $2 WHERE user_id = $1
        AND purpose IN ('reset', 'change') AND used_at IS NULL AND expires_at > $2";
    /// A try is counted before its code is looked at: racing guesses get no more of them.
    COUNT_TRY = "UPDATE links SET tries = tries + 1
        WHERE flow = $1 AND purpose = $2 AND tries < $5 AND used_at IS NULL AND expires_at > $3
            AND created_at > $4
        RETURNING digest, purpose, user_id, email, email_key, flow, code, created_at, expires_at,
            used_at";
    UNCOUNT_TRY = "UPDATE links SET tries = tries - 1 WHERE digest = $1";
    /// Of any number of racers one gets the row.
    USE = "UPDATE links SET used_at = $3
        WHERE digest = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING digest, purpose, user_id, email, email_key, flow, code, created_at, expires_at,
            used_at";
    PURGE = "DELETE FROM links WHERE digest IN
        (SELECT digest FROM links WHERE expires_at <= $1 LIMIT $2)";
}

fn read(row: &Row<'_>) -> Result<LinkRow, DbError> {
    Ok(LinkRow {
        digest: row.get(0)?,
        purpose: row.get(1)?,
        user_id: super::id_or_null(row, 2)?,
        email: row.get(3)?,
        email_key: row.get(4)?,
        flow: row.get(5)?,
        code: row.get(6)?,
        created_at: row.get(7)?,
        expires_at: row.get(8)?,
        used_at: row.get(9)?,
    })
}

pub(crate) async fn by_digest(db: &Db, digest: &[u8; 32]) -> Result<Option<LinkRow>, DbError> {
    db.one(&BY_DIGEST, &params![digest], read).await
}

/// The links mailed to the user, youngest first.
pub(crate) async fn of_user(db: &Db, user: UserId, limit: i64) -> Result<Vec<LinkRow>, DbError> {
    db.all(&OF_USER, &params![user, limit], read).await
}

impl Tx {
    /// Adds a link; the user's earlier ones for the same purpose end.
    pub(crate) async fn insert_link(&mut self, link: &LinkRow) -> Result<(), DbError> {
        let (purpose, now) = (&link.purpose, link.created_at);
        let user = super::id_or_empty(link.user_id);
        self.exec(&END_EARLIER, &params![user, purpose, now]).await?;
        if let Some(flow) = &link.flow {
            self.exec(&UNBIND_FLOW, &params![flow, purpose]).await?;
        }
        let values = params![
            &link.digest,
            purpose,
            link.user_id,
            &link.email,
            &link.email_key,
            link.flow.as_ref(),
            link.code.as_ref(),
            now,
            link.expires_at
        ];
        self.exec(&INSERT, &values).await.map(drop)
    }

    pub(crate) async fn link(&mut self, digest: &[u8; 32]) -> Result<Option<LinkRow>, DbError> {
        self.one(&BY_DIGEST, &params![digest], read).await
    }

    /// Marks the link used and returns it, for the one caller who gets it.
    pub(crate) async fn use_link(
        &mut self,
        digest: &[u8; 32],
        purpose: &str,
        now: i64,
    ) -> Result<Option<LinkRow>, DbError> {
        self.one(&USE, &params![digest, purpose, now], read).await
    }

    /// The link whose code the browser may guess once more; the guess is counted. Links made at
    /// `codes_since` or earlier have no code any more.
    pub(crate) async fn count_code_try(
        &mut self,
        flow: &[u8; 32],
        purpose: &str,
        (now, codes_since): (i64, i64),
    ) -> Result<Option<LinkRow>, DbError> {
        let values = params![flow, purpose, now, codes_since, CODE_TRIES];
        self.one(&COUNT_TRY, &values, read).await
    }

    /// The guess was right, which is no guess.
    pub(crate) async fn uncount_code_try(&mut self, digest: &[u8; 32]) -> Result<(), DbError> {
        self.exec(&UNCOUNT_TRY, &params![digest]).await.map(drop)
    }

    /// Ends every link of the user.
    pub(crate) async fn end_links_of(&mut self, user: UserId, now: i64) -> Result<(), DbError> {
        self.exec(&END_OF_USER, &params![user, now]).await.map(drop)
    }

    /// Ends the links that could take the account over: password and address.
    pub(crate) async fn end_risky_links_of(
        &mut self,
        user: UserId,
        now: i64,
    ) -> Result<(), DbError> {
        self.exec(&END_RISKY, &params![user, now]).await.map(drop)
    }

    /// Drops at most so many rows.
    pub(crate) async fn purge_links(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }
}
