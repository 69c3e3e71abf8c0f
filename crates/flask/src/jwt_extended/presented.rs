//! Where a request has its token, by the order of the locations. Nothing is verified here.

use axum::http::{HeaderMap, header, request::Parts};
use serde_json::Value;

use super::{
    Guard,
    guard::body_of,
    options::{Location, Names, Options},
    refusal::Refusal,
};
use crate::shared::body::is_json;

/// Which of the two tokens a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Access,
    Refresh,
}

impl Options {
    /// What goes with a token of this kind.
    pub(super) fn names(&self, kind: Kind) -> &Names {
        match kind {
            Kind::Access => &self.access,
            Kind::Refresh => &self.refresh,
        }
    }
}

/// A token, and where it was.
#[derive(Debug, Clone)]
pub(super) struct Presented {
    pub(super) token: String,
    pub(super) location: Location,
    /// What the page repeats, which has to be in the token as well; `None`: nothing has to be.
    pub(super) csrf: Option<String>,
}

/// Why there is none.
pub(super) enum Missing {
    /// Look in the next place.
    Here(String),
    /// Something is there, and wrong.
    Wrong(Refusal),
}

/// The token of the request.
///
/// # Errors
/// When there is none, or something that cannot be one.
pub(super) fn presented(parts: &Parts, guard: &Guard, kind: Kind) -> Result<Presented, Refusal> {
    let options = &guard.options;
    let mut reasons = Vec::new();
    for location in &options.locations {
        let found = match location {
            Location::Headers => in_header(&parts.headers, options),
            Location::Cookies => in_cookie(parts, options, kind),
            Location::QueryString => in_query(parts, options),
            Location::Json => in_json(parts, options, kind),
        };
        match found {
            Ok((token, csrf)) => return Ok(Presented { token, location: *location, csrf }),
            Err(Missing::Here(reason)) => reasons.push(reason),
            Err(Missing::Wrong(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Unauthorized(nowhere(&options.locations, &reasons)))
}

fn nowhere(locations: &[Location], reasons: &[String]) -> String {
    let names: Vec<_> = locations.iter().map(|location| location.name()).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => {
            format!("Missing JWT in {} or {last} ({})", rest.join(", "), reasons.join("; "))
        }
        _ => reasons.join("; "),
    }
}

/// A token, and what the page repeats of it.
pub(super) type Found = Result<(String, Option<String>), Missing>;

/// Of several values separated by commas the one of this scheme.
fn in_header(headers: &HeaderMap, options: &Options) -> Found {
    let (name, scheme) = (&options.header_name, &options.header_type);
    let fields: Vec<_> = headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let all = fields.join(",");
    let all = all.trim().trim_matches(',');
    if all.is_empty() {
        return Err(Missing::Here(format!("Missing {name} Header")));
    }
    if scheme.is_empty() {
        let expected = format!("Expected '{name}: <JWT>'");
        return alone(all.split_whitespace(), name, &expected);
    }
    let expected = format!("Expected '{name}: {scheme} <JWT>'");
    let mut ours = all.split(',').filter(|value| value.split_whitespace().next() == Some(scheme));
    let (Some(value), None) = (ours.next(), ours.next()) else {
        let text = format!("Missing '{scheme}' type in '{name}' header. {expected}");
        return Err(Missing::Here(text));
    };
    alone(value.split_whitespace().skip(1), name, &expected)
}

/// The one word that is there.
fn alone<'a>(mut words: impl Iterator<Item = &'a str>, name: &str, expected: &str) -> Found {
    match (words.next(), words.next()) {
        (Some(token), None) => Ok((token.to_owned(), None)),
        _ => {
            let text = format!("Bad {name} header. {expected}");
            Err(Missing::Wrong(Refusal::Invalid(text)))
        }
    }
}

/// The cookie of this kind, and what the page repeats.
pub(super) fn in_cookie(parts: &Parts, options: &Options, kind: Kind) -> Found {
    let names = options.names(kind);
    let Some(token) = cookie(&parts.headers, &names.cookie).filter(|token| !token.is_empty())
    else {
        return Err(Missing::Here(format!("Missing cookie \"{}\"", names.cookie)));
    };
    if !options.has_double_submission() || !options.csrf.methods.has(&parts.method) {
        return Ok((token, None));
    }
    let given = parts.headers.get(&names.csrf_header).and_then(|value| value.to_str().ok());
    let given = given.filter(|given| !given.is_empty()).map(str::to_owned);
    match given.or_else(|| in_form(parts, options, &names.csrf_field)) {
        Some(given) => Ok((token, Some(given))),
        None => Err(Missing::Wrong(Refusal::Csrf("Missing CSRF token"))),
    }
}

fn in_form(parts: &Parts, options: &Options, field: &str) -> Option<String> {
    let form = body_of(parts).filter(|_| options.looks_into_forms() && is_form(&parts.headers))?;
    let (_, value) = form_urlencoded::parse(form).find(|(name, _)| name == field)?;
    (!value.is_empty()).then(|| value.into_owned())
}

/// Whether the body says that it is what a page's form sends.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or_default().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// A cookie's value; `None` when there is none, or two that differ.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(found, _)| *found == name)
        .map(|(_, value)| value.to_owned());
    let first = values.next()?;
    values.all(|other| other == first).then_some(first)
}

fn in_query(parts: &Parts, options: &Options) -> Found {
    let (name, prefix) = (&options.query_string_name, &options.query_string_value_prefix);
    let query = parts.uri.query().unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name);
    let Some((_, value)) = found.filter(|(_, value)| !value.is_empty()) else {
        return Err(Missing::Here(format!("Missing '{name}' query paramater")));
    };
    value.strip_prefix(prefix.as_str()).map(|token| (token.to_owned(), None)).ok_or_else(|| {
        let text = format!(
            "Invalid value for query parameter '{name}'. Expected the value to start with \
             '{prefix}'"
        );
        Missing::Wrong(Refusal::Invalid(text))
    })
}

fn in_json(parts: &Parts, options: &Options, kind: Kind) -> Found {
    if !is_json(&parts.headers) {
        let text = "Invalid content-type. Must be application/json.";
        return Err(Missing::Here(text.into()));
    }
    let member = &options.names(kind).json_key;
    let body: Option<Value> = body_of(parts).and_then(|body| serde_json::from_slice(body).ok());
    let token = body.as_ref().and_then(|body| body.get(member)).and_then(Value::as_str);
    match token.filter(|token| !token.is_empty()) {
        Some(token) => Ok((token.to_owned(), None)),
        None => Err(Missing::Here(format!("Missing \"{member}\" key in json data."))),
    }
}
