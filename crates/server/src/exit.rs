//! How a command ends: the exit code and the words on standard error.

use std::{fmt, process::ExitCode};

use countersign::{Error, proto::error_code::ErrorCode};

use crate::output::Output;

/// Why a command did not do what it was told.
#[derive(Debug)]
pub(crate) struct Problem {
    code: u8,
    text: String,
}

/// Something failed: the database, a file, the network.
const FAILED: u8 = 1;
/// The command line, a setting or the input is not as it has to be. Nothing was changed.
const USAGE: u8 = 2;
/// What the command names is not there.
const NOT_FOUND: u8 = 3;
/// It is taken, or was changed by somebody else.
const CONFLICT: u8 = 4;

/// For `--help`.
pub(crate) const TABLE: &str = "\
Exit codes:
  0  done
  1  it failed: the database, a file or the network
  2  the command line, a setting or the input is wrong; nothing was changed
  3  there is no such user, session, key or token
  4  conflict: the name is taken, or somebody else was faster";

impl Problem {
    /// A mistake of whoever gave the command.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { code: USAGE, text: text.into() }
    }

    /// A failure.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { code: FAILED, text: text.into() }
    }

    /// The same, with what it was about in front.
    #[must_use]
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.text = format!("{what}: {}", self.text);
        self
    }

    /// For standard error: a sentence, or a JSON object.
    pub(crate) fn told(&self, out: Output) -> String {
        if out.is_json() {
            return serde_json::json!({ "error": self.text, "exit_code": self.code }).to_string();
        }
        format!("countersign: {}", self.text)
    }

    /// The exit code.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Denied(denied) => {
                let code = match denied.code() {
                    ErrorCode::NotFound => NOT_FOUND,
                    ErrorCode::Conflict => CONFLICT,
                    code if code.status() >= 500 => FAILED,
                    _ => USAGE,
                };
                let text = match denied.field_name() {
                    Some(field) => format!("{field}: {}", denied.description()),
                    None => denied.description().to_owned(),
                };
                Self { code, text }
            }
            Error::Failed(failed) => Self::failed(failed.to_string()),
        }
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self::failed(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use countersign::Denied;

    use super::*;

    #[test]
    fn exit_codes_tell_bad_input_from_absence_conflict_and_failure() {
        let number = |code: ErrorCode| Problem::from(Error::from(Denied::new(code, "."))).code;

        assert_eq!(number(ErrorCode::InvalidRequest), 2);
        assert_eq!(number(ErrorCode::NotFound), 3);
        assert_eq!(number(ErrorCode::Conflict), 4);
        assert_eq!(number(ErrorCode::TemporarilyUnavailable), 1);
    }
}
