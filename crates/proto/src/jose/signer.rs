//! The half of a key that signs: the library's key pair, read once and kept. To read it from its
//! encoding costs as much as a signature (Ed25519), or many (RSA).

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256};

use super::SignError;

/// A private key, ready to sign.
pub(super) enum Signer {
    /// EdDSA.
    Ed25519(Ed25519KeyPair),
    /// ES256.
    P256(EcdsaKeyPair),
    /// RS256.
    Rsa(RsaKeyPair),
    /// HS256.
    Secret(Box<hmac::Key>),
}

impl Signer {
    /// The HS256 signer of this secret.
    pub(super) fn of_secret(secret: &[u8]) -> Self {
        Self::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret)))
    }

    /// The signature over `message`, as JWS spells it (RFC 7518 §3, RFC 8037 §3.1).
    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let failed = |_| SignError::Signature;
        Ok(match self {
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Self::P256(pair) => {
                pair.sign(&SystemRandom::new(), message).map_err(failed)?.as_ref().to_vec()
            }
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
                    .map_err(failed)?;
                signature
            }
            Self::Secret(key) => hmac::sign(key, message).as_ref().to_vec(),
        })
    }
}
