//! Everything that can be configured, with its default and its limits. The server's file,
//! environment and flags fill the same structure.

mod browser;
mod legacy;

use std::path::PathBuf;

use countersign_proto::{
    credential::Carriers,
    jose::{Algorithm, SharedSecret},
    name::AttributeName,
    password::{Bound, Params, policy::Policy},
};
use ipnet::IpNet;

pub use browser::{
    Browser, Cookies, InboxReaders, Mail, Pages, PagesMode, ProofMode, Retention, SignUp,
    SignUpMode, Transport,
};
pub use legacy::Legacy;

/// The configuration of an [`Auth`](crate::Auth). Change what you need in
/// [`Builder::configure`](crate::Builder::configure).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Config {
    /// Where clients reach this service; the `iss` of its tokens. No slash at the end.
    pub public_url: String,
    /// The `aud` of access tokens; `None`: the public URL.
    pub audience: Option<String>,
    /// The realm of `WWW-Authenticate` challenges.
    pub realm: String,
    /// Names a password must not be built from: the product, the company.
    pub service_names: Vec<String>,
    /// The algorithm of new signing keys.
    pub algorithm: Algorithm,
    /// A secret that services have who verify tokens by HS256; only tokens are signed under it whose
    /// [`Shape`](crate::Shape) says so. None of those services can make a token that is accepted
    /// here; each can make tokens that the others accept.
    pub shared_secret: Option<SharedSecret>,
    /// The same in a file; one line break at its end is not part of it.
    pub shared_secret_file: Option<PathBuf>,
    /// Life of an access token, seconds.
    pub access_token_seconds: u32,
    /// Life of a refresh token that is not used, seconds.
    pub refresh_token_seconds: u32,
    /// A session ends so many seconds after the password was given, however often it is renewed.
    pub session_seconds: u32,
    /// For so many seconds a rotated refresh token shown again by the same client gets the same
    /// answer; later it ends the session. 0: at once.
    pub refresh_replay_seconds: u32,
    /// The scope of a session whose client asks for none.
    pub default_scope: String,
    /// A new signing key is published so many seconds before it signs.
    pub key_publish_seconds: u32,
    /// A signing key is replaced when it is so many seconds old. 0: never by itself.
    pub key_rotation_seconds: u32,
    /// Difference between clocks that is forgiven, seconds; at most 60.
    pub leeway_seconds: u32,
    /// Where credentials are looked for besides Basic and Bearer.
    pub carriers: Carriers,
    /// How passwords are hashed and how much hashing may go on at a time.
    pub hashing: Hashing,
    /// What a new password must be like.
    pub password_policy: Policy,
    /// What guessing costs.
    pub throttle: Throttle,
    /// Whether an account must be confirmed before it can be used.
    pub confirmation: Confirmation,
    /// Attributes that users may change themselves by the API. Empty: none.
    pub own_attributes: Vec<String>,
    /// Proxies whose `X-Forwarded-For` is believed. Empty: none is.
    pub trusted_proxies: Vec<IpNet>,
    /// Users kept in memory, and as many signed tokens, API keys and sessions: fewer where they take
    /// more than a kilobyte each.
    pub cached_identities: usize,
    /// Without news from the database for so many seconds, tokens and API keys are refused (503).
    pub max_lag_seconds: u32,
    /// A status list may be kept for so many seconds by whoever verifies by it.
    pub status_list_ttl_seconds: u32,
    /// A stream of revocations gives a sign of life every so many seconds.
    pub heartbeat_seconds: u32,
    /// An `Idempotency-Key` is remembered for so many seconds.
    pub idempotency_seconds: u32,
    /// Sessions of browsers and their cookies.
    pub browser: Browser,
    /// The ready-made pages.
    pub pages: Pages,
    /// How mail is sent.
    pub mail: Mail,
    /// Who may sign up, and what it costs a robot.
    pub sign_up: SignUp,
    /// What is kept how long.
    pub retention: Retention,
    /// Tokens of the application that this one stands in for.
    pub legacy: Legacy,
}

/// How passwords are hashed (DESIGN 6).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Hashing {
    /// Argon2id cost of new hashes.
    pub params: Params,
    /// A stored hash that would cost more is refused, not computed.
    pub bound: Bound,
    /// Hashing threads; 0: one for each processor.
    pub threads: usize,
    /// How far they give way to other threads of the process: 0 not at all, 19 as far as Unix has it;
    /// 20: they get only what nobody else wants (`SCHED_IDLE` of Linux; elsewhere as 19).
    pub nice: u32,
    /// Passwords that may wait. One address gets at most a quarter of it.
    pub queue: usize,
    /// A password that has waited so many milliseconds is answered 503.
    pub deadline_ms: u64,
}

/// What guessing passwords costs.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Throttle {
    /// On or off.
    pub mode: ThrottleMode,
    /// Wrong passwords for one account from unknown devices before it pauses.
    pub account_failures: u32,
    /// Wrong passwords from one address before it pauses.
    pub address_failures: u32,
    /// The longest pause, seconds. Pauses begin with one second and double.
    pub longest_pause_seconds: u32,
    /// Failures of an account are forgotten so many seconds after the last.
    pub account_memory_seconds: u32,
    /// Failures of an address are forgotten so many seconds after the last.
    pub address_memory_seconds: u32,
    /// A device that signed in is known for so many seconds.
    pub device_seconds: u32,
}

/// Whether guessing is throttled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleMode {
    /// The default.
    On,
    /// For load tests, and where something in front does it.
    Off,
}

/// Whether an account must be confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// Nobody asks. The default.
    Off,
    /// A mail asks; the account can be used before it is answered.
    Optional,
    /// An unconfirmed account is refused (403 `unconfirmed`) with every credential.
    Required,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            public_url: "http://127.0.0.1:8080".into(),
            audience: None,
            realm: "countersign".into(),
            service_names: vec!["countersign".into()],
            algorithm: Algorithm::default(),
            shared_secret: None,
            shared_secret_file: None,
            access_token_seconds: 600,
            refresh_token_seconds: 14 * DAY,
            session_seconds: 30 * DAY,
            refresh_replay_seconds: 10,
            default_scope: "account admin".into(),
            key_publish_seconds: 3600,
            key_rotation_seconds: 90 * DAY,
            leeway_seconds: 5,
            carriers: Carriers::default(),
            hashing: Hashing::default(),
            password_policy: Policy::default(),
            throttle: Throttle::default(),
            confirmation: Confirmation::Off,
            own_attributes: Vec::new(),
            trusted_proxies: Vec::new(),
            cached_identities: 50_000,
            max_lag_seconds: 5,
            status_list_ttl_seconds: 30,
            heartbeat_seconds: 5,
            idempotency_seconds: DAY,
            browser: Browser::default(),
            pages: Pages::default(),
            mail: Mail::default(),
            sign_up: SignUp::default(),
            retention: Retention::default(),
            legacy: Legacy::default(),
        }
    }
}

impl Default for Hashing {
    fn default() -> Self {
        Self {
            params: Params::default(),
            bound: Bound::default(),
            threads: 0,
            nice: 10,
            queue: 64,
            deadline_ms: 2000,
        }
    }
}

impl Hashing {
    /// The bound, widened where our own new hashes need it.
    pub(crate) fn bound(&self) -> Bound {
        self.bound.covering(self.params)
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            mode: ThrottleMode::On,
            account_failures: 10,
            address_failures: 50,
            longest_pause_seconds: 3600,
            account_memory_seconds: DAY,
            address_memory_seconds: 3600,
            device_seconds: 90 * DAY,
        }
    }
}

const DAY: u32 = 86_400;

/// A setting that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {expected}")]
pub struct ConfigError {
    /// The setting's name.
    pub setting: &'static str,
    /// What was expected instead.
    pub expected: String,
}

impl Config {
    /// The `aud` of access tokens.
    pub fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or(&self.public_url)
    }

    /// Checks what the types cannot.
    ///
    /// # Errors
    /// The first setting that is out of its limits.
    pub fn check(&self) -> Result<(), ConfigError> {
        let url = &self.public_url;
        rule("public_url", "http:// or https:// and a host, no slash at the end", || {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            host.is_some_and(|h| !h.is_empty() && !h.ends_with('/') && !h.contains(['?', '#', ' ']))
        })?;
        rule("realm", "printable ASCII without quotes", || {
            self.realm.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'"' && b != b'\\')
        })?;
        rule("shared_secret_file", "one secret, not two", || {
            self.shared_secret.is_none() || self.shared_secret_file.is_none()
        })?;
        self.check_lives()?;
        rule("default_scope", "scopes separated by single blanks", || {
            self.default_scope.parse::<countersign_proto::scope::Scope>().is_ok()
        })?;
        rule("own_attributes", "names: a lower-case letter, then a-z 0-9 _", || {
            self.own_attributes.iter().all(|name| AttributeName::parse(name).is_ok())
        })?;
        rule("hashing.nice", "0 to 20", || self.hashing.nice <= 20)?;
        rule("hashing.queue", "at least 4", || self.hashing.queue >= 4)?;
        rule("hashing.deadline_ms", "100 to 60000", || {
            (100..=60_000).contains(&self.hashing.deadline_ms)
        })?;
        rule("throttle.account_failures", "1 to 100", || {
            (1..=100).contains(&self.throttle.account_failures)
        })?;
        rule("throttle.address_failures", "at least 1", || self.throttle.address_failures >= 1)?;
        self.browser.check(url)?;
        self.pages.check()?;
        self.mail.check()?;
        self.sign_up.check()?;
        self.legacy.check()
    }

    fn check_lives(&self) -> Result<(), ConfigError> {
        rule("access_token_seconds", "10 to 86400", || {
            (10..=DAY).contains(&self.access_token_seconds)
        })?;
        rule("refresh_token_seconds", "at least access_token_seconds", || {
            self.refresh_token_seconds >= self.access_token_seconds
        })?;
        rule("session_seconds", "at least refresh_token_seconds", || {
            self.session_seconds >= self.refresh_token_seconds
        })?;
        rule("refresh_replay_seconds", "0 to 60", || self.refresh_replay_seconds <= 60)?;
        rule("leeway_seconds", "0 to 60", || self.leeway_seconds <= 60)?;
        rule("status_list_ttl_seconds", "2 to 3600", || {
            (2..=3600).contains(&self.status_list_ttl_seconds)
        })?;
        rule("heartbeat_seconds", "1 to 60", || (1..=60).contains(&self.heartbeat_seconds))?;
        rule("key_rotation_seconds", "0, or at least 600 and key_publish_seconds", || {
            let least = self.key_publish_seconds.max(600);
            self.key_rotation_seconds == 0 || self.key_rotation_seconds >= least
        })
    }
}

fn rule(
    setting: &'static str,
    expected: &str,
    holds: impl FnOnce() -> bool,
) -> Result<(), ConfigError> {
    if holds() { Ok(()) } else { Err(ConfigError { setting, expected: expected.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_configuration_is_valid() {
        assert_eq!(Config::default().check(), Ok(()));
    }

    #[test]
    fn a_setting_out_of_its_limits_is_named_with_what_was_expected() {
        let config = Config { public_url: "https://auth.example/".into(), ..Config::default() };

        let error = config.check().unwrap_err();

        assert_eq!(error.setting, "public_url");
        assert!(error.to_string().contains("no slash at the end"));
    }
}
