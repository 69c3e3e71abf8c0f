//! The forgotten password over HTTP.

pub(crate) mod page;

use axum::{extract::State, http::StatusCode};
use countersign_proto::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth, Client,
    error::Result,
    http::{Answer, Json},
    link::{Asked, Proof, new_flow},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(request)).routes(routes!(reset))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Forgotten {
    /// A user name or an e-mail address.
    #[schema(max_length = 254)]
    login: String,
}

/// A mail may be on its way.
#[derive(Serialize, ToSchema)]
pub(crate) struct Mailed {
    /// Keep it: the code in the mail works only together with it.
    flow: String,
}

impl Mailed {
    pub(crate) fn with(flow: &Secret) -> (StatusCode, Answer<Self>) {
        (StatusCode::ACCEPTED, Answer(Self { flow: flow.reveal().to_owned() }))
    }
}

/// Ask for a mail to set a new password. The answer is the same whether or not there is somebody.
#[utoipa::path(post, path = "/api/recovery", tag = "recovery", request_body = Forgotten,
    responses((status = 202, body = Mailed)))]
async fn request(
    State(auth): State<Auth>,
    client: Client,
    Json(body): Json<Forgotten>,
) -> Result<(StatusCode, Answer<Mailed>)> {
    let flow = new_flow();
    let asked = Asked { flow: &flow, client: &client, locale: client.language };
    auth.recovery().request(&body.login, asked).await?;
    Ok(Mailed::with(&flow))
}

/// The `token` of the link, or the `code` with its `flow`; and the new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reset {
    #[schema(value_type = Option<String>)]
    token: Option<Secret>,
    #[schema(value_type = Option<String>)]
    flow: Option<Secret>,
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
    /// At least 8 characters; not a common one, not built from the names.
    #[schema(value_type = String, min_length = 8)]
    new_password: Secret,
}

/// Set a new password with what the mail brought. Ends every session, token and API key.
#[utoipa::path(post, path = "/api/recovery/reset", tag = "recovery", request_body = Reset,
    responses((status = 204)))]
async fn reset(
    State(auth): State<Auth>,
    client: Client,
    Json(body): Json<Reset>,
) -> Result<StatusCode> {
    let proof = Proof::of(body.token, body.flow, body.code)?;
    auth.recovery().reset(&proof, &body.new_password, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}
