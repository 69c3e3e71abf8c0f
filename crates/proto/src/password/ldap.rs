//! LDAP's salted digests (`{SSHA}`, `{SSHA256}`, `{SSHA512}`): one digest of password and salt.

use super::HashError;
use super::encoding::{self, equal};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

const MALFORMED: HashError = HashError::Malformed("not a salted SHA hash");

/// Whether the salted digest is of the password.
pub(super) fn verify(stored: &str, password: &str) -> Result<bool, HashError> {
    let (name, data) = parse(stored)?;
    match name {
        "{SSHA" => compare::<Sha1>(&data, password),
        "{SSHA256" => compare::<Sha256>(&data, password),
        "{SSHA512" => compare::<Sha512>(&data, password),
        _ => None,
    }
    .ok_or(MALFORMED)
}

/// Whether the salted digest is whole: one digest of nothing tells.
pub(super) fn check(stored: &str) -> Result<(), HashError> {
    verify(stored, "").map(drop)
}

fn parse(stored: &str) -> Result<(&str, Vec<u8>), HashError> {
    let (name, data) = stored.split_once('}').ok_or(MALFORMED)?;
    Ok((name, encoding::base64(data, &encoding::BASE64)?))
}

/// The salt is what follows the digest, of any length.
fn compare<D: Digest>(data: &[u8], password: &str) -> Option<bool> {
    let (output, salt) = data.split_at_checked(<D as Digest>::output_size())?;
    Some(equal(D::new().chain_update(password).chain_update(salt).finalize(), output))
}
