//! Verifying an access token: its signature, then what this process knows by heart. No database,
//! unless the user is not in memory.

use std::sync::Arc;

use countersign_proto::{
    jose::{self, AccessClaims, Expected, KeySet, Proven, TokenError},
    secret::{Secret, TokenDigest},
};

use super::Tokens;
use crate::{
    CurrentUser,
    error::{Denied, Result, TokenFault, sentence},
    live::{Name, Verified},
    signing_key::Opened,
};

impl Tokens<'_> {
    /// Who the token acts for.
    pub(crate) async fn authenticate(self, token: &str) -> Result<CurrentUser> {
        self.authenticate_late(token, 0).await
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
        self.authenticate_late(token.reveal(), leeway_seconds.into()).await
    }

    async fn authenticate_late(self, token: &str, lateness: i64) -> Result<CurrentUser> {
        let token = self.verify(token, lateness).await?;
        let identity = self.0.live().identity(self.0.db(), token.user, token.epoch).await?;
        let gone = || revoked().orphaned(token.user.to_string());
        let identity = identity.ok_or_else(gone)?;
        if identity.disabled_at.is_some() || identity.outlived(token.epoch, Some(token.session)) {
            return Err(revoked().into());
        }
        self.0.admit(&identity)?;
        Ok(CurrentUser::by_token(identity, token))
    }

    /// A token of ours that is good in itself: its signature, its dates and whether it was revoked
    /// are checked, its user is not. The signature is checked once for as long as the keys are the
    /// same; everything else at each request.
    pub(super) async fn verify(self, token: &str, lateness: i64) -> Result<Arc<Verified>> {
        let config = self.0.config();
        let now = self.0.now();
        self.0.check_lag()?;
        let mut expected = Expected::of::<AccessClaims>(&config.public_url, config.audience());
        expected.leeway = i64::from(config.leeway_seconds).max(lateness);
        expected.lateness = lateness;
        let (digest, live) = (TokenDigest::of(token), self.0.live());
        let opening = self.0.ring().opening(live.keys_version(), now);
        if let Some(known) = opening.and_then(|opening| live.verified().get(&digest, opening)) {
            known.dates.judge(&expected, now).map_err(refused)?;
            self.check_revoked(&known).await?;
            return Ok(known);
        }
        let (proven, keys) = Box::pin(self.prove(token, &expected, now)).await?;
        let read = Arc::new(read(proven)?);
        self.check_revoked(&read).await?;
        live.verified().keep(digest, keys.opening, &read);
        Ok(read)
    }

    /// Checks the signature; with it the keys that it was checked by.
    async fn prove(
        self,
        token: &str,
        expected: &Expected<'_>,
        now: i64,
    ) -> Result<(Proven<AccessClaims>, Arc<Opened>)> {
        let mut keys = self.0.keys().await?;
        let judged_by = |keys: &KeySet| jose::prove(token, keys, expected, now);
        let mut verdict = judged_by(&keys.set);
        if verdict == Err(TokenError::UnknownKey) && jose::names_a_key(token) {
            keys = self.0.keys_by_now().await?;
            verdict = judged_by(&keys.set);
        }
        Ok((verdict.map_err(refused)?, keys))
    }

    async fn check_revoked(self, token: &Verified) -> Result<()> {
        if !self.0.live().is_revoked(token.name, token.session) {
            return Ok(());
        }
        // With an account its sessions end; clients are told which it was.
        let user = self.0.live().identity(self.0.db(), token.user, token.epoch).await;
        let gone = matches!(user, Ok(None));
        let refusal = revoked();
        Err(if gone { refusal.orphaned(token.user.to_string()) } else { refusal }.into())
    }
}

/// What every request with the token needs, in the form that it needs it in.
fn read(proven: Proven<AccessClaims>) -> Result<Verified> {
    let (claims, dates) = proven.split();
    let session = claims.sid.as_deref().and_then(|sid| sid.parse().ok()).ok_or_else(malformed)?;
    Ok(Verified {
        dates,
        expires_at: claims.exp,
        auth_time: claims.auth_time,
        epoch: claims.epoch,
        session,
        user: claims.sub.parse().map_err(|_| malformed())?,
        scope: Arc::new(claims.scope.parse().map_err(|_| malformed())?),
        name: Name::of_token(&claims.jti),
        jti: claims.jti.into(),
        client_id: claims.client_id.into(),
        extra: claims.extra,
    })
}

fn refused(why: TokenError) -> Denied {
    Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why))
}

fn revoked() -> Denied {
    Denied::invalid_token("The token was revoked.").faulty(TokenFault::Revoked)
}

fn malformed() -> Denied {
    Denied::invalid_token("The token is not one of this service's access tokens.")
}
