//! Whether a request was made by our own pages. A cookie is sent by the browser, not by whoever
//! made the page: it is believed on a method that changes something only if the page is ours.

use std::{convert::Infallible, net::IpAddr};

use axum::{
    body::Body,
    extract::{FromRef, FromRequestParts, Request},
    http::{Method, header, request::Parts, uri::Authority},
};
use countersign_proto::{error_code::ErrorCode, seal::constant_time_eq};

use super::{cookie::Jar, json};
use crate::{Auth, error::Denied};

/// The field of a form and the header of a script that carry the token.
pub(crate) const FIELD: &str = "csrf_token";
const HEADER: &str = "x-csrf-token";

/// What the request's own headers say of the page that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// A page of this very origin, or somebody typing.
    Same,
    /// A page from elsewhere.
    Other,
    /// The browser does not say: the token decides.
    Unknown,
}

/// What a form of your own carries in its hidden field `csrf_token`, or a script in the header
/// `X-CSRF-Token`, for browsers that do not say which page makes a request. Bound to the browser's
/// session; empty for a browser that has none, which needs none. The field is looked at on routes
/// behind [`Auth::require`]; elsewhere only the header is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsrfToken(pub String);

impl<S> FromRequestParts<S> for CsrfToken
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self(token(parts, &super::auth_of(state)).unwrap_or_default()))
    }
}

/// A token found in a form before the extractors run.
#[derive(Clone)]
pub(super) struct FieldToken(pub(super) String);

pub(super) fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE)
}

/// Fetch Metadata first, which no page can forge; then `Origin`.
pub(super) fn origin(parts: &Parts, auth: &Auth) -> Origin {
    let text = |name| parts.headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    match text(header::HeaderName::from_static("sec-fetch-site")) {
        Some("same-origin" | "none") => return Origin::Same,
        Some(_) => return Origin::Other,
        None => {}
    }
    let Some(origin) = text(header::ORIGIN) else { return Origin::Unknown };
    if origin == "null" {
        return Origin::Unknown;
    }
    let public = own_origin(&auth.config().public_url);
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let host = text(header::HOST).or(parts.uri.authority().map(|authority| authority.as_str()));
    // A page that came in the clear may be anybody's, even under our name.
    let in_the_clear = public.starts_with("https://") && scheme != "https";
    let ours = origin == public || (Some(authority) == host && !in_the_clear);
    if ours { Origin::Same } else { Origin::Other }
}

/// Whether the request asks for this service by a name that nobody else can make lead here: an
/// address, `localhost`, or the host of the public URL.
pub(crate) fn is_own_name(parts: &Parts, auth: &Auth) -> bool {
    let asked = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let asked = asked.or(parts.uri.authority().map(|authority| authority.as_str()));
    let host = |text: &str| text.parse::<Authority>().map(|name| name.host().to_ascii_lowercase());
    let Some(Ok(name)) = asked.map(host) else { return false };
    let public = own_origin(&auth.config().public_url).split_once("://").map(|(_, rest)| rest);
    let is_address = name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let is_public = public.is_some_and(|public| host(public).is_ok_and(|public| public == name));
    is_address || name == "localhost" || name.ends_with(".localhost") || is_public
}

/// Scheme, host and port of a URL.
fn own_origin(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url[host..].find('/').map_or(url.len(), |at| host + at);
    &url[..end]
}

/// Refuses a request that was not made by our own pages. `field` is the token of the form, if
/// there was one.
///
/// # Errors
/// `access_denied`.
pub(super) fn check(parts: &Parts, auth: &Auth, field: Option<&str>) -> Result<(), Denied> {
    let header = parts.headers.get(HEADER).and_then(|value| value.to_str().ok());
    let lifted = parts.extensions.get::<FieldToken>().map(|token| token.0.as_str());
    let own = match origin(parts, auth) {
        Origin::Same => true,
        Origin::Other => false,
        Origin::Unknown => {
            let expected = token(parts, auth);
            let given = field.or(lifted).or(header).unwrap_or_default();
            expected.is_some_and(|token| constant_time_eq(token.as_bytes(), given.as_bytes()))
        }
    };
    if own {
        return Ok(());
    }
    let text = "This was not sent by a page of this service. Reload the page and try again.";
    Err(Denied::new(ErrorCode::AccessDenied, text).field(FIELD).because("csrf"))
}

/// Whether the page that made the request says so in `Referer`, and is of this very origin.
pub(super) fn is_referred_by_own(parts: &Parts, auth: &Auth) -> bool {
    let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    referer.is_some_and(|page| own_origin(page) == own_origin(&auth.config().public_url))
}

/// A token that ends by itself, bound to a cookie: when it was made, and a MAC of both.
pub(super) fn dated_token(auth: &Auth, cookie: &str, made_at: i64) -> String {
    format!("{made_at}.{}", token_of(auth, &format!("{made_at}\n{cookie}")))
}

/// Whether a dated token is bound to this cookie and at most so many seconds old.
pub(super) fn is_dated_token(auth: &Auth, cookie: &str, given: &str, seconds: u32) -> bool {
    let Some(made_at) = given.split_once('.').and_then(|(date, _)| date.parse::<i64>().ok()) else {
        return false;
    };
    let young = (0..=i64::from(seconds)).contains(&auth.now().saturating_sub(made_at));
    let expected = dated_token(auth, cookie, made_at);
    young && constant_time_eq(expected.as_bytes(), given.as_bytes())
}

/// Puts the token of a form where extractors that see no body find it. A request that acts by no
/// cookie, or brings the token in its header, keeps its body unread.
pub(super) async fn lift_field(request: Request, auth: &Auth) -> Request {
    let (mut parts, body) = request.into_parts();
    let kind = auth.config().browser.cookies;
    let needed = !is_safe(&parts.method)
        && origin(&parts, auth) == Origin::Unknown
        && !parts.headers.contains_key(header::AUTHORIZATION)
        && !parts.headers.contains_key(HEADER)
        && Jar::Session.read(&parts.headers, kind).is_some();
    if !needed || !json::is_form(&parts.headers) {
        return Request::from_parts(parts, body);
    }
    // A body beyond the limit has no token that is looked at, and no reader after the refusal.
    let bytes = axum::body::to_bytes(body, super::finish::BODY_LIMIT).await.unwrap_or_default();
    let field = form_urlencoded::parse(&bytes).find(|(name, _)| name == FIELD);
    if let Some((_, value)) = field {
        parts.extensions.insert(FieldToken(value.into_owned()));
    }
    Request::from_parts(parts, Body::from(bytes))
}

/// The token of this browser: bound to its session, or before there is one to its device.
pub(super) fn token(parts: &Parts, auth: &Auth) -> Option<String> {
    let kind = auth.config().browser.cookies;
    let session = Jar::Session.read(&parts.headers, kind);
    let bound = session.or_else(|| Jar::Device.read(&parts.headers, kind))?;
    Some(token_of(auth, &bound))
}

/// The token bound to a cookie.
pub(super) fn token_of(auth: &Auth, cookie: &str) -> String {
    auth.csrf_key().mac(cookie.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::own_origin;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(own_origin("https://a.example/auth"), "https://a.example");
        assert_eq!(own_origin("http://127.0.0.1:8080"), "http://127.0.0.1:8080");
    }
}
