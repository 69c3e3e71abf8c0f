//! The access token: a JWT as RFC 9068 profiles it, with the claims that let it be taken back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Claims, Expected, Extra, KeySet, Members, Registered, TokenError, verify};
use crate::status_list::StatusClaim;

/// The `typ` of an access token, RFC 9068 §2.1.
pub const ACCESS_TOKEN_TYP: &str = "at+jwt";

/// The claims of an access token. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// Who issued the token.
    pub iss: String,
    /// The user, or the client itself when no user is involved.
    pub sub: String,
    /// The resource server the token is meant for.
    pub aud: String,
    /// The client the token was issued to.
    pub client_id: String,
    /// What the token may do: scope names parted by spaces; may be empty.
    pub scope: String,
    /// When it was issued.
    pub iat: i64,
    /// The second from which on it is refused.
    pub exp: i64,
    /// The token's own name; revocation goes by it.
    pub jti: String,
    /// The session it belongs to, if any; revocation goes by it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// When the user last proved who they are.
    pub auth_time: i64,
    /// How they did, RFC 8176.
    pub amr: Vec<String>,
    /// What the user may do. Left out when empty: some verifiers take an empty list for a mistake.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// The user's token generation; raising it at the issuer kills all older tokens.
    pub epoch: i64,
    /// Where it is published whether the session goes on, for services that verify by themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusClaim>,
    /// What an application adds. A name that one of the others has is not read.
    #[serde(default, flatten)]
    pub extra: BTreeMap<String, Extra>,
}

/// The claims that have a field of their own.
const KNOWN: [&str; 14] = [
    "iss",
    "sub",
    "aud",
    "client_id",
    "scope",
    "iat",
    "exp",
    "jti",
    "sid",
    "auth_time",
    "amr",
    "roles",
    "epoch",
    "status",
];

impl Claims for AccessClaims {
    const TYP: &'static str = ACCESS_TOKEN_TYP;

    fn read(registered: Registered, members: &Members) -> Result<Self, TokenError> {
        // A token bound to a key (RFC 7800) must not be taken for a bearer token.
        if members.contains("cnf") {
            return Err(TokenError::Claim("cnf"));
        }
        let client_id = members.text("client_id")?;
        if members.optional_text("azp")?.is_some_and(|azp| azp != client_id) {
            return Err(TokenError::Claim("azp"));
        }
        let Registered { iss, sub, aud, iat, exp, jti } = registered;
        Ok(Self {
            iss,
            sub,
            aud,
            client_id,
            scope: members.text_or_empty("scope")?,
            iat,
            exp,
            jti,
            sid: members.optional_text("sid")?,
            auth_time: members.count("auth_time")?,
            amr: members.texts("amr")?,
            roles: members.texts_or_none("roles")?,
            epoch: members.count("epoch")?,
            status: StatusClaim::read(members)?,
            extra: members.beyond(&KNOWN),
        })
    }
}

/// Verifies an access token at the time `now`, in unix seconds; see [`verify`].
///
/// Says nothing about revocation: whoever calls this asks for `jti`, `sid` and `epoch` next.
///
/// # Errors
/// The first reason to refuse the token.
pub fn verify_access_token(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: i64,
) -> Result<AccessClaims, TokenError> {
    verify::<AccessClaims>(token, keys, expected, now)
}
