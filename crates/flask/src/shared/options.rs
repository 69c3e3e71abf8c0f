//! Options by name, for configuration files and command lines.

use std::fmt;

use countersign::TakenAddress;

/// Options that can be set by name.
pub trait ByName: Default {
    /// Sets one option. The value is read as a configuration file has it.
    ///
    /// # Errors
    /// When there is no such option, or it takes no such value; the options are as they were.
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption>;
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
