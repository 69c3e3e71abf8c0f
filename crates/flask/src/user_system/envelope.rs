//! The one shape of answers: `success` and `message`, or `errors` with `message`, `type` and a
//! member whose name has a blank.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use countersign::{Denied, Error, proto::error_code::ErrorCode};
use serde_json::{Value, json};

use super::form::KEPT;
use crate::shared::{
    answer::{denied, retry_after, status},
    body::Unreadable,
    html,
};

/// What was wrong with each field.
pub(super) type FieldErrors = BTreeMap<&'static str, Vec<String>>;

/// Why something is refused.
pub(super) enum Refusal {
    /// The request was not made by a page of this browser.
    Csrf,
    /// Nobody is logged in.
    Anonymous,
    /// Fields, all at once.
    Form(FieldErrors),
    /// The body cannot be read.
    Body(Unreadable),
    /// The path does not take this method.
    Method,
    /// The library says no.
    Denied(Denied),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Denied(denied(error))
    }
}

/// It went well.
pub(super) fn success(message: &str) -> Response {
    Json(json!({ "success": true, "message": message })).into_response()
}

/// It went well, and there is something to tell.
pub(super) fn success_with(message: &str, data: &Value) -> Response {
    Json(json!({ "success": true, "message": message, "data": data })).into_response()
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
        match self {
            Self::Csrf => {
                let text = json!("CSRF token missing or incorrect.");
                errors(StatusCode::BAD_REQUEST, "Bad Request", &text)
            }
            Self::Anonymous => {
                let text = json!("You're not authorized!");
                errors(StatusCode::UNAUTHORIZED, "Unauthorized", &text)
            }
            Self::Form(fields) => errors(UNPROCESSABLE, "Form validation error", &json!(fields)),
            Self::Body(Unreadable::TooLarge) => {
                let text = json!(Unreadable::TooLarge.words());
                errors(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large", &text)
            }
            Self::Body(why) => errors(StatusCode::BAD_REQUEST, "Bad Request", &json!(why.words())),
            Self::Method => {
                html::page(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed.meaning())
            }
            Self::Denied(denied) => retry_after(&denied, of(&denied)),
        }
    }
}

fn of(denied: &Denied) -> Response {
    const UNPROCESSABLE: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let text = denied.description();
    match (denied.code(), denied.field_name().and_then(field)) {
        (ErrorCode::InvalidCredentials, _) => {
            errors(UNPROCESSABLE, "Wrong Authentication", &json!("Invalid username or password"))
        }
        (ErrorCode::Conflict, Some("email")) => {
            errors(StatusCode::CONFLICT, "Conflict", &json!("This email is already taken!"))
        }
        (ErrorCode::Conflict, Some("user_name")) => {
            errors(StatusCode::CONFLICT, "Conflict", &json!("This username is already taken!"))
        }
        (ErrorCode::InvalidRequest, Some(field)) => {
            errors(UNPROCESSABLE, "Form validation error", &json!({ field: [text] }))
        }
        _ => {
            let status = status(denied);
            errors(status, status.canonical_reason().unwrap_or("Error"), &json!(text))
        }
    }
}

/// The original's name of a field of the library.
fn field(name: &str) -> Option<&'static str> {
    match name {
        "username" => Some("user_name"),
        "email" => Some("email"),
        "password" => Some("password"),
        _ => KEPT.into_iter().find(|(_, attribute)| *attribute == name).map(|(field, _)| field),
    }
}

fn errors(status: StatusCode, kind: &str, message: &Value) -> Response {
    let body = json!({ "errors": { "message": message, "type": kind, "more info": "" } });
    (status, Json(body)).into_response()
}
