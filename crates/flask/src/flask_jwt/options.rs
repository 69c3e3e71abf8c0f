//! What can be chosen about the profile: the original's configuration names, where they still mean
//! something.

use countersign::{Config, Signature};

use crate::shared::options::{
    ALGORITHM, ByName, Life, NoSuchOption, check_signature, number, signature,
};

/// What can be chosen about the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The realm of the challenge (`JWT_DEFAULT_REALM`).
    pub realm: String,
    /// Where a password buys a token (`JWT_AUTH_URL_RULE`); `None`: nowhere.
    pub auth_path: Option<String>,
    /// The member that has the user name (`JWT_AUTH_USERNAME_KEY`).
    pub username_key: String,
    /// The member that has the password (`JWT_AUTH_PASSWORD_KEY`).
    pub password_key: String,
    /// The scheme, in whatever case (`JWT_AUTH_HEADER_PREFIX`).
    pub header_prefix: String,
    /// Life of a token, seconds, at most `access_token_seconds` (`JWT_EXPIRATION_DELTA`).
    pub expiration_seconds: u32,
    /// A token is taken so many seconds after its end, and that much before its beginning; at most
    /// 60 (`JWT_LEEWAY`, which was 10).
    pub leeway_seconds: u32,
    /// A token holds from so many seconds after its issue on (`JWT_NOT_BEFORE_DELTA`).
    pub not_before_seconds: u32,
    /// What signs the tokens (`JWT_ALGORITHM`).
    pub algorithm: Signature,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            realm: "Login Required".into(),
            auth_path: Some("/auth".into()),
            username_key: "username".into(),
            password_key: "password".into(),
            header_prefix: "JWT".into(),
            expiration_seconds: EXPIRATION_SECONDS,
            leeway_seconds: 0,
            not_before_seconds: 0,
            algorithm: Signature::Service,
        }
    }
}

const EXPIRATION_SECONDS: u32 = 300;

const NAMES: [&str; 9] = [
    "default_realm",
    "auth_url_rule",
    "auth_username_key",
    "auth_password_key",
    "auth_header_prefix",
    "expiration_delta",
    "not_before_delta",
    "leeway",
    ALGORITHM,
];

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            "default_realm" => self.realm = words(name, value)?,
            "auth_url_rule" => self.auth_path = path(name, value)?,
            "auth_username_key" => self.username_key = value.to_owned(),
            "auth_password_key" => self.password_key = value.to_owned(),
            "auth_header_prefix" => self.header_prefix = scheme(name, value)?,
            "expiration_delta" => self.expiration_seconds = number(name, value)?,
            "not_before_delta" => self.not_before_seconds = number(name, value)?,
            ALGORITHM => self.algorithm = signature(value)?,
            "leeway" => {
                let seconds = number(name, value).ok().filter(|seconds| *seconds <= 60);
                let expected = || NoSuchOption::value(name, "seconds, 0 to 60");
                self.leeway_seconds = seconds.ok_or_else(expected)?;
            }
            _ => return Err(NoSuchOption::named(&NAMES)),
        }
        Ok(())
    }

    fn check(&self, given: &[&str], config: &Config) -> Result<(), NoSuchOption> {
        check_signature(config, self.algorithm)?;
        let (seconds, default) = (self.expiration_seconds, EXPIRATION_SECONDS);
        Life { name: "expiration_delta", seconds, default }
            .check(given, ("access_token_seconds", config.access_token_seconds))
    }
}

/// What can stand between quotation marks in a header.
fn words(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let fits = value.chars().all(|c| matches!(c, ' '..='~') && c != '"' && c != '\\');
    let expected = || NoSuchOption::value(name, "visible ASCII without quotation marks");
    fits.then(|| value.to_owned()).ok_or_else(expected)
}

fn scheme(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let fits = !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let expected = || NoSuchOption::value(name, "one word of ASCII letters and digits");
    fits.then(|| value.to_owned()).ok_or_else(expected)
}

/// A path of its own, or `none`.
fn path(name: &str, value: &str) -> Result<Option<String>, NoSuchOption> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"/-_.".contains(&b);
    let fits = value.starts_with('/') && value.len() > 1 && value.bytes().all(letter);
    match value {
        "none" => Ok(None),
        _ if fits && value != super::PROTECTED => Ok(Some(value.to_owned())),
        _ => Err(NoSuchOption::value(name, "none, or a path other than /protected")),
    }
}
