//! The profile of "Token-based authentication with Flask-JWT": a password buys a token, and
//! `Authorization: JWT` carries it. The claim `identity` says what `sub` says.
//!
//! Routes of an application's own are guarded by the same rules, with the same answers. A state
//! without a [`Guard`] in it does not compile:
//!
//! ```no_run
//! use axum::{Router, extract::FromRef, routing::get};
//! use countersign::Auth;
//! use countersign_flask::flask_jwt::{Guard, Identity, Options, flask_jwt};
//!
//! #[derive(Clone)]
//! struct App { auth: Auth, guard: Guard }
//!
//! impl FromRef<App> for Guard {
//!     fn from_ref(app: &App) -> Self { app.guard.clone() }
//! }
//! # impl FromRef<App> for Auth { fn from_ref(app: &App) -> Self { app.auth.clone() } }
//!
//! async fn orders(Identity(user): Identity) -> String {
//!     user.username
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::open("sqlite://app.db").await?;
//! let guard = Guard::new(&auth, Options::default());
//! let app = Router::new()
//!     .route("/orders", get(orders))
//!     .nest("/tokens", flask_jwt(&auth, Options::default()))
//!     .merge(auth.routes())
//!     .with_state(App { auth, guard });
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! countersign::serve(listener, app).await?;
//! # Ok(()) }
//! ```
//!
//! ```compile_fail,E0277
//! # use axum::{Router, routing::get};
//! # use countersign_flask::flask_jwt::Identity;
//! async fn orders(_: Identity) {}
//! let app: Router = Router::new().route("/orders", get(orders)).with_state(());
//! ```

mod options;
mod refusal;

use axum::{
    Json, Router,
    extract::{FromRef, FromRequestParts, Request, State},
    http::{HeaderMap, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use countersign::{Auth, Client, CurrentUser, Grant, Shape};
use serde_json::{Value, json};

pub use options::Options;

use crate::shared::{
    answer::{finished, methods},
    body::Object,
    options::{assert_possible, warn},
    token,
};
use refusal::Refusal;

/// What guards routes by the rules of this profile.
pub type Guard = crate::Guard<Options>;

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
    assert_possible(auth.config(), options.algorithm);
    let refuse = || Refusal::Method;
    warn("flask-jwt", &options, auth.config());
    let mut routes = Router::new()
        .route(PROTECTED, methods("GET, HEAD, OPTIONS", get(protected), refuse))
        .fallback(async || Refusal::Path);
    if let Some(path) = &options.auth_path {
        routes = routes.route(path, methods("OPTIONS, POST", post(log_in), refuse));
    }
    finished(routes, Guard::new(auth, options))
}

/// Exactly a name and a password buy a token.
async fn log_in(
    State(guard): State<Guard>,
    client: Client,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let options = &guard.options;
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
    let tokens = guard.auth.tokens().issue(&username, &password.into(), grant, &client).await?;
    Ok(Json(json!({ "access_token": tokens.access_token })))
}

async fn protected(Identity(user): Identity) -> String {
    format!("User(id='{}')", user.id)
}

/// Whoever the token of the request acts for (`@jwt_required()` with `current_identity`).
#[derive(Debug, Clone)]
pub struct Identity(pub CurrentUser);

impl<S> FromRequestParts<S> for Identity
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let guard = Guard::from_ref(state);
        let user = identity(parts, &guard).await;
        user.map(Self).map_err(|refusal| Refused(refusal.into_response()))
    }
}

/// A refusal of a guarded route, as the profile words it.
#[derive(Debug)]
pub struct Refused(Response);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0
    }
}

async fn identity(parts: &mut Parts, guard: &Guard) -> Result<CurrentUser, Refusal> {
    let Ok(client) = Client::from_request_parts(parts, guard).await;
    let token = token_of(&parts.headers, &guard.options)?;
    token::check_segments(&token).map_err(Refusal::Token)?;
    let leeway = guard.options.leeway_seconds;
    Ok(token::authenticate_within(&guard.auth, &token, &client, leeway).await?)
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
