//! Settings: flags before the environment before the TOML file before the defaults. What a setting
//! means is the library's business; this folder only brings values to their places.

mod file;
mod show;
mod table;
pub(crate) mod value;

use std::{
    ffi::OsString,
    fmt,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgAction, ArgMatches, Command, builder::PossibleValuesParser};
use countersign::Config;

pub(crate) use show::{Shown, shown, template};
pub(crate) use table::SETTINGS;
use value::{LogFormat, Value};

use crate::exit::Problem;

/// The environment variable with the master secret. There is no flag for it on purpose: arguments
/// are visible to every user of the machine.
pub(crate) const SECRET_VARIABLE: &str = "COUNTERSIGN_SECRET";
/// The environment variable with the path of the TOML file.
pub(crate) const CONFIG_VARIABLE: &str = "COUNTERSIGN_CONFIG";
/// Read when it exists and no other file was named.
pub(crate) const DEFAULT_FILE: &str = "countersign.toml";
const PREFIX: &str = "COUNTERSIGN_";

/// One row of the table.
pub(crate) struct Setting {
    /// Its path in TOML; the library's [`Config::check`] uses the same names.
    pub(crate) name: &'static str,
    /// What its value is, in `--help`.
    pub(crate) unit: &'static str,
    /// One line for `--help` and the template.
    pub(crate) help: &'static str,
    /// Where its value lives.
    pub(crate) at: fn(&mut Effective) -> &mut dyn Value,
}

impl Setting {
    /// `hashing.memory_kib` is `--hashing-memory-kib`.
    pub(crate) fn flag(&self) -> String {
        self.name.replace(['.', '_'], "-")
    }

    /// `hashing.memory_kib` is `COUNTERSIGN_HASHING_MEMORY_KIB`.
    pub(crate) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }
}

/// What only the server needs; the library's part is [`Config`].
#[derive(Debug, Clone)]
pub(crate) struct Server {
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: Option<String>,
    pub(crate) database: String,
    pub(crate) database_file: Option<PathBuf>,
    pub(crate) secret_file: Option<PathBuf>,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) behind_proxy: bool,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) request_timeout_seconds: u32,
    pub(crate) header_timeout_seconds: u32,
    pub(crate) shutdown_seconds: u32,
    pub(crate) max_connections: u32,
    pub(crate) log_filter: String,
    pub(crate) log_format: LogFormat,
}

/// All values in force, and where each came from.
#[derive(Debug, Clone)]
pub(crate) struct Effective {
    pub(crate) server: Server,
    pub(crate) config: Config,
    sources: Vec<Source>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// Nobody said anything.
    Default,
    /// A file and its line.
    File(PathBuf, usize),
    /// An environment variable.
    Environment(String),
    /// A flag.
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// A value somebody gave, not read yet.
pub(crate) struct Given {
    pub(crate) setting: usize,
    pub(crate) items: Vec<String>,
    pub(crate) source: Source,
}

impl Default for Effective {
    fn default() -> Self {
        Self {
            server: Server {
                listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
                public_url: None,
                database: "sqlite://countersign.db".into(),
                database_file: None,
                secret_file: None,
                tls_cert: None,
                tls_key: None,
                behind_proxy: false,
                metrics_listen: None,
                request_timeout_seconds: 30,
                header_timeout_seconds: 10,
                shutdown_seconds: 10,
                max_connections: 10_000,
                log_filter: "info".into(),
                log_format: LogFormat::Text,
            },
            config: Config::default(),
            sources: vec![Source::Default; SETTINGS.len()],
        }
    }
}

impl Effective {
    /// Brings together what the file, the environment and the flags say, and checks it.
    ///
    /// # Errors
    /// Exit code 2, naming where the mistake is and what was expected.
    pub(crate) fn resolve(flags: &ArgMatches, environment: &Environment) -> Result<Self, Problem> {
        let mut effective = Self::default();
        let mut given = match environment.file(flags)? {
            Some(path) => file::read(&path)?,
            None => Vec::new(),
        };
        given.extend(environment.given()?);
        given.extend(from_flags(flags));
        for one in given {
            effective.apply(one)?;
        }
        effective.finish()
    }

    fn apply(&mut self, given: Given) -> Result<(), Problem> {
        let setting = &SETTINGS[given.setting];
        (setting.at)(self).set(&given.items).map_err(|expected| {
            Problem::usage(format!("{}: {}: expected {expected}", given.source, setting.name))
        })?;
        self.sources[given.setting] = given.source;
        Ok(())
    }

    /// Where the value of a setting came from.
    pub(crate) fn source(&self, name: &str) -> &Source {
        let index = SETTINGS.iter().position(|setting| setting.name == name);
        index.map_or(&Source::Default, |index| &self.sources[index])
    }

    /// A mistake in this setting, with the place it was made at.
    pub(crate) fn mistake(&self, name: &str, expected: &str) -> Problem {
        Problem::usage(format!("{}: {name}: expected {expected}", self.source(name)))
    }

    fn finish(mut self) -> Result<Self, Problem> {
        self.take_database_file()?;
        if self.server.tls_cert.is_some() != self.server.tls_key.is_some() {
            let (given, missing) = if self.server.tls_cert.is_some() {
                ("tls_cert", "tls_key")
            } else {
                ("tls_key", "tls_cert")
            };
            return Err(self.mistake(given, &format!("{missing} as well, or neither")));
        }
        self.check_limits()?;
        self.config.public_url = self.public_url(self.server.listen);
        self.config.check().map_err(|why| self.mistake(why.setting, &why.expected))?;
        Ok(self)
    }

    fn check_limits(&self) -> Result<(), Problem> {
        let at_least_one = [
            ("request_timeout_seconds", self.server.request_timeout_seconds),
            ("header_timeout_seconds", self.server.header_timeout_seconds),
            ("max_connections", self.server.max_connections),
        ];
        for (name, value) in at_least_one {
            if value == 0 {
                return Err(self.mistake(name, "at least 1"));
            }
        }
        let cost = self.config.hashing.params;
        countersign::proto::password::Params::new(cost.memory_kib, cost.iterations, cost.lanes)
            .map_err(|_| {
                let rule = "8 KiB or more for each lane, with at least one lane and one iteration";
                self.mistake("hashing.memory_kib", rule)
            })?;
        Ok(())
    }

    /// A password in an argument would be visible to every user of the machine; a file's is not.
    fn take_database_file(&mut self) -> Result<(), Problem> {
        if matches!(self.source("database"), Source::Flag(_)) && has_password(&self.server.database)
        {
            return Err(self.mistake(
                "database",
                "a URL without a password, which everybody on this machine could read; use the \
                 environment variable COUNTERSIGN_DATABASE, the TOML file or --database-file",
            ));
        }
        if let Some(path) = &self.server.database_file {
            let text = std::fs::read_to_string(path).map_err(|error| {
                self.mistake("database_file", &format!("a readable file: {error}"))
            })?;
            self.server.database = text.trim().to_owned();
        }
        Ok(())
    }

    /// The public URL, which unless set is where the server listens.
    pub(crate) fn public_url(&self, listen: SocketAddr) -> String {
        self.server.public_url.clone().unwrap_or_else(|| {
            let scheme = if self.server.tls_cert.is_some() { "https" } else { "http" };
            format!("{scheme}://{listen}")
        })
    }
}

/// Whether a URL has a password, before the host or as a parameter.
fn has_password(url: &str) -> bool {
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

    fn file(&self, flags: &ArgMatches) -> Result<Option<PathBuf>, Problem> {
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

    fn given(&self) -> Result<Vec<Given>, Problem> {
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

fn from_flags(matches: &ArgMatches) -> Vec<Given> {
    let given = |(index, setting): (usize, &Setting)| {
        let items = matches.try_get_many::<String>(setting.name).ok().flatten()?;
        let source = Source::Flag(setting.flag());
        Some(Given { setting: index, items: items.cloned().collect(), source })
    };
    SETTINGS.iter().enumerate().filter_map(given).collect()
}

/// Which settings a command's `--help` lists. All are taken by all commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listed {
    /// All: for those that serve.
    All,
    /// Where the database and its secret are: for those that work on it.
    Database,
}

/// Adds the flags of all settings to a command.
pub(crate) fn flags(mut command: Command, listed: Listed) -> Command {
    const DATABASE: [&str; 3] = ["database", "database_file", "secret_file"];
    let mut defaults = Effective::default();
    for setting in SETTINGS {
        let arg = flag(setting, (setting.at)(&mut defaults));
        let hidden = listed == Listed::Database && !DATABASE.contains(&setting.name);
        command = command.arg(arg.hide(hidden));
    }
    command
}

fn flag(setting: &'static Setting, default: &dyn Value) -> Arg {
    let shown = match default.toml() {
        None => String::new(),
        Some(toml::Value::String(text)) => format!(" [default: {text}]"),
        Some(toml::Value::Array(items)) if items.is_empty() => String::new(),
        Some(value) => format!(" [default: {value}]"),
    };
    let singular = setting.flag().strip_suffix("proxies").map(|stem| format!("{stem}proxy"));
    let arg = Arg::new(setting.name)
        .long(setting.flag())
        .visible_aliases(singular)
        .value_name(setting.unit)
        .help(format!("{}{shown}", setting.help))
        .help_heading(heading(setting.name))
        .hide_short_help(setting.name.contains('.'))
        .action(if default.is_list() { ArgAction::Append } else { ArgAction::Set });
    if default.is_switch() {
        return arg.num_args(0..=1).require_equals(true).default_missing_value("true");
    }
    match default.words() {
        [] => arg,
        words => arg.value_parser(PossibleValuesParser::new(words)),
    }
}

fn heading(name: &str) -> &'static str {
    match name.split('.').next() {
        Some("log") => "Log",
        Some("carriers") => "Where tokens may be carried",
        Some("password_policy") => "Password policy",
        Some("hashing") => "Password hashing",
        Some("throttle") => "Throttle",
        _ => "Settings",
    }
}

#[cfg(test)]
mod tests;
