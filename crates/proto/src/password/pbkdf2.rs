//! PBKDF2 (RFC 8018 §5.2) as Django, Werkzeug and PassLib write it down.

use super::encoding::{self, Notation, fields, number};
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

/// Whether the stored hash is of the password.
pub(super) fn verify(
    stored: &str,
    notation: Notation,
    password: &str,
    bound: &Bound,
) -> Result<bool, HashError> {
    let stored = Stored::parse(stored, notation)?;
    let (algorithm, iterations) = stored.check(bound)?;
    // Compares in constant time.
    let matches =
        pbkdf2::verify(algorithm, iterations, &stored.salt, password.as_bytes(), &stored.output);
    Ok(matches.is_ok())
}

/// Whether the stored hash is whole, and within the bound.
pub(super) fn check(stored: &str, notation: Notation, bound: &Bound) -> Result<(), HashError> {
    Stored::parse(stored, notation)?.check(bound).map(drop)
}

/// Django: `pbkdf2_sha256$iterations$salt$base64`, the salt as it stands.
fn django(stored: &str) -> Result<Stored<'_>, HashError> {
    let [name, iterations, salt, output] = fields::<4>(stored, '$')?;
    let digest = name.strip_prefix("pbkdf2_").unwrap_or_default();
    let output = encoding::base64(output, &encoding::BASE64)?;
    Ok(Stored { digest, iterations, salt: salt.into(), output })
}

/// Werkzeug: `pbkdf2:sha256:iterations$salt$hex`, the salt as it stands.
fn werkzeug(stored: &str) -> Result<Stored<'_>, HashError> {
    let [method, salt, output] = fields::<3>(stored, '$')?;
    let [_, digest, iterations] = fields::<3>(method, ':')?;
    let output = encoding::hex(output)?;
    Ok(Stored { digest, iterations, salt: salt.into(), output })
}

/// PassLib: `$pbkdf2-sha256$iterations$salt$output`, both in its adapted Base64; `$pbkdf2$` is
/// SHA-1.
fn passlib(stored: &str) -> Result<Stored<'_>, HashError> {
    let [_, name, iterations, salt, output] = fields::<5>(stored, '$')?;
    let digest = name.strip_prefix("pbkdf2-").unwrap_or("sha1");
    let salt = encoding::base64(salt, &encoding::AB64)?;
    let output = encoding::base64(output, &encoding::AB64)?;
    Ok(Stored { digest, iterations, salt, output })
}

impl<'s> Stored<'s> {
    fn parse(stored: &'s str, notation: Notation) -> Result<Self, HashError> {
        match notation {
            Notation::Django => django(stored),
            Notation::Werkzeug => werkzeug(stored),
            Notation::Passlib => passlib(stored),
        }
    }

    fn check(&self, bound: &Bound) -> Result<(Algorithm, NonZeroU32), HashError> {
        let (algorithm, length) = algorithm(self.digest)?;
        if self.output.len() != length {
            return Err(HashError::Malformed("PBKDF2 output is not of its digest's length"));
        }
        let iterations = number(self.iterations)?;
        bound.pbkdf2(iterations)?;
        let iterations = NonZeroU32::new(iterations)
            .ok_or(HashError::Malformed("PBKDF2 needs at least one iteration"))?;
        Ok((algorithm, iterations))
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
