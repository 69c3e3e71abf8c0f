//! The profile of Flask-JWT-Extended: an access and a refresh token, in up to four places. Access
//! tokens are this service's own with the library's claims added, so whoever knows the JWK Set
//! verifies them.

mod cookies;
mod options;
mod presented;
mod refusal;
mod required;

use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    middleware,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use countersign::{Auth, Client, Grant, Shape, TokenSet, Via, proto::jose::Extra};
use serde_json::{Value, json};
use uuid::Uuid;

pub use options::{Location, Options};

use crate::shared::{
    Site,
    answer::{finished, methods},
    body::Object,
    options::assert_possible,
};
use presented::Kind;
use refusal::Refusal;
use required::{Access, Fresh, Optional, Refresh};

type Here = Site<Options>;

const CLIENT: &str = "jwt-extended";

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
    assert_possible(&options, auth);
    let refuse = || Refusal::Method;
    let site = Site::new(auth, options);
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
    if site.options.has_cookies() {
        routes = routes
            .route("/login_with_cookies", methods(SEND, post(login_with_cookies), refuse))
            .route("/logout_with_cookies", methods(SEND, post(logout_with_cookies), refuse));
    }
    let named = middleware::map_response_with_state(site.clone(), refusal::name_message);
    finished(routes.layer(named), site)
}

/// What double submission goes by, for each of the two tokens.
struct Pair {
    access: String,
    refresh: String,
}

impl Pair {
    fn new() -> Self {
        Self { access: Uuid::new_v4().to_string(), refresh: Uuid::new_v4().to_string() }
    }
}

/// On what occasion a token is issued.
#[derive(Clone, Copy)]
enum Occasion {
    /// A password bought an access token.
    Login,
    /// A refresh token did.
    Renewal,
    /// A password bought a refresh token.
    Remembering,
}

/// A token with the claims of the library.
fn shape(options: &Options, occasion: Occasion, csrf: &str) -> Shape {
    let (kind, seconds) = match occasion {
        Occasion::Login | Occasion::Renewal => ("access", options.access_seconds),
        Occasion::Remembering => ("refresh", options.refresh_seconds),
    };
    let mut shape = Shape { seconds: Some(seconds), not_before: Some(0), ..Shape::default() };
    shape.signature = options.algorithm;
    let fresh = matches!(occasion, Occasion::Login);
    shape.claims.insert("type".into(), Extra::Text(kind.into()));
    shape.claims.insert("fresh".into(), Extra::Flag(fresh));
    if options.has_cookies() {
        shape.claims.insert("csrf".into(), Extra::Text(csrf.into()));
    }
    shape
}

async fn tokens_for(site: &Here, client: &Client, request: Request) -> Result<Issued, Refusal> {
    let mut body = Object::of(request).await?;
    let username = body.text("username")?.unwrap_or_default();
    let password = body.text_only("password")?.unwrap_or_default();
    if username.is_empty() || password.is_empty() {
        return Err(Refusal::Unauthorized("Bad username or password".into()));
    }
    let pair = Pair::new();
    let grant = Grant {
        client_id: Some(CLIENT.into()),
        access: shape(&site.options, Occasion::Login, &pair.access),
        renewal: Some(shape(&site.options, Occasion::Remembering, &pair.refresh)),
        ..Grant::default()
    };
    let tokens = site.auth.tokens().issue(&username, &password.into(), grant, client).await?;
    Ok(Issued { tokens, pair })
}

struct Issued {
    tokens: TokenSet,
    pair: Pair,
}

async fn login(
    State(site): State<Here>,
    client: Client,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let tokens = tokens_for(&site, &client, request).await?.tokens;
    Ok(Json(json!({
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
    })))
}

async fn login_with_cookies(
    State(site): State<Here>,
    client: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let Issued { tokens, pair } = tokens_for(&site, &client, request).await?;
    let mut answer = Json(json!({ "msg": "login successful" })).into_response();
    let refresh = tokens.refresh_token.unwrap_or_default();
    let set = [
        (Kind::Access, (tokens.access_token.as_str(), pair.access.as_str())),
        (Kind::Refresh, (refresh.as_str(), pair.refresh.as_str())),
    ];
    for (kind, values) in set {
        cookies::set(&mut answer, &site.auth, kind, values);
    }
    Ok(answer)
}

/// The refresh token stays as it is. Whoever showed it by cookie gets the next cookie, and no token
/// that a script could read.
async fn refresh(
    State(site): State<Here>,
    client: Client,
    shown: Refresh,
) -> Result<Response, Refusal> {
    let pair = Pair::new();
    let access = shape(&site.options, Occasion::Renewal, &pair.access);
    if shown.renewal.is_none() {
        let old = shown.token.reveal();
        let renewal = Some(shape(&site.options, Occasion::Remembering, &pair.refresh));
        let grant = Grant { client_id: Some(CLIENT.into()), access, renewal, ..Grant::default() };
        let tokens = site.auth.legacy_tokens().exchange(old, grant, &client).await?;
        let body = json!({
            "access_token": tokens.access_token, "refresh_token": tokens.refresh_token,
        });
        return Ok(Json(body).into_response());
    }
    let token = site.auth.tokens().renew_by(&shown.token, &access).await?.access_token;
    if shown.location != Location::Cookies {
        return Ok(Json(json!({ "access_token": token })).into_response());
    }
    let mut answer = Json(json!({ "refresh": true })).into_response();
    cookies::set(&mut answer, &site.auth, Kind::Access, (&token, &pair.access));
    Ok(answer)
}

/// Ends the session with all of its tokens, not the one token alone.
async fn logout(State(site): State<Here>, access: Access) -> Result<Json<Value>, Refusal> {
    end(&site, &access).await?;
    Ok(Json(json!({ "msg": "Access token successfully revoked" })))
}

async fn logout_refresh(State(site): State<Here>, shown: Refresh) -> Result<Json<Value>, Refusal> {
    match &shown.renewal {
        Some(renewal) => site.auth.sessions().end(renewal.session).await?,
        None => site.auth.legacy_tokens().revoke(shown.token.reveal()).await?,
    }
    Ok(Json(json!({ "msg": "Refresh token successfully revoked" })))
}

/// The cookies go in any case, unless a page from elsewhere asks.
async fn logout_with_cookies(
    State(site): State<Here>,
    request: Request,
) -> Result<Response, Refusal> {
    match Access::from_request(request, &site).await {
        Ok(access) => end(&site, &access).await?,
        Err(Refusal::Unauthorized(_) | Refusal::Invalid(_)) => {}
        Err(other) => return Err(other),
    }
    Ok(cookies::unset(&site.auth, Json(json!({ "msg": "logout successful" }))))
}

async fn end(site: &Here, access: &Access) -> Result<(), Refusal> {
    match &access.user.via {
        Via::LegacyToken { .. } => {
            site.auth.legacy_tokens().revoke(&access.presented.token).await?;
        }
        _ => site.auth.tokens().revoke_presented(&access.user).await?,
    }
    Ok(())
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
