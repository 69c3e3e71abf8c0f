//! Addresses over HTTP.

pub(crate) mod page;

use axum::{extract::State, http::StatusCode};
use countersign_proto::secret::Secret;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth, Client,
    error::Result,
    http::{Account, Answer, Json},
    link::{Asked, Proof, new_flow},
    recovery::http::Mailed,
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(request))
        .routes(routes!(confirm))
        .routes(routes!(change))
        .routes(routes!(change_confirm))
}

/// An e-mail address.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Address {
    #[schema(max_length = 254)]
    email: String,
}

/// The `token` of the link, or the `code` with its `flow`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Proven {
    #[schema(value_type = Option<String>)]
    token: Option<Secret>,
    #[schema(value_type = Option<String>)]
    flow: Option<Secret>,
    #[schema(value_type = Option<String>)]
    code: Option<Secret>,
}

/// Ask for the mail that confirms an address. The answer is the same whether or not there is
/// somebody.
#[utoipa::path(post, path = "/api/confirmation", tag = "email", request_body = Address,
    responses((status = 202, body = Mailed)))]
async fn request(
    State(auth): State<Auth>,
    client: Client,
    Json(body): Json<Address>,
) -> Result<(StatusCode, Answer<Mailed>)> {
    let flow = new_flow();
    let asked = Asked { flow: &flow, client: &client, locale: client.language };
    auth.emails().confirm_request(&body.email, asked).await?;
    Ok(Mailed::with(&flow))
}

/// Confirm an address with what the mail brought.
#[utoipa::path(post, path = "/api/confirmation/confirm", tag = "email", request_body = Proven,
    responses((status = 204)))]
async fn confirm(State(auth): State<Auth>, Json(body): Json<Proven>) -> Result<StatusCode> {
    let proof = Proof::of(body.token, body.flow, body.code)?;
    auth.emails().confirm(&proof).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for another address. The present one stays until the mail to the new one is answered. Needs
/// a password given lately.
#[utoipa::path(put, path = "/api/me/email", tag = "me", request_body = Address,
    responses((status = 202, body = Mailed)), security(("basic" = []), ("bearer" = [])))]
async fn change(
    State(auth): State<Auth>,
    Account(user): Account,
    client: Client,
    Json(body): Json<Address>,
) -> Result<(StatusCode, Answer<Mailed>)> {
    let flow = new_flow();
    let asked = Asked { flow: &flow, client: &client, locale: client.language };
    auth.emails().change(&user, &body.email, asked).await?;
    Ok(Mailed::with(&flow))
}

/// Take the new address with what the mail to it brought.
#[utoipa::path(post, path = "/api/me/email/confirm", tag = "me", request_body = Proven,
    responses((status = 204)))]
async fn change_confirm(State(auth): State<Auth>, Json(body): Json<Proven>) -> Result<StatusCode> {
    let proof = Proof::of(body.token, body.flow, body.code)?;
    auth.emails().change_confirm(&proof).await?;
    Ok(StatusCode::NO_CONTENT)
}
