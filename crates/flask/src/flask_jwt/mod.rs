//! The profile of "Token-based authentication with Flask-JWT": a password buys a token, and
//! `Authorization: JWT` carries it. The claim `identity` says what `sub` says.

mod options;
mod refusal;

use axum::{
    Json, Router,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    routing::{get, post},
};
use countersign::{Auth, Client, CurrentUser, Grant, Shape};
use serde_json::{Value, json};

pub use options::Options;

use crate::shared::{
    Site,
    answer::{finished, methods},
    body::Object,
    options::assert_possible,
    token::{self, NOT_ENOUGH_SEGMENTS},
};
use refusal::Refusal;

type Here = Site<Options>;

const PROTECTED: &str = "/protected";

/// The profile's routes, to nest below a path.
///
/// # Panics
/// When `options.algorithm` is [`countersign::Signature::Shared`] and no shared secret is configured;
/// [`check`](crate::ByName::check) says so beforehand.
pub fn flask_jwt<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    assert_possible(&options, auth);
    let refuse = || Refusal::Method;
    let mut routes = Router::new()
        .route(PROTECTED, methods("GET, HEAD, OPTIONS", get(protected), refuse))
        .fallback(async || Refusal::Path);
    if let Some(path) = &options.auth_path {
        routes = routes.route(path, methods("OPTIONS, POST", post(log_in), refuse));
    }
    finished(routes, Site::new(auth, options))
}

/// Exactly a name and a password buy a token.
async fn log_in(
    State(site): State<Here>,
    client: Client,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let options = &site.options;
    let mut body = Object::of(request).await?;
    let count = body.len();
    let username = body.text(&options.username_key)?.unwrap_or_default();
    let password = body.text_only(&options.password_key)?.unwrap_or_default();
    if count != 2 || username.is_empty() || password.is_empty() {
        return Err(Refusal::Credentials);
    }
    let access = Shape {
        seconds: Some(options.expiration_seconds),
        not_before: Some(options.not_before_seconds),
        subject_as: Some("identity"),
        signature: options.algorithm,
        ..Shape::default()
    };
    let grant = Grant { client_id: Some("flask-jwt".into()), access, ..Grant::default() };
    let tokens = site.auth.tokens().issue(&username, &password.into(), grant, &client).await?;
    Ok(Json(json!({ "access_token": tokens.access_token })))
}

async fn protected(Identity(user): Identity) -> String {
    format!("User(id='{}')", user.id)
}

/// Whoever the token of the request acts for.
struct Identity(CurrentUser);

impl FromRequestParts<Here> for Identity {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let Ok(client) = Client::from_request_parts(parts, site).await;
        let token = token_of(&parts.headers, &site.options)?;
        if !token::has_segments(&token) {
            return Err(Refusal::Token(NOT_ENOUGH_SEGMENTS.into()));
        }
        Ok(Self(token::authenticate(&site.auth, &token, &client).await?))
    }
}

/// The header, split at blanks.
fn token_of(headers: &HeaderMap, options: &Options) -> Result<String, Refusal> {
    let fields: Vec<_> = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    // Several fields of one name are one with commas.
    let value = fields.join(", ");
    let mut words = value.split_whitespace();
    let Some(scheme) = words.next() else {
        let prefix = &options.header_prefix;
        let challenge = format!(r#"{prefix} realm="{}""#, options.realm);
        return Err(Refusal::Missing { challenge });
    };
    if !scheme.eq_ignore_ascii_case(&options.header_prefix) {
        return Err(Refusal::Header("Unsupported authorization type"));
    }
    match (words.next(), words.next()) {
        (None, _) => Err(Refusal::Header("Token missing")),
        (Some(_), Some(_)) => Err(Refusal::Header("Token contains spaces")),
        (Some(token), None) => Ok(token.to_owned()),
    }
}
