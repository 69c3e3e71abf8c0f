//! An authentication service of today's crates for axum, written as their documentation shows: axum-login and
//! tower-sessions for cookies, jsonwebtoken for access tokens with a revocation table, argon2 in `spawn_blocking`,
//! sqlx on SQLite. What could be made fast without inventing anything was: statements stay prepared, one query for each
//! check, many readers beside one writer, keys are made once.

mod keys;
mod seed;
mod sessions;
mod tokens;
mod users;

use std::{error::Error, sync::Arc, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::signal::unix::{SignalKind, signal};

/// What every handler needs.
#[derive(Clone)]
pub struct App {
    /// Several connections that only read.
    pub readers: SqlitePool,
    /// One connection that writes, so that writers wait in memory and not for SQLite's lock.
    pub writer: SqlitePool,
    pub signing: Arc<tokens::Signing>,
}

/// What a handler answers when it cannot do as asked.
pub enum Refused {
    Unauthorized,
    Taken,
    Broken(Box<dyn Error + Send + Sync>),
}

impl<E: Error + Send + Sync + 'static> From<E> for Refused {
    fn from(error: E) -> Self {
        Self::Broken(Box::new(error))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED.into_response(),
            Self::Taken => StatusCode::CONFLICT.into_response(),
            Self::Broken(error) => {
                eprintln!("error: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

/// A pool on the database: WAL, and each commit waits for the disk, as with all contestants.
async fn pool(data: &str, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(format!("{data}/app.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(10));
    SqlitePoolOptions::new().max_connections(connections).connect_with(options).await
}

async fn serve(data: &str, port: &str) -> Result<(), Box<dyn Error>> {
    let app = App {
        readers: pool(data, 4).await?,
        writer: pool(data, 1).await?,
        signing: Arc::new(tokens::Signing::new(&std::fs::read(format!("{data}/secret"))?)),
    };
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/me", get(tokens::me))
        .route("/login", post(tokens::login))
        .route("/refresh", post(tokens::refresh))
        .route("/logout", post(tokens::log_out))
        .route("/introspect", post(tokens::introspect))
        .route("/keys", post(keys::create).delete(keys::delete))
        .route("/key/me", get(keys::me))
        .route("/users", post(users::sign_up))
        .merge(sessions::routes(&app))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        served = axum::serve(listener, routes).into_future() => served?,
        _ = terminate.recv() => (),
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", data, port] => serve(data, port).await,
        ["seed", data, users, hash] => seed::seed(data, users.parse()?, hash).await,
        _ => Err("usage: axum-crates serve DATA PORT | seed DATA USERS HASH".into()),
    }
}
