//! The profile of Flask-JWT-Extended: an access and a refresh token, in up to four places. Access
//! tokens are this service's own with the library's claims added, so whoever knows the JWK Set
//! verifies them.
//!
//! Routes of an application's own are guarded by the same rules, with the same answers. A state
//! without a [`Guard`] in it does not compile:
//!
//! ```no_run
//! use axum::{Router, extract::FromRef, routing::get};
//! use countersign::{Auth, proto::jose::Extra};
//! use countersign_flask::jwt_extended::{Access, Claims, Fresh, Guard, Options, jwt_extended};
//!
//! #[derive(Clone)]
//! struct App { auth: Auth, guard: Guard }
//!
//! impl FromRef<App> for Guard {
//!     fn from_ref(app: &App) -> Self { app.guard.clone() }
//! }
//! # impl FromRef<App> for Auth { fn from_ref(app: &App) -> Self { app.auth.clone() } }
//!
//! async fn orders(access: Access) -> String {
//!     format!("{} of {:?}", access.user.username, access.user.claim("tenant"))
//! }
//!
//! async fn pay(Fresh(user): Fresh) -> String {
//!     user.username
//! }
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::open("sqlite://app.db").await?;
//! let mut options = Options::default();
//! options.claims = Claims::default().with("tenant", |_| Some(Extra::Text("acme".into())))?;
//! let guard = Guard::new(&auth, options.clone());
//! let own = Router::new().route("/orders", get(orders)).route("/pay", get(pay));
//! let app = guard.around(own)
//!     .nest("/tokens", jwt_extended(&auth, options))
//!     .merge(auth.routes())
//!     .with_state(App { auth, guard });
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! countersign::serve(listener, app).await?;
//! # Ok(()) }
//! ```
//!
//! ```compile_fail,E0277
//! # use axum::{Router, routing::get};
//! # use countersign_flask::jwt_extended::Access;
//! async fn orders(_: Access) {}
//! let app: Router = Router::new().route("/orders", get(orders)).with_state(());
//! ```

mod cookies;
mod guard;
mod issue;
mod log_out;
mod options;
mod presented;
mod refusal;
mod required;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::request::Parts,
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use countersign::{Auth, Client, Grant, proto::secret::Secret};
use serde_json::{Value, json};

pub use options::{
    Claims, CookieOptions, Csrf, Kept, Location, Methods, Names, Options, Place, Protection,
    SameSite,
};
pub use refusal::Refused;
pub use required::{Access, Fresh, Optional, Refresh};

use crate::shared::{
    answer::{finished, methods},
    options::{assert_possible, warn},
};
use issue::{CLIENT, Issued, Occasion, Pair, shape, tokens_for};
use presented::Kind;
use refusal::Refusal;

/// What guards routes by the rules of this profile.
pub type Guard = crate::Guard<Options>;

/// The profile's routes, to nest below a path.
///
/// # Panics
/// When `options.algorithm` is [`countersign::Signature::Shared`] and no shared secret is configured;
/// [`check`](crate::ByName::check) says so beforehand.
pub fn jwt_extended<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    const READ: &str = "GET, HEAD, OPTIONS";
    const SEND: &str = "OPTIONS, POST";
    assert_possible(auth.config(), options.algorithm);
    let refuse = || Refusal::Method;
    warn("jwt-extended", &options, auth.config());
    let guard = Guard::new(auth, options);
    let mut routes = Router::new()
        .route("/login", methods(SEND, post(login), refuse))
        .route("/refresh", methods(SEND, post(refresh), refuse))
        .route("/logout", methods("DELETE, OPTIONS", delete(logout), refuse))
        .route("/logout/refresh", methods("DELETE, OPTIONS", delete(logout_refresh), refuse))
        .route(
            "/protected",
            methods("GET, HEAD, OPTIONS, POST", get(protected).post(protected), refuse),
        )
        .route("/protected/fresh", methods(READ, get(protected_fresh), refuse))
        .route("/optionally_protected", methods(READ, get(optionally_protected), refuse))
        .fallback(async || Refusal::Path);
    if guard.options.has_cookies() {
        routes = routes
            .route("/login_with_cookies", methods(SEND, post(login_with_cookies), refuse))
            .route("/logout_with_cookies", methods(SEND, post(logout_with_cookies), refuse));
    }
    let named = middleware::map_response_with_state(guard.clone(), refusal::name_message);
    finished(guard.around(routes).layer(named), guard)
}

async fn login(
    State(guard): State<Guard>,
    client: Client,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let tokens = tokens_for(&guard, &client, request).await?.tokens;
    Ok(Json(json!({
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
    })))
}

async fn login_with_cookies(
    State(guard): State<Guard>,
    client: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let Issued { tokens, pair } = tokens_for(&guard, &client, request).await?;
    let mut answer = Json(json!({ "msg": "login successful" })).into_response();
    let refresh = tokens.refresh_token.unwrap_or_default();
    let set = [
        (Kind::Access, (tokens.access_token.as_str(), pair.access.as_str())),
        (Kind::Refresh, (refresh.as_str(), pair.refresh.as_str())),
    ];
    for (kind, values) in set {
        cookies::set(&mut answer, &guard, kind, values);
    }
    Ok(answer)
}

/// The refresh token stays as it is. Whoever showed it by cookie gets the next cookie, and no token
/// that a script could read.
async fn refresh(
    State(guard): State<Guard>,
    client: Client,
    shown: Refresh,
) -> Result<Response, Refusal> {
    let pair = Pair::new();
    let access = shape(&guard.options, Occasion::Renewal, &pair.access);
    if shown.renewal().is_none() {
        let renewal = Some(shape(&guard.options, Occasion::Remembering, &pair.refresh));
        let grant = Grant { client_id: Some(CLIENT.into()), access, renewal, ..Grant::default() };
        let tokens = guard.auth.legacy_tokens().exchange(shown.token(), grant, &client).await?;
        let body = json!({
            "access_token": tokens.access_token, "refresh_token": tokens.refresh_token,
        });
        return Ok(Json(body).into_response());
    }
    let token = Secret::new(shown.token());
    let token = guard.auth.tokens().renew_by(&token, &access).await?.access_token;
    if shown.location() != Location::Cookies {
        return Ok(Json(json!({ "access_token": token })).into_response());
    }
    let mut answer = Json(json!({ "refresh": true })).into_response();
    cookies::set(&mut answer, &guard, Kind::Access, (&token, &pair.access));
    Ok(answer)
}

async fn logout(State(guard): State<Guard>, access: Access) -> Result<Json<Value>, Refusal> {
    log_out::by_access(&guard, &access).await?;
    Ok(Json(json!({ "msg": "Access token successfully revoked" })))
}

async fn logout_refresh(
    State(guard): State<Guard>,
    shown: Refresh,
) -> Result<Json<Value>, Refusal> {
    log_out::by_refresh(&guard, &shown).await?;
    Ok(Json(json!({ "msg": "Refresh token successfully revoked" })))
}

/// The cookies go in any case, unless a page from elsewhere asks.
async fn logout_with_cookies(
    State(guard): State<Guard>,
    mut parts: Parts,
) -> Result<Response, Refusal> {
    log_out::by_cookies(&guard, &mut parts).await?;
    Ok(cookies::unset(&guard, Json(json!({ "msg": "logout successful" }))))
}

async fn protected(Access { user, .. }: Access) -> Json<Value> {
    Json(json!({ "logged_in_as": user.username }))
}

async fn protected_fresh(Fresh(user): Fresh) -> Json<Value> {
    Json(json!({ "logged_in_as": user.username }))
}

async fn optionally_protected(Optional(user): Optional) -> Json<Value> {
    let name = user.map_or_else(|| "anonymous user".into(), |user| user.username);
    Json(json!({ "logged_in_as": name }))
}
