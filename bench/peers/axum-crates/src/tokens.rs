//! Access tokens signed with HS256, revoked by their `jti`; refresh tokens that serve once.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Form, Json,
    extract::{FromRequestParts, State},
    http::{HeaderMap, StatusCode, header::AUTHORIZATION, request::Parts},
};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    App, Refused,
    keys::{digest, random_token},
    users::{Credentials, User, with_password},
};

// Tokens outlive the run.
const ACCESS_SECONDS: u64 = 24 * 3600;
const REFRESH_SECONDS: u64 = 30 * 24 * 3600;
/// The resource server that may introspect: `api:introspection-secret`.
const INTROSPECTION: &str = "Basic YXBpOmludHJvc3BlY3Rpb24tc2VjcmV0";

/// The keys and what a token must claim, made once.
pub struct Signing {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    header: Header,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    jti: String,
    iat: u64,
    exp: u64,
}

#[derive(Serialize)]
pub struct Issued {
    access_token: String,
    refresh_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
pub struct Shown {
    refresh_token: String,
}

#[derive(Deserialize)]
pub struct Introspected {
    token: String,
}

/// A user who shows an access token that is signed, current and not revoked.
pub struct Bearer {
    pub user: User,
    claims: Claims,
}

impl Signing {
    pub fn new(secret: &[u8]) -> Self {
        Self {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation: Validation::default(),
            header: Header::default(),
        }
    }

    fn access_token(&self, user: i64) -> Result<String, Refused> {
        let now = now();
        let claims = Claims {
            sub: user.to_string(),
            jti: random_token()?,
            iat: now,
            exp: now + ACCESS_SECONDS,
        };
        Ok(encode(&self.header, &claims, &self.encoding)?)
    }
}

impl Bearer {
    async fn check(app: &App, token: &str) -> Result<Self, Refused> {
        let claims: Claims = decode(token, &app.signing.decoding, &app.signing.validation)
            .map_err(|_| Refused::Unauthorized)?
            .claims;
        let id: i64 = claims.sub.parse().map_err(|_| Refused::Unauthorized)?;
        let user: Option<User> = sqlx::query_as(
            "SELECT id, name, password FROM users
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM revoked WHERE jti = $2)",
        )
        .bind(id)
        .bind(&claims.jti)
        .fetch_optional(&app.readers)
        .await?;
        Ok(Self { user: user.ok_or(Refused::Unauthorized)?, claims })
    }
}

impl FromRequestParts<App> for Bearer {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refused> {
        let token = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .ok_or(Refused::Unauthorized)?;
        Self::check(app, token).await
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// `GET /me`
pub async fn me(bearer: Bearer) -> Json<User> {
    Json(bearer.user)
}

/// `POST /login`
pub async fn login(
    State(app): State<App>,
    Json(credentials): Json<Credentials>,
) -> Result<Json<Issued>, Refused> {
    let user = with_password(&app.readers, credentials).await?.ok_or(Refused::Unauthorized)?;
    let refresh_token = random_token()?;
    sqlx::query("INSERT INTO refresh_tokens (digest, user_id, expires_at) VALUES ($1, $2, $3)")
        .bind(digest(&refresh_token))
        .bind(user.id)
        .bind((now() + REFRESH_SECONDS).cast_signed())
        .execute(&app.writer)
        .await?;
    let access_token = app.signing.access_token(user.id)?;
    Ok(Json(Issued { access_token, refresh_token, expires_in: ACCESS_SECONDS }))
}

/// `POST /refresh`: one statement spends the old token and keeps the new.
pub async fn refresh(
    State(app): State<App>,
    Json(shown): Json<Shown>,
) -> Result<Json<Issued>, Refused> {
    let refresh_token = random_token()?;
    let user: Option<i64> = sqlx::query_scalar(
        "UPDATE refresh_tokens SET digest = $1, expires_at = $2
         WHERE digest = $3 AND expires_at > $4 RETURNING user_id",
    )
    .bind(digest(&refresh_token))
    .bind((now() + REFRESH_SECONDS).cast_signed())
    .bind(digest(&shown.refresh_token))
    .bind(now().cast_signed())
    .fetch_optional(&app.writer)
    .await?;
    let access_token = app.signing.access_token(user.ok_or(Refused::Unauthorized)?)?;
    Ok(Json(Issued { access_token, refresh_token, expires_in: ACCESS_SECONDS }))
}

/// `POST /logout`: revokes the access token.
pub async fn log_out(State(app): State<App>, bearer: Bearer) -> Result<StatusCode, Refused> {
    sqlx::query("INSERT INTO revoked (jti, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
        .bind(&bearer.claims.jti)
        .bind(bearer.claims.exp.cast_signed())
        .execute(&app.writer)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /introspect`, after RFC 7662
pub async fn introspect(
    State(app): State<App>,
    headers: HeaderMap,
    Form(asked): Form<Introspected>,
) -> Result<Json<Value>, Refused> {
    if headers.get(AUTHORIZATION).is_none_or(|shown| shown != INTROSPECTION) {
        return Err(Refused::Unauthorized);
    }
    match Bearer::check(&app, &asked.token).await {
        Ok(Bearer { user, claims }) => Ok(Json(json!({
            "active": true, "username": user.name, "sub": claims.sub,
            "jti": claims.jti, "iat": claims.iat, "exp": claims.exp,
        }))),
        Err(Refused::Unauthorized) => Ok(Json(json!({ "active": false }))),
        Err(other) => Err(other),
    }
}
