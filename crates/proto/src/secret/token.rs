//! Opaque bearer tokens: their format, and the digest they are stored as.
//!
//! Signed tokens are not opaque; they live in `jose`. Only their shape is known here, to tell any
//! token from a user name.

use std::{
    fmt,
    hash::{Hash, Hasher},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// 32 random bytes in base64url.
const BODY_LEN: usize = 43;
/// 36 bits: a mistyped token passes once in 69 thousand million times.
const CHECKSUM_LEN: usize = 6;
const PREFIX_LEN: usize = 4;
/// Where a token that is rotated stands: 8 bytes of its family, 4 of its turn.
const FAMILY_LEN: usize = 8;
const PLACE_LEN: usize = FAMILY_LEN + 4;
/// The place in base64url, without rest.
const PLACE_TEXT_LEN: usize = PLACE_LEN / 3 * 4;
/// Length in bytes of every opaque token: prefix, body, checksum.
pub const TOKEN_LEN: usize = PREFIX_LEN + BODY_LEN + CHECKSUM_LEN;

/// `{"alg":"none"}` in base64url: no JWT header of ours or anyone's is shorter.
const SHORTEST_JWT_HEADER: usize = 19;

/// What an opaque token is for. A token of one kind never passes for one of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A long-lived key for programs.
    ApiKey,
    /// An access token that is random instead of signed.
    Access,
    /// A refresh token, good for the token endpoint only.
    Refresh,
    /// The cookie of a logged-in browser.
    Session,
    /// The cookie that brings a session back after it ended.
    Remember,
    /// The cookie by which a device of the user is known again.
    Device,
    /// The secret in a mailed link: confirmation, recovery.
    Link,
}

impl TokenKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::ApiKey,
        Self::Access,
        Self::Refresh,
        Self::Session,
        Self::Remember,
        Self::Device,
        Self::Link,
    ];

    /// The first four characters of every token of this kind.
    ///
    /// NEVER change one: issued tokens would die, and secret scanners all over the world look for
    /// `cs[a-z]_[A-Za-z0-9_-]{49}`.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "csk_",
            Self::Access => "csa_",
            Self::Refresh => "csr_",
            Self::Session => "css_",
            Self::Remember => "csm_",
            Self::Device => "csd_",
            Self::Link => "csl_",
        }
    }

    /// Whether each use of a token of this kind replaces it: such a token knows its place (see
    /// [`PlainToken::first`]).
    pub const fn rotates(self) -> bool {
        matches!(self, Self::Refresh | Self::Remember)
    }

    /// The kind a text claims to be by its prefix. Says nothing about the rest of the text.
    pub fn of(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| text.starts_with(kind.prefix()))
    }
}

/// An opaque token in the clear. It can be shown to its owner once, or hashed; nothing else.
///
/// Its text is the kind's prefix, 43 base64url characters of 32 random bytes, and a 6-character
/// checksum (of the text before it), so that a mistyped or foreign token costs no query. The first
/// 12 bytes of a token that is [rotated](TokenKind::rotates) are its place instead.
#[derive(Clone)]
pub struct PlainToken {
    kind: TokenKind,
    text: Zeroizing<String>,
}

/// Why a text is no token of ours. It deliberately does not say how close it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Of another kind, of another length, misspelled, or not from here.
    #[error("this is not a token of the expected kind")]
    NotOurs,
}

impl PlainToken {
    /// Makes a new token from the system's randomness.
    ///
    /// # Panics
    ///
    /// If the system has no randomness to give: no secret is better than a guessable one.
    pub fn generate(kind: TokenKind) -> Self {
        Self::from_entropy(kind, &random())
    }

    /// Makes the first token of a family: its 8 bytes, a turn of 0, and 20 random bytes. Digests of
    /// one family lie together, in the order in which its tokens were made, so that a database
    /// reads and writes few pages where tokens are rotated.
    ///
    /// # Panics
    ///
    /// As [`generate`](Self::generate).
    pub fn first(kind: TokenKind, family: [u8; FAMILY_LEN]) -> Self {
        let mut place = [0; PLACE_LEN];
        place[..FAMILY_LEN].copy_from_slice(&family);
        Self::placed(kind, place, &random())
    }

    /// Makes the next token of the same family, that of the same bytes the same; 20 of them are
    /// used. They have to be as hard to guess as random ones.
    #[must_use]
    pub fn successor(&self, entropy: &[u8; 32]) -> Self {
        let mut place = self.place();
        if let Some(turn) = place.last_chunk_mut() {
            *turn = u32::from_be_bytes(*turn).wrapping_add(1).to_be_bytes();
        }
        Self::placed(self.kind, place, entropy)
    }

    fn placed(kind: TokenKind, place: [u8; PLACE_LEN], entropy: &[u8; 32]) -> Self {
        let mut bytes = Zeroizing::new(*entropy);
        bytes[..PLACE_LEN].copy_from_slice(&place);
        Self::from_entropy(kind, &bytes)
    }

    /// The first bytes of those it stands for.
    fn place(&self) -> [u8; PLACE_LEN] {
        let mut place = [0; PLACE_LEN];
        let text = &self.text[PREFIX_LEN..PREFIX_LEN + PLACE_TEXT_LEN];
        // Its text was decoded when it was recognised, or made by encoding.
        let _ = URL_SAFE_NO_PAD.decode_slice(text, &mut place);
        place
    }

    /// Makes the token these 32 bytes stand for: the same bytes, the same token.
    ///
    /// For successors that have to be computed again. The bytes have to be as hard to guess as
    /// random ones.
    pub fn from_entropy(kind: TokenKind, entropy: &[u8; 32]) -> Self {
        let mut text = Zeroizing::new(String::with_capacity(TOKEN_LEN));
        text.push_str(kind.prefix());
        URL_SAFE_NO_PAD.encode_string(entropy, &mut text);
        let sum = checksum(&text);
        text.push_str(&sum);
        Self { kind, text }
    }

    /// Recognises a token of this kind by prefix, length, alphabet and checksum.
    ///
    /// Whether it was ever issued is the database's to say. Each token has one spelling only.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, TokenError> {
        if text.len() != TOKEN_LEN || TokenKind::of(text) != Some(kind) || !text.is_ascii() {
            return Err(TokenError::NotOurs);
        }
        let (signed, sum) = text.split_at(TOKEN_LEN - CHECKSUM_LEN);
        let body = URL_SAFE_NO_PAD.decode(&signed[PREFIX_LEN..]).map(Zeroizing::new);
        if body.is_err() || checksum(signed) != sum {
            return Err(TokenError::NotOurs);
        }
        Ok(Self { kind, text: Zeroizing::new(text.to_owned()) })
    }

    /// What the token is for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The token itself, for the one answer that hands it to its owner.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is stored and looked up: SHA-256 of the text. The token has 256 bits of entropy, so a
    /// fast hash without salt is enough, and the digest can be indexed.
    ///
    /// Of a kind that [rotates](TokenKind::rotates) the place comes first and then as much of the
    /// hash as there is entropy: 160 bits.
    pub fn digest(&self) -> TokenDigest {
        let hash = TokenDigest::of(&self.text);
        if !self.kind.rotates() {
            return hash;
        }
        let mut digest = [0; 32];
        let (place, rest) = digest.split_at_mut(PLACE_LEN);
        place.copy_from_slice(&self.place());
        rest.copy_from_slice(&hash.0[..32 - PLACE_LEN]);
        TokenDigest(digest)
    }

    /// Prefix and four characters, for lists in which an owner has to tell tokens apart. It leaves
    /// 232 bits unknown; of a kind that [rotates](TokenKind::rotates) it tells nothing secret.
    pub fn hint(&self) -> &str {
        &self.text[..PREFIX_LEN + 4]
    }
}

fn random() -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(bytes.as_mut()).expect("the system provides randomness");
    bytes
}

fn checksum(text: &str) -> String {
    let mut sum = URL_SAFE_NO_PAD.encode(Sha256::digest(text.as_bytes()));
    sum.truncate(CHECKSUM_LEN);
    sum
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainToken({:?}, …)", self.kind)
    }
}

/// The digest of a [`PlainToken`]: what the database holds. Compared in constant time.
#[derive(Clone, Copy)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of a token of any kind, as it was presented.
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Takes a digest as it was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest as it is stored.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for TokenDigest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenDigest {}

impl Hash for TokenDigest {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(…)")
    }
}

/// Whether a text has the shape of a token of ours, opaque or signed: where a user name and a
/// token share one slot (Basic), this decides which of the two it is.
///
/// Shape only, and blind to case: no user name may have it, so the slot is never ambiguous.
pub fn looks_like_token(text: &str) -> bool {
    let has_prefix = |kind: TokenKind| {
        text.get(..PREFIX_LEN).is_some_and(|start| start.eq_ignore_ascii_case(kind.prefix()))
    };
    TokenKind::ALL.into_iter().any(has_prefix) || looks_like_jwt(text)
}

fn looks_like_jwt(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(4, '.').collect();
    let is_base64url = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    // `{"` is `eyJ` in base64. A short first part is a name such as eyjolfur.k.jonsson.
    parts.len() == 3
        && parts[0].len() >= SHORTEST_JWT_HEADER
        && parts[0].get(..3).is_some_and(|start| start.eq_ignore_ascii_case("eyj"))
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(is_base64url))
}
