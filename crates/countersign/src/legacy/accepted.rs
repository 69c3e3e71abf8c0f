//! What is accepted of the old application's tokens: under which secret, and until when.

use std::{fs, io};

use countersign_proto::{
    jose::TokenError,
    legacy::{self, LegacySecret, LegacyToken, SecretError},
};

use crate::{
    config::Legacy,
    error::{Failed, Result},
};

/// The secret and the date.
pub(crate) struct Accepted {
    secret: LegacySecret,
    /// No old token is accepted from then on.
    pub(super) until: i64,
}

/// Why the secret's file is of no use.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("legacy.secret_file: {0}")]
    File(#[from] io::Error),
    #[error("legacy.secret_file: {0}")]
    Secret(#[from] SecretError),
}

impl Accepted {
    /// `None` where no old token is accepted.
    pub(crate) fn open(legacy: &Legacy) -> Result<Option<Self>> {
        let secret = match (&legacy.secret, &legacy.secret_file) {
            (Some(secret), _) => Some(secret.clone()),
            (None, Some(path)) => {
                let bytes = fs::read(path).map_err(Unusable::from).map_err(Failed::because)?;
                Some(read_secret(bytes).map_err(Failed::because)?)
            }
            (None, None) => None,
        };
        Ok(secret.zip(legacy.accept_until).map(|(secret, until)| Self { secret, until }))
    }

    pub(super) fn read(
        &self,
        token: &str,
        leeway: i64,
        now: i64,
    ) -> Result<LegacyToken, TokenError> {
        let read = legacy::verify(token, &self.secret, leeway, now)?;
        if now >= self.until { Err(TokenError::Expired) } else { Ok(read) }
    }
}

/// An editor ends a file with a line break, which the old application had not in its secret.
fn read_secret(mut bytes: Vec<u8>) -> Result<LegacySecret, Unusable> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    Ok(LegacySecret::new(bytes)?)
}
