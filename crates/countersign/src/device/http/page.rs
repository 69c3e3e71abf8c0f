//! Devices on the page of sessions: a row each, and a button that forgets one.

use axum::{Router, response::Response, routing::post};
use minijinja::{Value, context};
use serde::Deserialize;

use crate::{
    Auth, DeviceId, UserId,
    client::device_name,
    device::Device,
    error::Result,
    http::page::{Elsewhere, Piece, Posted, Visit},
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/account/devices/forget", post(forget))
}

/// What the page of sessions shows of the user's devices.
pub(crate) async fn piece(visit: &Visit, user: UserId, from: Option<usize>) -> Result<Piece> {
    let devices = visit.auth.devices();
    let current = devices.current(user, &visit.client);
    Ok(Piece::of(&devices.of(user).await?, from, |device| row(device, current)))
}

fn row(device: &Device, current: Option<DeviceId>) -> Value {
    context! {
        id => device.id.to_string(),
        name => device.user_agent.as_deref().map(device_name),
        place => &device.address,
        created_at => device.created_at,
        last_seen_at => device.last_seen_at,
        current => Some(device.id) == current,
    }
}

#[derive(Deserialize)]
struct One {
    device: String,
}

async fn forget(posted: Posted<One>) -> Result<Response, Elsewhere> {
    let Posted { mut visit, form } = posted;
    let user = visit.fresh_member("/account/sessions?notice=again")?;
    let id: DeviceId = visit.id(&form.device)?;
    let auth = visit.auth.clone();
    auth.devices().forget_own(&user, id).await.map_err(|why| visit.failure(why))?;
    if auth.devices().current(user.id, &visit.client) == Some(id) {
        visit.forget();
        return Ok(visit.go("/login?notice=device-forgotten"));
    }
    Ok(visit.go("/account/sessions?notice=device-forgotten"))
}
