//! Verifying an access token: its signature, then what this process knows by heart. No database,
//! unless the user is not in memory.

use countersign_proto::jose::{self, AccessClaims, Expected};

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
        let Verified { claims, session, user } = self.verify(token).await?;
        let identity = self.0.live().identity(self.0.db(), user).await?;
        let identity = identity.ok_or_else(|| revoked().faulty(TokenFault::Orphaned))?;
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

    pub(super) async fn verify(self, token: &str) -> Result<Verified> {
        let config = self.0.config();
        let now = self.0.now();
        self.0.check_lag()?;
        let keys = self.0.keys().await?;
        let mut expected = Expected::of::<AccessClaims>(&config.public_url, config.audience());
        expected.leeway = i64::from(config.leeway_seconds);
        let claims =
            jose::verify_access_token(token, &keys.set, &expected, now).map_err(|why| {
                Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why))
            })?;
        let session =
            claims.sid.as_deref().and_then(|sid| sid.parse().ok()).ok_or_else(malformed)?;
        let user = claims.sub.parse().map_err(|_| malformed())?;
        if self.0.live().is_revoked(&claims.jti, session) {
            // With an account its sessions end; clients are told which it was.
            let gone = matches!(self.0.live().identity(self.0.db(), user).await, Ok(None));
            let fault = if gone { TokenFault::Orphaned } else { TokenFault::Revoked };
            return Err(revoked().faulty(fault).into());
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
