//! What can be chosen about the profile: the library's configuration names, without `JWT_`.

use countersign::{Auth, Signature};

use crate::shared::options::{ALGORITHM, ByName, NoSuchOption, check_signature, number, signature};

/// Where a token may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In the header `Authorization`.
    Headers,
    /// In a cookie, together with a header that only a page of the same origin can read out of
    /// another one.
    Cookies,
    /// In a member of the JSON body.
    Json,
    /// In the address. Addresses end up in logs and histories.
    QueryString,
}

impl Location {
    /// The library's name for it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Headers => "headers",
            Self::Cookies => "cookies",
            Self::Json => "json",
            Self::QueryString => "query_string",
        }
    }

    fn read(name: &str) -> Option<Self> {
        let all = [Self::Headers, Self::Cookies, Self::Json, Self::QueryString];
        all.into_iter().find(|location| location.name() == name)
    }
}

/// What can be chosen about the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Where tokens are looked for: the first place that has one counts
    /// (`JWT_TOKEN_LOCATION`).
    pub locations: Vec<Location>,
    /// Life of an access token, seconds, at most `access_token_seconds`
    /// (`JWT_ACCESS_TOKEN_EXPIRES`).
    pub access_seconds: u32,
    /// Life of a refresh token, seconds, at most `refresh_token_seconds`
    /// (`JWT_REFRESH_TOKEN_EXPIRES`).
    pub refresh_seconds: u32,
    /// The member that has what went wrong (`JWT_ERROR_MESSAGE_KEY`).
    pub error_message_key: String,
    /// The scheme of the header, in this very case (`JWT_HEADER_TYPE`).
    pub header_type: String,
    /// The parameter of the address (`JWT_QUERY_STRING_NAME`).
    pub query_string_name: String,
    /// What signs the access tokens (`JWT_ALGORITHM`). Refresh tokens are for this service alone, and
    /// signed by a key of its own in any case.
    pub algorithm: Signature,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            locations: vec![Location::Headers],
            access_seconds: 900,
            refresh_seconds: 2_592_000,
            error_message_key: "msg".into(),
            header_type: "Bearer".into(),
            query_string_name: "jwt".into(),
            algorithm: Signature::Service,
        }
    }
}

const NAMES: [&str; 7] = [
    "token_location",
    "access_token_expires",
    "refresh_token_expires",
    "error_message_key",
    "header_type",
    "query_string_name",
    ALGORITHM,
];

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            "token_location" => self.locations = locations(name, value)?,
            "access_token_expires" => self.access_seconds = number(name, value)?,
            "refresh_token_expires" => self.refresh_seconds = number(name, value)?,
            "error_message_key" => self.error_message_key = word(name, value)?,
            "header_type" => self.header_type = word(name, value)?,
            "query_string_name" => self.query_string_name = word(name, value)?,
            ALGORITHM => self.algorithm = signature(value)?,
            _ => return Err(NoSuchOption::named(&NAMES)),
        }
        Ok(())
    }

    fn check(&self, auth: &Auth) -> Result<(), NoSuchOption> {
        check_signature(auth, self.algorithm)
    }
}

impl Options {
    /// Whether tokens go by cookie, so that they need what protects those.
    pub(super) fn has_cookies(&self) -> bool {
        self.locations.contains(&Location::Cookies)
    }
}

fn locations(name: &str, value: &str) -> Result<Vec<Location>, NoSuchOption> {
    let read: Option<Vec<_>> = value.split_whitespace().map(Location::read).collect();
    let expected = "some of headers, cookies, json and query_string, separated by blanks";
    read.filter(|read| !read.is_empty()).ok_or_else(|| NoSuchOption::value(name, expected))
}

fn word(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let fits =
        !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let expected = || NoSuchOption::value(name, "one word of ASCII letters and digits");
    fits.then(|| value.to_owned()).ok_or_else(expected)
}
