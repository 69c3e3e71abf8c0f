//! Tokens that the Flask applications issued which Countersign stands in for, verified under the
//! old application's secret: itsdangerous' `TimedJSONWebSignatureSerializer` (dates in the header),
//! PyJWT with `{id, exp}`, Flask-JWT and Flask-JWT-Extended.
//!
//! They are only read: nothing here can make one. They go by HMAC alone, so that a public key can
//! never be taken for a secret, and what kind a token is follows from its signed form. A token made
//! for something else under the same secret, such as a reset of a password, is none of them.

mod claims;
mod secret;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

pub use secret::{LegacySecret, SecretError};

use crate::jose::{Json, Members, Parts, TokenError};

/// An old token that is good in itself: form, algorithm, signature and dates are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyToken {
    /// What made it.
    pub maker: LegacyMaker,
    /// The user's id in the old application's table, as text.
    pub user: String,
    /// What it was issued for.
    pub purpose: LegacyPurpose,
    /// When it was issued, unix seconds, if it says so.
    pub issued_at: Option<i64>,
    /// When it expires, unix seconds.
    pub expires_at: i64,
    /// What this very token is known by, to whoever remembers those that were taken back. It
    /// reveals nothing of the token.
    pub fingerprint: String,
}

/// The libraries whose tokens are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyMaker {
    /// itsdangerous' `TimedJSONWebSignatureSerializer`: `{"id": …}`, the dates in the header.
    ItsDangerous,
    /// PyJWT as the articles use it: `{"id": …, "exp": …}`.
    PyJwt,
    /// Flask-JWT: `identity` and three dates.
    FlaskJwt,
    /// Flask-JWT-Extended: `sub` or `identity`, `type` and `jti`.
    FlaskJwtExtended,
}

/// What a token was issued for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegacyPurpose {
    /// To act for the user.
    Access,
    /// To buy a token that does.
    Refresh,
}

/// Whether the token has the shape of an old one: a header without `kid`, which everything has that
/// this service signs. Nothing is verified.
pub fn has_shape(token: &str) -> bool {
    let header = Parts::split(token).and_then(|parts| Members::parse(&parts.header));
    header.is_ok_and(|header| !header.contains("kid"))
}

/// Verifies an old token at the time `now`, in unix seconds.
///
/// `leeway` forgives an `iat` or `nbf` in the future, and no `exp`. Costs one HMAC; refuses in a
/// bounded number of steps whatever the input.
///
/// # Errors
/// The first reason found, in the order form, header, algorithm, signature, kind, claims, dates.
pub fn verify(
    token: &str,
    secret: &LegacySecret,
    leeway: i64,
    now: i64,
) -> Result<LegacyToken, TokenError> {
    let parts = Parts::split(token)?;
    let header = Members::parse(&parts.header)?;
    let algorithm = judge_header(&header)?;
    hmac::verify(&secret.key(algorithm), parts.signed.as_bytes(), &parts.signature)
        .map_err(|_| TokenError::Signature)?;
    let read = claims::read(&header, &Members::parse(&parts.payload)?)?;
    read.dates.judge(leeway, now)?;
    Ok(LegacyToken {
        maker: read.maker,
        user: read.user,
        purpose: read.purpose,
        issued_at: read.dates.iat,
        expires_at: read.dates.exp,
        fingerprint: URL_SAFE_NO_PAD.encode(Sha256::digest(token.as_bytes())),
    })
}

/// HS256 for all of them; HS512 for itsdangerous, which signed with it since its version 1.0.
fn judge_header(header: &Members) -> Result<hmac::Algorithm, TokenError> {
    if header.names().any(|name| !matches!(name, "alg" | "typ" | "iat" | "exp")) {
        return Err(TokenError::Header);
    }
    let algorithm = match header.get("alg") {
        Some(Json::Text(alg)) if alg == "HS256" => hmac::HMAC_SHA256,
        Some(Json::Text(alg)) if alg == "HS512" && claims::is_dated(header) => hmac::HMAC_SHA512,
        _ => return Err(TokenError::Algorithm),
    };
    match header.get("typ") {
        None => Ok(algorithm),
        Some(Json::Text(typ)) if typ.eq_ignore_ascii_case("JWT") => Ok(algorithm),
        Some(_) => Err(TokenError::Type),
    }
}
