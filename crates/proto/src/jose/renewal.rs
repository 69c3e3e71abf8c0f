//! The renewal token: a JWT that buys access tokens for one session as often as it is shown, for
//! clients of a kind that keep one refresh token until it ends. Its type keeps it apart from what
//! it buys; whoever verifies it asks for its session next.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Claims, Extra, Members, Registered, TokenError};

/// The `typ` of a renewal token.
pub const RENEWAL_TOKEN_TYP: &str = "renewal+jwt";

/// The claims of a renewal token. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenewalClaims {
    /// Who issued the token.
    pub iss: String,
    /// The user.
    pub sub: String,
    /// The issuer: nobody else has a use for it.
    pub aud: String,
    /// When it was issued.
    pub iat: i64,
    /// The second from which on it is refused.
    pub exp: i64,
    /// The token's own name; revocation goes by it.
    pub jti: String,
    /// The session it buys tokens of.
    pub sid: String,
    /// What an application adds.
    #[serde(flatten)]
    pub extra: BTreeMap<String, Extra>,
}

impl Claims for RenewalClaims {
    const TYP: &'static str = RENEWAL_TOKEN_TYP;

    fn read(registered: Registered, members: &Members) -> Result<Self, TokenError> {
        let Registered { iss, sub, aud, iat, exp, jti } = registered;
        let extra = members.beyond(&["iss", "sub", "aud", "iat", "exp", "jti", "sid"]);
        Ok(Self { iss, sub, aud, iat, exp, jti, sid: members.text("sid")?, extra })
    }
}
