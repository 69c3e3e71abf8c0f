//! The four signature algorithms. A key has exactly one; a token only ever repeats it.

use std::fmt;
use std::str::FromStr;

use super::KeyError;

/// A JWS algorithm (RFC 7518 §3.1, RFC 8037 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519. Small keys and signatures, deterministic; the default.
    #[default]
    EdDSA,
    /// ECDSA on P-256 with SHA-256, signature as 64 raw bytes.
    ES256,
    /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 8192 bits.
    RS256,
    /// HMAC with SHA-256. Whoever verifies can also sign, so it is never published.
    HS256,
}

impl Algorithm {
    /// The JOSE name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EdDSA => "EdDSA",
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::HS256 => "HS256",
        }
    }

    pub(super) fn library(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::EdDSA => jsonwebtoken::Algorithm::EdDSA,
            Self::ES256 => jsonwebtoken::Algorithm::ES256,
            Self::RS256 => jsonwebtoken::Algorithm::RS256,
            Self::HS256 => jsonwebtoken::Algorithm::HS256,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = KeyError;

    /// Exact and case-sensitive, as RFC 7515 §4.1.1 has it; `none` is no algorithm.
    fn from_str(name: &str) -> Result<Self, KeyError> {
        match name {
            "EdDSA" => Ok(Self::EdDSA),
            "ES256" => Ok(Self::ES256),
            "RS256" => Ok(Self::RS256),
            "HS256" => Ok(Self::HS256),
            _ => Err(KeyError::Unsupported),
        }
    }
}
