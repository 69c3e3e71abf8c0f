//! Users and their passwords.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, SqlitePool};

use crate::{App, Refused};

#[derive(Clone, Debug, FromRow, Serialize)]
pub struct User {
    pub id: i64,
    pub name: String,
    #[serde(skip)]
    pub password: String,
}

#[derive(Clone, Deserialize)]
pub struct Credentials {
    pub username: String,
    pub password: String,
}

fn engine() -> Result<Argon2<'static>, argon2::Error> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19456, 2, 1, None)?))
}

/// The user, or `None` when there is none or the password is another.
pub async fn with_password(
    pool: &SqlitePool,
    credentials: Credentials,
) -> Result<Option<User>, Refused> {
    let user: Option<User> = sqlx::query_as("SELECT id, name, password FROM users WHERE name = $1")
        .bind(&credentials.username)
        .fetch_optional(pool)
        .await?;
    let Some(user) = user else { return Ok(None) };
    tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&user.password)?;
        let right = engine()?.verify_password(credentials.password.as_bytes(), &hash).is_ok();
        Ok(right.then_some(user))
    })
    .await?
}

/// `POST /users`
pub async fn sign_up(
    State(app): State<App>,
    Json(credentials): Json<Credentials>,
) -> Result<(StatusCode, Json<User>), Refused> {
    let Credentials { username, password } = credentials;
    let hash = tokio::task::spawn_blocking(move || {
        engine()?.hash_password(password.as_bytes()).map(|hash| hash.to_string())
    })
    .await??;
    let user = sqlx::query_as(
        "INSERT INTO users (name, password) VALUES ($1, $2) ON CONFLICT DO NOTHING
         RETURNING id, name, password",
    )
    .bind(username)
    .bind(hash)
    .fetch_optional(&app.writer)
    .await?;
    Ok((StatusCode::CREATED, Json(user.ok_or(Refused::Taken)?)))
}
