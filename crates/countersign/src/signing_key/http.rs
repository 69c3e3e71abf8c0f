//! The public keys over HTTP.

use axum::{extract::State, http::header, response::IntoResponse};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Auth, error::Result};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(jwks))
}

/// The public keys that verify access tokens (RFC 7517 §5). May be cached for five minutes.
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "tokens",
    responses((status = 200, content_type = "application/jwk-set+json", body = serde_json::Value)))]
async fn jwks(State(auth): State<Auth>) -> Result<impl IntoResponse> {
    let headers = [
        (header::CONTENT_TYPE, "application/jwk-set+json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    Ok((headers, auth.signing_keys().jwks().await?))
}
