//! Where a request has its token, by the order of the locations. Nothing is verified here.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
};
use serde_json::Value;

use super::{
    Here,
    options::{Location, Options},
    refusal::Refusal,
};
use crate::shared::body::{Unreadable, is_json};

/// Which of the two tokens a route takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Access,
    Refresh,
}

impl Kind {
    /// The cookie of the token; also the member of a JSON body is named like this, without `_cookie`.
    pub(super) fn cookie(self) -> &'static str {
        match self {
            Self::Access => "access_token_cookie",
            Self::Refresh => "refresh_token_cookie",
        }
    }

    /// The cookie from which a page of the same origin reads what it sends along.
    pub(super) fn csrf_cookie(self) -> &'static str {
        match self {
            Self::Access => "csrf_access_token",
            Self::Refresh => "csrf_refresh_token",
        }
    }

    fn member(self) -> &'static str {
        self.cookie().trim_end_matches("_cookie")
    }
}

/// A token, and where it was.
#[derive(Debug)]
pub(super) struct Presented {
    pub(super) token: String,
    pub(super) location: Location,
    /// What the header says that has to be in the token as well; `None`: nothing has to be.
    pub(super) csrf: Option<String>,
}

/// Why there is none.
enum Missing {
    /// Look in the next place.
    Here(String),
    /// Something is there, and wrong.
    Wrong(Refusal),
}

/// The token of the request.
///
/// # Errors
/// When there is none, or something that cannot be one.
pub(super) async fn presented(
    request: Request,
    site: &Here,
    kind: Kind,
) -> Result<Presented, Refusal> {
    let (parts, body) = request.into_parts();
    let mut reasons = Vec::new();
    let mut body = Some(body);
    for location in &site.options.locations {
        let found = match location {
            Location::Headers => in_header(&parts.headers, &site.options),
            Location::Cookies => in_cookie(&parts, kind),
            Location::QueryString => in_query(&parts, &site.options),
            Location::Json => {
                let whole = Request::from_parts(parts.clone(), body.take().unwrap_or_default());
                in_json(whole, kind).await
            }
        };
        match found {
            Ok((token, csrf)) => return Ok(Presented { token, location: *location, csrf }),
            Err(Missing::Here(reason)) => reasons.push(reason),
            Err(Missing::Wrong(refusal)) => return Err(refusal),
        }
    }
    Err(Refusal::Unauthorized(nowhere(&site.options.locations, &reasons)))
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

type Found = Result<(String, Option<String>), Missing>;

/// Of several values separated by commas the one of this scheme.
fn in_header(headers: &HeaderMap, options: &Options) -> Found {
    let fields: Vec<_> = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let all = fields.join(",");
    let all = all.trim().trim_matches(',');
    if all.is_empty() {
        return Err(Missing::Here("Missing Authorization Header".into()));
    }
    let scheme = &options.header_type;
    let expected = format!("Expected 'Authorization: {scheme} <JWT>'");
    let mut ours = all.split(',').filter(|value| value.split_whitespace().next() == Some(scheme));
    let (Some(value), None) = (ours.next(), ours.next()) else {
        let text = format!("Missing '{scheme}' type in 'Authorization' header. {expected}");
        return Err(Missing::Here(text));
    };
    let mut words = value.split_whitespace().skip(1);
    match (words.next(), words.next()) {
        (Some(token), None) => Ok((token.to_owned(), None)),
        _ => {
            let text = format!("Bad Authorization header. {expected}");
            Err(Missing::Wrong(Refusal::Invalid(text)))
        }
    }
}

fn in_cookie(parts: &Parts, kind: Kind) -> Found {
    let name = kind.cookie();
    let Some(token) = cookie(&parts.headers, name).filter(|token| !token.is_empty()) else {
        return Err(Missing::Here(format!("Missing cookie \"{name}\"")));
    };
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok((token, None));
    }
    let given = parts.headers.get("x-csrf-token").and_then(|value| value.to_str().ok());
    match given.filter(|given| !given.is_empty()) {
        Some(given) => Ok((token, Some(given.to_owned()))),
        None => Err(Missing::Wrong(Refusal::Csrf("Missing CSRF token"))),
    }
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
    let name = &options.query_string_name;
    let query = parts.uri.query().unwrap_or_default();
    let found = form_urlencoded::parse(query.as_bytes()).find(|(found, _)| found == name);
    match found.filter(|(_, token)| !token.is_empty()) {
        Some((_, token)) => Ok((token.into_owned(), None)),
        None => Err(Missing::Here(format!("Missing '{name}' query paramater"))),
    }
}

async fn in_json(request: Request, kind: Kind) -> Found {
    if !is_json(request.headers()) {
        let text = "Invalid content-type. Must be application/json.";
        return Err(Missing::Here(text.into()));
    }
    let body = Bytes::from_request(request, &()).await.map_err(|rejection| {
        Missing::Wrong(Refusal::Body(match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Unreadable::TooLarge,
            _ => Unreadable::Syntax,
        }))
    })?;
    let body: Option<Value> = serde_json::from_slice(&body).ok();
    let member = kind.member();
    let token = body.as_ref().and_then(|body| body.get(member)).and_then(Value::as_str);
    match token.filter(|token| !token.is_empty()) {
        Some(token) => Ok((token.to_owned(), None)),
        None => Err(Missing::Here(format!("Missing \"{member}\" key in json data."))),
    }
}
