//! Options by name, for configuration files and command lines.

use std::fmt;

use countersign::{Auth, Signature, TakenAddress};

/// Options that can be set by name.
pub trait ByName: Default {
    /// Sets one option. The value is read as a configuration file has it.
    ///
    /// # Errors
    /// When there is no such option, or it takes no such value; the options are as they were.
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption>;

    /// Whether the service can do what they say. A profile's constructor panics where it cannot.
    ///
    /// # Errors
    /// Naming the option whose value this service is not configured for.
    fn check(&self, _auth: &Auth) -> Result<(), NoSuchOption> {
        Ok(())
    }
}

/// What signs a profile's tokens, by the name that the originals had for it (`JWT_ALGORITHM`).
pub(crate) const ALGORITHM: &str = "algorithm";

/// # Errors
/// When it is neither `service` nor `HS256`.
pub(crate) fn signature(value: &str) -> Result<Signature, NoSuchOption> {
    match value {
        "service" => Ok(Signature::Service),
        "HS256" => Ok(Signature::Shared),
        _ => Err(NoSuchOption::value(ALGORITHM, "service or HS256")),
    }
}

/// Whether the service can sign so.
///
/// # Errors
/// When it has no shared secret, and would need one.
pub(crate) fn check_signature(auth: &Auth, signature: Signature) -> Result<(), NoSuchOption> {
    let expected = "service, or HS256 together with the setting shared_secret_file";
    let can = auth.tokens().can_sign(signature);
    can.then_some(()).ok_or_else(|| NoSuchOption::value(ALGORITHM, expected))
}

/// For constructors of profiles.
///
/// # Panics
/// When the service cannot do what the options say.
pub(crate) fn assert_possible(options: &impl ByName, auth: &Auth) {
    if let Err(expected) = options.check(auth) {
        panic!("a profile expects {expected}");
    }
}

/// A name or a value that is none, with what there is instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoSuchOption(String);

impl NoSuchOption {
    /// `known` are the names of all options.
    pub(crate) fn named(known: &[&str]) -> Self {
        match known {
            [] => Self("no option".into()),
            known => Self(format!("one of the options {}", known.join(", "))),
        }
    }

    pub(crate) fn value(name: &str, expected: &str) -> Self {
        Self(format!("{name} to be {expected}"))
    }
}

/// A whole number, such as seconds.
///
/// # Errors
/// When it is none.
pub(crate) fn number(name: &str, value: &str) -> Result<u32, NoSuchOption> {
    value.parse().map_err(|_| NoSuchOption::value(name, "a whole number"))
}

impl fmt::Display for NoSuchOption {
    /// What was expected, to follow that word.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NoSuchOption {}

/// The option that says whether somebody who signs up is told that an address is taken.
pub(crate) const TAKEN_ADDRESS: &str = "taken_address";

/// What that option says.
///
/// # Errors
/// When it is neither `hidden` nor `told`.
pub(crate) fn taken_address(value: &str) -> Result<TakenAddress, NoSuchOption> {
    match value {
        "hidden" => Ok(TakenAddress::Hidden),
        "told" => Ok(TakenAddress::Told),
        _ => Err(NoSuchOption::value(TAKEN_ADDRESS, "hidden or told")),
    }
}

/// Which passwords somebody may choose who signs up by a profile.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PasswordPolicy {
    /// Those that the configured policy takes.
    #[default]
    Native,
    /// Whatever the original took, but none that is empty: for clients that cannot say why a
    /// password was refused.
    Origin,
}

impl PasswordPolicy {
    pub(crate) const OPTION: &'static str = "password_policy";

    /// # Errors
    /// When it is neither `native` nor `origin`.
    pub(crate) fn read(value: &str) -> Result<Self, NoSuchOption> {
        match value {
            "native" => Ok(Self::Native),
            "origin" => Ok(Self::Origin),
            _ => Err(NoSuchOption::value(Self::OPTION, "native or origin")),
        }
    }
}
