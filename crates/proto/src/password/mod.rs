//! Password hashes, ours and other systems', and the policy for new passwords. What runs a hash
//! on which thread, how often and for whom is not decided here.
//!
//! New hashes are Argon2id over the password in Unicode NFC (NIST SP 800-63B-4 §3.1.1.2). A
//! foreign hash is verified over the bytes as received, since that is what its maker hashed.
//! Nothing is truncated, trimmed or re-cased, and a NUL is a character like any other; only bare
//! bcrypt, which cannot hold either, ends at the 72nd byte and takes no NUL (`bcrypt.rs`).

mod argon;
mod bcrypt;
mod bound;
mod encoding;
pub mod engine;
mod error;
mod ldap;
mod md5_crypt;
mod memory;
mod params;
mod pbkdf2;
mod phpass;
pub mod policy;
mod scheme;
mod scrypt;
mod sha_crypt;

use encoding::Notation;

pub use bound::Bound;
pub use error::{HashError, Verdict};
pub use memory::Memory;
pub use params::Params;
pub use scheme::Scheme;

/// Hashes a new password: a PHC string `$argon2id$v=19$m=…,t=…,p=…$salt$hash` with 16 random
/// bytes of salt and 32 bytes of output, of the password in NFC.
///
/// Costs what `params` says, about 15 ms for the default. Check the password with
/// [`policy::Policy`] first: any string is hashed here, of any length.
pub fn hash(password: &str, params: Params, memory: &mut Memory) -> Result<String, HashError> {
    argon::hash(password, params, memory)
}

/// Whether `password` is the one `stored` was made from, `stored` being of any [`Scheme`].
///
/// Costs what the stored hash asks for and never more than `bound`, which is checked before
/// anything is computed ([`Bound::covering`] keeps it above our own). An Argon2 string may be ours
/// or foreign, so a password that is not in NFC costs two hashes, here and in [`verify_dummy`].
/// The comparison takes constant time. Never panics, whatever the strings.
///
/// To the one who logs in, an error is a wrong password; the operator should read of it.
pub fn verify(
    stored: &str,
    password: &str,
    bound: &Bound,
    memory: &mut Memory,
) -> Result<Verdict, HashError> {
    let scheme = Scheme::of(stored).ok_or(HashError::UnknownFormat)?;
    bound.password(password)?;
    let matches = match scheme {
        Scheme::Argon2id | Scheme::Argon2i | Scheme::Argon2d => {
            argon::verify(stored, password, bound, memory)
        }
        Scheme::DjangoArgon2 => {
            let phc = stored.strip_prefix("argon2").unwrap_or_default();
            argon::verify(phc, password, bound, memory)
        }
        Scheme::Bcrypt => bcrypt::verify(stored, password, bound),
        Scheme::PasslibBcryptSha256 => bcrypt::passlib_sha256(stored, password, bound),
        Scheme::DjangoBcrypt => bcrypt::django(stored, password, bound),
        Scheme::DjangoBcryptSha256 => bcrypt::django_sha256(stored, password, bound),
        Scheme::Md5Crypt => md5_crypt::verify(stored, password, bound),
        Scheme::Sha256Crypt => sha_crypt::verify_256(stored, password, bound),
        Scheme::Sha512Crypt => sha_crypt::verify_512(stored, password, bound),
        Scheme::Phpass => phpass::verify(stored, password, bound),
        Scheme::SaltedSha => ldap::verify(stored, password),
        Scheme::PasslibPbkdf2 => pbkdf2::verify(stored, Notation::Passlib, password, bound),
        Scheme::WerkzeugPbkdf2 => pbkdf2::verify(stored, Notation::Werkzeug, password, bound),
        Scheme::DjangoPbkdf2 => pbkdf2::verify(stored, Notation::Django, password, bound),
        Scheme::PasslibScrypt => scrypt::verify(stored, Notation::Passlib, password, bound),
        Scheme::WerkzeugScrypt => scrypt::verify(stored, Notation::Werkzeug, password, bound),
        Scheme::DjangoScrypt => scrypt::verify(stored, Notation::Django, password, bound),
    }?;
    Ok(Verdict::of(matches))
}

/// Whether `stored` is a hash that [`verify`] can compare a password with and may, within `bound`:
/// its form is looked at and nothing is computed, so this costs microseconds.
///
/// # Errors
/// Whatever [`verify`] would answer for the hash with any password; and for a crypt that is cut
/// off, which no password can match.
pub fn check(stored: &str, bound: &Bound) -> Result<(), HashError> {
    match Scheme::of(stored).ok_or(HashError::UnknownFormat)? {
        Scheme::Argon2id | Scheme::Argon2i | Scheme::Argon2d => argon::check(stored, bound),
        Scheme::DjangoArgon2 => {
            argon::check(stored.strip_prefix("argon2").unwrap_or_default(), bound)
        }
        Scheme::Bcrypt => bcrypt::check(stored, bound),
        Scheme::PasslibBcryptSha256 => bcrypt::check_passlib(stored, bound),
        Scheme::DjangoBcrypt | Scheme::DjangoBcryptSha256 => bcrypt::check_django(stored, bound),
        Scheme::Md5Crypt => md5_crypt::check(stored, bound),
        Scheme::Sha256Crypt => sha_crypt::check_256(stored, bound),
        Scheme::Sha512Crypt => sha_crypt::check_512(stored, bound),
        Scheme::Phpass => phpass::check(stored, bound),
        Scheme::SaltedSha => ldap::check(stored),
        Scheme::PasslibPbkdf2 => pbkdf2::check(stored, Notation::Passlib, bound),
        Scheme::WerkzeugPbkdf2 => pbkdf2::check(stored, Notation::Werkzeug, bound),
        Scheme::DjangoPbkdf2 => pbkdf2::check(stored, Notation::Django, bound),
        Scheme::PasslibScrypt => scrypt::check(stored, Notation::Passlib, bound),
        Scheme::WerkzeugScrypt => scrypt::check(stored, Notation::Werkzeug, bound),
        Scheme::DjangoScrypt => scrypt::check(stored, Notation::Django, bound),
    }
}

/// Whether a stored hash is anything but Argon2id v=19 with exactly these parameters, and is to
/// be replaced when its password is next at hand.
pub fn needs_rehash(stored: &str, params: Params) -> bool {
    !argon::is_current(stored, params)
}

/// The scheme of a stored hash, from its beginning alone; `None` for what [`verify`] would call
/// [`HashError::UnknownFormat`].
pub fn identify(stored: &str) -> Option<Scheme> {
    Scheme::of(stored)
}

/// Spends on an unknown user what [`verify`] spends on a wrong password hashed with `params`.
pub fn verify_dummy(password: &str, params: Params, memory: &mut Memory) {
    let Params { memory_kib, iterations, lanes } = params;
    let stored = format!("$argon2id$v=19$m={memory_kib},t={iterations},p={lanes}${DUMMY}");
    let bound = Bound::default().covering(params);
    let verdict = verify(&stored, password, &bound, memory);
    let _ = std::hint::black_box(verdict);
}

/// A salt and an output no password is known to have.
const DUMMY: &str = "Y291bnRlcnNpZ24gZHVtbQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
