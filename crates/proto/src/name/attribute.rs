//! Names of what an application keeps with a user.

use std::fmt;

use super::NameError;

/// The name of an attribute: a lower-case letter, then up to 63 of `a-z 0-9 _`.
///
/// Programmers choose these, so one spelling is enough: nothing is folded or normalised.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AttributeName(String);

impl AttributeName {
    /// Checks the name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
        if starts && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::NotAnAttributeName)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::AttributeName;

    #[test]
    fn a_name_is_a_letter_and_up_to_63_letters_digits_and_underscores() {
        let longest = "a".repeat(64);
        for name in ["a", "given_name", "x1", longest.as_str()] {
            assert_eq!(AttributeName::parse(name).unwrap().as_str(), name);
        }
        let too_long = "a".repeat(65);
        for text in ["", "1a", "_a", "A", "aB", "a-b", "a.b", "a b", "ä", "a\0", "a\n", &too_long]
        {
            assert!(AttributeName::parse(text).is_err(), "{text:?}");
        }
    }
}
