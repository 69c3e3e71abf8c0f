//! Cookies: their names, how they are read, and how they are set.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use crate::{Auth, config::Cookies, session::Signed};

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jar {
    /// Carries a session.
    Session,
    /// Brings a session back.
    Remember,
    /// Says which browser this is, logged in or not.
    Device,
    /// The language chosen.
    Language,
}

impl Jar {
    /// With the prefix `__Host-` a browser takes the cookie from this very host only, over HTTPS
    /// or from loopback, and sends it nowhere else.
    fn name(self, kind: Cookies) -> &'static str {
        match (kind, self) {
            (Cookies::Host, Self::Session) => "__Host-session",
            (Cookies::Host, Self::Remember) => "__Host-remember",
            (Cookies::Host, Self::Device) => "__Host-device",
            (Cookies::Host, Self::Language) => "__Host-language",
            (Cookies::Plain, Self::Session) => "session",
            (Cookies::Plain, Self::Remember) => "remember",
            (Cookies::Plain, Self::Device) => "device",
            (Cookies::Plain, Self::Language) => "language",
        }
    }

    /// The cookie's value; `None` when there is none, or two that differ.
    pub(crate) fn read(self, headers: &HeaderMap, kind: Cookies) -> Option<String> {
        let name = self.name(kind);
        let mut values = headers
            .get_all(header::COOKIE)
            .iter()
            // By the byte: what others put beside it, in whatever letters, must not spoil it.
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .flat_map(|text| Cookie::split_parse(text).filter_map(Result::ok))
            .filter(|cookie| cookie.name() == name)
            .map(|cookie| cookie.value().to_owned());
        let first = values.next()?;
        values.all(|other| other == first).then_some(first)
    }

    /// Sets it, for so many seconds, or until the browser is closed.
    pub(crate) fn set(self, kind: Cookies, value: &str, seconds: Option<u32>) -> HeaderValue {
        let mut cookie = Cookie::build((self.name(kind), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(kind == Cookies::Host);
        if let Some(seconds) = seconds {
            let life = Duration::from_secs(seconds.into());
            cookie = cookie.max_age(life.try_into().unwrap_or_default());
        }
        header_value(&cookie.build())
    }

    /// Has the browser forget it.
    pub(crate) fn clear(self, kind: Cookies) -> HeaderValue {
        self.set(kind, "", Some(0))
    }
}

/// The headers that give a browser the next cookies of its session, if it is one.
pub(crate) fn session_cookies(auth: &Auth, signed: Option<&Signed>) -> HeaderMap {
    let browser = &auth.config().browser;
    let kind = browser.cookies;
    let mut headers = HeaderMap::new();
    if let Some(signed) = signed {
        let session = Jar::Session.set(kind, signed.session.reveal(), None);
        headers.append(header::SET_COOKIE, session);
    }
    if let Some(token) = signed.and_then(|signed| signed.remember.as_ref()) {
        let token = Jar::Remember.set(kind, token.reveal(), Some(browser.remember_seconds));
        headers.append(header::SET_COOKIE, token);
    }
    headers
}

/// Names and values here are all our own: ASCII without separators.
fn header_value(cookie: &Cookie<'_>) -> HeaderValue {
    HeaderValue::try_from(cookie.to_string()).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(cookies: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for text in cookies {
            headers.append(header::COOKIE, HeaderValue::from_bytes(text.as_bytes()).unwrap());
        }
        Jar::Session.read(&headers, Cookies::Host)
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        assert_eq!(session(&["a=1; __Host-session=x; b=2"]), Some("x".into()));
        assert_eq!(session(&["a=1", "__Host-session=x"]), Some("x".into()));
        assert_eq!(session(&["__host-session=x", "session=y", "x__Host-session=z"]), None);
    }

    #[test]
    fn a_cookie_of_others_in_foreign_letters_hides_none() {
        assert_eq!(session(&["a=é; __Host-session=x"]), Some("x".into()));
    }

    #[test]
    fn a_nameless_cookie_is_no_session() {
        assert_eq!(session(&["=__Host-session=bad"]), None);
        assert_eq!(session(&["=; __Host-session"]), None);
    }

    #[test]
    fn two_that_differ_are_none() {
        assert_eq!(session(&["__Host-session=x; __Host-session=y"]), None);
        assert_eq!(session(&["__Host-session=x; __Host-session=x"]), Some("x".into()));
    }

    #[test]
    fn a_cookie_is_locked_to_the_host_and_out_of_reach_of_scripts() {
        let set = Jar::Session.set(Cookies::Host, "x", None);

        assert_eq!(set, "__Host-session=x; HttpOnly; SameSite=Lax; Secure; Path=/");
        let cleared = Jar::Session.clear(Cookies::Host);
        assert!(cleared.to_str().unwrap().contains("Max-Age=0"), "{cleared:?}");
    }
}
