//! Secrets at rest, and every key derived from one master secret. Passwords and tokens are not
//! here: they are hashed, never sealed.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{digest, hkdf, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

const KEY_LEN: usize = 32;
const CHECKSUM_LEN: usize = 4;
const TAG_LEN: usize = 16;
/// What every sealed value begins with, so that a later format can be told apart.
const FORMAT: u8 = 1;
/// What every written master key begins with. Never change it: secret scanners look for it.
const PREFIX: &str = "csmk_";

/// A value could not be opened: damaged, sealed under another key, or for another context. Which
/// of these is deliberately not said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open")]
pub struct SealError;

/// Why a written master key was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MasterKeyError {
    /// It does not begin with `csmk_`.
    #[error("a master key begins with csmk_")]
    Prefix,
    /// It has too few or too many characters.
    #[error("the master key is cut off or too long: it has 48 characters after csmk_")]
    Length,
    /// It has a character that is not base64url.
    #[error("the master key has a character that does not belong in it")]
    Character,
    /// Its checksum is wrong: at least one character was changed.
    #[error("the master key is damaged: its checksum is wrong")]
    Checksum,
}

/// The one secret everything else is derived from. Wiped when dropped.
pub struct MasterKey(Zeroizing<[u8; KEY_LEN]>);

impl MasterKey {
    /// A key of these bytes, which must come from a random generator.
    pub fn from_bytes(bytes: [u8; KEY_LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new random key.
    ///
    /// # Panics
    /// If the operating system gives no randomness; nothing can be done safely without.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; KEY_LEN]);
        rand::fill(bytes.as_mut()).expect("the operating system gives randomness");
        Self(bytes)
    }

    /// The key as one line of text for a file: `csmk_` and 48 characters, with a checksum.
    pub fn to_text(&self) -> Zeroizing<String> {
        let checked = Zeroizing::new([self.0.as_slice(), &checksum(&self.0)].concat());
        let body = Zeroizing::new(URL_SAFE_NO_PAD.encode(checked.as_slice()));
        Zeroizing::new([PREFIX, body.as_str()].concat())
    }

    /// Reads what [`MasterKey::to_text`] wrote; white space around it is ignored.
    ///
    /// # Errors
    /// What is wrong with it; never a part of it.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        let body = text.trim().strip_prefix(PREFIX).ok_or(MasterKeyError::Prefix)?;
        if body.len() != (KEY_LEN + CHECKSUM_LEN) / 3 * 4 {
            return Err(MasterKeyError::Length);
        }
        let bytes = URL_SAFE_NO_PAD.decode(body).map_err(|_| MasterKeyError::Character)?;
        let bytes = Zeroizing::new(bytes);
        let (key, sum) = bytes.split_first_chunk().ok_or(MasterKeyError::Length)?;
        if !constant_time_eq(&checksum(key), sum) {
            return Err(MasterKeyError::Checksum);
        }
        Ok(Self::from_bytes(*key))
    }

    /// The key for one purpose (HKDF-SHA256, RFC 5869): the same purpose gives the same key, and
    /// no key tells anything about another or about this one.
    pub fn derive(&self, purpose: &str) -> SubKey {
        SubKey::new(hkdf32(b"countersign master key v1", self.0.as_slice(), purpose))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKey").finish_non_exhaustive()
    }
}

fn checksum(key: &[u8; KEY_LEN]) -> [u8; CHECKSUM_LEN] {
    let digest = sha256(&[b"countersign master key checksum".as_slice(), key].concat());
    [digest[0], digest[1], digest[2], digest[3]]
}

/// A key for one purpose: it seals, authenticates, and derives keys for narrower purposes. The
/// three uses have different keys underneath.
pub struct SubKey {
    seed: Zeroizing<[u8; KEY_LEN]>,
    cipher: RandomizedNonceKey,
    mac: hmac::Key,
}

impl SubKey {
    fn new(seed: Zeroizing<[u8; KEY_LEN]>) -> Self {
        let cipher = hkdf32(b"countersign sub key v1: seal", seed.as_slice(), "");
        let mac = hkdf32(b"countersign sub key v1: mac", seed.as_slice(), "");
        Self {
            cipher: RandomizedNonceKey::new(&AES_256_GCM, cipher.as_slice())
                .expect("AES-256 takes 32 bytes"),
            mac: hmac::Key::new(hmac::HMAC_SHA256, mac.as_slice()),
            seed,
        }
    }

    /// Encrypts and authenticates with AES-256-GCM under a fresh random nonce; 29 bytes longer
    /// than `plaintext`. `context` (which row, which column) is authenticated but not stored: a
    /// value moved elsewhere does not open. One key is good for 2^32 values.
    ///
    /// # Panics
    /// If the operating system gives no randomness.
    pub fn seal(&self, plaintext: &[u8], context: &[u8]) -> Vec<u8> {
        let mut body = plaintext.to_vec();
        let nonce = self
            .cipher
            .seal_in_place_append_tag(associated(context), &mut body)
            .expect("the operating system gives randomness");
        [&[FORMAT], nonce.as_ref().as_slice(), &body].concat()
    }

    /// Opens what [`SubKey::seal`] made with the same key and context.
    ///
    /// # Errors
    /// [`SealError`] if so much as one bit of the value, the key or the context differs.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let rest = sealed.strip_prefix(&[FORMAT]).ok_or(SealError)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        let length = body.len().checked_sub(TAG_LEN).ok_or(SealError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        self.cipher.open_in_place(nonce, associated(context), &mut body).map_err(|_| SealError)?;
        body.truncate(length);
        Ok(body)
    }

    /// HMAC-SHA256 of `data`. Compare it with [`constant_time_eq`].
    pub fn mac(&self, data: &[u8]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.mac, data).as_ref());
        tag
    }

    /// The key for a narrower purpose.
    pub fn derive(&self, purpose: &str) -> SubKey {
        Self::new(hkdf32(b"countersign sub key v1: derive", self.seed.as_slice(), purpose))
    }
}

impl fmt::Debug for SubKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubKey").finish_non_exhaustive()
    }
}

/// The format byte is authenticated too, so that no value can be passed off as another format's.
fn associated(context: &[u8]) -> Aad<Vec<u8>> {
    Aad::from([&[FORMAT], context].concat())
}

fn hkdf32(salt: &[u8], secret: &[u8], info: &str) -> Zeroizing<[u8; KEY_LEN]> {
    let mut out = Zeroizing::new([0; KEY_LEN]);
    hkdf::Salt::new(hkdf::HKDF_SHA256, salt)
        .extract(secret)
        .expand(&[info.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(out.as_mut()))
        .expect("HKDF-SHA256 gives 32 bytes");
    out
}

/// SHA-256, for what needs no key: digests of random tokens, `code_challenge`, thumbprints.
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    out
}

/// Whether two byte strings are equal, in time that depends on their lengths only.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
