//! Refresh tokens (RFC 6749 §6): rotated at each use, the family dies on replay.

use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, Secret, TokenKind},
};

use super::{Shape, TokenSet, Tokens, issue::Draft};
use crate::{
    Client,
    config::Confirmation,
    error::{Denied, Result},
    live::Identity,
    session::{Outcome, Rotation},
    store::session::SessionRow,
};

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
        let lifetime = self.0.config().refresh_token_seconds;
        let rotation = Rotation::new(self.0, &token, &successor, client, lifetime);
        let outcome = self.0.db().write(async move |tx| rotation.run(tx).await).await?;
        let Outcome::Granted { session, issued_at } = outcome else {
            if matches!(outcome, Outcome::Replayed(_)) {
                metrics::counter!("countersign_refresh_replays_total").increment(1);
                tracing::warn!("a used refresh token was shown again: its session is ended");
            }
            return Err(invalid_grant());
        };
        let (db, user) = (self.0.db(), session.user_id);
        let Some(identity) = self.0.live().identity(db, user, session.epoch).await? else {
            return Err(invalid_grant());
        };
        self.admit_session(&session, &identity)?;
        let jti = self.successor_jti(&session, &token);
        let shape = &Shape::default();
        let draft = Draft { session: &session, identity: &identity, jti, issued_at, shape };
        self.sign(&draft, Some(&successor)).await
    }

    /// An account that waits for its confirmation is refused before its token is used up.
    async fn admit_owner(self, token: &PlainToken) -> Result<()> {
        if self.0.config().confirmation == Confirmation::Off {
            return Ok(());
        }
        let owner = self.0.sessions().owner_of(token).await?;
        owner.map_or(Ok(()), |who| self.0.admit(&who))
    }

    /// What ended the user's tokens ends a refresh too, whichever commits first.
    pub(super) fn admit_session(self, session: &SessionRow, identity: &Identity) -> Result<()> {
        if identity.disabled_at.is_some() || identity.outlived(session.epoch, Some(session.id)) {
            return Err(invalid_grant());
        }
        self.0.admit(identity)
    }

    fn successor(self, token: &PlainToken) -> PlainToken {
        let entropy = self.0.refresh_key().mac(format!("next\n{}", token.reveal()).as_bytes());
        token.successor(&entropy)
    }

    fn successor_jti(self, session: &SessionRow, token: &PlainToken) -> String {
        let mac = self.0.refresh_key().mac(format!("id\n{}", token.reveal()).as_bytes());
        let mut own = [0; 16];
        own.copy_from_slice(&mac[..16]);
        self.jti(session.id, &own)
    }
}

pub(super) fn invalid_grant() -> crate::Error {
    let text = "The refresh token is unknown, expired, used or revoked. Sign in again.";
    Denied::new(ErrorCode::InvalidGrant, text).field("refresh_token").into()
}
