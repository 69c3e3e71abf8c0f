//! A secret that others hold as well, so that they verify tokens under it by HS256 and could make
//! some; and what keeps the verifier here from believing those: the countersignature, a MAC under a
//! key that nobody else has.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::json::Json;
use super::{TokenError, encode};
use crate::seal::{SubKey, constant_time_eq};

/// The header member with the countersignature. Verifiers that do not know it pass over it
/// (RFC 7515 §4).
pub(super) const MEMBER: &str = "countersign";

/// A secret that the services share which verify tokens under it. It is never printed and is wiped
/// when dropped.
#[derive(Clone)]
pub struct SharedSecret(Zeroizing<Vec<u8>>);

/// Why a secret was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{min} to {max} bytes (RFC 7518 section 3.2), not {0}", min = SharedSecret::MIN, max = SharedSecret::MAX)]
pub struct SharedSecretError(usize);

impl SharedSecret {
    /// The fewest bytes a secret has: as long as the digest (RFC 7518 §3.2).
    pub const MIN: usize = 32;
    /// The most bytes a secret has.
    pub const MAX: usize = 512;

    /// Takes the secret, byte for byte.
    ///
    /// # Errors
    /// When it is shorter than [`SharedSecret::MIN`] or longer than [`SharedSecret::MAX`].
    pub fn new(bytes: impl Into<Vec<u8>>) -> Result<Self, SharedSecretError> {
        let bytes = Zeroizing::new(bytes.into());
        match bytes.len() {
            Self::MIN..=Self::MAX => Ok(Self(bytes)),
            length => Err(SharedSecretError(length)),
        }
    }

    /// Whether it is these bytes, compared in constant time.
    pub fn is(&self, bytes: &[u8]) -> bool {
        constant_time_eq(&self.0, bytes)
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// The key of countersignatures.
#[derive(Clone)]
pub(super) struct Countersigner(Arc<SubKey>);

impl Countersigner {
    pub(super) fn new(key: SubKey) -> Self {
        Self(Arc::new(key))
    }

    /// The countersignature of a token: it holds for this key, type and payload segment alone. None
    /// of the three has a dot in it.
    pub(super) fn of(&self, kid: &str, typ: &str, payload: &str) -> String {
        encode(self.0.mac(format!("{kid}.{typ}.{payload}").as_bytes()))
    }

    /// Whether the header member is that of this token.
    pub(super) fn check(
        &self,
        given: Option<&Json>,
        (kid, typ, payload): (&str, &str, &str),
    ) -> Result<(), TokenError> {
        let expected = self.of(kid, typ, payload);
        match given {
            Some(Json::Text(mac)) if constant_time_eq(mac.as_bytes(), expected.as_bytes()) => {
                Ok(())
            }
            _ => Err(TokenError::Signature),
        }
    }
}
