//! The lists over HTTP.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Auth, error::Result, http::Id};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which tokens were taken back (draft-ietf-oauth-status-list): the list that the claim `status` of
/// access tokens names.
#[utoipa::path(get, path = "/status-lists/{number}", tag = "tokens",
    params(("number" = u32, Path)),
    responses((status = 200, content_type = "application/statuslist+jwt", body = String),
        (status = 304)))]
async fn list(
    State(auth): State<Auth>,
    Id(number): Id<u32>,
    headers: HeaderMap,
) -> Result<Response> {
    let list = auth.status_lists().get(number).await?;
    let about = [
        (header::CACHE_CONTROL, format!("public, max-age={}", list.ttl_seconds)),
        (header::ETAG, list.tag.to_string()),
    ];
    if knows(&headers, &list.tag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let kind = [(header::CONTENT_TYPE, "application/statuslist+jwt")];
    Ok((about, kind, list.token.to_string()).into_response())
}

/// Whether the caller has the very list (RFC 9110 §13.1.2).
fn knows(headers: &HeaderMap, tag: &str) -> bool {
    let fields = headers.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = fields.filter_map(|field| field.to_str().ok()).flat_map(|text| text.split(','));
    tags.any(|given| matches!(given.trim(), known if known.trim_start_matches("W/") == tag))
}
