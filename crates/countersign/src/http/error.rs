//! Errors as answers: one shape of body, one status each, the challenge of their scheme.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use countersign_proto::{
    credential::{CarriedBy, Presented},
    error_code::ErrorCode,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{answer::Answer, page};
use crate::{
    Auth,
    error::{Denied, Error, Needs},
};

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    /// A code for programs: registered by RFC 6749, 6750, 7009 or 9470, or listed in the manual.
    pub(crate) error: String,
    /// What was wrong and what to do, for people.
    pub(crate) error_description: String,
    /// The member, parameter or header at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
}

/// Left on a 401 whose challenge still lacks the realm.
#[derive(Clone)]
struct Unchallenged(Denied);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        match self {
            Self::Denied(denied) => denied.into_response(),
            Self::Failed(failed) => {
                tracing::error!(error = %failed, "a request failed");
                Denied::new(ErrorCode::ServerError, ErrorCode::ServerError.meaning())
                    .into_response()
            }
        }
    }
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = ErrorBody {
            error: self.code().as_str().to_owned(),
            error_description: self.description().to_owned(),
            field: self.field_name().map(str::to_owned),
        };
        let mut response = (status, Answer(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED || self.needs().is_some() {
            response.extensions_mut().insert(Unchallenged(self));
        }
        response
    }
}

/// A refusal on the way in, where the scheme that was used is known.
#[derive(Debug)]
pub struct Refused(Response);

impl Refused {
    pub(super) fn new(error: Error, auth: &Auth, presented: Option<&Presented>) -> Self {
        let mut response = error.into_response();
        if let Some(Unchallenged(denied)) = response.extensions_mut().remove() {
            let challenges = challenges(&denied, &auth.config().realm, presented);
            append(&mut response, challenges);
        }
        Self(response)
    }

    /// The same, or for somebody who is looking at pages the page that helps: the login, the
    /// password once more, or what went wrong.
    pub(super) fn at(
        parts: &Parts,
        error: Error,
        auth: &Auth,
        presented: Option<&Presented>,
    ) -> Self {
        match page::instead(parts, &error, auth) {
            Some(page) if presented.is_none() => Self(page),
            _ => Self::new(error, auth, presented),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

/// Adds the challenge to a refusal that came out of a handler.
pub(super) fn complete_challenge(response: &mut Response, realm: &str) {
    if let Some(Unchallenged(denied)) = response.extensions_mut().remove() {
        let challenges = challenges(&denied, realm, None);
        append(response, challenges);
    }
}

fn append(response: &mut Response, challenges: Vec<String>) {
    const NAME: HeaderName = header::WWW_AUTHENTICATE;
    for challenge in challenges {
        if let Ok(value) = HeaderValue::try_from(challenge) {
            response.headers_mut().append(NAME, value);
        }
    }
}

/// RFC 7617 §2 for passwords, RFC 6750 §3 and RFC 9470 §3 for tokens; both where nothing was
/// presented.
fn challenges(denied: &Denied, realm: &str, presented: Option<&Presented>) -> Vec<String> {
    let basic = || format!(r#"Basic realm="{realm}", charset="UTF-8""#);
    match denied.code() {
        ErrorCode::InvalidCredentials => vec![basic()],
        ErrorCode::AuthenticationRequired => vec![format!(r#"Bearer realm="{realm}""#), basic()],
        _ => match presented {
            Some(Presented::Token { carried_by: CarriedBy::BasicUsername, .. }) => vec![basic()],
            Some(Presented::Password { .. }) if denied.needs().is_none() => vec![basic()],
            Some(Presented::Token { carried_by: CarriedBy::Scheme(scheme), .. }) => {
                vec![token_challenge(scheme, denied, realm)]
            }
            _ => vec![token_challenge("Bearer", denied, realm)],
        },
    }
}

fn token_challenge(scheme: &str, denied: &Denied, realm: &str) -> String {
    let code = denied.code().as_str();
    let text: String = denied
        .description()
        .chars()
        .map(|c| if matches!(c, ' '..='~') && c != '"' && c != '\\' { c } else { '\'' })
        .collect();
    let mut challenge =
        format!(r#"{scheme} realm="{realm}", error="{code}", error_description="{text}""#);
    match denied.needs() {
        Some(Needs::Scope(scope)) => challenge.push_str(&format!(r#", scope="{scope}""#)),
        Some(Needs::MaxAge(seconds)) => challenge.push_str(&format!(", max_age={seconds}")),
        None => {}
    }
    challenge
}
