//! Proofs of work: what a visitor's computer has to find out before a form is taken, and the same
//! for those without a script, who wait instead. Both are a [`Stamp`]: terms that whoever asks
//! signs and does not keep.
//!
//! The work: a nonce such that SHA-256 of `STAMP:NONCE` begins with so many zero bits. Each bit
//! doubles it. That a stamp is used once is the caller's to see to: [`Stamp::digest`] names it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::seal::{SubKey, constant_time_eq, sha256};

/// Random bytes that make each stamp another one.
const SALT: usize = 16;
const BODY: usize = 1 + 1 + 8 + 8 + SALT;
const MAC: usize = 32;
/// Length of every stamp as text.
const TEXT: usize = (BODY + MAC) / 3 * 4;
/// What every stamp's bytes begin with, so that a later format can be told apart.
const FORMAT: u8 = 1;
/// No nonce needs more characters.
const LONGEST_NONCE: usize = 64;

/// What a stamp asks for, and when it is good. Times are unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// So many zero bits; 0: no work.
    pub bits: u8,
    /// Not before.
    pub good_from: i64,
    /// And not from then on.
    pub good_until: i64,
}

/// Terms with a signature: it travels to the visitor and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    text: String,
    terms: Terms,
}

/// Why a stamp is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not made by this service, or for somebody else.
    #[error("this was not made here, or not for you")]
    NotOurs,
    /// It was brought back too soon.
    #[error("this is not good yet")]
    Early {
        /// In so many seconds it is.
        seconds: u32,
    },
    /// Its time is over.
    #[error("the time for this is over")]
    Expired,
    /// The nonce does not do.
    #[error("the nonce does not give as many zero bits as were asked for")]
    Work,
}

impl Stamp {
    /// A new stamp. It is good for this `holder` alone: a use, a network address; nothing that has
    /// to be secret.
    pub fn issue(key: &SubKey, holder: &[u8], terms: Terms) -> Self {
        let mut body = [0; BODY];
        body[0] = FORMAT;
        body[1] = terms.bits;
        body[2..10].copy_from_slice(&terms.good_from.to_be_bytes());
        body[10..18].copy_from_slice(&terms.good_until.to_be_bytes());
        getrandom::fill(&mut body[18..]).expect("the system provides randomness");
        let text = URL_SAFE_NO_PAD.encode([body.as_slice(), &mac(key, &body, holder)].concat());
        Self { text, terms }
    }

    /// Reads back what [`Stamp::issue`] made with the same key for the same holder. Each stamp has
    /// one spelling.
    ///
    /// # Errors
    /// [`ProofError::NotOurs`].
    pub fn read(key: &SubKey, holder: &[u8], text: &str) -> Result<Self, ProofError> {
        if text.len() != TEXT {
            return Err(ProofError::NotOurs);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ProofError::NotOurs)?;
        let (body, tag) = bytes.split_first_chunk::<BODY>().ok_or(ProofError::NotOurs)?;
        if body[0] != FORMAT || !constant_time_eq(tag, &mac(key, body, holder)) {
            return Err(ProofError::NotOurs);
        }
        let (bits, good_from, good_until) = (body[1], time(&body[2..10]), time(&body[10..18]));
        Ok(Self { text: text.to_owned(), terms: Terms { bits, good_from, good_until } })
    }

    /// As it travels.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it asks for.
    pub fn terms(&self) -> Terms {
        self.terms
    }

    /// What to remember of a stamp that was used.
    pub fn digest(&self) -> [u8; 32] {
        sha256(self.text.as_bytes())
    }

    /// Whether it is good now, with this nonce.
    ///
    /// # Errors
    /// [`ProofError::Early`], [`ProofError::Expired`], [`ProofError::Work`].
    pub fn check(&self, nonce: &str, now: i64) -> Result<(), ProofError> {
        let Terms { bits, good_from, good_until } = self.terms;
        if now >= good_until {
            return Err(ProofError::Expired);
        }
        if now < good_from {
            let seconds = u32::try_from(good_from.saturating_sub(now)).unwrap_or(u32::MAX);
            return Err(ProofError::Early { seconds });
        }
        if nonce.len() > LONGEST_NONCE || zero_bits(&self.text, nonce) < u32::from(bits) {
            return Err(ProofError::Work);
        }
        Ok(())
    }
}

/// A nonce that does for a challenge: for clients, and for tests. Takes 2^`bits` hashes on average.
pub fn solve(challenge: &str, bits: u32) -> String {
    let mut number = 0_u64;
    loop {
        let nonce = number.to_string();
        if zero_bits(challenge, &nonce) >= bits {
            return nonce;
        }
        number += 1;
    }
}

/// How many zero bits SHA-256 of `CHALLENGE:NONCE` begins with.
fn zero_bits(challenge: &str, nonce: &str) -> u32 {
    let digest = sha256(format!("{challenge}:{nonce}").as_bytes());
    let zeros = digest.iter().take_while(|byte| **byte == 0).count();
    let rest = digest.get(zeros).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(zeros * 8).unwrap_or(u32::MAX) + rest
}

fn mac(key: &SubKey, body: &[u8; BODY], holder: &[u8]) -> [u8; MAC] {
    // The body has one length, so where the holder begins is never in doubt.
    key.mac(&[body.as_slice(), holder].concat())
}

fn time(bytes: &[u8]) -> i64 {
    bytes.iter().fold(0, |time, byte| (time << 8) | i64::from(*byte))
}
