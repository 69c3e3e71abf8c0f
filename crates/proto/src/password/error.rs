//! What hashing and verifying answer. No text here holds a hash, a salt or a password.

/// Whether a password fits a stored hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It is the password the hash was made from.
    Match,
    /// It is another password.
    Mismatch,
}

impl Verdict {
    pub(super) fn of(equal: bool) -> Self {
        if equal { Self::Match } else { Self::Mismatch }
    }

    /// True for [`Verdict::Match`].
    pub fn is_match(self) -> bool {
        self == Self::Match
    }
}

/// Why no verdict, or no hash, was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The stored string begins like no known scheme, as a disabled account's `!` does.
    #[error("the stored hash is of no known scheme")]
    UnknownFormat,
    /// The stored string begins like a known scheme and then breaks its format.
    #[error("the stored hash is malformed: {0}")]
    Malformed(&'static str),
    /// The stored hash, or the password, asks for more work than the [`super::Bound`] allows.
    #[error("the stored hash is too costly to verify: {what} is {value}, the limit {limit}")]
    TooCostly {
        /// The quantity that is too large.
        what: &'static str,
        /// Its value.
        value: u64,
        /// The most it may be.
        limit: u64,
    },
    /// Argon2 takes no such parameters.
    #[error("Argon2 needs at least 8 KiB a lane, one pass and one lane")]
    InvalidParams,
    /// The memory for one hash could not be had.
    #[error("there is not enough memory for this hash")]
    OutOfMemory,
    /// The operating system gave no random salt.
    #[error("the operating system gives no random numbers")]
    NoRandomness,
    /// What computes Argon2 here does not compute Argon2 ([`super::engine::check`]).
    #[error(
        "Argon2 is computed wrongly on this processor; use a build without `fast-argon2`, and \
         please report it"
    )]
    WrongEngine,
}
