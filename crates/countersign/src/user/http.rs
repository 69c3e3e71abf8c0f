//! Users over HTTP: sign-up, oneself, and administration.

mod invitation;
pub(crate) mod page;

use axum::{
    extract::{OriginalUri, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign_proto::secret::Secret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{NewUser, Outcome, Page, User, Visitor};
use crate::{
    Auth, Client, UserId, Via,
    error::Result,
    http::{Admin, Answer, Caller, Id, IdempotencyKey, Json, Paging},
    idempotency::Idempotent,
    link::new_flow,
    proof::Effort,
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(sign_up, list))
        .routes(routes!(show, delete))
        .routes(routes!(disable))
        .routes(routes!(enable))
        .routes(routes!(confirm))
        .routes(routes!(end_everything))
        .routes(routes!(me))
        .merge(invitation::routes())
}

/// Who signs up: a user name, an e-mail address or both, and a password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignUp {
    /// 1 to 64 characters, shown as typed, unique without regard to case.
    #[schema(min_length = 1, max_length = 64)]
    username: Option<String>,
    #[schema(max_length = 254)]
    email: Option<String>,
    /// At least 8 characters; not a common one, not built from the names.
    #[schema(value_type = String, min_length = 8)]
    password: Secret,
    /// The secret of the link by which one was invited; its address is then the account's.
    #[schema(value_type = Option<String>)]
    invitation: Option<Secret>,
    /// Where one is asked for.
    proof: Option<Work>,
}

/// A proof of work: a challenge, and a nonce such that SHA-256 of `CHALLENGE:NONCE` begins with as
/// many zero bits as the challenge asks for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Work {
    challenge: String,
    #[schema(max_length = 64)]
    nonce: String,
}

/// Sign up. Repeatable with an `Idempotency-Key`.
#[utoipa::path(post, path = "/api/users", tag = "users", request_body = SignUp,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    responses((status = 201, body = User, headers(("Location" = String, description = "where the user is"))),
        (status = 202, body = CheckMail, description = "an e-mail address was given, and this service sends mail")))]
async fn sign_up(
    State(auth): State<Auth>,
    OriginalUri(uri): OriginalUri,
    client: Client,
    IdempotencyKey(key): IdempotencyKey,
    Json(body): Json<SignUp>,
) -> Result<Response> {
    let once = key.map(|key| body.once(&auth, &key)).transpose()?;
    let new = NewUser {
        username: body.username,
        email: body.email,
        password: body.password,
        locale: client.language.map(str::to_owned),
        ..NewUser::default()
    };
    let flow = new_flow();
    let mut visitor = Visitor::new(new, &flow, &client);
    visitor.invitation = body.invitation;
    if let Some(Work { challenge, nonce }) = body.proof {
        visitor.effort = Effort::Work { challenge, nonce };
    }
    match auth.users().register_once(visitor, once).await? {
        Outcome::Made(user) => {
            let location = format!("{}/{}", uri.path().trim_end_matches('/'), user.id);
            let headers = [(header::LOCATION, location)];
            Ok((StatusCode::CREATED, headers, Answer(user)).into_response())
        }
        Outcome::CheckMail { flow } => {
            let body = CheckMail { status: "check_mail", flow };
            Ok((StatusCode::ACCEPTED, Answer(body)).into_response())
        }
    }
}

/// What follows is in a mail: the same whether or not the address was free.
#[derive(Serialize, ToSchema)]
struct CheckMail {
    /// `check_mail`.
    status: &'static str,
    /// Keep it: the code in the mail works only together with it.
    flow: String,
}

impl SignUp {
    fn once(&self, auth: &Auth, key: &str) -> Result<Idempotent> {
        let invitation = self.invitation.as_ref().map(Secret::reveal);
        let names = format!("{:?}\n{:?}\n{invitation:?}", self.username, self.email);
        let same = format!("{names}\n{}", self.password.reveal());
        Idempotent::new(auth, ("sign-up", ""), key, same.as_bytes())
    }
}

/// All users, in the order they signed up. For admins.
#[utoipa::path(get, path = "/api/users", tag = "users",
    params(("after" = Option<String>, Query, description = "the last id of the page before"),
           ("limit" = Option<u32>, Query, minimum = 1, maximum = 100)),
    responses((status = 200, body = Page<User>)), security(("basic" = []), ("bearer" = [])))]
async fn list(
    State(auth): State<Auth>,
    _: Admin,
    page: Paging<UserId>,
) -> Result<Answer<Page<User>>> {
    Ok(Answer(auth.users().list(page.after, page.limit).await?))
}

/// One user. For admins.
#[utoipa::path(get, path = "/api/users/{id}", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn show(State(auth): State<Auth>, _: Admin, Id(id): Id<UserId>) -> Result<Answer<User>> {
    Ok(Answer(auth.users().get(id).await?))
}

/// Delete another user with all that belongs to them. For admins.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "users",
    params(("id" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn delete(
    State(auth): State<Auth>,
    Admin(by): Admin,
    Id(id): Id<UserId>,
) -> Result<StatusCode> {
    auth.users().delete_other(&by, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lock another's account: all its sessions, tokens and API keys end at once. For admins.
#[utoipa::path(post, path = "/api/users/{id}/disable", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn disable(
    State(auth): State<Auth>,
    Admin(by): Admin,
    Id(id): Id<UserId>,
) -> Result<Answer<User>> {
    Ok(Answer(auth.users().disable_other(&by, id).await?))
}

/// Unlock an account. What ended stays ended. For admins.
#[utoipa::path(post, path = "/api/users/{id}/enable", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn enable(State(auth): State<Auth>, _: Admin, Id(id): Id<UserId>) -> Result<Answer<User>> {
    Ok(Answer(auth.users().enable(id).await?))
}

/// Mark an account as confirmed. For admins.
#[utoipa::path(post, path = "/api/users/{id}/confirm", tag = "users",
    params(("id" = String, Path)),
    responses((status = 200, body = User)), security(("basic" = []), ("bearer" = [])))]
async fn confirm(State(auth): State<Auth>, _: Admin, Id(id): Id<UserId>) -> Result<Answer<User>> {
    Ok(Answer(auth.users().confirm(id).await?))
}

/// End everything of a user: sessions, tokens, API keys. For admins.
#[utoipa::path(delete, path = "/api/users/{id}/sessions", tag = "users",
    params(("id" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn end_everything(
    State(auth): State<Auth>,
    _: Admin,
    Id(id): Id<UserId>,
) -> Result<StatusCode> {
    auth.users().end_everything(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The caller, and what their credential may do.
#[derive(Serialize, ToSchema)]
struct Me {
    #[serde(flatten)]
    user: User,
    /// `password`, `access_token`, `api_key`, `session` or `legacy_token`.
    via: &'static str,
    /// What the credential may do; absent for a password, which may do everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    /// When the password was given, unix seconds; absent for an API key, and for a session that a
    /// cookie brought back.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
}

/// Who the credential acts for.
#[utoipa::path(get, path = "/api/me", tag = "me",
    responses((status = 200, body = Me)), security(("basic" = []), ("bearer" = []), ("api_key" = [])))]
async fn me(Caller(user): Caller) -> Answer<Me> {
    let via = match user.via {
        Via::Password => "password",
        Via::AccessToken { .. } => "access_token",
        Via::ApiKey(_) => "api_key",
        Via::Session(_) => "session",
        Via::LegacyToken { .. } => "legacy_token",
    };
    let scope = user.scope.as_ref().map(ToString::to_string);
    let auth_time = user.auth_time();
    Answer(Me { user: User::from(&*user.identity), via, scope, auth_time })
}
