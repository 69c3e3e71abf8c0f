//! The caller's account over HTTP: its language, its data, its end.

pub(crate) mod data;
pub(crate) mod page;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Export, Leaving};
use crate::{
    Auth, User,
    error::Result,
    http::{Account, Answer, Json, Leaver},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(change, delete))
        .routes(routes!(export))
        .routes(routes!(keep))
}

/// What is to be changed; what is not named stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Changes {
    /// `en`, `de`, `fr`, `es`; null: as the browser asks.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    locale: Option<Option<String>>,
}

/// Tells a member that is null from one that is not there.
fn named<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(value).map(Some)
}

/// Change what one may change of one's account without further ado.
#[utoipa::path(patch, path = "/api/me", tag = "me", request_body = Changes,
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn change(
    State(auth): State<Auth>,
    Account(user): Account,
    Json(body): Json<Changes>,
) -> Result<Answer<User>> {
    Ok(Answer(match body.locale {
        Some(locale) => auth.accounts().set_locale(user.id, locale.as_deref()).await?,
        None => auth.users().get(user.id).await?,
    }))
}

/// Delete one's account after the time set for second thoughts. All its sessions, tokens and API
/// keys end now. Needs a password given lately.
#[utoipa::path(delete, path = "/api/me", tag = "me",
    responses((status = 202, body = Leaving)), security(("basic" = []), ("bearer" = [])))]
async fn delete(
    State(auth): State<Auth>,
    Account(user): Account,
) -> Result<(StatusCode, Answer<Leaving>)> {
    Ok((StatusCode::ACCEPTED, Answer(auth.accounts().delete(&user).await?)))
}

/// Keep an account that is about to be deleted. With the password, as everything else has ended.
#[utoipa::path(post, path = "/api/me/keep", tag = "me",
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn keep(State(auth): State<Auth>, Leaver(user): Leaver) -> Result<StatusCode> {
    auth.accounts().keep(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Everything kept of oneself, as a file. Needs a password given lately.
#[utoipa::path(get, path = "/api/me/export", tag = "me",
    responses((status = 200, body = Export, headers(("Content-Disposition" = String, description = "`attachment`")))),
    security(("basic" = []), ("bearer" = [])))]
async fn export(State(auth): State<Auth>, Leaver(user): Leaver) -> Result<Response> {
    Ok(attached(auth.accounts().export(&user).await?))
}

/// The file, that no page from elsewhere gets hold of.
fn attached(export: Export) -> Response {
    let mut response = Answer(export).into_response();
    let set = |name, value| (name, HeaderValue::from_static(value));
    response.headers_mut().extend([
        set(header::CONTENT_DISPOSITION, "attachment; filename=\"account.json\""),
        set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ]);
    response
}
