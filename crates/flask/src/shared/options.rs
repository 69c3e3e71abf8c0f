//! Options by name, for configuration files and command lines.

use std::fmt;

use countersign::{Config, Signature, TakenAddress};

/// Options that can be set by name.
pub trait ByName: Default {
    /// Sets one option. The value is read as a configuration file has it.
    ///
    /// # Errors
    /// When there is no such option, or it takes no such value; the options are as they were.
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption>;

    /// Whether all of them go together, and with the service's configuration. `given` are the names
    /// that were set: a default gives way without a word, what somebody asked for does not.
    ///
    /// # Errors
    /// The first that does not.
    fn check(&self, _given: &[&str], _config: &Config) -> Result<(), NoSuchOption> {
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
pub(crate) fn check_signature(config: &Config, signature: Signature) -> Result<(), NoSuchOption> {
    let has_secret = config.shared_secret.is_some() || config.shared_secret_file.is_some();
    if signature == Signature::Service || has_secret {
        return Ok(());
    }
    let expected = "service, or HS256 together with the setting shared_secret_file";
    Err(NoSuchOption::value(ALGORITHM, expected))
}

/// For constructors of profiles.
///
/// # Panics
/// When the service cannot sign so.
pub(crate) fn assert_possible(config: &Config, signature: Signature) {
    if let Err(expected) = check_signature(config, signature) {
        panic!("a profile expects {expected}");
    }
}

/// A life that was asked for, in seconds.
pub(crate) struct Life {
    pub(crate) name: &'static str,
    pub(crate) seconds: u32,
    pub(crate) default: u32,
}

impl Life {
    /// # Errors
    /// When it was asked for, and the service's setting ends it earlier.
    pub(crate) fn check(
        &self,
        given: &[&str],
        (setting, most): (&str, u32),
    ) -> Result<(), NoSuchOption> {
        let asked = given.contains(&self.name) || self.seconds != self.default;
        if !asked || self.seconds <= most {
            return Ok(());
        }
        let expected = format!("at most {most}, the service's {setting}, which can be raised");
        Err(NoSuchOption::value(self.name, &expected))
    }
}

/// Says in the log what does not go together, for whoever mounts a profile in code.
pub(crate) fn warn<O: ByName>(profile: &str, options: &O, config: &Config) {
    if let Err(expected) = options.check(&[], config) {
        tracing::warn!(profile, "a profile's options do not fit: expected {expected}");
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

/// `true` or `false`, as configuration files have them.
///
/// # Errors
/// When it is neither.
pub(crate) fn flag(name: &str, value: &str) -> Result<bool, NoSuchOption> {
    value.parse().map_err(|_| NoSuchOption::value(name, "true or false"))
}

/// A word that can stand in a header, a cookie or an address as it is.
///
/// # Errors
/// When it is none.
pub(crate) fn word(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let fits =
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let expected = || NoSuchOption::value(name, "one word of ASCII letters and digits");
    fits.then(|| value.to_owned()).ok_or_else(expected)
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
