//! `Authorization: Basic` (RFC 7617), where the user name may also be a token.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

use super::{CarriedBy, CredentialError, Presented, token};
use crate::secret::{Secret, looks_like_token};

/// The standard alphabet; padding may be left out but not be wrong, and stray bits are refused.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads what follows the scheme: base64 of `user-id ":" password`, parted at the first colon.
///
/// A user name that looks like a token is one, and the password is ignored; it may be empty then.
/// Otherwise neither may be empty.
pub(super) fn parse(encoded: &[u8]) -> Result<Presented, CredentialError> {
    if encoded.is_empty() {
        return Err(CredentialError::Empty);
    }
    let bytes = BASE64.decode(encoded).map(Zeroizing::new);
    let text = decode(&bytes.map_err(|_| CredentialError::Malformed)?);
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
