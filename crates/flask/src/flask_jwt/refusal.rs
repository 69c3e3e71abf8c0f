//! Errors as Flask-JWT answered them: always `status_code`, `error` and `description`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign::{Denied, Error, TokenFault, proto::error_code::ErrorCode};
use serde_json::json;

use crate::shared::{
    answer::{denied, retry_after, status},
    body::{Unreadable, WrongType},
    html, token,
};

/// Why something is refused.
pub(super) enum Refusal {
    /// No token; the challenge names the realm.
    Missing { challenge: String },
    /// The header cannot be read.
    Header(&'static str),
    /// The token is no good.
    Token(String),
    /// The user of the token is gone.
    Orphaned,
    /// Whatever was wrong with the name and the password: all alike.
    Credentials,
    /// The body cannot be read.
    Body(Unreadable),
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
        match (denied.token_fault(), denied.code()) {
            (Some(TokenFault::Invalid(why)), _) => Self::Token(token::words(why)),
            (Some(TokenFault::Revoked), _) => Self::Token("Token has been revoked".into()),
            (Some(TokenFault::Orphaned), _) => Self::Orphaned,
            (None, ErrorCode::InvalidToken) => Self::Token("Invalid token type".into()),
            (None, ErrorCode::InvalidCredentials) => Self::Credentials,
            _ => Self::Denied(denied),
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(why: Unreadable) -> Self {
        Self::Body(why)
    }
}

/// What is no text is no password.
impl From<WrongType> for Refusal {
    fn from(_: WrongType) -> Self {
        Self::Credentials
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
        const NO_METHOD: StatusCode = StatusCode::METHOD_NOT_ALLOWED;
        let refused = |error: &str, text: &str| body(StatusCode::UNAUTHORIZED, error, text);
        match self {
            Self::Missing { challenge } => {
                let text = "Request does not contain an access token";
                let mut answer = refused("Authorization Required", text);
                if let Ok(challenge) = HeaderValue::try_from(challenge) {
                    answer.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
                }
                answer
            }
            Self::Header(text) => refused("Invalid JWT header", text),
            Self::Token(text) => refused("Invalid token", &text),
            Self::Orphaned => refused("Invalid JWT", "User does not exist"),
            // The original's words, with a status that is not theirs.
            Self::Credentials => refused("Bad Request", "Invalid credentials"),
            Self::Body(Unreadable::TooLarge) => {
                let text = Unreadable::TooLarge.words();
                body(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large", text)
            }
            Self::Body(why) => body(StatusCode::BAD_REQUEST, "Bad Request", why.words()),
            Self::Path => html::page(NOT_FOUND, ErrorCode::NotFound.meaning()),
            Self::Method => html::page(NO_METHOD, ErrorCode::MethodNotAllowed.meaning()),
            Self::Denied(denied) => {
                let status = status(&denied);
                let error = status.canonical_reason().unwrap_or("Error");
                retry_after(&denied, body(status, error, denied.description()))
            }
        }
    }
}

fn body(status: StatusCode, error: &str, description: &str) -> Response {
    let code = status.as_u16();
    let body = json!({ "status_code": code, "error": error, "description": description });
    (status, Json(body)).into_response()
}
