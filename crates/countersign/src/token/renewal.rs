//! Renewal tokens: for clients that keep one refresh token and show it again and again. The token
//! is nothing without its session, which is looked up each time.

use std::collections::BTreeMap;

use countersign_proto::{
    jose::{
        self, Algorithm, Expected, Extra, KeySet, RENEWAL_TOKEN_TYP, RenewalClaims, SigningKey,
    },
    secret::Secret,
};

use super::{Shape, TokenSet, Tokens};
use crate::{
    SessionId,
    error::{Denied, Failed, Result, TokenFault, sentence},
    live::{Identity, Name},
    store::{self, session::SessionRow},
};

/// A renewal token that is good now.
#[derive(Debug, Clone)]
pub struct Renewal {
    /// Its own name.
    pub jti: String,
    /// The session it buys tokens of.
    pub session: SessionId,
    /// What the application added to it.
    pub claims: BTreeMap<String, Extra>,
}

struct Live {
    renewal: Renewal,
    session: SessionRow,
    identity: std::sync::Arc<Identity>,
}

impl Tokens<'_> {
    /// Looks at a renewal token; it buys nothing by that.
    ///
    /// # Errors
    /// `invalid_token` with its [`TokenFault`]; `unconfirmed`, `deletion_scheduled`;
    /// `temporarily_unavailable`.
    pub async fn check_renewal(self, token: &Secret) -> Result<Renewal> {
        Ok(self.live_renewal(token).await?.renewal)
    }

    /// A new access token of the renewal token's session, which stays as it is: as old as its
    /// password.
    ///
    /// # Errors
    /// As [`check_renewal`](Self::check_renewal).
    pub async fn renew_by(self, token: &Secret, access: &Shape) -> Result<TokenSet> {
        let Live { session, identity, .. } = self.live_renewal(token).await?;
        self.set(&session, &identity, access).await
    }

    async fn live_renewal(self, token: &Secret) -> Result<Live> {
        let claims = self.verify_renewal(token)?;
        self.0.check_lag()?;
        let malformed = || Denied::invalid_token("The token is not one of this service's.");
        let id: SessionId = claims.sid.parse().map_err(|_| malformed())?;
        let revoked =
            || Denied::invalid_token("The token was revoked.").faulty(TokenFault::Revoked);
        let user = claims.sub.parse().map_err(|_| malformed())?;
        let row = store::session::by_id(self.0.db(), id).await?;
        let epoch = row.as_ref().map_or(0, |row| row.epoch);
        let identity = self.0.live().identity(self.0.db(), user, epoch).await?;
        let gone = || Denied::invalid_token("The user is gone.").orphaned(claims.sub.clone());
        let identity = identity.ok_or_else(gone)?;
        let now = self.0.now();
        let live = |row: &SessionRow| {
            row.revoked_at.is_none() && row.expires_at > now && row.user_id == identity.id
        };
        let session = row.filter(live).ok_or_else(revoked)?;
        let ended = identity.disabled_at.is_some()
            || identity.outlived(session.epoch, Some(session.id))
            || self.0.live().is_revoked(Name::of_token(&claims.jti), session.id);
        if ended {
            return Err(revoked().into());
        }
        self.0.admit(&identity)?;
        let renewal = Renewal { jti: claims.jti, session: id, claims: claims.extra };
        Ok(Live { renewal, session, identity })
    }

    fn verify_renewal(self, token: &Secret) -> Result<RenewalClaims> {
        let config = self.0.config();
        let keys = self.renewal_keys()?;
        let issuer = &config.public_url;
        let mut expected = Expected::of::<RenewalClaims>(issuer, issuer);
        expected.leeway = i64::from(config.leeway_seconds);
        let claims = jose::verify::<RenewalClaims>(token.reveal(), &keys, &expected, self.0.now());
        claims.map_err(|why| {
            Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why)).into()
        })
    }

    /// The token for a session just opened. It does not outlive it.
    pub(super) fn renewal_token(self, session: &SessionRow, shape: &Shape) -> Result<String> {
        let config = self.0.config();
        let now = self.0.now();
        let seconds = shape.seconds_within(config.refresh_token_seconds);
        let sub = session.user_id.to_string();
        let claims = RenewalClaims {
            iss: config.public_url.clone(),
            aud: config.public_url.clone(),
            iat: now,
            exp: session.expires_at.min(now + seconds),
            jti: self.jti(session.id, &uuid::Uuid::new_v4().into_bytes()),
            sid: session.id.to_string(),
            extra: shape.extra(&sub, now),
            sub,
        };
        self.renewal_key()?.sign(RENEWAL_TOKEN_TYP, &claims).map_err(Failed::because)
    }

    pub(super) fn renewal_keys(self) -> Result<KeySet> {
        Ok(KeySet::new([self.renewal_key()?.verifying_key()]))
    }

    /// Nobody but this service verifies a renewal token, so the key follows from its secret and
    /// outlives every signing key.
    fn renewal_key(self) -> Result<SigningKey> {
        let secret = self.0.refresh_key().mac(b"renewal tokens");
        SigningKey::from_bytes(Algorithm::HS256, &secret).map_err(Failed::because)
    }
}
