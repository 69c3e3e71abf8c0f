//! One mail over one SMTP connection (RFC 5321), step by step, so that it is known whether the
//! server has been given the mail when something fails. TLS is verified, always.

use std::{fs, io, net::IpAddr, time::Duration};

use countersign_proto::secret::Secret;
use lettre::{
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailParameter},
    },
};
use tokio::time::timeout;

use super::message::Parcel;
use crate::Config;

/// For everything before the mail itself; and for each wait of the connection.
const PATIENCE: Duration = Duration::from_secs(30);
/// For the mail itself. Servers may check it before they answer.
const PATIENCE_FOR_DATA: Duration = Duration::from_secs(120);

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    /// From the first byte.
    Tls,
    /// By STARTTLS, which has to be offered.
    StartTls,
    /// Not at all: for a server on this very machine.
    None,
}

/// Where mail is handed over, and as whom.
pub(super) struct Smtp {
    host: String,
    port: u16,
    protection: Protection,
    credentials: Option<Credentials>,
    tls: TlsParameters,
    hello: ClientId,
    /// The sender.
    pub(super) from: Mailbox,
    /// The right half of a `Message-ID`.
    pub(super) domain: String,
}

/// How sending ended.
#[derive(Debug)]
pub(super) enum Outcome {
    Sent,
    /// It was not sent. Later it may be.
    Later(String),
    /// It was not sent and never will be.
    Never(String),
    /// Nobody knows whether it was sent.
    Unknown(String),
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unusable {
    #[error("mail.smtp_url: {0}")]
    Url(&'static str),
    #[error("mail.from: an address is expected, as in Name <name@example.com>")]
    From,
    #[error("mail.smtp_password_file: {0}")]
    Password(io::Error),
    #[error("mail.smtp_password_file: the URL names no user whose password this could be")]
    NoUser,
    #[error("mail.smtp_url: it names a user, and mail.smtp_password_file is missing")]
    NoPassword,
    #[error("mail.ca_file: {0}")]
    Authorities(String),
}

/// What a URL says.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    host: String,
    port: u16,
    protection: Protection,
    user: Option<String>,
}

impl Smtp {
    pub(super) fn open(config: &Config) -> Result<Self, Unusable> {
        let mail = &config.mail;
        let target = Target::parse(mail.smtp_url.as_deref().unwrap_or_default())?;
        let password = mail.smtp_password_file.as_ref().map(fs::read_to_string).transpose();
        let password = password.map_err(Unusable::Password)?.map(Secret::new);
        let credentials = match (target.user, password) {
            (Some(user), Some(password)) => {
                Some(Credentials::new(user, password.reveal().trim_end().to_owned()))
            }
            (None, None) => None,
            (Some(_), None) => return Err(Unusable::NoPassword),
            (None, Some(_)) => return Err(Unusable::NoUser),
        };
        let mut tls = TlsParameters::builder(target.host.clone());
        if let Some(file) = &mail.ca_file {
            let pem = fs::read(file).map_err(|why| Unusable::Authorities(why.to_string()))?;
            let authorities = Certificate::from_pem(&pem);
            let authorities = authorities.map_err(|why| Unusable::Authorities(why.to_string()))?;
            tls = tls.add_root_certificate(authorities);
        }
        let domain = host_of(&config.public_url).to_owned();
        Ok(Self {
            host: target.host,
            port: target.port,
            protection: target.protection,
            credentials,
            tls: tls.build().map_err(|why| Unusable::Authorities(why.to_string()))?,
            hello: hello(&domain),
            from: mail.from.parse().map_err(|_| Unusable::From)?,
            domain,
        })
    }

    /// Hands one mail over.
    pub(super) async fn send(&self, parcel: &Parcel) -> Outcome {
        let begun = timeout(PATIENCE, self.begin(parcel)).await;
        let mut connection = match begun {
            Ok(Ok(connection)) => connection,
            Ok(Err(outcome)) => return outcome,
            Err(_) => return Outcome::Later("the server took too long".into()),
        };
        let answered = timeout(PATIENCE_FOR_DATA, connection.message(&parcel.bytes)).await;
        let outcome = match answered {
            Ok(Ok(_)) => Outcome::Sent,
            Ok(Err(error)) => after_data(&error),
            Err(_) => Outcome::Unknown("the server did not say whether it took the mail".into()),
        };
        // Whatever follows changes nothing about this mail.
        let _ = timeout(Duration::from_secs(2), connection.quit()).await;
        outcome
    }

    /// Everything before the mail itself. It fails before anything is handed over.
    async fn begin(&self, parcel: &Parcel) -> Result<AsyncSmtpConnection, Outcome> {
        let mut connection = self.connect().await.map_err(|error| later(&error))?;
        let mut parameters = Vec::new();
        let foreign = |address: &lettre::Address| !AsRef::<str>::as_ref(address).is_ascii();
        if foreign(&parcel.from) || foreign(&parcel.to) {
            if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(Outcome::Never("the server takes ASCII addresses only".into()));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let from = Mail::new(Some(parcel.from.clone()), parameters);
        connection.command(from).await.map_err(|error| refused(&error))?;
        let to = Rcpt::new(parcel.to.clone(), Vec::new());
        connection.command(to).await.map_err(|error| refused(&error))?;
        connection.command(Data).await.map_err(|error| refused(&error))?;
        Ok(connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, SmtpError> {
        let implicit = (self.protection == Protection::Tls).then(|| self.tls.clone());
        let server = (self.host.as_str(), self.port);
        let (wait, hello) = (Some(PATIENCE), &self.hello);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, wait, hello, implicit, None).await?;
        if self.protection == Protection::StartTls {
            // It fails when the server does not offer it: stripping it stops the mail.
            connection.starttls(self.tls.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        Ok(connection)
    }
}

/// Before the mail is named the fault is the connection's, and passes.
fn later(error: &SmtpError) -> Outcome {
    Outcome::Later(words(error))
}

/// The server refuses sender, recipient or mail.
fn refused(error: &SmtpError) -> Outcome {
    if error.is_permanent() { Outcome::Never(words(error)) } else { later(error) }
}

/// Once the mail is on its way only an answer says what became of it.
fn after_data(error: &SmtpError) -> Outcome {
    match (error.is_permanent(), error.is_transient()) {
        (true, _) => Outcome::Never(words(error)),
        (_, true) => Outcome::Later(words(error)),
        _ => Outcome::Unknown(words(error)),
    }
}

/// An error with its causes, on one line that is not too long.
fn words(error: &SmtpError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        let more = next.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

fn host_of(public_url: &str) -> &str {
    let rest = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    let authority = rest.split('/').next().unwrap_or(rest);
    if authority.starts_with('[') {
        return authority.split_inclusive(']').next().unwrap_or(authority);
    }
    authority.split(':').next().unwrap_or(authority)
}

fn hello(domain: &str) -> ClientId {
    match domain.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => ClientId::Ipv4(address),
        Ok(IpAddr::V6(address)) => ClientId::Ipv6(address),
        Err(_) => ClientId::Domain(domain.to_owned()),
    }
}

impl Target {
    fn parse(url: &str) -> Result<Self, Unusable> {
        const FORM: Unusable = Unusable::Url("smtps://USER@HOST:PORT or smtp://USER@HOST:PORT");
        let (scheme, rest) = url.split_once("://").ok_or(FORM)?;
        let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        let (user, server) = match authority.rsplit_once('@') {
            Some((user, server)) => (Some(user), server),
            None => (None, authority),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(Unusable::Url("the password belongs in mail.smtp_password_file"));
        }
        let (protection, usual) = match (scheme, query) {
            ("smtps", "") => (Protection::Tls, 465),
            ("smtp", "") => (Protection::StartTls, 587),
            ("smtp", "tls=none") => (Protection::None, 25),
            _ => return Err(FORM),
        };
        let (host, port) = split_port(server, usual).ok_or(FORM)?;
        if protection == Protection::None && !is_loopback(&host) {
            return Err(Unusable::Url("tls=none is for a server on this machine: 127.0.0.1"));
        }
        Ok(Self { host, port, protection, user: user.map(decoded) })
    }
}

fn split_port(server: &str, usual: u16) -> Option<(String, u16)> {
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => server.split_at(server.find(':').unwrap_or(server.len())),
    };
    let port = match port.strip_prefix(':') {
        Some(digits) => digits.parse().ok()?,
        None if port.is_empty() => usual,
        None => return None,
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || ".-_:".contains(c);
    (!host.is_empty() && host.chars().all(plain)).then(|| (host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// `%40` is the `@` of a user name that is an address.
fn decoded(user: &str) -> String {
    let pair = format!("u={}", user.replace('+', "%2B"));
    let mut pairs = form_urlencoded::parse(pair.as_bytes());
    pairs.next().map_or_else(|| user.to_owned(), |(_, user)| user.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(url: &str) -> Result<(String, u16, Protection, Option<String>), String> {
        let parsed = Target::parse(url).map_err(|why| why.to_string())?;
        Ok((parsed.host, parsed.port, parsed.protection, parsed.user))
    }

    #[test]
    fn a_url_says_where_how_protected_and_as_whom() {
        let is = |host: &str, port, protection, user: Option<&str>| {
            Ok((host.to_owned(), port, protection, user.map(str::to_owned)))
        };

        assert_eq!(
            target("smtps://mail.example.org"),
            is("mail.example.org", 465, Protection::Tls, None)
        );
        assert_eq!(
            target("smtp://app%40example.org@mail.example.org:2525/"),
            is("mail.example.org", 2525, Protection::StartTls, Some("app@example.org"))
        );
        assert_eq!(
            target("smtp://a+b@mail.example.org"),
            is("mail.example.org", 587, Protection::StartTls, Some("a+b"))
        );
        assert_eq!(target("smtps://[::1]:4465"), is("::1", 4465, Protection::Tls, None));
        assert_eq!(
            target("smtp://127.0.0.1:1025?tls=none"),
            is("127.0.0.1", 1025, Protection::None, None)
        );
    }

    #[test]
    fn a_url_that_would_be_unsafe_or_unclear_is_refused() {
        for url in [
            "",
            "mail.example.org",
            "http://mail.example.org",
            "smtp://user:password@mail.example.org",
            "smtp://mail.example.org?tls=none",
            "smtp://mail.example.org?tls=optional",
            "smtp://10.0.0.1?tls=none",
            "smtps://mail.example.org?tls=none",
            "smtps://",
            "smtps://mail.example.org:port",
            "smtps://mail.example.org:70000",
            "smtps://mail example.org",
            "smtps://mail.example.org/path",
        ] {
            let refused = target(url).unwrap_err();
            assert!(refused.starts_with("mail.smtp_url: "), "{url}: {refused}");
            assert!(!refused.contains("password@"), "{refused}");
        }
    }

    #[test]
    fn the_host_of_the_public_url_greets_the_server() {
        assert_eq!(hello(host_of("https://auth.example.org/app")).to_string(), "auth.example.org");
        assert_eq!(hello(host_of("http://127.0.0.1:8080")).to_string(), "[127.0.0.1]");
        assert_eq!(hello(host_of("http://[::1]:8080")).to_string(), "[IPv6:::1]");
    }
}
