//! The compact serialisation (RFC 7515 §7.1): cutting a token into parts, judging its header, and
//! checking its signature. The claims are not looked at here.

use std::str::FromStr;

use super::json::{Json, Members};
use super::shared;
use super::{Algorithm, KeySet, TokenError, VerifyingKey, decode};

/// The longest token that is signed or verified, in bytes. Longer ones are refused unread.
pub const MAX_TOKEN_LEN: usize = 8 * 1024;

/// A token whose form, header, key, algorithm, type and signatures are right.
pub(crate) struct Opened {
    pub(crate) members: Members,
    /// It was signed under a shared secret, and countersigned here.
    pub(super) is_shared: bool,
}

/// Opens a token of this type.
pub(super) fn open(token: &str, keys: &KeySet, typ: &str) -> Result<Opened, TokenError> {
    open_within(token, keys, typ, MAX_TOKEN_LEN)
}

/// The same of a kind that may be longer: at most so many bytes.
pub(crate) fn open_within(
    token: &str,
    keys: &KeySet,
    typ: &str,
    most: usize,
) -> Result<Opened, TokenError> {
    let parts = Parts::split_within(token, most)?;
    let header = Members::parse(&parts.header)?;
    let key = judge_header(&header, keys, typ)?;
    key.verify_signature(parts.signed.as_bytes(), &parts.signature)?;
    key.check_countersignature(header.get(shared::MEMBER), typ, parts.payload_segment)?;
    Ok(Opened { members: Members::parse(&parts.payload)?, is_shared: key.is_shared() })
}

/// Whether the token names a key as a [`SigningKey`](super::SigningKey) is named: one that could be
/// found where keys are kept. Nothing else about the token is looked at.
pub fn names_a_key(token: &str) -> bool {
    let header = Parts::split(token).and_then(|parts| Members::parse(&parts.header));
    let Ok(header) = header else { return false };
    let Some(Json::Text(kid)) = header.get("kid") else { return false };
    decode(kid).is_some_and(|name| matches!(name.len(), 16 | 32))
}

/// The parts of a token, decoded.
pub(crate) struct Parts<'a> {
    pub(crate) signed: &'a str,
    pub(crate) payload_segment: &'a str,
    pub(crate) header: Vec<u8>,
    pub(crate) payload: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    /// Exactly three parts, none empty. Time and memory are bounded by [`MAX_TOKEN_LEN`].
    pub(crate) fn split(token: &'a str) -> Result<Self, TokenError> {
        Self::split_within(token, MAX_TOKEN_LEN)
    }

    fn split_within(token: &'a str, most: usize) -> Result<Self, TokenError> {
        if token.len() > most {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload_segment) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        if header.is_empty() || payload_segment.is_empty() || signature.is_empty() {
            return Err(TokenError::Malformed);
        }
        // A further dot is no base64url, so a fourth part fails here.
        let part = |text| decode(text).ok_or(TokenError::Malformed);
        let (header, payload) = (part(header)?, part(payload_segment)?);
        Ok(Self { signed, payload_segment, header, payload, signature: part(signature)? })
    }
}

/// Picks the key by `kid` and holds the token to that key's algorithm (RFC 8725 §3.1).
///
/// Only `alg`, `typ` and `kid` may stand in a header, and `countersign` where the key's secret is
/// shared. RFC 7515 lets a verifier ignore what it does not know; we issue every token we verify, so
/// another member is either an attack (`jwk`, `jku`, `x5u`, `x5c`, `b64`, `zip`) or a demand we
/// cannot meet (`crit`).
fn judge_header<'k>(
    header: &Members,
    keys: &'k KeySet,
    typ: &str,
) -> Result<&'k VerifyingKey, TokenError> {
    if header.names().any(|name| !matches!(name, "alg" | "typ" | "kid" | shared::MEMBER)) {
        return Err(TokenError::Header);
    }
    let Some(Json::Text(alg)) = header.get("alg") else { return Err(TokenError::Algorithm) };
    let alg = Algorithm::from_str(alg).map_err(|_| TokenError::Algorithm)?;
    let Some(Json::Text(kid)) = header.get("kid") else { return Err(TokenError::UnknownKey) };
    let key = keys.get(kid).ok_or(TokenError::UnknownKey)?;
    if key.algorithm() != alg {
        return Err(TokenError::Algorithm);
    }
    match header.get("typ") {
        Some(Json::Text(given)) if same_type(given, typ) => Ok(key),
        _ => Err(TokenError::Type),
    }
}

/// Media types compare without regard to case, and `application/` may be left out (RFC 7515
/// §4.1.9).
fn same_type(given: &str, expected: &str) -> bool {
    const PREFIX: &str = "application/";
    let short = match given.get(..PREFIX.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(PREFIX) => &given[PREFIX.len()..],
        _ => given,
    };
    short.eq_ignore_ascii_case(expected)
}
