//! The caller's API keys over HTTP.

pub(crate) mod page;

use axum::{
    extract::{OriginalUri, State},
    http::{StatusCode, header},
    response::IntoResponse,
};
use countersign_proto::scope::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiKey, CreatedApiKey, NewApiKey};
use crate::{
    ApiKeyId, Auth,
    error::{Denied, Result, sentence},
    http::{Account, Answer, Id, IdempotencyKey, Json},
    idempotency::Idempotent,
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(revoke))
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MakeApiKey {
    /// What to call it.
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// What it may do: words separated by single blanks. `account` and `admin` open this API.
    #[serde(default)]
    scope: String,
    /// Life in seconds; absent: until it is revoked.
    #[schema(minimum = 1)]
    expires_in: Option<u32>,
}

/// Make an API key. The answer is the only one that shows it. Repeatable with an
/// `Idempotency-Key`.
#[utoipa::path(post, path = "/api/me/api-keys", tag = "me", request_body = MakeApiKey,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    responses((status = 201, body = CreatedApiKey, headers(("Location" = String, description = "where the key is")))),
    security(("basic" = []), ("bearer" = [])))]
async fn create(
    State(auth): State<Auth>,
    OriginalUri(uri): OriginalUri,
    Account(user): Account,
    IdempotencyKey(key): IdempotencyKey,
    Json(body): Json<MakeApiKey>,
) -> Result<impl IntoResponse> {
    let once = key.map(|key| body.once(&auth, &user.id.to_string(), &key)).transpose()?;
    let created = auth.api_keys().create_own(&user, body.read()?, once).await?;
    let location = format!("{}/{}", uri.path().trim_end_matches('/'), created.api_key.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Answer(created)))
}

impl MakeApiKey {
    fn once(&self, auth: &Auth, user: &str, key: &str) -> Result<Idempotent> {
        let same = format!("{:?}\n{:?}\n{:?}", self.name, self.scope, self.expires_in);
        Idempotent::new(auth, ("api-key", user), key, same.as_bytes())
    }

    fn read(self) -> Result<NewApiKey> {
        let scope: Scope = self.scope.parse().map_err(|why| bad_scope(&why))?;
        if self.expires_in == Some(0) {
            let text = "A life is at least one second.";
            return Err(Denied::invalid_request(text).field("expires_in").into());
        }
        Ok(NewApiKey { name: self.name, scope, expires_in: self.expires_in })
    }
}

fn bad_scope(why: &dyn std::fmt::Display) -> Denied {
    Denied::invalid_request(sentence(why)).field("scope")
}

/// The caller's keys.
#[derive(Serialize, ToSchema)]
struct ApiKeyList {
    /// Youngest first.
    items: Vec<ApiKey>,
}

/// One's API keys.
#[utoipa::path(get, path = "/api/me/api-keys", tag = "me",
    responses((status = 200, body = ApiKeyList)), security(("basic" = []), ("bearer" = [])))]
async fn list(State(auth): State<Auth>, Account(user): Account) -> Result<Answer<ApiKeyList>> {
    Ok(Answer(ApiKeyList { items: auth.api_keys().of(user.id).await? }))
}

/// Revoke one of one's API keys.
#[utoipa::path(delete, path = "/api/me/api-keys/{id}", tag = "me",
    params(("id" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn revoke(
    State(auth): State<Auth>,
    Account(user): Account,
    Id(id): Id<ApiKeyId>,
) -> Result<StatusCode> {
    auth.api_keys().revoke_own(&user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
