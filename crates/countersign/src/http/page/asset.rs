//! The style sheet and the script of the pages.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::Response,
    routing::get,
};

use crate::{
    Auth,
    error::{Denied, Result},
    http::Words,
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/assets/{name}", get(send))
}

/// Kept for a year by whoever likes: another text has another name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

async fn send(State(auth): State<Auth>, Words(name): Words<String>) -> Result<Response> {
    let renderer = auth.renderer();
    let asset = [renderer.css(), renderer.script()].into_iter().find(|asset| asset.was(&name));
    let asset = asset.ok_or_else(|| Denied::not_found("There is nothing here."))?;
    let caching = if asset.name == name { FOR_EVER } else { "no-store" };
    let mut response = Response::new(Body::from(asset.text.clone()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    Ok(response)
}
