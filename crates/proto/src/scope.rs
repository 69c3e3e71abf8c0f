//! Scopes: what a token may do (RFC 6749 §3.3). What a *user* may do is a role, see
//! [`crate::name::RoleName`].

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How many scope tokens one scope holds at most.
pub const MAX_TOKENS: usize = 32;
/// How many bytes one scope token has at most.
pub const MAX_TOKEN_LEN: usize = 64;

/// A set of scope tokens, kept and written in byte order, so that equal scopes are equal texts.
///
/// The empty scope is allowed and allows nothing. Scope tokens are case-sensitive.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(BTreeSet<Box<str>>);

/// Why a text is no scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// More than [`MAX_TOKENS`], or one longer than [`MAX_TOKEN_LEN`].
    #[error("a scope has at most 32 words of at most 64 characters")]
    TooLong,
    /// Not words of printable ASCII without `"` and `\`, parted by single spaces.
    #[error("a scope is words of printable ASCII without quotes, parted by single spaces")]
    Malformed,
}

impl Scope {
    /// Reads `scope-token *( SP scope-token )`; a token named twice counts once, and the empty
    /// text is the empty scope.
    pub fn parse(text: &str) -> Result<Self, ScopeError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > MAX_TOKENS * (MAX_TOKEN_LEN + 1) {
            return Err(ScopeError::TooLong);
        }
        let mut tokens = BTreeSet::new();
        for (i, token) in text.split(' ').enumerate() {
            if i == MAX_TOKENS || token.len() > MAX_TOKEN_LEN {
                return Err(ScopeError::TooLong);
            }
            if token.is_empty() || !token.bytes().all(is_scope_char) {
                return Err(ScopeError::Malformed);
            }
            tokens.insert(token.into());
        }
        Ok(Self(tokens))
    }

    /// Whether this very token is in the scope. There are no wildcards and no hierarchy.
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Whether `self` allows nothing that `other` does not: a narrowed scope has to pass this.
    pub fn is_subset(&self, other: &Self) -> bool {
        self.0.is_subset(&other.0)
    }

    /// What both allow.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).cloned().collect())
    }

    /// Whether the scope allows nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens, in byte order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

fn is_scope_char(b: u8) -> bool {
    b.is_ascii_graphic() && b != b'"' && b != b'\\'
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        Self::parse(text)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, token) in self.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_TOKEN_LEN, MAX_TOKENS, Scope, ScopeError};

    fn scope(text: &str) -> Scope {
        Scope::parse(text).unwrap()
    }

    #[test]
    fn a_scope_is_a_set_and_its_text_is_sorted() {
        assert_eq!(scope("write read write").to_string(), "read write");
        assert_eq!(scope("write read"), scope("read write"));
    }

    #[test]
    fn scope_tokens_are_case_sensitive_and_have_no_prefix_rule() {
        assert!(scope("users:read").contains("users:read"));
        assert!(!scope("users:read").contains("Users:read"));
        assert!(!scope("users:read").contains("users"));
    }

    #[test]
    fn a_narrower_scope_is_a_subset_and_a_wider_one_is_not() {
        assert!(scope("read").is_subset(&scope("read write")));
        assert!(scope("").is_subset(&scope("")));
        assert!(!scope("read admin").is_subset(&scope("read write")));
        assert_eq!(scope("read admin").intersection(&scope("read write")), scope("read"));
    }

    #[test]
    fn what_the_grammar_does_not_allow_is_refused() {
        for text in [" ", "a  b", " a", "a ", "a\tb", "a\nb", "\"a\"", "a\\b", "ä", "a\0"] {
            assert_eq!(Scope::parse(text), Err(ScopeError::Malformed), "{text:?}");
        }
    }

    #[test]
    fn the_bounds_are_32_tokens_of_64_bytes() {
        let words = |n: usize| (0..n).map(|i| format!("s{i}")).collect::<Vec<_>>().join(" ");

        assert!(Scope::parse(&words(MAX_TOKENS)).is_ok());
        assert_eq!(Scope::parse(&words(MAX_TOKENS + 1)), Err(ScopeError::TooLong));
        assert!(Scope::parse(&"a".repeat(MAX_TOKEN_LEN)).is_ok());
        assert_eq!(Scope::parse(&"a".repeat(MAX_TOKEN_LEN + 1)), Err(ScopeError::TooLong));
        assert_eq!(Scope::parse(&"a ".repeat(1 << 20)), Err(ScopeError::TooLong));
    }

    #[test]
    fn in_json_a_scope_is_one_string() {
        let json = serde_json::to_string(&scope("write read")).unwrap();

        assert_eq!(json, r#""read write""#);
        assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope("read write"));
        assert!(serde_json::from_str::<Scope>(r#""a  b""#).is_err());
    }
}
