//! Sessions with a cookie: axum-login over tower-sessions, the sessions in SQLite.

use axum::{
    Form, Json, Router,
    http::StatusCode,
    routing::{get, post},
};
use axum_login::{AuthManagerLayerBuilder, AuthSession, AuthUser, AuthnBackend, UserId};
use sqlx::SqlitePool;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::time::Duration};
use tower_sessions_sqlx_store::SqliteStore;

use crate::{
    App, Refused,
    users::{Credentials, User, with_password},
};

#[derive(Clone)]
pub struct Backend {
    readers: SqlitePool,
}

#[derive(Debug)]
pub struct Broken(String);

impl std::fmt::Display for Broken {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

impl AuthUser for User {
    type Id = i64;

    fn id(&self) -> i64 {
        self.id
    }

    fn session_auth_hash(&self) -> &[u8] {
        self.password.as_bytes()
    }
}

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = Credentials;
    type Error = Broken;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<User>, Broken> {
        with_password(&self.readers, credentials).await.map_err(|refused| match refused {
            Refused::Broken(error) => Broken(error.to_string()),
            _ => Broken("refused".into()),
        })
    }

    async fn get_user(&self, id: &UserId<Self>) -> Result<Option<User>, Broken> {
        sqlx::query_as("SELECT id, name, password FROM users WHERE id = $1")
            .bind(id)
            .fetch_optional(&self.readers)
            .await
            .map_err(|error| Broken(error.to_string()))
    }
}

/// The routes that know sessions.
pub fn routes(app: &App) -> Router<App> {
    let sessions = SessionManagerLayer::new(SqliteStore::new(app.readers.clone()))
        .with_secure(false)
        .with_expiry(Expiry::OnInactivity(Duration::days(1)));
    let backend = Backend { readers: app.readers.clone() };
    Router::new()
        .route("/session/login", post(log_in))
        .route("/session/logout", post(log_out))
        .route("/session/me", get(me))
        .layer(AuthManagerLayerBuilder::new(backend, sessions).build())
}

async fn log_in(
    mut session: AuthSession<Backend>,
    Form(credentials): Form<Credentials>,
) -> Result<StatusCode, Refused> {
    let user = session.authenticate(credentials).await?.ok_or(Refused::Unauthorized)?;
    session.login(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn log_out(mut session: AuthSession<Backend>) -> Result<StatusCode, Refused> {
    session.logout().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn me(session: AuthSession<Backend>) -> Result<Json<User>, Refused> {
    session.user.map(Json).ok_or(Refused::Unauthorized)
}
