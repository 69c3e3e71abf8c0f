//! A session's family: the one-time tokens that carry it on, each buying the next (RFC 9700
//! §4.14). Refresh tokens and the cookies that remember a browser are rotated by the same rule.
//!
//! The successor of a token is derived from it with a key that is not in the database. So a client
//! that lost the answer gets the very same one again, though only digests are stored, and a stolen
//! database yields no successors.

use std::sync::Arc;

use countersign_proto::secret::PlainToken;

use super::{Sessions, cookie::TOUCH_SECONDS};
use crate::{
    Auth, Client,
    error::Result,
    live::Identity,
    store::{self, Tx, session::SessionRow},
};

/// What became of a presented token; each ends in a commit, the denials too.
pub(crate) enum Outcome {
    /// It buys the next set, issued at this time.
    Granted { session: Box<SessionRow>, issued_at: i64 },
    /// Unknown, expired, or its session is over.
    Refused,
    /// It was used before: the family is dead now.
    Replayed(Box<SessionRow>),
}

impl Sessions<'_> {
    /// Whose session a token carries on, if anybody's: to judge them before it is used up.
    pub(crate) async fn owner_of(self, token: &PlainToken) -> Result<Option<Arc<Identity>>> {
        let db = self.0.db();
        let digest = *token.digest().as_bytes();
        let Some(row) = store::session::refresh_token(db, &digest).await? else { return Ok(None) };
        let Some(session) = store::session::by_id(db, row.session_id).await? else {
            return Ok(None);
        };
        Ok(self.0.live().identity(db, session.user_id, session.epoch).await?)
    }
}

/// A rotation to be done: digests of the token and its successor, and who asks.
#[derive(Clone, Copy)]
pub(crate) struct Rotation {
    old: [u8; 32],
    new: [u8; 32],
    by: [u8; 32],
    now: i64,
    token_seconds: i64,
    replay_seconds: i64,
    revoked_until: i64,
}

impl Rotation {
    /// The rotation of `token` by `client`, whose successor lives `token_seconds`.
    pub(crate) fn new(
        auth: &Auth,
        token: &PlainToken,
        successor: &PlainToken,
        client: &Client,
        token_seconds: u32,
    ) -> Self {
        let now = auth.now();
        let network = client.network().map(|network| network.to_string()).unwrap_or_default();
        Self {
            old: *token.digest().as_bytes(),
            new: *successor.digest().as_bytes(),
            by: auth.refresh_key().mac(format!("client\n{network}").as_bytes()),
            now,
            token_seconds: i64::from(token_seconds),
            replay_seconds: i64::from(auth.config().refresh_replay_seconds),
            revoked_until: now + auth.token_horizon(),
        }
    }

    /// Uses the token up, or finds out why it cannot be used. Ends the session on a replay.
    pub(crate) async fn run(self, tx: &mut Tx) -> Result<Outcome> {
        if !tx.use_refresh(&self.old, &self.by, self.now).await? {
            return self.shown_again(tx).await;
        }
        let session = tx.session_by_refresh(&self.old).await?.filter(|s| self.is_live(s));
        let Some(session) = session else { return Ok(Outcome::Refused) };
        let expires_at = session.expires_at.min(self.now + self.token_seconds);
        tx.insert_refresh(&self.new, session.id, (self.now, expires_at)).await?;
        if self.now - session.last_seen_at >= TOUCH_SECONDS {
            tx.touch_session(session.id, self.now).await?;
        }
        Ok(Outcome::Granted { session: Box::new(session), issued_at: self.now })
    }

    /// The token was not there to be used: never issued, expired, or used before.
    async fn shown_again(self, tx: &mut Tx) -> Result<Outcome> {
        let Some(row) = tx.refresh_token(&self.old).await? else { return Ok(Outcome::Refused) };
        let Some(used_at) = row.used_at else { return Ok(Outcome::Refused) };
        let session = tx.session(row.session_id).await?.filter(|s| self.is_live(s));
        let Some(session) = session else { return Ok(Outcome::Refused) };
        let successor_used =
            tx.refresh_token(&self.new).await?.is_none_or(|next| next.used_at.is_some());
        let same_client = row.used_by.as_deref() == Some(&self.by[..]);
        if same_client && !successor_used && self.now - used_at < self.replay_seconds {
            return Ok(Outcome::Granted { session: Box::new(session), issued_at: used_at });
        }
        tx.end_session(session.id, self.now, self.revoked_until).await?;
        Ok(Outcome::Replayed(Box::new(session)))
    }

    fn is_live(&self, session: &SessionRow) -> bool {
        session.revoked_at.is_none() && session.expires_at > self.now
    }
}
