//! Signing and verifying keys. A key is born with its algorithm and never does another.
//!
//! The signature library is addressed through its aws-lc provider by name, not through its
//! process-wide default: two users of it in one process then cannot disturb each other.

use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
};
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use serde::Serialize;
use zeroize::Zeroizing;

use super::json::Json;
use super::shared::Countersigner;
use super::signer::Signer;
use super::{Algorithm, KeyError, MAX_TOKEN_LEN, SharedSecret, SignError, TokenError, encode, jwk};
use crate::seal::SubKey;

/// The shortest HMAC secret, in bytes: as long as the digest (RFC 7518 §3.2, RFC 8725 §3.5).
const MIN_SECRET: usize = SharedSecret::MIN;
const MAX_SECRET: usize = SharedSecret::MAX;
/// The shortest RSA modulus, in bytes.
const MIN_MODULUS: usize = 256;

/// A private (or, for HS256, shared) key together with its algorithm and `kid`.
pub struct SigningKey {
    private: Zeroizing<Vec<u8>>,
    signer: Signer,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// Makes a new key: Ed25519, P-256, RSA of 3072 bits (a second or so), or 32 random bytes.
    ///
    /// # Errors
    /// [`KeyError::Generation`] if the library cannot make one.
    pub fn generate(algorithm: Algorithm) -> Result<Self, KeyError> {
        let failed = |_| KeyError::Generation;
        let bytes = match algorithm {
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::generate().map_err(failed)?;
                Zeroizing::new(pair.to_pkcs8().map_err(failed)?.as_ref().to_vec())
            }
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING);
                let document = pair.and_then(|pair| pair.to_pkcs8v1()).map_err(failed)?;
                Zeroizing::new(document.as_ref().to_vec())
            }
            Algorithm::RS256 => {
                let pair = RsaKeyPair::generate(KeySize::Rsa3072).map_err(failed)?;
                Zeroizing::new(pair.as_der().map_err(failed)?.as_ref().to_vec())
            }
            Algorithm::HS256 => {
                let mut secret = Zeroizing::new(vec![0; MIN_SECRET]);
                aws_lc_rs::rand::fill(&mut secret).map_err(failed)?;
                secret
            }
        };
        Self::from_bytes(algorithm, &bytes)
    }

    /// Reads what [`SigningKey::to_bytes`] gave: PKCS#8 in DER, or the secret itself for HS256.
    ///
    /// # Errors
    /// [`KeyError::Malformed`], or [`KeyError::Weak`] for RSA below 2048 bits and secrets below 32
    /// bytes.
    pub fn from_bytes(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let malformed = |_| KeyError::Malformed;
        let (signer, public) = match algorithm {
            Algorithm::EdDSA => {
                let pair = Ed25519KeyPair::from_pkcs8(bytes).map_err(malformed)?;
                let public = DecodingKey::from_ed_der(pair.public_key().as_ref());
                (Signer::Ed25519(pair), public)
            }
            Algorithm::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
                    .map_err(malformed)?;
                let public = DecodingKey::from_ec_der(pair.public_key().as_ref());
                (Signer::P256(pair), public)
            }
            Algorithm::RS256 => rsa(bytes)?,
            Algorithm::HS256 => secret(bytes)?,
        };
        let private = Zeroizing::new(bytes.to_vec());
        Ok(Self { private, signer, verifying: VerifyingKey::new(algorithm, public) })
    }

    /// The HS256 key under a secret that others hold as well, and could sign by (RFC 7515 §10.5). Its
    /// tokens are countersigned under `own`, which nobody else may have: they verify under the
    /// secret everywhere, and by this key only those that it made.
    ///
    /// # Errors
    /// None for a [`SharedSecret`], whose length was checked.
    pub fn shared(secret: &SharedSecret, own: SubKey) -> Result<Self, KeyError> {
        let mut key = Self::from_bytes(Algorithm::HS256, secret.bytes())?;
        key.verifying.countersigner = Some(Countersigner::new(own));
        Ok(key)
    }

    /// The private key. It leaves the process only sealed (see [`crate::seal`]).
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.private.clone()
    }

    /// The key's public name: its RFC 7638 thumbprint; for HS256 half of an HMAC under the secret,
    /// which tells a holder of the secret which one it is and anyone else nothing.
    pub fn kid(&self) -> &str {
        self.verifying.kid()
    }

    /// The one algorithm this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.verifying.algorithm()
    }

    /// The half that verifies.
    pub fn verifying_key(&self) -> VerifyingKey {
        self.verifying.clone()
    }

    /// Signs `claims` as a compact JWT with the header `alg`, `typ`, `kid`, and under a shared
    /// secret `countersign`.
    ///
    /// # Errors
    /// [`SignError::TooLong`] if the token would exceed [`MAX_TOKEN_LEN`]; nobody would accept it.
    pub fn sign(&self, typ: &str, claims: &impl Serialize) -> Result<String, SignError> {
        self.sign_within(typ, claims, MAX_TOKEN_LEN)
    }

    /// The same of a kind that may be longer: at most so many bytes.
    pub(crate) fn sign_within(
        &self,
        typ: &str,
        claims: &impl Serialize,
        most: usize,
    ) -> Result<String, SignError> {
        let claims = encode(serde_json::to_vec(claims).map_err(|_| SignError::Claims)?);
        let countersigner = self.verifying.countersigner.as_ref();
        let countersign = countersigner.map(|own| own.of(self.kid(), typ, &claims));
        let header = Header { alg: self.algorithm().as_str(), typ, kid: self.kid(), countersign };
        let header = serde_json::to_vec(&header).map_err(|_| SignError::Claims)?;
        let signed = format!("{}.{claims}", encode(header));
        let signature = self.sign_bytes(signed.as_bytes())?;
        let token = format!("{signed}.{}", encode(signature));
        if token.len() > most { Err(SignError::TooLong) } else { Ok(token) }
    }

    /// The bare signature over `message`: the primitive beneath [`SigningKey::sign`], for test
    /// vectors and fuzzing. Tokens are made with `sign`.
    ///
    /// # Errors
    /// [`SignError::Signature`] if the library refuses.
    pub fn sign_bytes(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.signer.sign(message)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: &'static str,
    typ: &'a str,
    kid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    countersign: Option<String>,
}

fn rsa(pkcs8: &[u8]) -> Result<(Signer, DecodingKey), KeyError> {
    let pair = RsaKeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError::Malformed)?;
    if pair.public_modulus_len() < MIN_MODULUS {
        return Err(KeyError::Weak);
    }
    let (n, e) = (pair.public_key().modulus(), pair.public_key().exponent());
    let public = DecodingKey::from_rsa_raw_components(
        n.big_endian_without_leading_zero(),
        e.big_endian_without_leading_zero(),
    );
    Ok((Signer::Rsa(pair), public))
}

fn secret(bytes: &[u8]) -> Result<(Signer, DecodingKey), KeyError> {
    match bytes.len() {
        0..MIN_SECRET => Err(KeyError::Weak),
        MIN_SECRET..=MAX_SECRET => Ok((Signer::of_secret(bytes), DecodingKey::from_secret(bytes))),
        _ => Err(KeyError::Malformed),
    }
}

/// A key that verifies signatures of one algorithm.
#[derive(Clone)]
pub struct VerifyingKey {
    kid: String,
    algorithm: Algorithm,
    key: DecodingKey,
    /// Of a key under a shared secret.
    countersigner: Option<Countersigner>,
}

impl VerifyingKey {
    /// The key must have been checked to be one of `algorithm`.
    pub(super) fn new(algorithm: Algorithm, key: DecodingKey) -> Self {
        let kid = jwk::thumbprint(&key).unwrap_or_else(|| secret_name(&key));
        Self { kid, algorithm, key, countersigner: None }
    }

    pub(super) fn named(self, kid: String) -> Self {
        Self { kid, ..self }
    }

    pub(super) fn key(&self) -> &DecodingKey {
        &self.key
    }

    /// The name tokens refer to it by.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The one algorithm this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether `signature` (raw: `r||s` of 64 bytes for ES256) is this key's over `message`. The
    /// primitive beneath [`super::verify`], for test vectors and fuzzing.
    ///
    /// # Errors
    /// [`TokenError::Signature`] if it is not.
    pub fn verify_signature(&self, message: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        (DEFAULT_PROVIDER.verifier_factory)(&self.algorithm.library(), &self.key)
            .map_err(|_| TokenError::Signature)?
            .verify(message, &signature.to_vec())
            .map_err(|_| TokenError::Signature)
    }

    /// Whether this key is one under a shared secret, so that its signature alone says nothing.
    pub(super) fn is_shared(&self) -> bool {
        self.countersigner.is_some()
    }

    /// Whether the header member is what a token of this type and payload needs besides its
    /// signature: a countersignature under a shared secret, nothing under other keys.
    pub(super) fn check_countersignature(
        &self,
        given: Option<&Json>,
        typ: &str,
        payload: &str,
    ) -> Result<(), TokenError> {
        match &self.countersigner {
            Some(own) => own.check(given, (&self.kid, typ, payload)),
            None if given.is_some() => Err(TokenError::Header),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kid, algorithm, .. } = self;
        f.debug_struct("VerifyingKey")
            .field("kid", kid)
            .field("algorithm", algorithm)
            .finish_non_exhaustive()
    }
}

fn secret_name(key: &DecodingKey) -> String {
    let secret = key.try_get_as_bytes().unwrap_or_default();
    let secret = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret);
    encode(&aws_lc_rs::hmac::sign(&secret, b"countersign kid").as_ref()[..16])
}
