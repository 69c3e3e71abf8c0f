//! The secret of an old application.

use std::fmt;

use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::jose::SharedSecret;

/// The `SECRET_KEY` (or `JWT_SECRET_KEY`) that an old application signed its tokens with, byte for
/// byte. It is never printed and is wiped when dropped.
#[derive(Clone)]
pub struct LegacySecret(Zeroizing<Vec<u8>>);

/// Why a secret was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the old application's secret has {min} to {max} bytes", min = LegacySecret::MIN, max = LegacySecret::MAX)]
pub struct SecretError;

impl LegacySecret {
    /// The fewest bytes a secret has. Flask asks for none, so old ones are short; whoever guesses
    /// one can make tokens.
    pub const MIN: usize = 8;
    /// The most bytes a secret has.
    pub const MAX: usize = 4096;

    /// Takes the secret as the old application had it.
    ///
    /// # Errors
    /// When it is shorter than [`LegacySecret::MIN`] or longer than [`LegacySecret::MAX`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let bytes = Zeroizing::new(bytes.into());
        if (Self::MIN..=Self::MAX).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(SecretError)
        }
    }

    /// Whether it is the secret that is shared with services: then each of them can make old tokens.
    pub fn is(&self, shared: &SharedSecret) -> bool {
        shared.is(&self.0)
    }

    pub(super) fn key(&self, algorithm: hmac::Algorithm) -> hmac::Key {
        hmac::Key::new(algorithm, &self.0)
    }
}

impl fmt::Debug for LegacySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LegacySecret(…)")
    }
}
