//! The caller's devices over HTTP.

pub(crate) mod page;

use axum::{extract::State, http::StatusCode};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Device;
use crate::{
    Auth, Client, DeviceId,
    error::Result,
    http::{Account, Answer, Id},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(forget))
}

/// The caller's devices.
#[derive(Serialize, ToSchema)]
struct DeviceList {
    /// Known longest first, at most 1000.
    items: Vec<Device>,
    /// The one that asks; it need not be in the list.
    #[schema(value_type = Option<String>)]
    current: Option<DeviceId>,
}

/// The devices one has signed in from.
#[utoipa::path(get, path = "/api/me/devices", tag = "me",
    responses((status = 200, body = DeviceList)), security(("basic" = []), ("bearer" = [])))]
async fn list(
    State(auth): State<Auth>,
    Account(user): Account,
    client: Client,
) -> Result<Answer<DeviceList>> {
    let items = auth.devices().of(user.id).await?;
    Ok(Answer(DeviceList { items, current: auth.devices().current(user.id, &client) }))
}

/// Forget a device, and end the sessions that began on it.
#[utoipa::path(delete, path = "/api/me/devices/{id}", tag = "me",
    params(("id" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn forget(
    State(auth): State<Auth>,
    Account(user): Account,
    Id(id): Id<DeviceId>,
) -> Result<StatusCode> {
    auth.devices().forget_own(&user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
