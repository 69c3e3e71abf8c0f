//! scrypt (RFC 7914) as Django, Werkzeug and PassLib write it down.

use super::encoding::{self, Notation, equal, fields, number};
use super::{Bound, HashError};
use ::scrypt::{Params, scrypt};

/// One stored hash, whatever notation it came in.
struct Stored {
    n: u64,
    r: u32,
    p: u32,
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
    let params = stored.check(bound)?;
    let mut computed = vec![0; stored.output.len()];
    scrypt(password.as_bytes(), &stored.salt, &params, &mut computed).map_err(|_| MALFORMED)?;
    Ok(equal(computed, &stored.output))
}

/// Whether the stored hash is whole, and within the bound.
pub(super) fn check(stored: &str, notation: Notation, bound: &Bound) -> Result<(), HashError> {
    Stored::parse(stored, notation)?.check(bound).map(drop)
}

/// Django: `scrypt$N$salt$r$p$base64`, the salt as it stands.
fn django(stored: &str) -> Result<Stored, HashError> {
    let [_, n, salt, r, p, output] = fields::<6>(stored, '$')?;
    let output = encoding::base64(output, &encoding::BASE64)?;
    Ok(Stored { n: number(n)?.into(), r: number(r)?, p: number(p)?, salt: salt.into(), output })
}

/// Werkzeug: `scrypt:N:r:p$salt$hex`, the salt as it stands.
fn werkzeug(stored: &str) -> Result<Stored, HashError> {
    let [method, salt, output] = fields::<3>(stored, '$')?;
    let [_, n, r, p] = fields::<4>(method, ':')?;
    let output = encoding::hex(output)?;
    Ok(Stored { n: number(n)?.into(), r: number(r)?, p: number(p)?, salt: salt.into(), output })
}

/// PassLib: `$scrypt$ln=log2 N,r=8,p=1$salt$output`, both in Base64.
fn passlib(stored: &str) -> Result<Stored, HashError> {
    let [_, _, params, salt, output] = fields::<5>(stored, '$')?;
    let [log_n, r, p] = fields::<3>(params, ',')?;
    let value = |field: &str, name: &str| {
        number(field.strip_prefix(name).ok_or(HashError::Malformed("unknown scrypt parameter"))?)
    };
    let n = 1u64.checked_shl(value(log_n, "ln=")?).ok_or(MALFORMED)?;
    let (r, p) = (value(r, "r=")?, value(p, "p=")?);
    let salt = encoding::base64(salt, &encoding::BASE64)?;
    let output = encoding::base64(output, &encoding::BASE64)?;
    Ok(Stored { n, r, p, salt, output })
}

const MALFORMED: HashError = HashError::Malformed("scrypt parameters out of range");

impl Stored {
    fn parse(stored: &str, notation: Notation) -> Result<Self, HashError> {
        match notation {
            Notation::Django => django(stored),
            Notation::Werkzeug => werkzeug(stored),
            Notation::Passlib => passlib(stored),
        }
    }

    fn check(&self, bound: &Bound) -> Result<Params, HashError> {
        // Ahead of the library, whose own check multiplies without looking for overflow.
        bound.scrypt(self.n, self.r, self.p)?;
        let in_range = self.n.is_power_of_two()
            && self.n > 1
            && u64::from(self.r) * u64::from(self.p) < 1 << 30
            && (16..=64).contains(&self.output.len());
        if !in_range {
            return Err(MALFORMED);
        }
        Params::new(self.n.ilog2() as u8, self.r, self.p).map_err(|_| MALFORMED)
    }
}
