//! MD5-crypt (`$1$`), FreeBSD's scheme of 1994, which old user tables still hold.

use super::encoding::{crypt64, equal, fields};
use super::{Bound, HashError};
use md5::{Digest, Md5};

const ROUNDS: u32 = 1000;
const MAX_SALT: usize = 8;
const OUTPUT: usize = 22;

/// Whether a `$1$` hash is of the password.
pub(super) fn verify(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let (salt, output) = parse(stored)?;
    bound.digest(ROUNDS, password)?;
    let d = digest(password.as_bytes(), salt.as_bytes());
    let order = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];
    Ok(equal(crypt64(order.map(|at| d[at])), output))
}

/// Whether a `$1$` hash is whole, and within the bound.
pub(super) fn check(stored: &str, bound: &Bound) -> Result<(), HashError> {
    let (_, output) = parse(stored)?;
    if output.len() != OUTPUT {
        return Err(HashError::Malformed("MD5-crypt output is 22 characters"));
    }
    bound.digest(ROUNDS, "")
}

fn parse(stored: &str) -> Result<(&str, &str), HashError> {
    let ["", "1", salt, output] = fields::<4>(stored, '$')? else {
        return Err(HashError::Malformed("not an MD5-crypt hash"));
    };
    if salt.len() > MAX_SALT {
        return Err(HashError::Malformed("MD5-crypt salt is at most 8 characters"));
    }
    Ok((salt, output))
}

fn digest(password: &[u8], salt: &[u8]) -> [u8; 16] {
    let mut state = seed(password, salt);
    for round in 0..ROUNDS {
        let mut hash = Md5::new();
        let odd = round % 2 == 1;
        hash.update(if odd { password } else { &state[..] });
        if round % 3 != 0 {
            hash.update(salt);
        }
        if round % 7 != 0 {
            hash.update(password);
        }
        hash.update(if odd { &state[..] } else { password });
        state = hash.finalize().into();
    }
    state
}

fn seed(password: &[u8], salt: &[u8]) -> [u8; 16] {
    let alternate: [u8; 16] = Md5::new()
        .chain_update(password)
        .chain_update(salt)
        .chain_update(password)
        .finalize()
        .into();
    let mut hash = Md5::new().chain_update(password).chain_update("$1$").chain_update(salt);
    for chunk in password.chunks(alternate.len()) {
        hash.update(&alternate[..chunk.len()]);
    }
    let mut length = password.len();
    while length > 0 {
        // The first byte of the password, where the author meant that of the digest.
        hash.update(if length & 1 == 1 { &[0] } else { &password[..1] });
        length >>= 1;
    }
    hash.finalize().into()
}
