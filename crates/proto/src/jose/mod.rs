//! JSON Web Signature, Key and Token as this project uses them (RFC 7515, 7517, 7519, 8725, 9068).
//!
//! One strict core, [`verify`], stands behind every kind of token. A kind adds a type that
//! implements [`Claims`] and its own `typ`; it cannot relax the core. The order is fixed: form,
//! header, key, algorithm, type, signature, and only then the claims.
//!
//! What is absent on purpose: encryption (JWE), compression, the JSON serialisations, keys or
//! addresses of keys taken from a token, and any algorithm a key was not made for.

mod access;
mod algorithm;
mod claims;
mod compact;
mod error;
mod json;
mod jwk;
mod key;
mod key_set;
mod renewal;
mod shared;
mod signer;

pub use access::{ACCESS_TOKEN_TYP, AccessClaims, verify_access_token};
pub use algorithm::Algorithm;
pub use claims::{Claims, Expected, MAX_LEEWAY, Proven, Registered, prove, verify, verify_spent};
pub use compact::{MAX_TOKEN_LEN, names_a_key};
pub use error::{KeyError, SignError, TokenError};
pub use json::{Extra, Members};
pub use jwk::JwkValue;
pub use key::{SigningKey, VerifyingKey};
pub use key_set::{KeySet, MAX_JWKS_LEN};
pub use renewal::{RENEWAL_TOKEN_TYP, RenewalClaims};
pub use shared::{SharedSecret, SharedSecretError};

pub(crate) use claims::{Dates, LAST_DATE};
pub(crate) use compact::{Parts, open_within};
pub(crate) use json::Json;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// base64url without padding, RFC 7515 §2.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The one canonical spelling only: no padding, no whitespace, unused tail bits zero.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
