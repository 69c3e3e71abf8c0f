//! Pages: what their handlers share. A handler has a [`Visit`], makes one call, and shows a page
//! or sends the browser on.

pub(super) mod asset;
mod instead;
pub(super) mod language;
mod member;
mod piece;
mod posted;
mod user_agent;
mod visit;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

pub(super) use instead::instead;
pub(crate) use piece::Piece;
pub(crate) use posted::{Posted, Query};
pub use user_agent::UserAgent;
pub(crate) use visit::Visit;

/// Where somebody is sent, or what they are shown, in place of what they asked for: so that a
/// handler can end early.
pub(crate) struct Elsewhere(Box<Response>);

impl From<Response> for Elsewhere {
    fn from(response: Response) -> Self {
        Self(Box::new(response))
    }
}

impl From<Box<Response>> for Elsewhere {
    fn from(response: Box<Response>) -> Self {
        Self(response)
    }
}

impl IntoResponse for Elsewhere {
    fn into_response(self) -> Response {
        *self.0
    }
}

/// What a page is to say was just done, and which piece of its lists it shows, in its address.
#[derive(Deserialize, Default)]
pub(crate) struct Noticed {
    pub(crate) notice: Option<String>,
    pub(crate) from: Option<usize>,
    pub(crate) devices: Option<usize>,
}

/// A page's headers on top of those of every answer. Nothing is loaded but our own style sheet,
/// script and images; nothing is framed; forms go nowhere else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                      base-uri 'none'";

/// What was not made to be a page of ours is shown within one, and can do nothing.
const FOREIGN: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                       frame-ancestors 'self'; base-uri 'none'; form-action 'none'; \
                       sandbox allow-top-navigation-by-user-activation allow-popups";

/// HTML that is shown in a frame of a page of ours.
pub(crate) fn foreign(text: String) -> Response {
    let mut response = html(StatusCode::OK, text);
    let policy = HeaderValue::from_static(FOREIGN);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// An HTML answer.
pub(crate) fn html(status: StatusCode, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let set = |name, value| (name, HeaderValue::from_static(value));
    headers.extend([
        set(header::CONTENT_TYPE, "text/html; charset=utf-8"),
        set(header::CONTENT_SECURITY_POLICY, POLICY),
        set(header::CACHE_CONTROL, "no-store"),
        set(header::VARY, "Cookie, Accept-Language"),
        set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        set(
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ]);
    response
}

/// Sends the browser on by GET, whatever it came by (RFC 9700 §4.12).
pub(crate) fn see_other(location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let headers = response.headers_mut();
    // Whatever is put together here was checked to be a path.
    let location = HeaderValue::try_from(location).unwrap_or(HeaderValue::from_static("/"));
    headers.insert(header::LOCATION, location);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
