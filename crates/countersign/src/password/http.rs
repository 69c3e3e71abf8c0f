//! The caller's password over HTTP.

pub(crate) mod change;
pub(crate) mod strength;

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use countersign_proto::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth, Client,
    error::Result,
    http::{Account, Json, session_cookies},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(change))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePassword {
    #[schema(value_type = String)]
    current_password: Secret,
    /// At least 8 characters; not a common one, not built from the names.
    #[schema(value_type = String, min_length = 8)]
    new_password: Secret,
}

/// Change one's password. Ends every other session, every token and API key.
#[utoipa::path(put, path = "/api/me/password", tag = "me", request_body = ChangePassword,
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn change(
    State(auth): State<Auth>,
    Account(user): Account,
    client: Client,
    Json(body): Json<ChangePassword>,
) -> Result<impl IntoResponse> {
    let (current, new) = (&body.current_password, &body.new_password);
    let signed = auth.sessions().change_password(&user, (current, new), &client).await?;
    Ok((StatusCode::NO_CONTENT, session_cookies(&auth, signed.as_ref())))
}
