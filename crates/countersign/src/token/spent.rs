//! Tokens after their end: whoever logs out late is to be logged out all the same.

use std::collections::BTreeMap;

use countersign_proto::{
    jose::{self, AccessClaims, Expected, Extra, RenewalClaims, TokenError},
    secret::Secret,
};

use super::Tokens;
use crate::{
    SessionId,
    error::{Denied, Result, TokenFault, sentence},
};

/// What a token of this service says, whether or not it is good any more.
#[derive(Debug, Clone)]
pub struct Spent {
    /// The session it belonged to, which may have ended.
    pub session: SessionId,
    /// What the application added to it.
    pub claims: BTreeMap<String, Extra>,
}

impl Tokens<'_> {
    /// Reads a signed access token or a renewal token that may have expired or been taken back: to
    /// end its session by. Its signature is verified, and nothing else is; it grants nothing.
    ///
    /// # Errors
    /// `invalid_token` when this service did not issue it.
    pub async fn spent(self, token: &Secret) -> Result<Spent> {
        let config = self.0.config();
        let (issuer, now) = (&config.public_url, self.0.now());
        let keys = self.0.keys().await?;
        let mut expected = Expected::of::<AccessClaims>(issuer, config.audience());
        expected.leeway = i64::from(config.leeway_seconds);
        let token = token.reveal();
        let access = jose::verify_spent::<AccessClaims>(token, &keys.set, &expected, now);
        let (session, claims) = match access {
            Ok(claims) => (claims.sid, claims.extra),
            Err(TokenError::UnknownKey | TokenError::Type) => {
                let mut expected = Expected::of::<RenewalClaims>(issuer, issuer);
                expected.leeway = i64::from(config.leeway_seconds);
                let keys = self.renewal_keys()?;
                let renewal = jose::verify_spent::<RenewalClaims>(token, &keys, &expected, now);
                let claims = renewal.map_err(refused)?;
                (Some(claims.sid), claims.extra)
            }
            Err(why) => return Err(refused(why).into()),
        };
        let session = session.and_then(|session| session.parse().ok());
        Ok(Spent { session: session.ok_or_else(|| refused(TokenError::Claim("sid")))?, claims })
    }
}

fn refused(why: TokenError) -> Denied {
    Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why))
}
