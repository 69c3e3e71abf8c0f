//! The settings of tokens that another application issued before Countersign took its place.

use std::path::PathBuf;

use countersign_proto::legacy::LegacySecret;

use super::{ConfigError, rule};

/// Which tokens of the old application are accepted, and until when. None, unless there is a secret.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Legacy {
    /// What the old application signed its tokens with.
    pub secret: Option<LegacySecret>,
    /// The same in a file; one line break at its end is not part of it.
    pub secret_file: Option<PathBuf>,
    /// From then on no old token is accepted, nor anything bought with one; unix seconds.
    pub accept_until: Option<i64>,
    /// The source its users were imported under; empty, where there was only one.
    pub source: String,
}

impl Legacy {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let secrets = usize::from(self.secret.is_some()) + usize::from(self.secret_file.is_some());
        rule("legacy.secret_file", "one secret, not two", || secrets < 2)?;
        rule("legacy.accept_until", "a date, as there is a secret of old tokens", || {
            secrets == 0 || self.accept_until.is_some()
        })?;
        rule("legacy.source", "at most 64 characters, no control characters", || {
            self.source.chars().count() <= 64 && !self.source.chars().any(char::is_control)
        })
    }
}
