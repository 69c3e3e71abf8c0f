//! Errors as the original answered them: the name of the status as `error`, and a `message` where
//! there is more to say.

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign::{Denied, Error, proto::error_code::ErrorCode};
use serde_json::json;

use super::users::ABOUT_ME;
use crate::shared::{
    answer::{denied, retry_after, status},
    body::{Unreadable, WrongType},
    html,
};

/// Why something is refused, and by which scheme one could do better.
pub(super) struct Refusal {
    why: Why,
    scheme: &'static str,
}

/// Why.
pub(super) enum Why {
    /// No name and password, or false ones.
    NoPassword,
    /// No token, or a false one.
    NoToken,
    /// Somebody else's account, or a token that may not touch one.
    Forbidden,
    /// A sign-up lacks something.
    Incomplete,
    /// The body cannot be read.
    Body(Unreadable),
    /// Nobody has this id, or there is nothing at this path.
    NotFound,
    /// The path does not take this method.
    Method,
    /// The library says no.
    Denied(Denied),
}

impl From<Why> for Refusal {
    fn from(why: Why) -> Self {
        let scheme = if matches!(why, Why::NoPassword) { "Basic" } else { "Bearer" };
        Self { why, scheme }
    }
}

impl Refusal {
    /// What the library says to a name and a password.
    pub(super) fn basic(error: Error) -> Self {
        Self { scheme: "Basic", ..Self::from(error) }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let denied = denied(error);
        match denied.code() {
            ErrorCode::NotFound => Why::NotFound.into(),
            // To ask for the password again is nothing these clients know.
            ErrorCode::InsufficientUserAuthentication => {
                let text = denied.description().to_owned();
                Why::Denied(Denied::new(ErrorCode::AccessDenied, text)).into()
            }
            code if code.status() == 401 => Why::NoToken.into(),
            _ => Why::Denied(denied).into(),
        }
    }
}

impl From<Unreadable> for Refusal {
    fn from(why: Unreadable) -> Self {
        Why::Body(why).into()
    }
}

impl From<WrongType> for Refusal {
    fn from(_: WrongType) -> Self {
        Why::Incomplete.into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.why {
            Why::NoPassword | Why::NoToken => {
                let challenge = format!(r#"{} realm="Authentication Required""#, self.scheme);
                let headers = [(header::WWW_AUTHENTICATE, challenge)];
                (headers, error(StatusCode::UNAUTHORIZED, None)).into_response()
            }
            Why::Forbidden => error(StatusCode::FORBIDDEN, None),
            Why::Incomplete => {
                let text = "must include username, email and password fields";
                error(StatusCode::BAD_REQUEST, Some(text))
            }
            Why::Body(why) => {
                let status = match why {
                    Unreadable::Type => StatusCode::UNSUPPORTED_MEDIA_TYPE,
                    Unreadable::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
                    Unreadable::Syntax | Unreadable::NoObject => StatusCode::BAD_REQUEST,
                };
                error(status, Some(why.words()))
            }
            Why::NotFound => error(StatusCode::NOT_FOUND, None),
            Why::Method => error(StatusCode::METHOD_NOT_ALLOWED, None),
            Why::Denied(denied) => refused(&denied),
        }
    }
}

fn refused(denied: &Denied) -> Response {
    let (status, text) = match (denied.code(), denied.field_name()) {
        (ErrorCode::Conflict, Some("username")) => {
            (StatusCode::BAD_REQUEST, "please use a different username")
        }
        (ErrorCode::Conflict, Some("email")) => {
            (StatusCode::BAD_REQUEST, "please use a different email address")
        }
        (_, Some(ABOUT_ME)) => {
            let text = format!("{ABOUT_ME}: {}", denied.description());
            return error(status(denied), Some(&text));
        }
        _ => (status(denied), denied.description()),
    };
    retry_after(denied, error(status, Some(text)))
}

fn error(status: StatusCode, message: Option<&str>) -> Response {
    let name = status.canonical_reason().unwrap_or("Error");
    let body = match message {
        Some(message) => json!({ "error": name, "message": message }),
        None => json!({ "error": name }),
    };
    (status, Json(body)).into_response()
}

/// Beside the API it depends on what the client would rather read.
pub(super) async fn nothing_here(request: Request) -> Response {
    let path = request.uri().path();
    let in_the_api = path == "/api" || path.starts_with("/api/");
    if in_the_api || wanted(request.headers(), "json") >= wanted(request.headers(), "html") {
        return Refusal::from(Why::NotFound).into_response();
    }
    html::page(StatusCode::NOT_FOUND, ErrorCode::NotFound.meaning())
}

/// How much the client wants JSON or HTML, in thousandths (RFC 9110 §12.5.1). The type that says
/// most decides.
fn wanted(headers: &HeaderMap, kind: &str) -> u32 {
    let names = match kind {
        "json" => ["*/*", "application/*", "application/json"],
        _ => ["*/*", "text/*", "text/html"],
    };
    let fields = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let ranges = fields.flat_map(|field| field.split(','));
    let known = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let specific = names.iter().position(|name| *name == kind)?;
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(1000, thousandths);
        Some((specific, weight))
    });
    known.max().map_or(0, |(_, weight)| weight)
}

/// `0.5` is 500; what is no weight is none.
fn thousandths(weight: &str) -> u32 {
    let (whole, rest) = weight.trim().split_once('.').unwrap_or((weight.trim(), ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    format!("{whole}{digits}").parse().unwrap_or(0).min(1000)
}
