//! The options by name, for configuration files and command lines; and which of them go together.

use countersign::{Config, Cookies};

use super::{
    ACCESS_SECONDS, Kept, Location, Methods, Options, Place, Protection, REFRESH_SECONDS, SameSite,
};
use crate::shared::options::{
    ALGORITHM, ByName, Life, NoSuchOption, check_signature, flag, number, signature, word,
};

const NAMES: [&str; 31] = [
    "token_location",
    "access_token_expires",
    "refresh_token_expires",
    "implicit_refresh_seconds",
    "error_message_key",
    "identity_claim",
    "header_name",
    "header_type",
    "query_string_name",
    "query_string_value_prefix",
    "json_key",
    "refresh_json_key",
    "access_cookie_name",
    "refresh_cookie_name",
    "access_cookie_path",
    "refresh_cookie_path",
    "access_csrf_cookie_name",
    "refresh_csrf_cookie_name",
    "access_csrf_cookie_path",
    "refresh_csrf_cookie_path",
    "access_csrf_header_name",
    "refresh_csrf_header_name",
    "access_csrf_field_name",
    "refresh_csrf_field_name",
    "cookie_samesite",
    "cookie_domain",
    "session_cookie",
    "cookie_csrf_protect",
    "csrf_methods",
    "csrf_check_form",
    ALGORITHM,
];

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            "token_location" => self.locations = locations(name, value)?,
            "access_token_expires" => self.access_seconds = number(name, value)?,
            "refresh_token_expires" => self.refresh_seconds = number(name, value)?,
            "implicit_refresh_seconds" => self.implicit_refresh_seconds = number(name, value)?,
            "error_message_key" => self.error_message_key = word(name, value)?,
            "identity_claim" => {
                let claims = self.claims.clone().with_identity(&word(name, value)?);
                let expected = "a name without a meaning of its own";
                self.claims = claims.map_err(|_| NoSuchOption::value(name, expected))?;
            }
            "header_name" => self.header_name = word(name, value)?,
            "header_type" if value.is_empty() => self.header_type.clear(),
            "header_type" => self.header_type = word(name, value)?,
            "query_string_name" => self.query_string_name = word(name, value)?,
            "query_string_value_prefix" => value.clone_into(&mut self.query_string_value_prefix),
            ALGORITHM => self.algorithm = signature(value)?,
            _ => return self.set_of_token(name, value),
        }
        Ok(())
    }

    fn check(&self, given: &[&str], config: &Config) -> Result<(), NoSuchOption> {
        check_signature(config, self.algorithm)?;
        let (access, refresh) = (self.access_seconds, self.refresh_seconds);
        Life { name: "access_token_expires", seconds: access, default: ACCESS_SECONDS }
            .check(given, ("access_token_seconds", config.access_token_seconds))?;
        Life { name: "refresh_token_expires", seconds: refresh, default: REFRESH_SECONDS }
            .check(given, ("refresh_token_seconds", config.refresh_token_seconds))?;
        let rule = |holds: bool, name: &str, expected: &str| {
            if holds { Ok(()) } else { Err(NoSuchOption::value(name, expected)) }
        };
        let life = access.min(config.access_token_seconds);
        let text = format!("less than an access token lives, which is {life}");
        rule(self.implicit_refresh_seconds < life, "implicit_refresh_seconds", &text)?;
        let (a, r) = (&self.access, &self.refresh);
        let mut names = vec![&a.cookie, &r.cookie, &a.csrf_cookie, &r.csrf_cookie];
        names.sort();
        names.dedup();
        rule(names.len() == 4, "access_cookie_name", "unlike the names of the other cookies")?;
        if self.cookies.same_site == SameSite::None {
            let text =
                "double submission where cookie_samesite is None: nothing else protects them";
            rule(self.csrf.protection == Protection::DoubleSubmission, PROTECT, text)?;
            let text = "None only with Secure cookies: browser.cookies is plain";
            rule(config.browser.cookies == Cookies::Host, "cookie_samesite", text)?;
        }
        Ok(())
    }
}

const PROTECT: &str = "cookie_csrf_protect";

impl Options {
    /// What goes with one of the two tokens.
    fn set_of_token(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        let (names, rest) = match (name.strip_prefix("access_"), name.strip_prefix("refresh_")) {
            _ if name == "json_key" => (&mut self.access, name),
            (Some(rest), _) if rest != "json_key" => (&mut self.access, rest),
            (_, Some(rest)) => (&mut self.refresh, rest),
            _ => return self.set_of_cookies(name, value),
        };
        if let Some(place) = names.word(rest) {
            *place = word(name, value)?;
            return Ok(());
        }
        let place = names.path(rest).ok_or_else(|| NoSuchOption::named(&NAMES))?;
        *place = path(name, value)?;
        Ok(())
    }

    fn set_of_cookies(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        let expected = |expected: &str| NoSuchOption::value(name, expected);
        match name {
            "cookie_samesite" => {
                let read = SameSite::read(value);
                self.cookies.same_site = read.ok_or_else(|| expected("Strict, Lax or None"))?;
            }
            "cookie_domain" => self.cookies.domain = Some(domain(name, value)?),
            "session_cookie" => {
                let until_closed = flag(name, value)?;
                self.cookies.kept =
                    if until_closed { Kept::UntilClosed } else { Kept::AsLongAsTheRefreshToken };
            }
            PROTECT => {
                let protected = flag(name, value)?;
                self.csrf.protection = if protected {
                    Protection::DoubleSubmission
                } else {
                    Protection::SameSiteAlone
                };
            }
            "csrf_methods" => {
                let read = Methods::read(value);
                let text = "methods separated by blanks, such as POST PUT PATCH DELETE";
                self.csrf.methods = read.ok_or_else(|| expected(text))?;
            }
            "csrf_check_form" => {
                let in_forms = flag(name, value)?;
                self.csrf.place = if in_forms { Place::HeaderOrForm } else { Place::Header };
            }
            _ => return Err(NoSuchOption::named(&NAMES)),
        }
        Ok(())
    }
}

fn locations(name: &str, value: &str) -> Result<Vec<Location>, NoSuchOption> {
    let read: Option<Vec<_>> = value.split_whitespace().map(Location::read).collect();
    let expected = "some of headers, cookies, json and query_string, separated by blanks";
    read.filter(|read| !read.is_empty()).ok_or_else(|| NoSuchOption::value(name, expected))
}

fn path(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"/-_.~%".contains(&b);
    let fits = value.starts_with('/') && value.bytes().all(letter);
    let expected = || NoSuchOption::value(name, "a path that begins with a slash");
    fits.then(|| value.to_owned()).ok_or_else(expected)
}

fn domain(name: &str, value: &str) -> Result<String, NoSuchOption> {
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    let fits = value.bytes().any(|b| b != b'.') && value.bytes().all(letter);
    let expected = || NoSuchOption::value(name, "the name of a domain");
    fits.then(|| value.to_owned()).ok_or_else(expected)
}
