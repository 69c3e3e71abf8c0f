//! The question a proxy asks before it lets a request through: who is this, and may they?
//!
//! nginx calls it `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`. What the proxy passes
//! on is the request as it came, without its body and with another path.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Query},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{answer::HEADERS, error::Refused, extract::Caller, require::role};
use crate::{
    Auth, CurrentUser,
    error::{Denied, Failed, Result},
};

/// The method of the request that the proxy asks about.
const METHOD: HeaderName = HeaderName::from_static("x-forwarded-method");

const USER: HeaderName = HeaderName::from_static("remote-user");
const USER_ID: HeaderName = HeaderName::from_static("remote-user-id");
const ROLES: HeaderName = HeaderName::from_static("remote-roles");

pub(super) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(forward_auth))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    role: Option<String>,
}

/// Whether a proxy may let a request through, by any credential, and whose it is.
#[utoipa::path(get, path = "/api/forward-auth", tag = "me",
    params(("role" = Option<String>, Query, description = "what the user must be"),
        ("X-Forwarded-Method" = Option<String>, Header, description = "the method of the request")),
    responses((status = 204, headers(("Remote-User" = String, description = "the name, percent-encoded"),
        ("Remote-User-Id" = String), ("Remote-Roles" = String, description = "parted by commas")))),
    security(("basic" = []), ("bearer" = []), ("api_key" = [])))]
async fn forward_auth(Forwarded(user): Forwarded) -> Result<Response> {
    let value = |text: String| HeaderValue::try_from(text).map_err(Failed::because);
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(USER, value(encoded(&user.username))?);
    headers.insert(USER_ID, value(user.id.to_string())?);
    headers.insert(ROLES, value(user.roles.join(","))?);
    let mut response = StatusCode::NO_CONTENT.into_response();
    *response.headers_mut() = headers;
    Ok(response)
}

/// Who sent the request that a proxy asks about, if they have the role it asks for. A cookie is believed as if the request had come
/// here: a proxy that does not tell its method asks about one that changes something.
struct Forwarded(Arc<CurrentUser>);

impl FromRequestParts<Auth> for Forwarded {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        parts.method = told_method(&parts.headers).unwrap_or(Method::POST);
        let Caller(user) = Caller::from_request_parts(parts, auth).await?;
        check_role(&user, &parts.uri, auth)
            .map_err(|denied| Refused::new(denied.into(), auth, None))?;
        Ok(Self(user))
    }
}

/// The one method that the proxy tells.
fn told_method(headers: &HeaderMap) -> Option<Method> {
    let mut told = headers.get_all(METHOD).iter();
    match (told.next(), told.next()) {
        (Some(method), None) => Method::from_bytes(method.as_bytes()).ok(),
        _ => None,
    }
}

fn check_role(user: &CurrentUser, asked: &Uri, auth: &Auth) -> Result<(), Denied> {
    if asked.query().is_none() {
        return Ok(());
    }
    let unreadable = |_| Denied::invalid_request("The query takes role.");
    let Query(asked) = Query::<Asked>::try_from_uri(asked).map_err(unreadable)?;
    asked.role.map_or(Ok(()), |name| role(name).check(user, auth.now()))
}

/// Names are of any letters, headers are not: all but the unreserved ones of RFC 3986 §2.3, and `@`,
/// become `%XX` of their UTF-8. Nothing in it ends a header or parts a list.
fn encoded(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte);
    let mut text = String::with_capacity(name.len());
    for byte in name.bytes() {
        if plain(byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn a_name_becomes_a_header_that_can_be_read_back() {
        assert_eq!(encoded("miguel"), "miguel");
        assert_eq!(encoded("a@b.example"), "a@b.example");
        assert_eq!(encoded("Zoë, 100%\r\n"), "Zo%C3%AB%2C%20100%25%0D%0A");
    }
}
