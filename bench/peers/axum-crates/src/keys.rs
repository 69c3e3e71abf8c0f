//! API keys: random, kept as digests, looked up with their user in one query.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::{App, Refused, tokens::Bearer, users::User};

#[derive(Serialize)]
pub struct Key {
    api_key: String,
}

pub fn random_token() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

pub fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

fn shown(headers: &HeaderMap) -> Result<&str, Refused> {
    headers.get("x-api-key").and_then(|key| key.to_str().ok()).ok_or(Refused::Unauthorized)
}

/// `POST /keys`
pub async fn create(State(app): State<App>, bearer: Bearer) -> Result<Json<Key>, Refused> {
    let api_key = random_token()?;
    sqlx::query("INSERT INTO api_keys (digest, user_id) VALUES ($1, $2)")
        .bind(digest(&api_key))
        .bind(bearer.user.id)
        .execute(&app.writer)
        .await?;
    Ok(Json(Key { api_key }))
}

/// `GET /key/me`
pub async fn me(State(app): State<App>, headers: HeaderMap) -> Result<Json<User>, Refused> {
    let user: Option<User> = sqlx::query_as(
        "SELECT u.id, u.name, u.password FROM api_keys k JOIN users u ON u.id = k.user_id
         WHERE k.digest = $1",
    )
    .bind(digest(shown(&headers)?))
    .fetch_optional(&app.readers)
    .await?;
    user.map(Json).ok_or(Refused::Unauthorized)
}

/// `DELETE /keys`: the key that is shown.
pub async fn delete(State(app): State<App>, headers: HeaderMap) -> Result<StatusCode, Refused> {
    sqlx::query("DELETE FROM api_keys WHERE digest = $1")
        .bind(digest(shown(&headers)?))
        .execute(&app.writer)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
