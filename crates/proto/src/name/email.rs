//! E-mail addresses.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::{CodePoint, NameError, check_visible, fold, is_mark, lower};

/// An e-mail address mail can be sent to, and the key it is unique under.
///
/// What is checked is the normalised (NFKC) address, and the normalised address is what is kept
/// and mailed: nothing of the text as typed survives that the checks did not see.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    shown: String,
    pub(super) canonical: String,
}

impl EmailAddress {
    /// How many bytes an address has at most, in either form (RFC 5321 §4.5.3.1.3).
    pub const MAX_BYTES: usize = 254;

    /// Checks an address: `local@domain` with a dot in the domain and exactly one `@`, written as
    /// such.
    ///
    /// Quoted local parts, comments, display names, domain literals, routes and encoded words are
    /// refused: mailers disagree about where such mail goes.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong);
        }
        let shown: String = text.nfkc().collect();
        // Counted before and after: a full-width @ only becomes one by normalisation.
        if text.matches('@').count() != 1 {
            return Err(NameError::NotAnEmailAddress);
        }
        check(&shown)?;
        let (local, domain) = shown.split_once('@').ok_or(NameError::NotAnEmailAddress)?;
        let canonical = format!("{}@{}", fold(local), lower(domain));
        check(&canonical)?;
        Ok(Self { shown, canonical })
    }

    /// The address to write to: as its owner wrote it, normalised.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// The key: the local part case-folded, the domain in lower case.
    ///
    /// A domain in its ASCII form (`xn--…`) is not the same key as the one it stands for.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }
}

fn check(text: &str) -> Result<(), NameError> {
    if text.len() > EmailAddress::MAX_BYTES {
        return Err(NameError::TooLong);
    }
    check_visible(text)?;
    let options = email_address::Options::default()
        .with_required_tld()
        .without_domain_literal()
        .without_display_text();
    let parsed = email_address::EmailAddress::parse_with_options(text, options);
    let (local, domain) = text.split_once('@').ok_or(NameError::NotAnEmailAddress)?;
    if parsed.is_err() || local.contains('"') || domain.contains('@') || is_routed(local) {
        return Err(NameError::NotAnEmailAddress);
    }
    // The ideographic full stop parts labels for some resolvers and not for others.
    let foreign = |&c: &char| !(c.is_alphanumeric() || is_mark(c) || c == '-' || c == '.');
    match domain.chars().find(foreign) {
        Some(c) => Err(NameError::Forbidden(CodePoint(c))),
        None => Ok(()),
    }
}

/// Whether some mailer may read another address out of this one: `user%host@relay`, `host!user` (RFC
/// 5321 appendix F.2), or an encoded word (RFC 2047 §2).
fn is_routed(local: &str) -> bool {
    local.contains(['%', '!']) || local.contains("=?")
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
