//! phpass portable hashes (`$P$` of WordPress before 6.8, `$H$` of phpBB): iterated MD5.

use super::encoding::{crypt64, crypt64_digit, equal};
use super::{Bound, HashError};
use md5::{Digest, Md5};

const MALFORMED: HashError = HashError::Malformed("not a phpass hash");

/// Whether a `$P$` or `$H$` hash is of the password.
pub(super) fn verify(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let (rounds, data) = parse(stored)?;
    bound.digest(rounds, password)?;
    let first = Md5::new().chain_update(&data[1..9]).chain_update(password);
    let mut state: [u8; 16] = first.finalize().into();
    for _ in 0..rounds {
        state = Md5::new().chain_update(state).chain_update(password).finalize().into();
    }
    Ok(equal(crypt64(state), &data[9..]))
}

/// Whether a `$P$` or `$H$` hash is whole, and within the bound.
pub(super) fn check(stored: &str, bound: &Bound) -> Result<(), HashError> {
    bound.digest(parse(stored)?.0, "")
}

/// `$P$`, one digit for log2 of the rounds, eight bytes of salt, 22 digits of output.
fn parse(stored: &str) -> Result<(u32, &[u8]), HashError> {
    let data = stored.as_bytes().get(3..34).filter(|_| stored.len() == 34).ok_or(MALFORMED)?;
    let log2 = crypt64_digit(data[0]).filter(|n| (7..=30).contains(n)).ok_or(MALFORMED)?;
    Ok((1 << log2, data))
}
