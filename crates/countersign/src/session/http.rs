//! The caller's sessions over HTTP.

pub(crate) mod page;

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Session;
use crate::{
    Auth, SessionId,
    error::Result,
    http::{Account, Answer, Id},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// The caller's sessions.
#[derive(Serialize, ToSchema)]
struct SessionList {
    /// Youngest first, at most 100.
    items: Vec<Session>,
    /// The one that asks, if a token of a session asks.
    #[schema(value_type = Option<String>)]
    current: Option<SessionId>,
}

/// One's sessions.
#[utoipa::path(get, path = "/api/me/sessions", tag = "me",
    responses((status = 200, body = SessionList)), security(("basic" = []), ("bearer" = [])))]
async fn list(State(auth): State<Auth>, Account(user): Account) -> Result<Answer<SessionList>> {
    let items = auth.sessions().of(user.id).await?;
    Ok(Answer(SessionList { items, current: user.session() }))
}

/// End all of one's sessions but the one that asks, and every API key.
#[utoipa::path(delete, path = "/api/me/sessions", tag = "me",
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn end_others(State(auth): State<Auth>, Account(user): Account) -> Result<StatusCode> {
    auth.sessions().end_others(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of one's sessions.
#[utoipa::path(delete, path = "/api/me/sessions/{id}", tag = "me",
    params(("id" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn end(
    State(auth): State<Auth>,
    Account(user): Account,
    Id(id): Id<SessionId>,
) -> Result<StatusCode> {
    auth.sessions().end_own(&user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
