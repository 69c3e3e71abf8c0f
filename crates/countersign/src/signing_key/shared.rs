//! The key under a secret that an operator shares with services of theirs. It is in no table and in
//! no published set: whoever verifies by it has the secret, and is not believed here for it.

use std::{fs, path::Path};

use countersign_proto::{
    jose::{SharedSecret, SigningKey},
    seal::SubKey,
};

use crate::{
    Config, ConfigError,
    error::{Failed, Result},
    master,
};

const FILE: &str = "shared_secret_file";

impl Config {
    /// The secret shared with services, given as such or in a file, which is read by this. `None`
    /// where there is none.
    ///
    /// # Errors
    /// When the file cannot be read, or what is in it is too short or too long; never with a part
    /// of it.
    pub fn shared_secret(&self) -> Result<Option<SharedSecret>, ConfigError> {
        match (&self.shared_secret, &self.shared_secret_file) {
            (Some(secret), _) => Ok(Some(secret.clone())),
            (None, Some(path)) => read(path).map(Some),
            (None, None) => Ok(None),
        }
    }
}

fn read(path: &Path) -> Result<SharedSecret, ConfigError> {
    let unusable = |expected: String| ConfigError { setting: FILE, expected };
    let bytes = fs::read(path)
        .map_err(|error| unusable(format!("a file to read at {}: {error}", path.display())))?;
    SharedSecret::new(master::without_line_break(bytes))
        .map_err(|error| unusable(format!("a file with {error}")))
}

/// The key, if there is a secret. `own` is what countersigns its tokens.
pub(crate) fn open(config: &Config, own: SubKey) -> Result<Option<SigningKey>> {
    let Some(secret) = config.shared_secret().map_err(Failed::because)? else { return Ok(None) };
    SigningKey::shared(&secret, own).map(Some).map_err(Failed::because)
}
