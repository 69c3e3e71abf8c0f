//! SHA-crypt (`$5$`, `$6$`): what glibc's `crypt(3)` and PassLib's `sha256_crypt` and
//! `sha512_crypt` write, with and without `rounds=`.

use super::encoding::{crypt64, equal, number};
use super::{Bound, HashError};
use sha_crypt::{Params, sha256_crypt, sha512_crypt};

const IMPLICIT_ROUNDS: u32 = 5_000;

/// Whether a `$5$` hash is of the password.
pub(super) fn verify_256(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let (params, salt, output) = parse(stored, "$5$", bound, password)?;
    let digest = sha256_crypt(password.as_bytes(), salt.as_bytes(), params);
    // The published order of bytes: three indices a step, each step turning them round once.
    let order = (0..10).flat_map(|i: usize| {
        let row = [i, 10 + i, 20 + i];
        let turn = 3 - i % 3;
        [row[turn % 3], row[(turn + 1) % 3], row[(turn + 2) % 3]]
    });
    let triples = reversed_triples(order.map(|at| digest[at]));
    Ok(equal(crypt64(triples) + &crypt64([digest[30], digest[31]]), output))
}

/// Whether a `$6$` hash is of the password.
pub(super) fn verify_512(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let (params, salt, output) = parse(stored, "$6$", bound, password)?;
    let digest = sha512_crypt(password.as_bytes(), salt.as_bytes(), params);
    let order = (0..21).flat_map(|i: usize| {
        let row = [i, 21 + i, 42 + i];
        [row[i % 3], row[(i + 1) % 3], row[(i + 2) % 3]]
    });
    let triples = reversed_triples(order.map(|at| digest[at]));
    Ok(equal(crypt64(triples) + &crypt64([digest[63]]), output))
}

/// Whether a `$5$` hash is whole, and within the bound.
pub(super) fn check_256(stored: &str, bound: &Bound) -> Result<(), HashError> {
    check(stored, "$5$", bound, 43)
}

/// Whether a `$6$` hash is whole, and within the bound.
pub(super) fn check_512(stored: &str, bound: &Bound) -> Result<(), HashError> {
    check(stored, "$6$", bound, 86)
}

fn check(stored: &str, prefix: &str, bound: &Bound, length: usize) -> Result<(), HashError> {
    let (_, _, output) = parse(stored, prefix, bound, "")?;
    if output.len() == length { Ok(()) } else { Err(HashError::Malformed("SHA-crypt is cut off")) }
}

/// The published order has the most significant byte of each three first.
fn reversed_triples(bytes: impl Iterator<Item = u8>) -> Vec<u8> {
    let bytes: Vec<u8> = bytes.collect();
    bytes.chunks(3).flat_map(|three| three.iter().rev().copied()).collect()
}

fn parse<'s>(
    stored: &'s str,
    prefix: &str,
    bound: &Bound,
    password: &str,
) -> Result<(Params, &'s str, &'s str), HashError> {
    const MALFORMED: HashError = HashError::Malformed("not a SHA-crypt hash");
    let rest = stored.strip_prefix(prefix).ok_or(MALFORMED)?;
    let (rounds, rest) = match rest.strip_prefix("rounds=") {
        Some(rest) => rest.split_once('$').ok_or(MALFORMED).map(|(n, rest)| (number(n), rest))?,
        None => (Ok(IMPLICIT_ROUNDS), rest),
    };
    let rounds = rounds?;
    bound.digest(rounds, password)?;
    let params = Params::new(rounds).map_err(|_| HashError::Malformed("rounds out of range"))?;
    let (salt, output) = rest.split_once('$').ok_or(MALFORMED)?;
    if salt.len() > 16 { Err(MALFORMED) } else { Ok((params, salt, output)) }
}
