//! What somebody who looks at pages gets instead of a refusal in JSON: the login, the password
//! once more, or a page that says what went wrong.

use axum::{
    http::{Method, header, request::Parts},
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
    if !wants_a_page(parts) || auth.config().pages.mode == PagesMode::Off {
        return None;
    }
    let code = match error {
        Error::Denied(denied) => denied.code(),
        Error::Failed(_) => ErrorCode::ServerError,
    };
    let kind = auth.config().browser.cookies;
    let remembered = Jar::Remember.read(&parts.headers, kind).is_some();
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        // A form: where it was sent to is no place to come back to.
        return Some(failure(parts, error, auth));
    }
    match code {
        ErrorCode::AuthenticationRequired if remembered => Some(send(parts, auth, "/restore")),
        ErrorCode::AuthenticationRequired => Some(send(parts, auth, "/login")),
        ErrorCode::InsufficientUserAuthentication => Some(send(parts, auth, "/reauthenticate")),
        ErrorCode::DeletionScheduled => Some(see_other(&format!("{}/account/data", auth.base()))),
        _ => Some(failure(parts, error, auth)),
    }
}

/// A navigation, by link or by form, that would rather have HTML than anything else.
fn wants_a_page(parts: &Parts) -> bool {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let navigates = text("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    let html = text(header::ACCEPT.as_str()).is_some_and(|accept| accept.contains("text/html"));
    navigates && html
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
    Visit::unknown(parts, auth).refusal(&denied)
}
