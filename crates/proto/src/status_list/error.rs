//! Why a status list was refused. No text here repeats anything that was presented.

use crate::jose::TokenError;

/// Why a status list, or an index into one, was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatusListError {
    /// The token around the list is not good: form, key, algorithm, type, signature or dates.
    #[error("the status list is refused: {0}")]
    Token(TokenError),
    /// `sub` is not the address it was fetched from: it is another list.
    #[error("the status list is another one")]
    Subject,
    /// The list does not have one bit for each token.
    #[error("the status list has a size of entries that is not supported")]
    Bits,
    /// It is not base64url of one whole zlib stream.
    #[error("the status list is not compressed as it has to be")]
    Encoding,
    /// It is, or unpacks to, more than is read.
    #[error("the status list is too large")]
    TooLarge,
    /// The list has no such index.
    #[error("the status list does not reach so far")]
    OutOfRange,
}

impl From<TokenError> for StatusListError {
    fn from(why: TokenError) -> Self {
        Self::Token(why)
    }
}
