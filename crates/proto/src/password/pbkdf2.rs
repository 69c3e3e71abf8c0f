//! PBKDF2 (RFC 8018 §5.2) as Django, Werkzeug and PassLib write it down.

use super::encoding::{self, fields, number};
use super::{Bound, HashError};
use aws_lc_rs::pbkdf2::{self, Algorithm};
use std::num::NonZeroU32;

/// One stored hash, whatever notation it came in.
struct Stored<'s> {
    digest: &'s str,
    iterations: &'s str,
    salt: Vec<u8>,
    output: Vec<u8>,
}

/// Django: `pbkdf2_sha256$iterations$salt$base64`, the salt as it stands.
pub(super) fn django(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [name, iterations, salt, output] = fields::<4>(stored, '$')?;
    let digest = name.strip_prefix("pbkdf2_").unwrap_or_default();
    let output = encoding::base64(output, &encoding::BASE64)?;
    Stored { digest, iterations, salt: salt.into(), output }.verify(password, bound)
}

/// Werkzeug: `pbkdf2:sha256:iterations$salt$hex`, the salt as it stands.
pub(super) fn werkzeug(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [method, salt, output] = fields::<3>(stored, '$')?;
    let [_, digest, iterations] = fields::<3>(method, ':')?;
    let output = encoding::hex(output)?;
    Stored { digest, iterations, salt: salt.into(), output }.verify(password, bound)
}

/// PassLib: `$pbkdf2-sha256$iterations$salt$output`, both in its adapted Base64; `$pbkdf2$` is
/// SHA-1.
pub(super) fn passlib(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [_, name, iterations, salt, output] = fields::<5>(stored, '$')?;
    let digest = name.strip_prefix("pbkdf2-").unwrap_or("sha1");
    let salt = encoding::base64(salt, &encoding::AB64)?;
    let output = encoding::base64(output, &encoding::AB64)?;
    Stored { digest, iterations, salt, output }.verify(password, bound)
}

impl Stored<'_> {
    fn verify(&self, password: &str, bound: &Bound) -> Result<bool, HashError> {
        let (algorithm, length) = algorithm(self.digest)?;
        if self.output.len() != length {
            return Err(HashError::Malformed("PBKDF2 output is not of its digest's length"));
        }
        let iterations = number(self.iterations)?;
        bound.pbkdf2(iterations)?;
        let iterations = NonZeroU32::new(iterations)
            .ok_or(HashError::Malformed("PBKDF2 needs at least one iteration"))?;
        // Compares in constant time.
        let matches =
            pbkdf2::verify(algorithm, iterations, &self.salt, password.as_bytes(), &self.output);
        Ok(matches.is_ok())
    }
}

fn algorithm(digest: &str) -> Result<(Algorithm, usize), HashError> {
    match digest {
        "sha1" => Ok((pbkdf2::PBKDF2_HMAC_SHA1, 20)),
        "sha256" => Ok((pbkdf2::PBKDF2_HMAC_SHA256, 32)),
        "sha512" => Ok((pbkdf2::PBKDF2_HMAC_SHA512, 64)),
        _ => Err(HashError::Malformed("PBKDF2 with an unknown digest")),
    }
}
