//! bcrypt (`$2a$`, `$2b$`, `$2y$`), bare and as Django and PassLib wrap it.
//!
//! bcrypt takes 72 bytes. A bare hash is verified as the system that made it would: what
//! follows the 72nd byte plays no part, which needs_rehash ends at the next login. `$2a$` and
//! `$2y$` are computed as `$2b$`; `$2x$` and `$2$` keep old implementations' bugs and are refused.

use super::encoding::{self, equal};
use super::{Bound, HashError};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const MAX_LEN: usize = 72;

/// Whether a bare bcrypt hash is of the password.
pub(super) fn verify(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    // The key is the password and a NUL, over and over until 72 bytes are full, so that `a` and
    // `a\0a` give one key. Makers took C strings: they hashed no password with a NUL in it whole.
    let matches = compare(stored, password.as_bytes(), bound)?;
    Ok(matches & !password.contains('\0'))
}

/// Whether a bare hash is whole, and within the bound.
pub(super) fn check(stored: &str, bound: &Bound) -> Result<(), HashError> {
    bound.bcrypt(parse(stored)?.0)
}

/// The same of Django's two wrappings.
pub(super) fn check_django(stored: &str, bound: &Bound) -> Result<(), HashError> {
    check(wrapped(stored)?, bound)
}

/// The same of PassLib's.
pub(super) fn check_passlib(stored: &str, bound: &Bound) -> Result<(), HashError> {
    check(&PasslibSha256::parse(stored)?.bare(), bound)
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

/// PassLib's `$bcrypt-sha256$`: bcrypt of a Base64 digest of the password, plain in its first
/// version (`2b,12$…`) and keyed with the salt in its second (`v=2,t=2b,r=12$…`).
pub(super) fn passlib_sha256(
    stored: &str,
    password: &str,
    bound: &Bound,
) -> Result<bool, HashError> {
    let parsed = PasslibSha256::parse(stored)?;
    let digest = if parsed.keyed {
        let key = hmac::Key::new(hmac::HMAC_SHA256, parsed.salt.as_bytes());
        hmac::sign(&key, password.as_bytes()).as_ref().to_vec()
    } else {
        Sha256::digest(password.as_bytes()).to_vec()
    };
    compare(&parsed.bare(), STANDARD.encode(digest).as_bytes(), bound)
}

struct PasslibSha256<'s> {
    keyed: bool,
    ident: &'s str,
    cost: &'s str,
    salt: &'s str,
    output: &'s str,
}

impl<'s> PasslibSha256<'s> {
    fn parse(stored: &'s str) -> Result<Self, HashError> {
        let ["", _, params, salt, output] = encoding::fields::<5>(stored, '$')? else {
            return Err(HashError::Malformed("not a bcrypt-sha256 hash"));
        };
        let second = params.strip_prefix("v=2,t=");
        let [ident, cost] = encoding::fields::<2>(second.unwrap_or(params), ',')?;
        let keyed = second.is_some();
        let cost = if keyed { cost.strip_prefix("r=").unwrap_or_default() } else { cost };
        Ok(Self { keyed, ident, cost, salt, output })
    }

    /// bcrypt's own notation has two digits.
    fn bare(&self) -> String {
        let Self { ident, cost, salt, output, .. } = self;
        format!("${ident}${cost:0>2}${salt}{output}")
    }
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
