//! Argon2 (RFC 9106) in PHC strings: our own hashes, and those of any other library, of every
//! variant and of both versions.

use super::encoding::equal;
use super::engine::{Algorithm, Task, Version};
use super::params::OUTPUT_LEN;
use super::{Bound, HashError, Memory, Params};
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const SALT_LEN: usize = 16;
const MALFORMED: HashError = HashError::Malformed("not an Argon2 PHC string");

/// A new Argon2id v=19 PHC string of the password in NFC.
pub(super) fn hash(
    password: &str,
    params: Params,
    memory: &mut Memory,
) -> Result<String, HashError> {
    let cost = params;
    let params = cost.to_argon2()?;
    let mut salt = [0; SALT_LEN];
    getrandom::fill(&mut salt).map_err(|_| HashError::NoRandomness)?;
    let normal = nfc(password);
    let task = Task {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        cost,
        password: normal.as_bytes(),
        salt: &salt,
        associated: &[],
    };
    let mut output = [0; OUTPUT_LEN];
    memory.derive(&task, &mut output)?;
    let phc = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).map_err(|_| HashError::InvalidParams)?,
        salt: Some(Salt::new(&salt).map_err(|_| MALFORMED)?),
        hash: Some(Output::new(&output).map_err(|_| MALFORMED)?),
    };
    Ok(phc.to_string())
}

/// Whether the PHC string is of the password: in NFC as we hash it, or, since others hash what
/// they were sent, byte for byte. The second costs a second hash, for passwords not in NFC only.
pub(super) fn verify(
    stored: &str,
    password: &str,
    bound: &Bound,
    memory: &mut Memory,
) -> Result<bool, HashError> {
    let parsed = Parsed::within(stored, bound)?;
    let normal = nfc(password);
    let mut computed = vec![0; parsed.output.len()];
    memory.derive(&parsed.task(&normal), &mut computed)?;
    let mut matches = equal(&computed, parsed.output);
    if *normal != password {
        memory.derive(&parsed.task(password), &mut computed)?;
        matches |= equal(&computed, parsed.output);
    }
    Ok(matches)
}

/// Whether the PHC string is whole, and within the bound.
pub(super) fn check(stored: &str, bound: &Bound) -> Result<(), HashError> {
    Parsed::within(stored, bound).map(drop)
}

/// Whether the stored string is what [`hash`] would write with these parameters.
pub(super) fn is_current(stored: &str, wanted: Params) -> bool {
    let Ok(parsed) = Parsed::new(stored) else { return false };
    stored.starts_with("$argon2id$v=19$")
        && parsed.cost() == wanted
        && parsed.params.keyid().is_empty()
        && parsed.params.data().is_empty()
        && parsed.salt.len() >= SALT_LEN
        && parsed.output.len() == OUTPUT_LEN
}

/// A stored string of which every needed part is there and within Argon2's limits.
struct Parsed {
    algorithm: Algorithm,
    version: Version,
    params: argon2::Params,
    salt: Salt,
    output: Output,
}

impl Parsed {
    fn within(stored: &str, bound: &Bound) -> Result<Self, HashError> {
        let parsed = Self::new(stored)?;
        bound.argon2(parsed.params.m_cost(), parsed.params.t_cost())?;
        Ok(parsed)
    }

    fn new(stored: &str) -> Result<Self, HashError> {
        let phc = PasswordHash::new(stored).map_err(|_| MALFORMED)?;
        if ["m", "t", "p"].iter().any(|name| phc.params.get(*name).is_none()) {
            return Err(HashError::Malformed("an Argon2 parameter is missing"));
        }
        let params = argon2::Params::try_from(&phc).map_err(|_| MALFORMED)?;
        let algorithm = Algorithm::try_from(phc.algorithm.as_str()).map_err(|_| MALFORMED)?;
        // Strings from before the version field are of version 1.0, which the library's own
        // verifier would take for 1.3.
        let version = phc.version.map_or(Ok(Version::V0x10), Version::try_from);
        let version = version.map_err(|_| HashError::Malformed("unknown Argon2 version"))?;
        Ok(Self {
            algorithm,
            version,
            params,
            salt: phc.salt.ok_or(MALFORMED)?,
            output: phc.hash.ok_or(MALFORMED)?,
        })
    }

    fn cost(&self) -> Params {
        Params {
            memory_kib: self.params.m_cost(),
            iterations: self.params.t_cost(),
            lanes: self.params.p_cost(),
        }
    }

    fn task<'a>(&'a self, password: &'a str) -> Task<'a> {
        Task {
            algorithm: self.algorithm,
            version: self.version,
            cost: self.cost(),
            password: password.as_bytes(),
            salt: self.salt.as_ref(),
            associated: self.params.data(),
        }
    }
}

fn nfc(password: &str) -> Zeroizing<String> {
    // Room for the whole result at once, so that no half-grown copy is left behind in memory.
    let mut normal = Zeroizing::new(String::with_capacity(password.len() * 3));
    normal.extend(password.nfc());
    normal
}
