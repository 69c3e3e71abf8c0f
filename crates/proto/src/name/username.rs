//! User names.

use std::fmt;

use super::{CodePoint, NameError, check_visible, fold};
use crate::secret::looks_like_token;

/// A user name: 1 to 64 code points anyone can see, as shown and as the key it is unique under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Username {
    shown: String,
    pub(super) canonical: String,
}

impl Username {
    /// How many code points a user name has at most, in either form.
    pub const MAX_CHARS: usize = 64;
    /// How many bytes are looked at, at most: four for each code point.
    const MAX_BYTES: usize = 4 * Self::MAX_CHARS;

    /// Checks a user name. Both forms, as given and canonical, have to satisfy the same rules.
    ///
    /// Refused: `@` (it would be an e-mail address), `:` (Basic could not carry it), whatever
    /// cannot be seen, blanks at the ends or two in a row, and the shape of a token. A longer text
    /// is refused before any work is done on it.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong);
        }
        check(text)?;
        let canonical = fold(text);
        check(&canonical)?;
        Ok(Self { shown: text.to_owned(), canonical })
    }

    /// The name as its owner wrote it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The key: two names are the same exactly if their keys are.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

fn check(text: &str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if text.chars().count() > Username::MAX_CHARS {
        return Err(NameError::TooLong);
    }
    if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
        return Err(NameError::Blank);
    }
    if let Some(c) = text.chars().find(|&c| c == '@' || c == ':') {
        return Err(NameError::Forbidden(CodePoint(c)));
    }
    check_visible(text)?;
    if looks_like_token(text) { Err(NameError::LooksLikeToken) } else { Ok(()) }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
