//! Taking tokens back.

use countersign_proto::{
    error_code::ErrorCode,
    jose::MAX_LEEWAY,
    secret::{PlainToken, Secret, TokenKind},
};

use super::Tokens;
use crate::{
    CurrentUser, Via,
    error::{Denied, Result},
    role::ADMIN,
    store::{self, What},
};

impl Tokens<'_> {
    /// Revokes a token by presenting it (RFC 7009): a signed access token alone, a random one, a
    /// refresh token and a renewal token with its whole session, an API key. To hold it is to be
    /// allowed to. A token that is unknown or over is already what the caller wants.
    pub async fn revoke(self, presented: &Secret) -> Result<()> {
        match TokenKind::of(presented.reveal()) {
            None => self.revoke_access(presented.reveal()).await,
            Some(TokenKind::Refresh) => self.revoke_refresh(presented).await,
            Some(TokenKind::ApiKey) => self.revoke_api_key(presented).await,
            Some(TokenKind::Access) => self.revoke_random(presented).await,
            Some(_) => Ok(()),
        }
    }

    async fn revoke_access(self, token: &str) -> Result<()> {
        // Whatever somebody may still accept.
        match self.verify(token, MAX_LEEWAY).await {
            Ok(token) => self.revoke_jti(token.jti.to_string(), token.expires_at).await,
            Err(crate::Error::Denied(denied)) if denied.code() == ErrorCode::InvalidToken => {
                self.revoke_renewal(token).await
            }
            Err(error) => Err(error),
        }
    }

    /// What was no access token may be one that renews them.
    async fn revoke_renewal(self, token: &str) -> Result<()> {
        match self.check_renewal(&Secret::new(token)).await {
            Ok(renewal) => or_gone(self.0.sessions().end(renewal.session).await),
            Err(crate::Error::Denied(denied)) if denied.code() == ErrorCode::InvalidToken => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn revoke_refresh(self, presented: &Secret) -> Result<()> {
        let Ok(token) = PlainToken::parse(TokenKind::Refresh, presented.reveal()) else {
            return Ok(());
        };
        let digest = *token.digest().as_bytes();
        match store::session::refresh_token(self.0.db(), &digest).await? {
            Some(row) => or_gone(self.0.sessions().end(row.session_id).await),
            None => Ok(()),
        }
    }

    async fn revoke_api_key(self, presented: &Secret) -> Result<()> {
        let Ok(key) = PlainToken::parse(TokenKind::ApiKey, presented.reveal()) else {
            return Ok(());
        };
        let row = store::api_key::by_digest(self.0.db(), key.digest().as_bytes()).await?;
        match row.filter(|row| row.revoked_at.is_none()) {
            Some(row) => or_gone(self.0.api_keys().revoke(row.id).await),
            None => Ok(()),
        }
    }

    /// Logs out with the credential presented: an access token or a cookie ends with its session, an
    /// API key alone.
    ///
    /// # Errors
    /// `access_denied` for a password, which is no token.
    pub async fn revoke_presented(self, by: &CurrentUser) -> Result<()> {
        match &by.via {
            Via::AccessToken { session, .. } | Via::Session(session) => {
                self.0.sessions().end(*session).await
            }
            Via::ApiKey(id) => self.0.api_keys().revoke(*id).await,
            Via::Password | Via::LegacyToken { .. } => {
                let text = "Present a token of this service to revoke.";
                Err(Denied::new(ErrorCode::AccessDenied, text).into())
            }
        }
    }

    /// Revokes an access token by its `jti`.
    ///
    /// # Errors
    /// `not_found` when no token was issued under this id.
    pub async fn revoke_by_id(self, jti: &str) -> Result<()> {
        self.session_of(jti).ok_or_else(no_such_token)?;
        self.revoke_jti(jti.to_owned(), self.0.now()).await
    }

    /// Revokes an access token of the caller's own by its `jti`; an admin revokes anybody's.
    ///
    /// # Errors
    /// `not_found`, also when it is somebody else's.
    pub async fn revoke_own_by_id(self, by: &CurrentUser, jti: &str) -> Result<()> {
        let session = self.session_of(jti).ok_or_else(no_such_token)?;
        let session = store::session::by_id(self.0.db(), session).await?;
        let admin = by.has_role(ADMIN) && by.has_scope(ADMIN);
        match session {
            Some(session) if session.user_id == by.id || admin => self.revoke_by_id(jti).await,
            _ => Err(no_such_token()),
        }
    }

    async fn revoke_jti(self, jti: String, expires_at: i64) -> Result<()> {
        let now = self.0.now();
        let until = expires_at.max(now + self.0.token_horizon());
        self.0
            .db()
            .write(async move |tx| {
                tx.change(What::Token(jti), now, until);
                Ok(())
            })
            .await
    }
}

/// What somebody else ended meanwhile is as the caller wants it.
fn or_gone(ended: Result<()>) -> Result<()> {
    match ended {
        Err(crate::Error::Denied(denied)) if denied.code() == ErrorCode::NotFound => Ok(()),
        other => other,
    }
}

fn no_such_token() -> crate::Error {
    Denied::not_found("There is no such token.").into()
}
