//! What somebody who looks at pages gets instead of a refusal in JSON: the login, the password
//! once more, or a page that says what went wrong.

use axum::{
    http::{Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use countersign_proto::{error_code::ErrorCode, target};

use super::{Visit, see_other, visit};
use crate::{
    Auth,
    config::PagesMode,
    error::{Denied, Error},
    http::{cookie::Jar, error::Refused},
};

impl Auth {
    /// A refusal as whoever asked can use it: a page for somebody opening one in a browser, JSON
    /// for everybody else. For the routes and fallbacks of an application.
    pub fn refusal(&self, parts: &Parts, denied: Denied) -> Response {
        Refused::at(parts, denied.into(), self, None).into_response()
    }
}

/// The page that helps, if pages are on and this is somebody opening one in a browser.
pub(crate) fn instead(parts: &Parts, error: &Error, auth: &Auth) -> Option<Response> {
    if !opens_a_page(parts) || auth.config().pages.mode == PagesMode::Off {
        return None;
    }
    let code = match error {
        Error::Denied(denied) => denied.code(),
        Error::Failed(_) => ErrorCode::ServerError,
    };
    let kind = auth.config().browser.cookies;
    let remembered = Jar::Remember.read(&parts.headers, kind).is_some();
    match code {
        ErrorCode::AuthenticationRequired if remembered => Some(send(parts, auth, "/restore")),
        ErrorCode::AuthenticationRequired => Some(send(parts, auth, "/login")),
        ErrorCode::InsufficientUserAuthentication => Some(send(parts, auth, "/reauthenticate")),
        ErrorCode::DeletionScheduled => Some(see_other(&format!("{}/account/data", auth.base()))),
        _ => Some(failure(parts, error, auth)),
    }
}

/// A navigation: a GET that would rather have HTML than anything else.
fn opens_a_page(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let reads = parts.method == Method::GET || parts.method == Method::HEAD;
    let navigates = text("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    let html = text(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"));
    reads && navigates && html
}

/// To a page of ours, and from there back.
fn send(parts: &Parts, auth: &Auth, page: &str) -> Response {
    let base = auth.base();
    match visit::path(parts).and_then(target::local) {
        Some(here) => {
            let next: String = form_urlencoded::byte_serialize(here.as_bytes()).collect();
            see_other(&format!("{base}{page}?next={next}"))
        }
        None => see_other(&format!("{base}{page}")),
    }
}

fn failure(parts: &Parts, error: &Error, auth: &Auth) -> Response {
    let denied = match error {
        Error::Denied(denied) => denied.clone(),
        Error::Failed(failed) => {
            tracing::error!(error = %failed, "a request failed");
            Denied::new(ErrorCode::ServerError, ErrorCode::ServerError.meaning())
        }
    };
    let status = StatusCode::from_u16(denied.code().status());
    let visit = Visit::unknown(parts, auth);
    visit.error_page(&denied, status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
}
