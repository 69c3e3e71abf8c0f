//! What a request presents to prove who is calling: one parser for every way to carry it.
//!
//! It takes header values as bytes and says what was presented. It verifies nothing and knows no
//! cookies: those belong to the session. Absent is `None`; anything presented but unusable is an
//! error, so that a broken credential is never mistaken for none.

mod basic;

use crate::{error_code::ErrorCode, secret::Secret};

/// The longest credential that is looked at, in bytes: 8 KiB.
pub const MAX_LEN: usize = 8 * 1024;

/// Where a bare token may be carried besides `Authorization: Bearer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carriers {
    /// Further `Authorization` schemes that carry a bare token, such as `Token` or `JWT`.
    pub schemes: Vec<String>,
    /// Header fields that carry a bare token. Compared without regard to case.
    pub headers: Vec<String>,
}

impl Default for Carriers {
    /// No further scheme; the header fields `x-api-key` and `x-auth-token`.
    fn default() -> Self {
        Self { schemes: Vec::new(), headers: vec!["x-api-key".into(), "x-auth-token".into()] }
    }
}

/// What a request presented; not verified in any way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presented {
    /// A user name or e-mail address, and a password; neither is empty.
    Password {
        /// As typed; [`crate::name::Login`] reads it.
        username: String,
        /// As typed.
        password: Secret,
    },
    /// A token, signed or opaque: at least one character, all of them `b64token` characters.
    Token {
        /// The token.
        token: Secret,
        /// Where it was found; of several places the first, in the order of the parameters of
        /// [`parse`].
        carried_by: CarriedBy,
    },
}

/// Where a token was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CarriedBy {
    /// `Authorization: Bearer` (RFC 6750 §2.1).
    Bearer,
    /// One of [`Carriers::schemes`], as configured.
    Scheme(String),
    /// One of [`Carriers::headers`], as configured.
    Header(String),
    /// The user name of `Authorization: Basic`; the password was ignored.
    BasicUsername,
    /// The query string. Such an answer must not be cached, and the address not be logged.
    Query,
}

/// Why what was presented cannot be used. Never repeats any of it: a token may well have been put
/// where a scheme belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// Not what the grammar of its carrier allows.
    #[error("the credential is malformed")]
    Malformed,
    /// The carrier is there and the user name, password or token in it is empty.
    #[error("the user name, the password or the token is empty")]
    Empty,
    /// Different credentials in one request.
    #[error("the request carries more than one credential")]
    Multiple,
    /// An `Authorization` scheme that is not accepted here.
    #[error("this authorization scheme is not supported")]
    UnsupportedScheme,
    /// More than [`MAX_LEN`] bytes.
    #[error("the credential is too long")]
    TooLong,
}

impl CredentialError {
    /// The code to answer with: 400 for what no login could mend, 401 for false credentials.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Malformed | Self::Multiple | Self::TooLong => ErrorCode::InvalidRequest,
            Self::Empty => ErrorCode::InvalidCredentials,
            Self::UnsupportedScheme => ErrorCode::AuthenticationRequired,
        }
    }
}

/// Reads the one credential a request presents.
///
/// `authorization` holds the values of *all* `Authorization` fields; `token_headers` may hold any
/// header fields, those not in [`Carriers::headers`] are passed over; `query_token` the decoded
/// values of the query parameter, and must be empty unless the route allows it. The same
/// credential in several places counts once, different ones are [`CredentialError::Multiple`], and
/// one broken credential is not rescued by a good one beside it.
pub fn parse(
    authorization: &[&[u8]],
    token_headers: &[(&str, &[u8])],
    query_token: &[&str],
    carriers: &Carriers,
) -> Result<Option<Presented>, CredentialError> {
    let mut found = None;
    for value in authorization {
        keep(&mut found, from_authorization(value, carriers)?)?;
    }
    for (name, value) in token_headers {
        let configured = carriers.headers.iter().find(|header| header.eq_ignore_ascii_case(name));
        if let Some(header) = configured {
            let value = bounded(value)?.trim_ascii();
            keep(&mut found, token(value, CarriedBy::Header(header.clone()))?)?;
        }
    }
    for value in query_token {
        keep(&mut found, token(bounded(value.as_bytes())?, CarriedBy::Query)?)?;
    }
    Ok(found)
}

fn keep(found: &mut Option<Presented>, next: Presented) -> Result<(), CredentialError> {
    use Presented::{Password, Token};
    let same = match (&*found, &next) {
        (None, _) => {
            *found = Some(next);
            true
        }
        (Some(Token { token: one, .. }), Token { token: other, .. }) => one == other,
        (Some(first @ Password { .. }), _) => *first == next,
        (Some(Token { .. }), Password { .. }) => false,
    };
    if same { Ok(()) } else { Err(CredentialError::Multiple) }
}

/// `credentials = auth-scheme [ 1*SP token68 ]` (RFC 9110 §11.4).
fn from_authorization(value: &[u8], carriers: &Carriers) -> Result<Presented, CredentialError> {
    let value = bounded(value)?.trim_ascii();
    let end = value.iter().position(|&b| b == b' ').unwrap_or(value.len());
    let (scheme, rest) = (&value[..end], value[end..].trim_ascii_start());
    if scheme.is_empty() {
        return Err(CredentialError::Empty);
    }
    if scheme.eq_ignore_ascii_case(b"basic") {
        return basic::parse(rest);
    }
    if scheme.eq_ignore_ascii_case(b"bearer") {
        return token(rest, CarriedBy::Bearer);
    }
    let configured = carriers.schemes.iter().find(|s| scheme.eq_ignore_ascii_case(s.as_bytes()));
    match configured {
        Some(known) => token(rest, CarriedBy::Scheme(known.clone())),
        None => Err(CredentialError::UnsupportedScheme),
    }
}

/// `b64token` without its padding. Reads all of it, though it might stop at the first odd byte, and
/// asks every byte everything: without a branch the processor takes many bytes at a time, and every
/// request with a token is read through this.
fn is_token(value: &[u8]) -> bool {
    value.iter().fold(true, |good, &byte| {
        let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        // `-`, `.`, `/` and the digits are neighbours.
        let is_digit_or_mark = byte.wrapping_sub(b'-') < 13;
        good & (is_letter | is_digit_or_mark | (byte == b'_') | (byte == b'~') | (byte == b'+'))
    })
}

fn bounded(value: &[u8]) -> Result<&[u8], CredentialError> {
    if value.len() > MAX_LEN { Err(CredentialError::TooLong) } else { Ok(value) }
}

/// `b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="` (RFC 6750 §2.1).
fn token(value: &[u8], carried_by: CarriedBy) -> Result<Presented, CredentialError> {
    if value.is_empty() {
        return Err(CredentialError::Empty);
    }
    let body = value.iter().rposition(|&b| b != b'=').map_or(0, |last| last + 1);
    match std::str::from_utf8(value) {
        Ok(text) if body > 0 && is_token(&value[..body]) => {
            Ok(Presented::Token { token: Secret::new(text), carried_by })
        }
        _ => Err(CredentialError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::is_token;

    #[test]
    fn the_bytes_of_a_token_are_those_of_the_grammar() {
        for byte in 0..=u8::MAX {
            let named = byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            assert_eq!(is_token(&[byte]), named, "{byte}");
            assert_eq!(is_token(&[b'a', byte, b'z']), named, "{byte}");
        }
    }
}
