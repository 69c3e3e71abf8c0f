//! The environment: `COUNTERSIGN_` and the setting's name.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::{
    CONFIG_VARIABLE, DEFAULT_FILE, Given, PREFIX, SECRET_VARIABLE, SETTINGS, Setting, Source, file,
};
use crate::exit::Problem;

/// The environment, as far as it concerns us. Tests bring their own.
pub(crate) struct Environment(Vec<(String, OsString)>);

impl Environment {
    /// The process's.
    pub(crate) fn of_process() -> Self {
        Self::new(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))),
        )
    }

    /// These variables; others than ours are left out.
    pub(crate) fn new(variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        Self(variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect())
    }

    fn get(&self, name: &str) -> Option<&OsString> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The TOML file to read, if any.
    pub(super) fn file(&self, flags: &ArgMatches) -> Result<Option<PathBuf>, Problem> {
        let named = flags.get_one::<PathBuf>("config").cloned();
        if let Some(path) = named.or_else(|| self.get(CONFIG_VARIABLE).map(PathBuf::from)) {
            return Ok(Some(path));
        }
        let default = Path::new(DEFAULT_FILE);
        match default.try_exists() {
            Ok(exists) => Ok(exists.then(|| default.to_owned())),
            Err(error) => Err(Problem::usage(format!("{DEFAULT_FILE}: {error}"))),
        }
    }

    /// What it says.
    pub(super) fn given(&self) -> Result<Vec<Given>, Problem> {
        let mut given = Vec::new();
        for (name, value) in &self.0 {
            if name == CONFIG_VARIABLE || name == SECRET_VARIABLE {
                continue;
            }
            let Some(setting) = SETTINGS.iter().position(|known| known.variable() == *name) else {
                unknown_variable(name)?;
                continue;
            };
            let text = value.to_str().ok_or_else(|| {
                Problem::usage(format!("environment variable {name}: expected UTF-8"))
            })?;
            let source = Source::Environment(name.clone());
            given.push(Given { setting, items: vec![text.to_owned()], source });
        }
        Ok(given)
    }
}

/// A misspelt variable is a mistake. Others with our prefix need not be meant for us: Kubernetes
/// makes `COUNTERSIGN_SERVICE_HOST` and the like for a service of this name.
fn unknown_variable(name: &str) -> Result<(), Problem> {
    match file::nearest(name, SETTINGS.iter().map(Setting::variable)) {
        Some(known) => Err(Problem::usage(format!(
            "environment variable {name}: there is no such setting; is {known} meant?"
        ))),
        None => Ok(()),
    }
}
