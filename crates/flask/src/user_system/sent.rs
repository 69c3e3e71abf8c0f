//! What a page of this browser sent. There is no other way to read a body, so none escapes the
//! check for where it comes from.

use std::collections::HashMap;

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use countersign::UserAgent;
use serde_json::Value;

use super::{Here, envelope::Refusal};
use crate::shared::body::{Unreadable, is_json};

/// A page may be open for so long before it has to be loaded again, seconds.
const CSRF_SECONDS: u32 = 3600;

/// The browser, and the fields of the form or the JSON object.
pub(super) struct Sent {
    pub(super) agent: UserAgent,
    pub(super) fields: Fields,
}

/// Texts by name. What is no text, number or flag is not there.
#[derive(Default)]
pub(super) struct Fields(HashMap<String, String>);

impl Fields {
    /// The field's text, empty where there is none.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Whether a box is ticked.
    pub(super) fn flag(&self, name: &str) -> bool {
        !matches!(self.text(name), "" | "false" | "False" | "0")
    }
}

impl FromRequest<Here> for Sent {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Here) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let agent = site.auth.user_agent(&parts).await?;
        let whole = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(whole, &()).await.map_err(|rejection| {
            Refusal::Body(match rejection.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Unreadable::TooLarge,
                _ => Unreadable::Syntax,
            })
        })?;
        let form = form(&parts.headers, &body);
        let given = csrf(&parts, &form).unwrap_or_default();
        agent.check_csrf(given, CSRF_SECONDS).map_err(|_| Refusal::Csrf)?;
        let fields = match is_json(&parts.headers) {
            true => object(&body).map_err(Refusal::Body)?,
            false => Fields(form),
        };
        Ok(Self { agent, fields })
    }
}

/// Of a field that is there twice the first counts, as in Werkzeug.
fn form(headers: &HeaderMap, body: &[u8]) -> HashMap<String, String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_form = kind.is_some_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
    });
    let mut fields = HashMap::new();
    for (name, value) in form_urlencoded::parse(if is_form { body } else { &[] }) {
        fields.entry(name.into_owned()).or_insert(value.into_owned());
    }
    fields
}

/// The form's field, with a prefix too, then the header by either name.
fn csrf<'a>(parts: &'a Parts, form: &'a HashMap<String, String>) -> Option<&'a str> {
    let prefixed = || form.iter().find(|(name, _)| name.ends_with("-csrf_token"));
    let field = form.get("csrf_token").or_else(|| Some(prefixed()?.1)).map(String::as_str);
    let in_header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    field
        .filter(|token| !token.is_empty())
        .or_else(|| in_header("x-csrftoken"))
        .or_else(|| in_header("x-csrf-token"))
}

fn object(body: &[u8]) -> Result<Fields, Unreadable> {
    let members = match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => members,
        Ok(_) => return Err(Unreadable::NoObject),
        Err(_) => return Err(Unreadable::Syntax),
    };
    let text = |value| match value {
        Value::String(text) => Some(text),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    let texts = members.into_iter().filter_map(|(name, value)| Some((name, text(value)?)));
    Ok(Fields(texts.collect()))
}
