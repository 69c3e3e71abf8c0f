//! Errors as the original answered them: one plain text for 401, small HTML pages for the rest.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use countersign::{Denied, Error, proto::error_code::ErrorCode};

use crate::shared::{
    answer::{denied, retry_after, status},
    body::{Unreadable, WrongType},
    html,
};

/// Why something is refused.
pub(super) enum Refusal {
    /// No credential, or a false one: all alike.
    Unauthorized,
    /// A name or a password is missing, or of another type.
    Incomplete,
    /// The body cannot be read.
    Body(Unreadable),
    /// Nobody has this id; 400, as in the original.
    NoSuchUser,
    /// There is nothing at this path.
    Path,
    /// The path does not take this method.
    Method,
    /// The library says no.
    Denied(Denied),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let denied = denied(error);
        match (denied.code(), denied.code().status()) {
            (_, 401) => Self::Unauthorized,
            (ErrorCode::NotFound, _) => Self::NoSuchUser,
            _ => Self::Denied(denied),
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(why: Unreadable) -> Self {
        Self::Body(why)
    }
}

impl From<WrongType> for Refusal {
    fn from(_: WrongType) -> Self {
        Self::Incomplete
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let bad = |text: &str| html::page(StatusCode::BAD_REQUEST, text);
        match self {
            Self::Unauthorized => unauthorized(),
            Self::Incomplete => bad("A username and a password are needed, both of them texts."),
            Self::Body(Unreadable::TooLarge) => {
                html::page(StatusCode::PAYLOAD_TOO_LARGE, Unreadable::TooLarge.words())
            }
            Self::Body(why) => bad(why.words()),
            Self::NoSuchUser => bad("There is no such user."),
            Self::Path => html::page(StatusCode::NOT_FOUND, ErrorCode::NotFound.meaning()),
            Self::Method => {
                html::page(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed.meaning())
            }
            // A name that is taken is a bad request there.
            Self::Denied(denied) if denied.code() == ErrorCode::Conflict => {
                bad(denied.description())
            }
            Self::Denied(denied) => {
                retry_after(&denied, html::page(status(&denied), denied.description()))
            }
        }
    }
}

fn unauthorized() -> Response {
    let challenge = [(header::WWW_AUTHENTICATE, r#"Basic realm="Authentication Required""#)];
    (StatusCode::UNAUTHORIZED, challenge, Html("Unauthorized Access")).into_response()
}
