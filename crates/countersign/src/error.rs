//! The library's one error. `Denied` the caller may read; `Failed` is for the log alone.

use std::{borrow::Cow, fmt};

use countersign_proto::{error_code::ErrorCode, jose::TokenError, name::NameError};

use crate::store::DbError;

/// What a call of the library can end in besides success.
#[derive(Debug)]
pub enum Error {
    /// The rules say no. Safe to show to whoever asked.
    Denied(Denied),
    /// Something broke. Log it; show `server_error`.
    Failed(Failed),
}

/// Shorthand for results of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A refusal: a registered code, words for the reader, and what the code's standard adds to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denied {
    code: ErrorCode,
    description: Cow<'static, str>,
    field: Option<Cow<'static, str>>,
    retry_after: Option<u32>,
    needs: Option<Needs>,
    reason: Option<&'static str>,
    /// Boxed: refusals are passed on by value everywhere.
    fault: Option<Box<Fault>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Fault {
    what: TokenFault,
    /// For an orphan: whose it was.
    subject: Option<String>,
}

/// What is wrong with a token that is refused with `invalid_token`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenFault {
    /// The token itself: its form, its signature, its dates.
    Invalid(TokenError),
    /// It was taken back, or all of its user's were.
    Revoked,
    /// Its user is gone.
    Orphaned,
}

/// What a caller must bring who is signed in but not enough (RFC 6750 §3, RFC 9470 §3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Needs {
    /// These scopes, separated by blanks.
    Scope(String),
    /// A password given at most so many seconds ago.
    MaxAge(u32),
}

impl Denied {
    /// A refusal with its words. They must not contain a secret.
    pub fn new(code: ErrorCode, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            description: description.into(),
            field: None,
            retry_after: None,
            needs: None,
            reason: None,
            fault: None,
        }
    }

    /// Names the member, parameter or header at fault.
    #[must_use]
    pub fn field(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(name.into());
        self
    }

    /// Tells when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Names the text that says this in the reader's language: a key of the locale files.
    pub(crate) fn because(mut self, reason: &'static str) -> Self {
        self.reason = Some(reason);
        self
    }

    pub(crate) fn reason(&self) -> Option<&'static str> {
        self.reason
    }

    pub(crate) fn needing(mut self, needs: Needs) -> Self {
        self.needs = Some(needs);
        self
    }

    /// The code, which fixes the HTTP status.
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// What was wrong and what to do, in a sentence.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The member, parameter or header at fault.
    pub fn field_name(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Seconds after which a retry makes sense.
    pub fn retry_after_seconds(&self) -> Option<u32> {
        self.retry_after
    }

    /// What is wrong with the token that was presented.
    pub fn token_fault(&self) -> Option<TokenFault> {
        self.fault.as_ref().map(|fault| fault.what)
    }

    /// Whom the token names that is [`Orphaned`](TokenFault::Orphaned): an id, as the token has it.
    pub fn orphan_of(&self) -> Option<&str> {
        self.fault.as_ref()?.subject.as_deref()
    }

    pub(crate) fn faulty(mut self, what: TokenFault) -> Self {
        self.fault = Some(Box::new(Fault { what, subject: None }));
        self
    }

    pub(crate) fn orphaned(mut self, subject: String) -> Self {
        let what = TokenFault::Orphaned;
        self.fault = Some(Box::new(Fault { what, subject: Some(subject) }));
        self
    }

    /// What would have been enough.
    pub fn needs(&self) -> Option<&Needs> {
        self.needs.as_ref()
    }

    /// The database, the hashing pool or the change feed cannot answer now.
    pub(crate) fn unavailable(description: &'static str, retry_after: u32) -> Self {
        Self::new(ErrorCode::TemporarilyUnavailable, description).retry_after(retry_after)
    }

    pub(crate) fn conflict(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::Conflict, description)
    }

    pub(crate) fn not_found(what: &'static str) -> Self {
        Self::new(ErrorCode::NotFound, what)
    }

    /// One text for every way a password can fail, so that it tells nobody which.
    pub(crate) fn invalid_credentials() -> Self {
        Self::new(ErrorCode::InvalidCredentials, "The user name or the password is wrong.")
    }

    pub(crate) fn invalid_token(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidToken, description)
    }

    /// A text in `field` that is no user name or address.
    pub(crate) fn bad_name(field: &'static str, why: NameError) -> Self {
        let reason = match why {
            NameError::Empty => "name-empty",
            NameError::TooLong => "name-too-long",
            NameError::Blank => "name-blank",
            NameError::Forbidden(_) => "name-forbidden",
            NameError::LooksLikeToken => "name-looks-like-token",
            NameError::NotAnEmailAddress => "name-not-an-address",
            NameError::NotARoleName | NameError::NotAnAttributeName => {
                return Self::invalid_request(sentence(&why)).field(field);
            }
        };
        Self::invalid_request(sentence(&why)).field(field).because(reason)
    }

    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::InvalidRequest, description)
    }
}

/// A failure with its cause. It shows nothing but that to those who may read the log.
#[derive(Debug)]
pub struct Failed(Box<dyn std::error::Error + Send + Sync>);

impl Failed {
    pub(crate) fn because(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Failed(Self(source.into()))
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{} ({field}): {}", self.code.as_str(), self.description),
            None => write!(f, "{}: {}", self.code.as_str(), self.description),
        }
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(denied) => denied.fmt(f),
            Self::Failed(failed) => failed.fmt(f),
        }
    }
}

impl std::error::Error for Denied {}
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Denied(_) => None,
            Self::Failed(Failed(source)) => Some(source.as_ref()),
        }
    }
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<DbError> for Error {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Unavailable(_) | DbError::Conflict(_) => {
                tracing::warn!(%error, "the database did not answer");
                Denied::unavailable("The database cannot be reached. Try again shortly.", 2).into()
            }
            DbError::Orphan => {
                Denied::conflict("What this belongs to was deleted meanwhile.").into()
            }
            other => Failed::because(other),
        }
    }
}

/// The words of an error of `proto`, which are a phrase, as a sentence.
pub(crate) fn sentence(phrase: &(impl fmt::Display + ?Sized)) -> String {
    let phrase = phrase.to_string();
    let mut chars = phrase.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
