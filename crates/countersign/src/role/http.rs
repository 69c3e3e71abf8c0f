//! Roles over HTTP, for admins.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Auth, User, UserId,
    error::{Denied, Result},
    http::{Admin, Answer, Words},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new().routes(routes!(grant, withdraw))
}

/// Give a user a role. It holds from their next request on.
#[utoipa::path(put, path = "/api/users/{id}/roles/{role}", tag = "users",
    params(("id" = String, Path), ("role" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn grant(
    State(auth): State<Auth>,
    _: Admin,
    Words((id, role)): Words<(String, String)>,
) -> Result<Answer<User>> {
    Ok(Answer(auth.roles().grant(user_id(&id)?, &role).await?))
}

/// Take a role away. Their next request is without it.
#[utoipa::path(delete, path = "/api/users/{id}/roles/{role}", tag = "users",
    params(("id" = String, Path), ("role" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn withdraw(
    State(auth): State<Auth>,
    Admin(by): Admin,
    Words((id, role)): Words<(String, String)>,
) -> Result<Answer<User>> {
    Ok(Answer(auth.roles().withdraw_as(&by, user_id(&id)?, &role).await?))
}

fn user_id(text: &str) -> Result<UserId> {
    text.parse().map_err(|_| Denied::not_found("There is no such user.").into())
}
