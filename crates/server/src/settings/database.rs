//! The database URL, which may hold a password.

use super::{Effective, Source};
use crate::exit::Problem;

impl Effective {
    /// The URL is given, or stands in a file. A password in an argument would be visible to every
    /// user of the machine; a file's is not.
    pub(super) fn take_database_url(&mut self) -> Result<(), Problem> {
        let (url, file) = (self.source("database"), self.source("database_file"));
        if matches!(url, Source::Flag(_)) && has_password(&self.server.database) {
            return Err(self.mistake(
                "database",
                "a URL without a password, which everybody on this machine could read; use the \
                 environment variable COUNTERSIGN_DATABASE, the TOML file or --database-file",
            ));
        }
        let Some(path) = self.server.database_file.as_ref().filter(|_| file.rank() >= url.rank())
        else {
            return Ok(());
        };
        if file.rank() == url.rank() {
            return Err(self.mistake("database_file", "nothing, as database is given as well"));
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| self.mistake("database_file", &format!("a readable file: {error}")))?;
        self.server.database = text.trim().to_owned();
        Ok(())
    }
}

/// Whether a URL has a password, before the host or as a parameter.
pub(crate) fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://").filter(|_| !url.starts_with("sqlite:")) else {
        return false;
    };
    let user = rest.rsplit_once('@').map_or("", |(user, _)| user);
    user.contains(':') || rest.contains("password=")
}

/// The URL without its password, to show.
pub(crate) fn without_password(url: &str) -> String {
    if !has_password(url) {
        return url.to_owned();
    }
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let (user, after) = rest.rsplit_once('@').unwrap_or(("", rest));
    let after = after.split('?').next().unwrap_or(after);
    match user.split(':').next().unwrap_or("") {
        "" => format!("{scheme}://{after}"),
        user => format!("{scheme}://{user}@{after}"),
    }
}
