//! What can be chosen about the profile: the library's configuration names, without `JWT_` and in
//! small letters.

mod by_name;
mod claims;
mod cookies;
mod names;

use countersign::Signature;

pub use claims::Claims;
pub use cookies::{CookieOptions, Csrf, Kept, Methods, Place, Protection, SameSite};
pub use names::Names;

/// Where a token may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Location {
    /// In a header.
    Headers,
    /// In a cookie, together with something that only a page of the same origin can read out of
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
#[derive(Debug, Clone)]
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
    /// A cookie whose access token has at most so many seconds left is renewed with the answer; 0:
    /// none is.
    pub implicit_refresh_seconds: u32,
    /// The member that has what went wrong (`JWT_ERROR_MESSAGE_KEY`).
    pub error_message_key: String,
    /// The header (`JWT_HEADER_NAME`).
    pub header_name: String,
    /// The scheme of the header, in this very case; empty: the token alone is there
    /// (`JWT_HEADER_TYPE`).
    pub header_type: String,
    /// The parameter of the address (`JWT_QUERY_STRING_NAME`).
    pub query_string_name: String,
    /// What stands before the token there (`JWT_QUERY_STRING_VALUE_PREFIX`).
    pub query_string_value_prefix: String,
    /// What goes with an access token.
    pub access: Names,
    /// What goes with a refresh token.
    pub refresh: Names,
    /// What cookies say to the browser.
    pub cookies: CookieOptions,
    /// What protects them.
    pub csrf: Csrf,
    /// What signs the access tokens (`JWT_ALGORITHM`). Refresh tokens are for this service alone, and
    /// signed by a key of its own in any case.
    pub algorithm: Signature,
    /// What access tokens say besides.
    pub claims: Claims,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            locations: vec![Location::Headers],
            access_seconds: ACCESS_SECONDS,
            refresh_seconds: REFRESH_SECONDS,
            implicit_refresh_seconds: 0,
            error_message_key: "msg".into(),
            header_name: "Authorization".into(),
            header_type: "Bearer".into(),
            query_string_name: "jwt".into(),
            query_string_value_prefix: String::new(),
            access: Names::of("access"),
            refresh: Names::of("refresh"),
            cookies: CookieOptions::default(),
            csrf: Csrf::default(),
            algorithm: Signature::Service,
            claims: Claims::default(),
        }
    }
}

const ACCESS_SECONDS: u32 = 900;
const REFRESH_SECONDS: u32 = 2_592_000;

impl Options {
    /// Whether tokens go by cookie.
    pub(super) fn has_cookies(&self) -> bool {
        self.locations.contains(&Location::Cookies)
    }

    /// Whether pages repeat what is in the token. Without that, and without `SameSite`, nothing
    /// would protect a cookie.
    pub(super) fn has_double_submission(&self) -> bool {
        self.has_cookies()
            && (self.csrf.protection == Protection::DoubleSubmission
                || self.cookies.same_site == SameSite::None)
    }

    /// Whether what a request carries may be in its body.
    pub(super) fn looks_into_forms(&self) -> bool {
        self.has_double_submission() && self.csrf.place == Place::HeaderOrForm
    }
}
