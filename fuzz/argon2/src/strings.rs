//! PHC strings across: what one engine writes, the other verifies, and not for another password.

use crate::case::Case;
use crate::engines::{algorithm, params, version};
use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};

/// Whether both write the same string, and each verifies it. `None` for what no string can hold.
pub fn agree(case: &Case) -> Option<bool> {
    let params = params(case).ok()?;
    let salt = Salt::new(&case.salt).ok()?;
    let fast = argon2_rust::Argon2::new(case.algorithm, case.version, params);
    let output = Output::new(&fast.hash(&case.password, &case.salt).ok()?).ok()?;
    let written = fast.hash_encoded(&case.password, &case.salt).ok()?;

    let cost = argon2::Params::new(case.memory_kib, case.passes, case.lanes, None).ok()?;
    let phc = PasswordHash {
        algorithm: algorithm(case.algorithm).ident(),
        version: Some(version(case.version).into()),
        params: ParamsString::try_from(&cost).ok()?,
        salt: Some(salt),
        hash: Some(output),
    };
    let parsed = PasswordHash::new(&written).ok()?;
    let other = [&case.password[..], b"?"].concat();
    let portable = argon2::Argon2::default();
    let verify = |text: &str, password: &[u8]| {
        argon2_rust::Argon2::verify_encoded(text, password, case.algorithm).is_ok()
    };
    Some(
        phc.to_string() == written
            && portable.verify_password(&case.password, &parsed).is_ok()
            && portable.verify_password(&other, &parsed).is_err()
            && verify(&phc.to_string(), &case.password)
            && !verify(&phc.to_string(), &other),
    )
}
