//! Which new passwords are taken (NIST SP 800-63B-4 §3.1.1.2): long enough, not one everybody
//! tries first, not the user's own name. No rule asks for kinds of characters, and none forbids
//! any: spaces, control characters and all of Unicode are accepted.

mod common;
mod names;

use unicode_normalization::UnicodeNormalization;

/// The rules for a new password. An old password is never held against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The least number of code points, counted in NFC. Default 8.
    pub min_chars: usize,
    /// The most bytes of UTF-8, a guard against work and not a rule of taste. Default 4096,
    /// which any 1,000 characters fit in.
    pub max_bytes: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self { min_chars: 8, max_bytes: 4096 }
    }
}

/// The rule a password breaks. The text is for the person choosing: the rule, then what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Fewer code points than the least.
    #[error("The password must have at least {min} characters. Add a word or two.")]
    TooShort {
        /// The least number of code points.
        min: usize,
    },
    /// More bytes than the most.
    #[error("The password must not be longer than {max_bytes} bytes. Use a shorter one.")]
    TooLong {
        /// The most bytes of UTF-8.
        max_bytes: usize,
    },
    /// On the list of common passwords, in whatever case.
    #[error("This is one of the passwords attackers try first. Choose one that is yours alone.")]
    Common,
    /// Made of the user's or the service's name and little else.
    #[error(
        "The password must not be made from your name, your e-mail address or the name of this \
         service. Choose words that have nothing to do with them."
    )]
    OwnName,
}

impl Policy {
    /// Whether the password may be set, or the first rule it breaks.
    ///
    /// `own_names` are the words an attacker knows: user name, e-mail address (its local part and
    /// domain are looked at by themselves too), display name, the service's name. Costs far less
    /// than the hash that follows: the names' number times the password's length.
    pub fn check(&self, password: &str, own_names: &[&str]) -> Result<(), Violation> {
        // Before the work of normalising.
        if password.len() > self.max_bytes {
            return Err(Violation::TooLong { max_bytes: self.max_bytes });
        }
        if password.nfc().count() < self.min_chars {
            return Err(Violation::TooShort { min: self.min_chars });
        }
        if common::contains(password) {
            return Err(Violation::Common);
        }
        if names::explain(password, own_names) {
            return Err(Violation::OwnName);
        }
        Ok(())
    }
}
