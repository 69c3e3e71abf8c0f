//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14): rotated at each use, the family dies on replay.
//!
//! The successor of a refresh token is derived from it with a key that is not in the database. So
//! a client that lost the answer gets the very same one again, though only digests are stored, and
//! a stolen database yields no successors.

use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, Secret, TokenKind},
};

use super::{TokenSet, Tokens, issue::Draft};
use crate::{
    Client,
    config::Confirmation,
    error::{Denied, Result},
    live::Identity,
    store::{self, Tx, session::SessionRow},
};

/// What became of a presented refresh token; each ends in a commit, the denials too.
enum Outcome {
    /// It buys the next set, issued at this time.
    Granted { session: Box<SessionRow>, issued_at: i64 },
    /// Unknown, expired, or its session is over.
    Refused,
    /// It was used before: the family is dead now.
    Replayed,
}

/// A rotation to be done: digests of the token and its successor, and who asks.
#[derive(Clone, Copy)]
struct Rotation {
    old: [u8; 32],
    new: [u8; 32],
    by: [u8; 32],
    now: i64,
    token_seconds: i64,
    replay_seconds: i64,
    revoked_until: i64,
}

impl Tokens<'_> {
    /// Trades a refresh token for the next set. Of any number of racers one rotates it; the same
    /// client gets the same answer again for a few seconds, anybody later ends the session.
    ///
    /// # Errors
    /// `invalid_grant`, in the same words whatever was wrong.
    pub async fn refresh(self, presented: &Secret, client: &Client) -> Result<TokenSet> {
        let Ok(token) = PlainToken::parse(TokenKind::Refresh, presented.reveal()) else {
            return Err(invalid_grant());
        };
        self.admit_owner(&token).await?;
        let successor = self.successor(&token);
        let rotation = self.rotation(&token, &successor, client);
        let outcome = self.0.db().write(async move |tx| rotation.run(tx).await).await?;
        let Outcome::Granted { session, issued_at } = outcome else {
            if matches!(outcome, Outcome::Replayed) {
                metrics::counter!("countersign_refresh_replays_total").increment(1);
                tracing::warn!("a used refresh token was shown again: its session is ended");
            }
            return Err(invalid_grant());
        };
        let Some(identity) = self.0.live().identity(self.0.db(), session.user_id).await? else {
            return Err(invalid_grant());
        };
        self.admit_session(&session, &identity)?;
        let jti = self.successor_jti(&session, &token);
        let draft = Draft { session: &session, identity: &identity, jti, issued_at };
        self.sign(&draft, Some(&successor)).await
    }

    /// An account that waits for its confirmation is refused before its token is used up.
    async fn admit_owner(self, token: &PlainToken) -> Result<()> {
        if self.0.config().confirmation == Confirmation::Off {
            return Ok(());
        }
        let db = self.0.db();
        let digest = *token.digest().as_bytes();
        let Some(row) = store::session::refresh_token(db, &digest).await? else { return Ok(()) };
        let Some(session) = store::session::by_id(db, row.session_id).await? else {
            return Ok(());
        };
        let identity = self.0.live().identity(db, session.user_id).await?;
        identity.map_or(Ok(()), |who| self.0.admit(&who))
    }

    /// What ended the user's tokens ends a refresh too, whichever commits first.
    fn admit_session(self, session: &SessionRow, identity: &Identity) -> Result<()> {
        if identity.disabled_at.is_some() || identity.outlived(session.epoch, Some(session.id)) {
            return Err(invalid_grant());
        }
        self.0.admit(identity)
    }

    fn rotation(self, token: &PlainToken, successor: &PlainToken, client: &Client) -> Rotation {
        let config = self.0.config();
        let now = self.0.now();
        let network = client.network().map(|network| network.to_string()).unwrap_or_default();
        Rotation {
            old: *token.digest().as_bytes(),
            new: *successor.digest().as_bytes(),
            by: self.0.refresh_key().mac(format!("client\n{network}").as_bytes()),
            now,
            token_seconds: i64::from(config.refresh_token_seconds),
            replay_seconds: i64::from(config.refresh_replay_seconds),
            revoked_until: now + self.0.token_horizon(),
        }
    }

    fn successor(self, token: &PlainToken) -> PlainToken {
        let entropy = self.0.refresh_key().mac(format!("next\n{}", token.reveal()).as_bytes());
        PlainToken::from_entropy(TokenKind::Refresh, &entropy)
    }

    fn successor_jti(self, session: &SessionRow, token: &PlainToken) -> String {
        let mac = self.0.refresh_key().mac(format!("jti\n{}", token.reveal()).as_bytes());
        let hex: String = mac[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}.{hex}", session.id)
    }
}

impl Rotation {
    async fn run(self, tx: &mut Tx) -> Result<Outcome> {
        match tx.use_refresh(&self.old, &self.by, self.now).await? {
            Some(session) => {
                let Some(session) = tx.session(session).await?.filter(|s| self.is_live(s)) else {
                    return Ok(Outcome::Refused);
                };
                let expires_at = session.expires_at.min(self.now + self.token_seconds);
                tx.insert_refresh(&self.new, session.id, (self.now, expires_at)).await?;
                tx.touch_session(session.id, self.now).await?;
                Ok(Outcome::Granted { session: Box::new(session), issued_at: self.now })
            }
            None => self.shown_again(tx).await,
        }
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
        Ok(Outcome::Replayed)
    }

    fn is_live(&self, session: &SessionRow) -> bool {
        session.revoked_at.is_none() && session.expires_at > self.now
    }
}

fn invalid_grant() -> crate::Error {
    let text = "The refresh token is unknown, expired, used or revoked. Sign in again.";
    Denied::new(ErrorCode::InvalidGrant, text).field("refresh_token").into()
}
