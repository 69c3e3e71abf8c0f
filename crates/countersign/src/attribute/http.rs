//! The caller's attributes over HTTP.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth,
    error::Result,
    http::{Account, Answer, Json},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(show, change))
}

/// A text for each attribute to set, null for each to unset; what is not named stays.
#[derive(Deserialize, ToSchema)]
struct Changes(BTreeMap<String, Option<String>>);

/// What the application keeps with oneself.
#[utoipa::path(get, path = "/api/me/attributes", tag = "me",
    responses((status = 200, body = BTreeMap<String, String>)),
    security(("basic" = []), ("bearer" = [])))]
async fn show(
    State(auth): State<Auth>,
    Account(user): Account,
) -> Result<Answer<BTreeMap<String, String>>> {
    Ok(Answer(auth.attributes().of(user.id).await?))
}

/// Change those of one's attributes that are left to users.
#[utoipa::path(patch, path = "/api/me/attributes", tag = "me", request_body = Changes,
    responses((status = 200, body = BTreeMap<String, String>)),
    security(("basic" = []), ("bearer" = [])))]
async fn change(
    State(auth): State<Auth>,
    Account(user): Account,
    Json(Changes(changes)): Json<Changes>,
) -> Result<Answer<BTreeMap<String, String>>> {
    Ok(Answer(auth.attributes().change_own(&user, changes).await?))
}
