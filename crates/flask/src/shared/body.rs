//! Bodies as the originals read them, except that what they failed at (500) is refused.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
};
use serde_json::{Map, Value};

/// A JSON object; unknown members are the originals' to ignore. Of a member that is there twice the
/// last counts, as in Python.
pub(crate) struct Object(Map<String, Value>);

/// Why a body is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Its type is not JSON.
    Type,
    /// It is no JSON.
    Syntax,
    /// It is JSON, and no object.
    NoObject,
    /// It is larger than a profile takes.
    TooLarge,
}

impl Unreadable {
    /// What to tell.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Type => "The body has to be JSON, and its Content-Type to say so.",
            Self::Syntax => "The body is not valid JSON.",
            Self::NoObject => "The body has to be a JSON object.",
            Self::TooLarge => "The body is larger than 64 KiB.",
        }
    }
}

impl Object {
    /// The body of the request.
    ///
    /// # Errors
    /// When it is no JSON object.
    pub(crate) async fn of(request: Request) -> Result<Self, Unreadable> {
        let is_json = is_json(request.headers());
        let bytes = Bytes::from_request(request, &()).await.map_err(|rejection| match rejection
            .status()
        {
            StatusCode::PAYLOAD_TOO_LARGE => Unreadable::TooLarge,
            _ => Unreadable::Syntax,
        })?;
        if !is_json {
            return Err(Unreadable::Type);
        }
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(Unreadable::NoObject),
            Err(_) => Err(Unreadable::Syntax),
        }
    }

    /// How many members it has.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is such a member, be it null.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A text, or a whole number as one, which clients of the originals send for a name. `None`:
    /// absent or null.
    ///
    /// # Errors
    /// When it is anything else.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, WrongType> {
        match self.0.remove(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(Value::Number(number)) if number.is_i64() || number.is_u64() => {
                Ok(Some(number.to_string()))
            }
            Some(_) => Err(WrongType),
        }
    }

    /// A text and nothing else, for a password. `None`: absent or null.
    ///
    /// # Errors
    /// When it is anything else.
    pub(crate) fn text_only(&mut self, name: &str) -> Result<Option<String>, WrongType> {
        match self.0.get(name) {
            Some(Value::Number(_)) => Err(WrongType),
            _ => self.text(name),
        }
    }
}

/// A member of a type it cannot have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongType;

/// Whether the body says that it is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = value.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}
