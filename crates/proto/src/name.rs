//! The names people, roles and attributes go by, and the one key each of them is unique under.
//!
//! A name is kept twice: as shown, and as a canonical key (Unicode NFKC, case-folded) that decides
//! who is who. Both forms are checked, because normalisation turns harmless characters into `@`,
//! `:` and blanks. Names that merely look alike (Latin and Cyrillic `a`) are different names here;
//! no confusables are detected.

mod attribute;
mod email;
mod role;
mod username;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

pub use attribute::AttributeName;
pub use email::EmailAddress;
pub use role::RoleName;
pub use username::Username;

/// Why a text is no name. Repeats no more of it than one character, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// Too long, as given or after normalisation.
    #[error("it is too long: a user name has at most 64 characters, an e-mail address 254 bytes")]
    TooLong,
    /// A blank at the start or the end, or two in a row.
    #[error("it has a blank at the start or the end, or two in a row")]
    Blank,
    /// A character that no such name may contain, as given or after normalisation.
    #[error("it contains the character {0}, which is not allowed")]
    Forbidden(CodePoint),
    /// It could be mistaken for a token.
    #[error("it looks like a token")]
    LooksLikeToken,
    /// Not `local@domain.tld` without quotes, comments and literals.
    #[error("it is not an e-mail address")]
    NotAnEmailAddress,
    /// Not a lower-case letter followed by up to 63 of `a-z 0-9 _ . : -`.
    #[error("it is not a lower-case letter followed by up to 63 of a-z 0-9 _ . : -")]
    NotARoleName,
    /// Not a lower-case letter followed by up to 63 of `a-z 0-9 _`.
    #[error("it is not a lower-case letter followed by up to 63 of a-z 0-9 _")]
    NotAnAttributeName,
}

/// A character by number (`U+003A`), so that an error message is safe in any log or page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodePoint(pub char);

impl fmt::Display for CodePoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U+{:04X}", u32::from(self.0))
    }
}

/// What someone types to say who they are, as the canonical key to look it up by.
///
/// The two never overlap: an e-mail address contains `@` and a user name cannot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Login {
    /// The canonical form of a [`Username`].
    Username(String),
    /// The canonical form of an [`EmailAddress`]. Mail goes to the stored address, never to the
    /// typed one: different addresses may share a key.
    Email(String),
}

impl Login {
    /// Reads a user name or an e-mail address. Blanks around it are a slip of the hand and do not
    /// count.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let text = text.trim_matches(' ');
        if text.contains('@') {
            EmailAddress::parse(text).map(|email| Self::Email(email.canonical))
        } else {
            Username::parse(text).map(|name| Self::Username(name.canonical))
        }
    }

    /// The key, whichever it is.
    pub fn canonical(&self) -> &str {
        match self {
            Self::Username(key) | Self::Email(key) => key,
        }
    }
}

/// NFKC and case folding, repeated until nothing changes.
///
/// Folding by way of upper case brings together what lower case alone keeps apart (`ß` and `SS`,
/// the two small sigmas). Callers bound the input; it grows by 18 times at most.
fn fold(text: &str) -> String {
    settle(text, |c| c.to_uppercase().flat_map(char::to_lowercase).collect())
}

/// NFKC and lower case, repeated until nothing changes; for domains, in which `ß` is not `ss`.
fn lower(text: &str) -> String {
    settle(text, |c| c.to_lowercase().collect())
}

/// Three rounds settle every character there is; the bound is for those there may be one day.
fn settle(text: &str, map: fn(char) -> String) -> String {
    let mut current: String = text.nfkc().collect();
    for _ in 0..8 {
        let next: String = current.chars().map(map).collect::<String>().nfkc().collect();
        if next == current {
            break;
        }
        current = next;
    }
    current
}

/// Refuses what cannot be seen or may change its meaning: control, format, private and unassigned
/// characters, line separators, every blank but the ordinary one, and marks with no letter to
/// stand on. Joiners are among them, so a few words of Persian and Indic scripts cannot be spelled.
fn check_visible(text: &str) -> Result<(), NameError> {
    let mut before = ' ';
    for c in text.chars() {
        let adrift = before == ' ' && is_mark(c);
        if adrift || is_hidden(c) {
            return Err(NameError::Forbidden(CodePoint(c)));
        }
        before = c;
    }
    Ok(())
}

fn is_mark(c: char) -> bool {
    use GeneralCategory as Category;
    matches!(
        c.general_category(),
        Category::NonspacingMark | Category::SpacingMark | Category::EnclosingMark
    )
}

fn is_hidden(c: char) -> bool {
    use GeneralCategory as Category;
    match c.general_category() {
        Category::Control
        | Category::Format
        | Category::Surrogate
        | Category::PrivateUse
        | Category::Unassigned
        | Category::LineSeparator
        | Category::ParagraphSeparator => true,
        Category::SpaceSeparator => c != ' ',
        // Letters, marks and symbols by category, yet drawn as nothing: the joiner for
        // graphemes, fillers, variation selectors, the empty Braille pattern.
        _ => matches!(c,
            '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}'),
    }
}
