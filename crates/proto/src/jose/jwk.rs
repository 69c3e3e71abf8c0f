//! Public keys as JSON (RFC 7517, RFC 7518 §6, RFC 8037 §2) and their thumbprints (RFC 7638).
//!
//! Reading is strict because a bad public key is as dangerous as a bad signature: points must lie
//! on the curve, moduli must be long enough, and private or symmetric keys are refused outright.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde_json::{Map, Value};

use super::{Algorithm, KeyError, VerifyingKey, decode, encode};

/// One JWK as JSON.
pub type JwkValue = Value;

/// Members that only private and symmetric keys have.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The y coordinates of the points of small order on Ed25519, low byte first, sign bit cleared,
/// with the spellings above the field prime. Under such a key anybody can sign anything.
const SMALL_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

impl VerifyingKey {
    /// Reads a public key for Ed25519, P-256 or RSA (2048 to 8192 bits). Without a `kid` it is
    /// named by its thumbprint.
    ///
    /// # Errors
    /// Any [`KeyError`] but `Duplicate` and `Generation`.
    pub fn from_jwk(value: &JwkValue) -> Result<Self, KeyError> {
        if PRIVATE.iter().any(|name| value.get(name).is_some()) {
            return Err(KeyError::NotPublic);
        }
        let jwk: Jwk = serde_json::from_value(value.clone()).map_err(|_| KeyError::Malformed)?;
        let (algorithm, key) = match &jwk.algorithm {
            AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => {
                (Algorithm::EdDSA, ed25519(&okp.x)?)
            }
            AlgorithmParameters::EllipticCurve(ec) if ec.curve == EllipticCurve::P256 => {
                (Algorithm::ES256, p256(&ec.x, &ec.y)?)
            }
            AlgorithmParameters::RSA(rsa) => (Algorithm::RS256, rsa_components(&rsa.n, &rsa.e)?),
            _ => return Err(KeyError::Unsupported),
        };
        check_purpose(&jwk, algorithm)?;
        let key = Self::new(algorithm, key);
        match jwk.common.key_id {
            None => Ok(key),
            Some(kid) if kid.is_empty() || kid.len() > 256 => Err(KeyError::Malformed),
            Some(kid) => Ok(key.named(kid)),
        }
    }

    /// The key as it is published, with `alg`, `kid` and `use`. `None` for HS256: a shared secret
    /// is never published.
    pub fn to_jwk(&self) -> Option<JwkValue> {
        let mut jwk = required_members(self.key())?;
        jwk.insert("alg".to_owned(), self.algorithm().as_str().into());
        jwk.insert("kid".to_owned(), self.kid().into());
        jwk.insert("use".to_owned(), "sig".into());
        Some(Value::Object(jwk))
    }

    /// The RFC 7638 thumbprint with SHA-256, whatever the key's `kid` is. `None` for HS256.
    pub fn thumbprint(&self) -> Option<String> {
        thumbprint(self.key())
    }
}

pub(super) fn thumbprint(key: &DecodingKey) -> Option<String> {
    let members = Value::Object(required_members(key)?).to_string();
    Some(encode(crate::seal::sha256(members.as_bytes())))
}

/// The members RFC 7638 §3.2 hashes, in its order.
fn required_members(key: &DecodingKey) -> Option<Map<String, Value>> {
    let members: Vec<(&str, String)> = match (key.family(), key.kind()) {
        (AlgorithmFamily::Ed, DecodingKeyKind::SecretOrDer(x)) => {
            vec![("crv", "Ed25519".to_owned()), ("kty", "OKP".to_owned()), ("x", encode(x))]
        }
        (AlgorithmFamily::Ec, DecodingKeyKind::SecretOrDer(point)) => {
            let (x, y) = point.get(1..)?.split_at_checked(32)?;
            let kind = [("crv", "P-256".to_owned()), ("kty", "EC".to_owned())];
            kind.into_iter().chain([("x", encode(x)), ("y", encode(y))]).collect()
        }
        (AlgorithmFamily::Rsa, DecodingKeyKind::RsaModulusExponent { n, e }) => {
            vec![("e", encode(e)), ("kty", "RSA".to_owned()), ("n", encode(n))]
        }
        _ => return None,
    };
    Some(members.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
}

/// `alg`, `use` and `key_ops` may be absent; if present they must allow verifying with exactly
/// this algorithm.
fn check_purpose(jwk: &Jwk, algorithm: Algorithm) -> Result<(), KeyError> {
    let common = &jwk.common;
    let alg = common.key_algorithm.is_none_or(|alg| alg == algorithm.library().into());
    let purpose = common.public_key_use.as_ref().is_none_or(|u| *u == PublicKeyUse::Signature);
    let operations = common.key_operations.as_ref();
    let operations = operations.is_none_or(|list| list.contains(&KeyOperations::Verify));
    if alg && purpose && operations { Ok(()) } else { Err(KeyError::Unsupported) }
}

fn ed25519(x: &str) -> Result<DecodingKey, KeyError> {
    let x = decode(x).ok_or(KeyError::Malformed)?;
    let mut y = <[u8; 32]>::try_from(x.as_slice()).map_err(|_| KeyError::Malformed)?;
    y[31] &= 0x7f;
    let hex: String = y.iter().map(|byte| format!("{byte:02x}")).collect();
    if SMALL_ORDER.contains(&hex.as_str()) {
        return Err(KeyError::Weak);
    }
    Ok(DecodingKey::from_ed_der(&x))
}

fn p256(x: &str, y: &str) -> Result<DecodingKey, KeyError> {
    let (x, y) = (decode(x), decode(y));
    let (Some(x), Some(y)) = (x, y) else { return Err(KeyError::Malformed) };
    if x.len() != 32 || y.len() != 32 {
        return Err(KeyError::Malformed);
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| KeyError::Malformed)?;
    Ok(DecodingKey::from_ec_der(&point))
}

/// The exponent must be odd, above one and at most five bytes; no leading zeros, so that one key
/// has one thumbprint.
fn rsa_components(n: &str, e: &str) -> Result<DecodingKey, KeyError> {
    let (n, e) = (decode(n), decode(e));
    let (Some(n), Some(e)) = (n, e) else { return Err(KeyError::Malformed) };
    if n.first().is_none_or(|byte| *byte == 0) || e.first().is_none_or(|byte| *byte == 0) {
        return Err(KeyError::Malformed);
    }
    let bits = n.len() * 8 - n[0].leading_zeros() as usize;
    let odd = e.last().is_some_and(|byte| byte % 2 == 1);
    if bits < 2048 || !odd || e == [1] {
        return Err(KeyError::Weak);
    }
    if bits > 8192 || e.len() > 5 {
        return Err(KeyError::Unsupported);
    }
    Ok(DecodingKey::from_rsa_raw_components(&n, &e))
}
