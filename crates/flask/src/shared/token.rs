//! Tokens in the words of PyJWT, which several of the originals were built on.

use countersign::{
    Auth, Client, CurrentUser, Error,
    proto::{
        credential::{CarriedBy, Presented},
        jose::TokenError,
        secret::Secret,
    },
};

use super::credential;

/// For whom a signed token acts: one of this service, or of the application it stands in for.
///
/// # Errors
/// As `Auth::authenticate`.
pub(crate) async fn authenticate(
    auth: &Auth,
    token: &str,
    client: &Client,
) -> Result<CurrentUser, Error> {
    let (token, carried_by) = (Secret::new(token), CarriedBy::Bearer);
    credential::authenticate(auth, &Presented::Token { token, carried_by }, client).await
}

/// The same, where a signed token of this service may be late by so many seconds, and early. One of
/// the application it stands in for is not: those end when they say.
///
/// # Errors
/// As `Auth::authenticate`.
pub(crate) async fn authenticate_within(
    auth: &Auth,
    token: &str,
    client: &Client,
    leeway_seconds: u32,
) -> Result<CurrentUser, Error> {
    if leeway_seconds == 0 || auth.legacy_tokens().recognises(token) {
        return authenticate(auth, token, client).await;
    }
    auth.tokens().authenticate_within(&Secret::new(token), leeway_seconds).await
}

/// Whether a text can be a signed token at all: PyJWT asks that first. If not, what it says.
pub(crate) fn check_segments(token: &str) -> Result<(), String> {
    let dots = token.bytes().filter(|byte| *byte == b'.').count();
    if dots >= 2 { Ok(()) } else { Err("Not enough segments".into()) }
}

/// What PyJWT says of a token that is no good.
pub(crate) fn words(why: TokenError) -> String {
    match why {
        TokenError::Malformed => "Invalid header padding".into(),
        TokenError::UnknownKey | TokenError::Signature => "Signature verification failed".into(),
        TokenError::Algorithm => "The specified alg value is not allowed".into(),
        TokenError::Header => "Invalid header string: it has a member that is not accepted".into(),
        TokenError::Type => "Invalid token type".into(),
        TokenError::Expired => "Signature has expired".into(),
        TokenError::IssuedLater => "Issued At claim (iat) cannot be in the future.".into(),
        TokenError::NotYetValid => "The token is not yet valid (nbf)".into(),
        TokenError::Issuer => "Invalid issuer".into(),
        TokenError::Audience => "Invalid audience".into(),
        TokenError::Claim(name) => format!("Token is missing the \"{name}\" claim"),
        _ => "Invalid token".into(),
    }
}
