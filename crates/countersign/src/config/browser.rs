//! The settings of what people meet: browser sessions, pages, mail, sign-up, and how long things
//! are kept.

use std::{collections::BTreeMap, path::PathBuf};

use super::{ConfigError, DAY, rule};

/// Sessions of browsers and their cookies.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Browser {
    /// A session ends when it was not used for so many seconds.
    pub idle_seconds: u32,
    /// A session cookie ends after so many seconds, however much it is used.
    pub cookie_seconds: u32,
    /// A remembered browser gets its session back for so many seconds after the password was given.
    pub remember_seconds: u32,
    /// What can do harm asks for the password again when it was given longer ago, seconds.
    pub fresh_seconds: u32,
    /// How cookies are protected.
    pub cookies: Cookies,
}

/// How cookies are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// `Secure` and bound to this very host by the prefix `__Host-`. The default; browsers allow
    /// it on HTTPS and on loopback.
    Host,
    /// Neither, for clients on plain HTTP that keep no such cookies. Refused when the public URL
    /// is HTTPS.
    Plain,
}

/// The ready-made pages.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Pages {
    /// Whether there are any.
    pub mode: PagesMode,
    /// What the pages and mails call the service.
    pub service_name: String,
    /// The path or `data:` URL of a logo, shown above the name; `None`: the name alone.
    pub logo: Option<String>,
    /// Where somebody lands who logged in without having been on the way elsewhere: a path.
    pub home: String,
    /// A folder whose files replace the built-in templates, texts and style sheet of the same name.
    pub folder: Option<PathBuf>,
    /// The same without a folder: by name, such as `login.html`, `locales/de.ftl` or `theme.css`,
    /// what the file would say. The folder wins.
    pub files: BTreeMap<String, String>,
}

/// Whether there are pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PagesMode {
    /// The default.
    On,
    /// Only the API.
    Off,
}

/// How mail is sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Mail {
    /// By which way.
    pub transport: Transport,
    /// `smtps://USER@HOST:PORT`, or `smtp://…`, which is STARTTLS and nothing less.
    pub smtp_url: Option<String>,
    /// A file with the password of the user in `smtp_url`.
    pub smtp_password_file: Option<PathBuf>,
    /// A PEM file with the authorities that may vouch for the SMTP server, besides the system's.
    pub ca_file: Option<PathBuf>,
    /// The sender: `Name <name@example.com>`.
    pub from: String,
    /// What is mailed to be proven is good for so many seconds, at most 3600.
    pub link_seconds: u32,
    /// The short code beside it is good for so many seconds, at most 600.
    pub code_seconds: u32,
    /// Mails that one account or address can cause in an hour.
    pub per_hour: u32,
    /// Who may look at the inbox, if that is the transport.
    pub inbox: InboxReaders,
}

/// Who may look at the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxReaders {
    /// Administrators. The default.
    Admins,
    /// Everybody: for a demonstration, as whoever reads it can take over every account.
    Anybody,
}

/// By which way mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// None is: what needs mail says so.
    Off,
    /// Kept to be looked at, at `/inbox` and by the library: for trying out and tests.
    Inbox,
    /// SMTP, with TLS that is verified.
    Smtp,
}

/// Who may sign up, and what it costs a robot.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SignUp {
    /// Who may.
    pub mode: SignUpMode,
    /// Whether the browser has to work for it.
    pub proof: ProofMode,
    /// Work asked for: so many zero bits, doubling the work each.
    pub proof_bits: u32,
    /// Accounts one address may make in an hour; 0: any number.
    pub per_address_hour: u32,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUpMode {
    /// Everybody.
    Open,
    /// Whoever was invited.
    Invitation,
    /// Nobody: operators make accounts.
    Closed,
}

/// Whether a proof of work is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProofMode {
    /// Never.
    Off,
    /// When an address, or everybody together, signs up often. The default.
    Adaptive,
    /// Always.
    On,
}

/// What is kept how long.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Retention {
    /// An account is deleted so many seconds after its owner said so.
    pub deletion_grace_seconds: u32,
    /// An account made where confirmation is required, and never confirmed, is deleted after so many
    /// seconds unless it has a role, a session or an API key; 0: never. Accounts of before, and
    /// imported ones, stay.
    pub unconfirmed_seconds: u32,
    /// Mails, without their text, are listed for so many seconds.
    pub mail_seconds: u32,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            idle_seconds: 2 * 3600,
            cookie_seconds: DAY,
            remember_seconds: 30 * DAY,
            fresh_seconds: 600,
            cookies: Cookies::Host,
        }
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            mode: PagesMode::On,
            service_name: "Countersign".into(),
            logo: None,
            home: "/account".into(),
            folder: None,
            files: BTreeMap::new(),
        }
    }
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            transport: Transport::Off,
            smtp_url: None,
            smtp_password_file: None,
            ca_file: None,
            from: "Countersign <no-reply@localhost>".into(),
            link_seconds: 3600,
            code_seconds: 600,
            per_hour: 5,
            inbox: InboxReaders::Admins,
        }
    }
}

impl Default for SignUp {
    fn default() -> Self {
        Self {
            mode: SignUpMode::Open,
            proof: ProofMode::Adaptive,
            proof_bits: 14,
            per_address_hour: 30,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            deletion_grace_seconds: 14 * DAY,
            unconfirmed_seconds: 30 * DAY,
            mail_seconds: 30 * DAY,
        }
    }
}

impl Browser {
    pub(super) fn check(&self, public_url: &str) -> Result<(), ConfigError> {
        rule("browser.idle_seconds", "60 to cookie_seconds", || {
            (60..=self.cookie_seconds).contains(&self.idle_seconds)
        })?;
        rule("browser.remember_seconds", "at least cookie_seconds", || {
            self.remember_seconds >= self.cookie_seconds
        })?;
        rule("browser.fresh_seconds", "30 to 86400", || (30..=DAY).contains(&self.fresh_seconds))?;
        rule("browser.cookies", "host, as the public URL is HTTPS", || {
            self.cookies == Cookies::Host || !public_url.starts_with("https://")
        })
    }
}

impl Pages {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        rule("pages.service_name", "1 to 60 characters, no control characters", || {
            (1..=60).contains(&self.service_name.chars().count())
                && !self.service_name.chars().any(char::is_control)
        })?;
        rule("pages.home", "a path of this very host, such as /account", || {
            self.home.starts_with('/') && !self.home.starts_with("//") && !self.home.contains('\\')
        })
    }
}

impl Mail {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        rule("mail.smtp_url", "smtps://HOST or smtp://HOST, as the transport is smtp", || {
            self.transport != Transport::Smtp || self.smtp_url.is_some()
        })?;
        rule("mail.from", "an address of yours, as the transport is smtp", || {
            self.transport != Transport::Smtp || !self.from.contains("@localhost")
        })?;
        rule("mail.link_seconds", "60 to 3600", || (60..=3600).contains(&self.link_seconds))?;
        rule("mail.code_seconds", "60 to 600", || (60..=600).contains(&self.code_seconds))?;
        rule("mail.per_hour", "at least 1", || self.per_hour >= 1)
    }
}

impl SignUp {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        rule("sign_up.proof_bits", "1 to 24", || (1..=24).contains(&self.proof_bits))
    }
}
