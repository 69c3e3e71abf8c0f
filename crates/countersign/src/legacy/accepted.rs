//! What is accepted of the old application's tokens: under which secret, and until when.

use std::{fs, io};

use countersign_proto::{
    jose::TokenError,
    legacy::{self, LegacySecret, LegacyToken, SecretError},
};

use crate::{
    Config,
    error::{Failed, Result},
    master,
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
    pub(crate) fn open(config: &Config) -> Result<Option<Self>> {
        let legacy = &config.legacy;
        let secret = match (&legacy.secret, &legacy.secret_file) {
            (Some(secret), _) => Some(secret.clone()),
            (None, Some(path)) => {
                let bytes = fs::read(path).map_err(Unusable::from).map_err(Failed::because)?;
                let secret = LegacySecret::new(master::without_line_break(bytes));
                Some(secret.map_err(Unusable::from).map_err(Failed::because)?)
            }
            (None, None) => None,
        };
        let shared = config.shared_secret().map_err(Failed::because)?;
        if secret.as_ref().zip(shared.as_ref()).is_some_and(|(old, shared)| old.is(shared)) {
            tracing::warn!(
                "legacy.secret_file and shared_secret_file are the same secret: until \
                 legacy.accept_until, whoever has it can make old tokens that are accepted"
            );
        }
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
