//! Tokens: issued to somebody signed in, renewed, refreshed, verified, taken back.

pub(crate) mod http;
mod introspect;
mod issue;
mod jti;
mod random;
mod refresh;
mod renewal;
mod revoke;
mod shape;
mod spent;
mod user_claims;
mod verify;

use countersign_proto::{jose::MAX_LEEWAY, secret::PlainToken};
use serde::Serialize;
use utoipa::ToSchema;

pub use introspect::Introspection;
pub use issue::Grant;
pub(crate) use issue::checked_client_id;
pub use renewal::Renewal;
pub use shape::{Shape, Signature};
pub use spent::Spent;
pub use user_claims::{ReservedClaim, UserClaims};

use crate::Auth;

/// Tokens of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Tokens<'a>(pub(crate) &'a Auth);

/// What a sign-in, a refresh or a renewal gives (RFC 6749 §5.1).
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokenSet {
    /// A signed token (RFC 9068), for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Life of the access token, seconds.
    pub expires_in: i64,
    /// Buys the next set, once. Absent when an access token was renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What the access token may do, separated by blanks.
    pub scope: String,
    /// The session, for lists and for ending it.
    pub session_id: String,
}

impl std::fmt::Debug for TokenSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenSet").field("session_id", &self.session_id).finish_non_exhaustive()
    }
}

impl Auth {
    /// Seconds after which every token issued by now has expired, clocks' differences included. A key
    /// verifies for as long after it has signed for the last time.
    pub(crate) fn token_life(&self) -> i64 {
        let config = self.config();
        i64::from(config.access_token_seconds) + 2 * i64::from(config.leeway_seconds) + 60
    }

    /// Seconds after which nobody accepts any of them, whatever [`Tokens::authenticate_within`]
    /// forgives. What is revoked is remembered for as long.
    pub(crate) fn token_horizon(&self) -> i64 {
        self.token_life() + MAX_LEEWAY
    }
}

/// The text of a refresh token, for the one answer it is shown in.
fn shown(token: &PlainToken) -> Option<String> {
    Some(token.reveal().to_owned())
}
