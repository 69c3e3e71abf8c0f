//! Database URLs, and what TLS they ask for. A URL may hold a password: no error repeats it.

use std::{net::IpAddr, path::PathBuf};

use tokio_postgres::config::{Config, Host, SslMode};

use super::DbError;

#[derive(Debug)]
pub(super) enum Url {
    /// The file; without one, a private temporary file.
    Sqlite(Option<PathBuf>),
    Postgres(Box<Target>),
}

/// Where a PostgreSQL server is.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) config: Config,
    /// A PEM file of the only roots to believe, instead of the system's.
    pub(super) roots: Option<PathBuf>,
}

pub(super) fn parse(url: &str) -> Result<Url, DbError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return postgres(url).map(|target| Url::Postgres(Box::new(target)));
    }
    let Some(path) = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")) else {
        return Err(DbError::failed("a database URL starts with sqlite:// or postgres://"));
    };
    match path {
        "" => Err(DbError::failed("the sqlite:// URL names no file")),
        ":memory:" => Ok(Url::Sqlite(None)),
        _ if path.contains('?') => Err(DbError::failed("a sqlite:// URL takes no parameters")),
        _ => Ok(Url::Sqlite(Some(path.into()))),
    }
}

/// The driver's own URL, plus the `sslmode` values and the `sslrootcert` it does not know.
fn postgres(url: &str) -> Result<Target, DbError> {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut roots, mut rest) = (None, None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some(("sslmode", value)) => mode = Some(value),
            Some(("sslrootcert", value)) => roots = Some(PathBuf::from(value)),
            _ => rest.push(pair),
        }
    }
    let mut config: Config = format!("{address}?{}", rest.join("&"))
        .parse()
        .map_err(|_| DbError::failed("the postgres:// URL cannot be understood"))?;
    config.ssl_mode(ssl_mode(mode, &config)?);
    Ok(Target { config, roots })
}

/// TLS is verified or absent, never in between: what leaves this machine is encrypted unless
/// `sslmode=disable` says otherwise.
fn ssl_mode(mode: Option<&str>, config: &Config) -> Result<SslMode, DbError> {
    match mode {
        Some("disable") => Ok(SslMode::Disable),
        Some("require" | "verify-ca" | "verify-full") => Ok(SslMode::Require),
        None | Some("allow" | "prefer") if stays_here(config) => Ok(SslMode::Disable),
        None | Some("allow" | "prefer") => Ok(SslMode::Require),
        Some(_) => Err(DbError::failed("sslmode is one of disable, prefer, require, verify-full")),
    }
}

fn stays_here(config: &Config) -> bool {
    let local = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        Host::Unix(_) => true,
    };
    config.get_hosts().iter().all(local)
        && config.get_hostaddrs().iter().all(std::net::IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(url: &str) -> SslMode {
        match parse(url).unwrap() {
            Url::Postgres(target) => target.config.get_ssl_mode(),
            Url::Sqlite(_) => panic!("{url} is not SQLite"),
        }
    }

    #[test]
    fn a_remote_database_is_encrypted_unless_the_url_says_otherwise() {
        assert_eq!(mode("postgres://u:p@db.example/app"), SslMode::Require);
        assert_eq!(mode("postgres://u:p@db.example/app?sslmode=prefer"), SslMode::Require);
        assert_eq!(mode("postgres://u@db.example/app?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://u@127.0.0.1,db.example/app"), SslMode::Require);
        assert_eq!(mode("postgres://u@127.0.0.1/app?hostaddr=192.0.2.1"), SslMode::Require);
        assert_eq!(mode("postgres://u@db.example/app?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://u@[::1]:5433/app"), SslMode::Disable);
        assert_eq!(mode("postgres:///app?host=/run/postgresql"), SslMode::Disable);
        assert_eq!(mode("postgres:///app?host=%2Frun&port=5433"), SslMode::Disable);
    }

    #[test]
    fn a_url_that_cannot_be_understood_is_refused_without_repeating_its_password() {
        for url in [
            "postgres://u:hunter2@db.example/app?hunter2=1",
            "postgres://u:hunter2@db.example:port/app",
            "postgres://u:hunter2@db.example/app?sslmode=hunter2",
            "mysql://u:hunter2@db.example/app",
            "sqlite://",
            "sqlite://app.db?mode=hunter2",
        ] {
            let refusal = format!("{:?}", parse(url).unwrap_err());
            assert!(refusal.starts_with("Failed"), "{url}: {refusal}");
            assert!(!refusal.contains("hunter2"), "{url}: {refusal}");
        }
    }

    #[test]
    fn a_sqlite_url_names_a_relative_or_an_absolute_file_or_none() {
        let file = |url| match parse(url).unwrap() {
            Url::Sqlite(path) => path,
            Url::Postgres(_) => panic!("{url} is SQLite"),
        };
        assert_eq!(file("sqlite://app.db"), Some("app.db".into()));
        assert_eq!(file("sqlite:///var/app.db"), Some("/var/app.db".into()));
        assert_eq!(file("sqlite::memory:"), None);
    }
}
