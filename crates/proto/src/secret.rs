//! Opaque bearer secrets and the wrapper every other secret text lives in.
//!
//! An opaque token is two types: a [`PlainToken`] can be shown to its owner or hashed, a
//! [`TokenDigest`] can be stored or compared. A [`Secret`] is any other text nobody may print.

mod token;

use std::fmt;

use serde::{Deserialize, Deserializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

pub use token::{PlainToken, TOKEN_LEN, TokenDigest, TokenError, TokenKind, looks_like_token};

/// A secret text of any origin: a password, a presented token, a client's secret.
///
/// It is never printed, is wiped when dropped, and compares in time that depends on lengths only.
#[derive(Clone, Default)]
pub struct Secret(String);

impl Secret {
    /// Takes the text in; no copy is made.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, for whoever verifies or sends it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        // `zeroize` wipes what a text holds byte by byte, and all its other memory in one go. Every
        // request with a token has one of these, so it is made to hold nothing first.
        self.0.clear();
        self.0.zeroize();
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}
