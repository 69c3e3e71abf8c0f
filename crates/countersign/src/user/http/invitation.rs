//! Invitations over HTTP.

use axum::{extract::State, http::StatusCode};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth,
    error::Result,
    http::{Admin, Json},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(invite))
}

/// Who is invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitation {
    #[schema(max_length = 254)]
    email: String,
}

/// Mail somebody a link to sign up with, good for seven days. For admins.
#[utoipa::path(post, path = "/api/invitations", tag = "users", request_body = Invitation,
    responses((status = 202)), security(("basic" = []), ("bearer" = [])))]
async fn invite(
    State(auth): State<Auth>,
    Admin(by): Admin,
    Json(body): Json<Invitation>,
) -> Result<StatusCode> {
    auth.links().invite(&body.email, by.identity.locale.as_deref()).await?;
    Ok(StatusCode::ACCEPTED)
}
