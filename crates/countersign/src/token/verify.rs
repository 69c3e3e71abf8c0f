//! Verifying an access token: its signature, then what this process knows by heart. No database,
//! unless the user is not in memory.

use countersign_proto::{
    jose::{self, AccessClaims, Expected, KeySet, TokenError},
    secret::Secret,
};

use super::Tokens;
use crate::{
    CurrentUser, SessionId, UserId, Via,
    error::{Denied, Result, TokenFault, sentence},
};

/// A token of ours, good in itself: signature, dates and revocation are checked, its user is not.
pub(super) struct Verified {
    pub(super) claims: AccessClaims,
    pub(super) session: SessionId,
    pub(super) user: UserId,
}

impl Tokens<'_> {
    /// Who the token acts for.
    pub(crate) async fn authenticate(self, token: &str) -> Result<CurrentUser> {
        self.authenticate_within(&Secret::new(token), 0).await
    }

    /// Who a signed access token acts for, as [`Auth::authenticate`](crate::Auth::authenticate) has
    /// it, for clients that count on leeway: it may have expired so many seconds ago, 60 at most,
    /// and `iat` and `nbf` may lie so far ahead. A token that was revoked is refused for as long.
    ///
    /// # Errors
    /// As [`Auth::authenticate`](crate::Auth::authenticate).
    pub async fn authenticate_within(
        self,
        token: &Secret,
        leeway_seconds: u32,
    ) -> Result<CurrentUser> {
        let verified = self.verify(token.reveal(), leeway_seconds.into()).await?;
        let Verified { claims, session, user } = verified;
        let identity = self.0.live().identity(self.0.db(), user, claims.epoch).await?;
        let gone = || revoked().orphaned(claims.sub.clone());
        let identity = identity.ok_or_else(gone)?;
        if identity.disabled_at.is_some() || identity.outlived(claims.epoch, Some(session)) {
            return Err(revoked().into());
        }
        self.0.admit(&identity)?;
        let scope = claims.scope.parse().map_err(|_| malformed())?;
        let via = Via::AccessToken {
            session,
            jti: claims.jti,
            expires_at: claims.exp,
            client_id: claims.client_id,
        };
        let extra = claims.extra;
        Ok(CurrentUser::new(identity, via, Some(scope), Some(claims.auth_time)).with_claims(extra))
    }

    pub(super) async fn verify(self, token: &str, lateness: i64) -> Result<Verified> {
        let config = self.0.config();
        let now = self.0.now();
        self.0.check_lag()?;
        let mut expected = Expected::of::<AccessClaims>(&config.public_url, config.audience());
        expected.leeway = i64::from(config.leeway_seconds).max(lateness);
        expected.lateness = lateness;
        let judged_by = |keys: &KeySet| jose::verify_access_token(token, keys, &expected, now);
        let mut verdict = judged_by(&self.0.keys().await?.set);
        if verdict == Err(TokenError::UnknownKey) && jose::names_a_key(token) {
            verdict = judged_by(&self.0.keys_by_now().await?.set);
        }
        let claims = verdict.map_err(|why| {
            Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why))
        })?;
        let session =
            claims.sid.as_deref().and_then(|sid| sid.parse().ok()).ok_or_else(malformed)?;
        let user = claims.sub.parse().map_err(|_| malformed())?;
        if self.0.live().is_revoked(&claims.jti, session) {
            // With an account its sessions end; clients are told which it was.
            let gone =
                matches!(self.0.live().identity(self.0.db(), user, claims.epoch).await, Ok(None));
            let refusal = if gone { revoked().orphaned(claims.sub) } else { revoked() };
            return Err(refusal.into());
        }
        Ok(Verified { claims, session, user })
    }
}

fn revoked() -> Denied {
    Denied::invalid_token("The token was revoked.").faulty(TokenFault::Revoked)
}

fn malformed() -> Denied {
    Denied::invalid_token("The token is not one of this service's access tokens.")
}
