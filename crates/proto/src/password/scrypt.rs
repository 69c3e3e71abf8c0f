//! scrypt (RFC 7914) as Django, Werkzeug and PassLib write it down.

use super::encoding::{self, equal, fields, number};
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

/// Django: `scrypt$N$salt$r$p$base64`, the salt as it stands.
pub(super) fn django(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [_, n, salt, r, p, output] = fields::<6>(stored, '$')?;
    let output = encoding::base64(output, &encoding::BASE64)?;
    Stored { n: number(n)?.into(), r: number(r)?, p: number(p)?, salt: salt.into(), output }
        .verify(password, bound)
}

/// Werkzeug: `scrypt:N:r:p$salt$hex`, the salt as it stands.
pub(super) fn werkzeug(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [method, salt, output] = fields::<3>(stored, '$')?;
    let [_, n, r, p] = fields::<4>(method, ':')?;
    let output = encoding::hex(output)?;
    Stored { n: number(n)?.into(), r: number(r)?, p: number(p)?, salt: salt.into(), output }
        .verify(password, bound)
}

/// PassLib: `$scrypt$ln=log2 N,r=8,p=1$salt$output`, both in Base64.
pub(super) fn passlib(stored: &str, password: &str, bound: &Bound) -> Result<bool, HashError> {
    let [_, _, params, salt, output] = fields::<5>(stored, '$')?;
    let [log_n, r, p] = fields::<3>(params, ',')?;
    let value = |field: &str, name: &str| {
        number(field.strip_prefix(name).ok_or(HashError::Malformed("unknown scrypt parameter"))?)
    };
    let n = 1u64.checked_shl(value(log_n, "ln=")?).ok_or(MALFORMED)?;
    let (r, p) = (value(r, "r=")?, value(p, "p=")?);
    let salt = encoding::base64(salt, &encoding::BASE64)?;
    let output = encoding::base64(output, &encoding::BASE64)?;
    Stored { n, r, p, salt, output }.verify(password, bound)
}

const MALFORMED: HashError = HashError::Malformed("scrypt parameters out of range");

impl Stored {
    fn verify(&self, password: &str, bound: &Bound) -> Result<bool, HashError> {
        // Ahead of the library, whose own check multiplies without looking for overflow.
        bound.scrypt(self.n, self.r, self.p)?;
        let in_range = self.n.is_power_of_two()
            && self.n > 1
            && u64::from(self.r) * u64::from(self.p) < 1 << 30
            && (16..=64).contains(&self.output.len());
        if !in_range {
            return Err(MALFORMED);
        }
        let params = Params::new(self.n.ilog2() as u8, self.r, self.p).map_err(|_| MALFORMED)?;
        let mut computed = vec![0; self.output.len()];
        scrypt(password.as_bytes(), &self.salt, &params, &mut computed).map_err(|_| MALFORMED)?;
        Ok(equal(computed, &self.output))
    }
}
