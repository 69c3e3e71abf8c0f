//! The cookies that carry tokens, and beside each the one that a page reads.

use axum::{
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use countersign::{Auth, Cookies};

use super::presented::Kind;

/// Has the browser keep a token, and what goes with it, until it is closed.
pub(super) fn set(response: &mut Response, auth: &Auth, kind: Kind, (token, csrf): (&str, &str)) {
    let headers = response.headers_mut();
    append(headers, auth, (kind.cookie(), token), "; HttpOnly");
    append(headers, auth, (kind.csrf_cookie(), csrf), "");
}

/// Has the browser forget all of them.
pub(super) fn unset(auth: &Auth, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    for kind in [Kind::Access, Kind::Refresh] {
        let headers = response.headers_mut();
        append(headers, auth, (kind.cookie(), ""), "; HttpOnly; Max-Age=0");
        append(headers, auth, (kind.csrf_cookie(), ""), "; Max-Age=0");
    }
    response
}

fn append(headers: &mut HeaderMap, auth: &Auth, (name, value): (&str, &str), more: &str) {
    let secure = match auth.config().browser.cookies {
        Cookies::Host => "; Secure",
        Cookies::Plain => "",
    };
    let text = format!("{name}={value}; Path=/; SameSite=Lax{secure}{more}");
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.append(header::SET_COOKIE, value);
    }
}
