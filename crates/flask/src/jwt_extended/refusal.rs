//! Errors as Flask-JWT-Extended answers them: one member, by default `msg`.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use countersign::{
    Denied, Error, TokenFault,
    proto::{error_code::ErrorCode, jose::TokenError},
};
use serde_json::{Value, json};

use super::Guard;
use crate::shared::{
    answer::{denied, retry_after, status},
    body::{Unreadable, WrongType},
    token,
};

/// Why something is refused.
pub(super) enum Refusal {
    /// Nothing was presented, or not as it has to be; 401.
    Unauthorized(String),
    /// A cookie was sent and nothing with it that a page of the same origin could know; 401.
    Csrf(&'static str),
    /// What was presented is no good token for this; 422.
    Invalid(String),
    /// The body cannot be read.
    Body(Unreadable),
    /// There is nothing at this path.
    Path,
    /// The path does not take this method.
    Method,
    /// The library says no.
    Denied(Denied),
}

impl Refusal {
    /// Whether it is the token, or its user, that is no good; not the request.
    pub(super) fn is_of_token(&self) -> bool {
        match self {
            Self::Unauthorized(_) | Self::Invalid(_) => true,
            Self::Denied(denied) => denied.code().status() == 403,
            _ => false,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let denied = denied(error);
        let unauthorized = |text: &str| Self::Unauthorized(text.into());
        match (denied.token_fault(), denied.code()) {
            (Some(TokenFault::Invalid(TokenError::Expired)), _) => {
                unauthorized("Token has expired")
            }
            (Some(TokenFault::Invalid(why)), _) => Self::Invalid(words(why)),
            (Some(TokenFault::Revoked), _) => unauthorized("Token has been revoked"),
            (Some(TokenFault::Orphaned), _) => {
                let id = denied.orphan_of().unwrap_or_default();
                unauthorized(format!("Error loading the user {id}").trim_end())
            }
            (None, ErrorCode::InvalidToken) => Self::Invalid("Invalid token type".into()),
            (None, ErrorCode::InvalidCredentials) => unauthorized("Bad username or password"),
            _ => Self::Denied(denied),
        }
    }
}

/// Where later versions of PyJWT say it in other words.
fn words(why: TokenError) -> String {
    match why {
        TokenError::IssuedLater => "The token is not yet valid (iat)".into(),
        TokenError::Audience => "Audience doesn't match".into(),
        other => token::words(other),
    }
}

impl From<Unreadable> for Refusal {
    fn from(why: Unreadable) -> Self {
        Self::Body(why)
    }
}

impl From<WrongType> for Refusal {
    fn from(_: WrongType) -> Self {
        Self::Unauthorized("Bad username or password".into())
    }
}

/// What a refusal says, until the member is known that says it.
#[derive(Clone)]
struct Message(String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = |status: StatusCode, text: &str| {
            let mut answer = status.into_response();
            answer.extensions_mut().insert(Message(text.to_owned()));
            answer
        };
        match self {
            Self::Unauthorized(text) => said(StatusCode::UNAUTHORIZED, &text),
            Self::Csrf(text) => said(StatusCode::UNAUTHORIZED, text),
            Self::Invalid(text) => said(StatusCode::UNPROCESSABLE_ENTITY, &text),
            Self::Body(Unreadable::TooLarge) => {
                said(StatusCode::PAYLOAD_TOO_LARGE, Unreadable::TooLarge.words())
            }
            Self::Body(Unreadable::Type) => {
                said(StatusCode::UNSUPPORTED_MEDIA_TYPE, Unreadable::Type.words())
            }
            Self::Body(why) => said(StatusCode::BAD_REQUEST, why.words()),
            Self::Path => said(StatusCode::NOT_FOUND, ErrorCode::NotFound.meaning()),
            Self::Method => {
                said(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::MethodNotAllowed.meaning())
            }
            Self::Denied(denied) => {
                retry_after(&denied, said(status(&denied), denied.description()))
            }
        }
    }
}

/// A refusal of a guarded route, as the profile words it.
#[derive(Debug)]
pub struct Refused(Response);

impl Refused {
    pub(super) fn new(refusal: Refusal, guard: &Guard) -> Self {
        Self(named(refusal.into_response(), guard))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

/// The same for whatever the profile's handlers refuse.
pub(super) async fn name_message(State(guard): State<Guard>, response: Response) -> Response {
    named(response, &guard)
}

/// Puts what a refusal says into the member that is configured for it.
fn named(mut response: Response, guard: &Guard) -> Response {
    let Some(Message(text)) = response.extensions_mut().remove() else { return response };
    let mut body = serde_json::Map::new();
    body.insert(guard.options.error_message_key.clone(), json!(text));
    let (mut parts, rest) =
        (response.status(), Json(Value::Object(body))).into_response().into_parts();
    for (name, value) in response.headers() {
        parts.headers.entry(name).or_insert(value.clone());
    }
    Response::from_parts(parts, rest)
}
