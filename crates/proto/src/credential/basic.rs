//! `Authorization: Basic` (RFC 7617), where the user name may also be a token.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use zeroize::Zeroizing;

use super::{CarriedBy, CredentialError, Presented, token};
use crate::secret::{Secret, looks_like_token};

/// Reads what follows the scheme: base64 of `user-id ":" password`, parted at the first colon.
///
/// A user name that looks like a token is one, and the password is ignored; it may be empty then.
/// Otherwise neither may be empty.
pub(super) fn parse(encoded: &[u8]) -> Result<Presented, CredentialError> {
    if encoded.is_empty() {
        return Err(CredentialError::Empty);
    }
    let bytes = from_base64(encoded).ok_or(CredentialError::Malformed)?;
    let text = decode(&bytes);
    let (username, password) = text.split_once(':').ok_or(CredentialError::Malformed)?;
    // RFC 7617 §2: neither part may contain control characters.
    if text.chars().any(char::is_control) {
        return Err(CredentialError::Malformed);
    }
    if looks_like_token(username) {
        return token(username.as_bytes(), CarriedBy::BasicUsername);
    }
    if username.is_empty() || password.is_empty() {
        return Err(CredentialError::Empty);
    }
    Ok(Presented::Password { username: username.to_owned(), password: Secret::new(password) })
}

/// The standard alphabet; the padding may be missing but not wrong, and stray bits are refused.
fn from_base64(encoded: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let engine = if encoded.ends_with(b"=") { STANDARD } else { STANDARD_NO_PAD };
    engine.decode(encoded).ok().map(Zeroizing::new)
}

/// UTF-8, or else Latin-1, which older clients send and in which every byte is a character.
fn decode(bytes: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            // Sized up front: growing would leave pieces of the password behind in memory.
            let mut text = String::with_capacity(2 * bytes.len());
            text.extend(bytes.iter().copied().map(char::from));
            text
        }
    })
}
