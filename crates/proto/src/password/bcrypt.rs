//! bcrypt (`$2a$`, `$2b$`, `$2y$`), bare and in Django's two wrappings.
//!
//! bcrypt takes 72 bytes. A bare hash is verified as the system that made it would: what
//! follows the 72nd byte plays no part, which needs_rehash ends at the next login. `$2a$` and
//! `$2y$` are computed as `$2b$`; `$2x$` and `$2$` keep old implementations' bugs and are refused.

use super::encoding::{self, equal};
use super::{Bound, HashError};
use sha2::{Digest, Sha256};

const MAX_LEN: usize = 72;

/// Whether a bare bcrypt hash is of the password.
pub(super) fn verify(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    // The key is the password, a NUL, and both over again until 72 bytes are full: `a` and
    // `a\0a` give one key. No system stops being able to log in by this refusal, since bcrypt
    // takes C strings.
    let matches = compare(stored, password.as_bytes(), bound)?;
    Ok(matches & !password.contains('\0'))
}

/// Django's `bcrypt$` and a bare hash.
pub(super) fn django(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    verify(wrapped(stored)?, password, bound)
}

/// Django's `bcrypt_sha256$` and a bare hash of the password's SHA-256 in hexadecimal, so that
/// all of the password counts.
pub(super) fn django_sha256(
    stored: &str,
    password: &str,
    bound: &Bound,
) -> Result<bool, HashError> {
    let digest = Sha256::digest(password.as_bytes());
    let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    compare(wrapped(stored)?, hex.as_bytes(), bound)
}

fn wrapped(stored: &str) -> Result<&str, HashError> {
    stored.split_once('$').map(|(_, bare)| bare).ok_or(HashError::Malformed("no bcrypt hash"))
}

fn compare(stored: &str, password: &[u8], bound: &Bound) -> Result<bool, HashError> {
    let (cost, salt, output) = parse(stored)?;
    bound.bcrypt(cost)?;
    let mut key = zeroize::Zeroizing::new([0; MAX_LEN]);
    let taken = password.len().min(MAX_LEN);
    key[..taken].copy_from_slice(&password[..taken]);
    let computed = ::bcrypt::bcrypt(cost, salt, &key[..(taken + 1).min(MAX_LEN)]);
    Ok(equal(&computed[..output.len()], output))
}

/// Cost, salt and the 23 bytes of output bcrypt stores of its 24.
fn parse(stored: &str) -> Result<(u32, [u8; 16], [u8; 23]), HashError> {
    const MALFORMED: HashError = HashError::Malformed("not a bcrypt hash");
    let ["", "2a" | "2b" | "2y", cost, data] = encoding::fields::<4>(stored, '$')? else {
        return Err(MALFORMED);
    };
    if cost.len() != 2 || data.len() != 53 || !data.is_ascii() {
        return Err(MALFORMED);
    }
    let cost = encoding::number(cost.trim_start_matches('0'))?;
    if !(4..=31).contains(&cost) {
        return Err(HashError::Malformed("bcrypt cost is 4 to 31"));
    }
    let (salt, output) = data.split_at(22);
    let salt = encoding::base64(salt, &encoding::BCRYPT)?.try_into();
    let output = encoding::base64(output, &encoding::BCRYPT)?.try_into();
    Ok((cost, salt.map_err(|_| MALFORMED)?, output.map_err(|_| MALFORMED)?))
}
