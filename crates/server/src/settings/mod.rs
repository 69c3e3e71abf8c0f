//! Settings: flags before the environment before the TOML file before the defaults. What a setting
//! means is the library's business; this folder only brings values to their places.

mod database;
mod environment;
mod file;
mod flags;
mod show;
mod table;
pub(crate) mod value;

use std::{fmt, net::SocketAddr, num::NonZero, path::PathBuf};

use clap::ArgMatches;
use countersign::Config;

pub(crate) use database::{has_password, without_password};
pub(crate) use environment::Environment;
pub(crate) use flags::{Listed, flags};
pub(crate) use show::{Shown, shown, template};
pub(crate) use table::SETTINGS;
use value::{Argv, LogFormat, Mount, Value};

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
#[derive(Clone, Copy)]
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
    pub(crate) secret_command: Argv,
    pub(crate) tls_cert: Option<PathBuf>,
    pub(crate) tls_key: Option<PathBuf>,
    pub(crate) behind_proxy: bool,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) request_timeout_seconds: u32,
    pub(crate) header_timeout_seconds: u32,
    pub(crate) shutdown_seconds: u32,
    pub(crate) max_connections: u32,
    pub(crate) worker_threads: u32,
    pub(crate) log_filter: String,
    pub(crate) log_format: LogFormat,
    pub(crate) profiles: Vec<Mount>,
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

impl Source {
    /// The higher goes before the lower.
    fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::File(..) => 1,
            Self::Environment(_) => 2,
            Self::Flag(_) => 3,
        }
    }
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
                secret_command: Argv::default(),
                tls_cert: None,
                tls_key: None,
                behind_proxy: false,
                metrics_listen: None,
                request_timeout_seconds: 30,
                header_timeout_seconds: 10,
                shutdown_seconds: 10,
                max_connections: 10_000,
                worker_threads: 0,
                log_filter: "info".into(),
                log_format: LogFormat::Text,
                profiles: Vec::new(),
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
        given.extend(flags::given(flags));
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
        self.take_database_url()?;
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
        if self.server.worker_threads > 1024 {
            return Err(self.mistake("worker_threads", "at most 1024"));
        }
        let cost = self.config.hashing.params;
        countersign::proto::password::Params::new(cost.memory_kib, cost.iterations, cost.lanes)
            .map_err(|_| {
                let rule = "8 KiB or more for each lane, with at least one lane and one iteration";
                self.mistake("hashing.memory_kib", rule)
            })?;
        Ok(())
    }

    /// How many threads answer requests. Unless set, one processor is left to what they wait for:
    /// hashing, SQLite's writer, the system.
    pub(crate) fn workers(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        match usize::try_from(self.server.worker_threads) {
            Ok(0) | Err(_) => processors.saturating_sub(1).max(1),
            Ok(chosen) => chosen,
        }
    }

    /// The public URL, which unless set is where the server listens.
    pub(crate) fn public_url(&self, listen: SocketAddr) -> String {
        self.server.public_url.clone().unwrap_or_else(|| {
            let scheme = if self.server.tls_cert.is_some() { "https" } else { "http" };
            format!("{scheme}://{listen}")
        })
    }
}

#[cfg(test)]
mod tests;
