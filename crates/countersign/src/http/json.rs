//! Bodies: JSON and forms, refused in words that name the member and the rule, and never repeat
//! what was sent: it may be a password.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use countersign_proto::error_code::ErrorCode;
use serde::de::DeserializeOwned;

use crate::error::{Denied, Error};

/// A JSON object, read strictly.
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON object or no body at all.
pub(crate) struct OptionalJson<T>(pub(crate) Option<T>);

/// A form (`application/x-www-form-urlencoded`), each parameter once.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        check_type(request.headers(), is_json, "application/json")?;
        Ok(Self(parse_json(&read(request, state).await?)?))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for OptionalJson<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let headers = request.headers().clone();
        let body = read(request, state).await?;
        if body.is_empty() {
            return Ok(Self(None));
        }
        check_type(&headers, is_json, "application/json")?;
        Ok(Self(Some(parse_json(&body)?)))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        check_type(request.headers(), |kind| kind == FORM, FORM)?;
        Ok(Self(parse_form(&read(request, state).await?)?))
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Whether the body is a form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    essence(headers) == FORM
}

/// Refuses what is no form.
pub(super) fn check_form(headers: &HeaderMap) -> Result<(), Denied> {
    check_type(headers, |kind| kind == FORM, FORM)
}

pub(super) fn parse_form<T: DeserializeOwned>(body: &[u8]) -> Result<T, Denied> {
    let deserializer = serde_urlencoded::Deserializer::new(form_urlencoded::parse(body));
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        explain(&path, &error.into_inner().to_string())
    })
}

/// The body as sent, within the limit.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Error> {
    Bytes::from_request(request, state).await.map_err(|rejection| {
        if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Denied::new(ErrorCode::ContentTooLarge, "The body is larger than 64 KiB.").into()
        } else {
            Denied::invalid_request("The body could not be read to its end.").into()
        }
    })
}

fn check_type(
    headers: &HeaderMap,
    accepts: fn(&str) -> bool,
    expected: &'static str,
) -> Result<(), Denied> {
    if accepts(&essence(headers)) {
        return Ok(());
    }
    let text = format!("The body must be {expected}.");
    Err(Denied::new(ErrorCode::UnsupportedMediaType, text).field("Content-Type"))
}

fn essence(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

pub(crate) fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Denied> {
    // serde would also fill a struct from an array, member by member.
    if body.trim_ascii_start().first().is_some_and(|byte| b"[\"-0123456789tfn".contains(byte)) {
        return Err(Denied::invalid_request("Expected a JSON object."));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let parsed = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() {
            explain(&path, &inner.to_string())
        } else {
            let (line, column) = (inner.line(), inner.column());
            let text = format!("The body is not valid JSON (line {line}, column {column}).");
            Denied::invalid_request(text)
        }
    })?;
    deserializer
        .end()
        .map(|()| parsed)
        .map_err(|_| Denied::invalid_request("There is something after the JSON object."))
}

/// Says which member is wrong and what was expected, out of serde's message, leaving out the value
/// that serde repeats.
fn explain(path: &str, message: &str) -> Denied {
    let quoted = message.split('`').nth(1).unwrap_or("").to_owned();
    let in_words = |text: String, field: String| Denied::invalid_request(text).field(field);
    if message.starts_with("missing field") {
        return in_words(format!("The member {quoted} is missing."), quoted);
    }
    if message.starts_with("duplicate field") {
        return in_words(format!("The member {quoted} appears twice."), quoted);
    }
    if message.starts_with("unknown field") {
        let known = message.split_once("expected").map_or("none", |(_, rest)| rest.trim());
        let known = known.split(" at line").next().unwrap_or(known);
        let field = if quoted.len() <= 64 { quoted } else { "(too long)".into() };
        return in_words(format!("This member is not known here; known: {known}."), field);
    }
    let expected = message.rsplit_once("expected ").map_or("another value", |(_, rest)| rest);
    let expected = expected.split(" at line").next().unwrap_or(expected);
    let denied = Denied::invalid_request(format!("Expected {expected}."));
    if path == "." || path == "?" { denied } else { denied.field(path.to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only its type matters")]
        password: String,
    }

    fn refusal(body: &[u8]) -> Denied {
        parse_json::<Body>(body).unwrap_err()
    }

    #[test]
    fn a_refusal_names_the_member_and_never_repeats_the_value() {
        let denied = refusal(br#"{"password": 271828}"#);

        assert_eq!(denied.field_name(), Some("password"));
        assert_eq!(denied.description(), "Expected a string.");
    }

    #[test]
    fn missing_unknown_and_repeated_members_are_named() {
        assert_eq!(refusal(b"{}").field_name(), Some("password"));
        assert_eq!(refusal(br#"{"password":"a","admin":true}"#).field_name(), Some("admin"));
        assert_eq!(refusal(br#"{"password":"a","password":"b"}"#).field_name(), Some("password"));
    }

    #[test]
    fn what_is_no_json_is_located() {
        let text = refusal(b"{\"password\": \"a\"").description().to_owned();

        assert!(text.contains("line 1"), "{text}");
        assert!(refusal(b"{\"password\":\"a\"} x").description().contains("after"));
        assert!(refusal(b"\xff\xfe").description().contains("not valid JSON"));
    }
}
