//! Tokens over HTTP: the native door, and the two endpoints of RFC 7009 and RFC 7662.

use axum::{extract::State, http::StatusCode};
use countersign_proto::{
    credential::Presented, error_code::ErrorCode, scope::Scope, secret::Secret,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Grant, Introspection, Shape, TokenSet};
use crate::{
    Auth, Client, CurrentUser,
    error::{Denied, Result, sentence},
    http::{Account, Answer, Credential, Form, Json, OptionalJson, Words},
};

pub(crate) fn routes() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .routes(routes!(issue, revoke_presented))
        .routes(routes!(refresh))
        .routes(routes!(revoke_by_id))
        .routes(routes!(revoke))
        .routes(routes!(introspect))
}

/// How to sign in where not by `Authorization: Basic`, and what to ask for.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TokenRequest {
    /// User name or e-mail address.
    username: Option<String>,
    #[schema(value_type = Option<String>)]
    password: Option<Secret>,
    /// What the token may do: words separated by single blanks. Absent: what is configured.
    scope: Option<String>,
    /// Which client asks, for lists of sessions.
    #[schema(min_length = 1, max_length = 100)]
    client_id: Option<String>,
}

/// Sign in with a password, in the body or by Basic, and get an access and a refresh token. With
/// an access token instead of a password: a new access token of the same session, of no wider
/// scope, until the session's absolute end.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens",
    request_body(content = Option<TokenRequest>),
    responses((status = 200, body = TokenSet)), security((), ("basic" = []), ("bearer" = [])))]
async fn issue(
    State(auth): State<Auth>,
    client: Client,
    Credential(presented): Credential,
    OptionalJson(body): OptionalJson<TokenRequest>,
) -> Result<Answer<TokenSet>> {
    let body = body.unwrap_or_default();
    let grant = body.grant()?;
    let tokens = match body.ask(presented)? {
        Presented::Password { username, password } => {
            auth.tokens().issue(&username, &password, grant, &client).await?
        }
        token => {
            let user = auth.authenticate(&token, &client).await?;
            auth.tokens().renew_within(&user, grant.scope, &Shape::default()).await?
        }
    };
    Ok(Answer(tokens))
}

impl TokenRequest {
    fn grant(&self) -> Result<Grant> {
        let scope =
            self.scope.as_deref().map(Scope::parse).transpose().map_err(|why| {
                Denied::new(ErrorCode::InvalidScope, sentence(&why)).field("scope")
            })?;
        Ok(Grant { client_id: self.client_id.clone(), scope, ..Grant::default() })
    }

    /// The one credential of the request: the header's or the body's.
    fn ask(self, presented: Option<Presented>) -> Result<Presented> {
        let in_body = match (self.username, self.password) {
            (Some(username), Some(password)) => Some((username, password)),
            (None, None) => None,
            (None, _) => return Err(missing("username")),
            (_, None) => return Err(missing("password")),
        };
        match (presented, in_body) {
            (Some(_), Some(_)) => {
                let text = "The request carries more than one credential.";
                Err(Denied::invalid_request(text).into())
            }
            (Some(presented), None) => Ok(presented),
            (None, Some((username, password))) => {
                if username.is_empty() || password.is_empty() {
                    return Err(Denied::invalid_credentials().into());
                }
                Ok(Presented::Password { username, password })
            }
            (None, None) => {
                let text = "Send a user name and a password, by Basic or in the body.";
                Err(Denied::new(ErrorCode::AuthenticationRequired, text).into())
            }
        }
    }
}

fn missing(field: &'static str) -> crate::Error {
    Denied::invalid_request(format!("The member {field} is missing.")).field(field).into()
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefreshRequest {
    #[schema(value_type = String)]
    refresh_token: Secret,
}

/// Trade a refresh token for the next access and refresh token. It works once.
#[utoipa::path(post, path = "/api/tokens/refresh", tag = "tokens", request_body = RefreshRequest,
    responses((status = 200, body = TokenSet)))]
async fn refresh(
    State(auth): State<Auth>,
    client: Client,
    Json(body): Json<RefreshRequest>,
) -> Result<Answer<TokenSet>> {
    Ok(Answer(auth.tokens().refresh(&body.refresh_token, &client).await?))
}

/// Log out: end the token presented with its session, or the API key presented.
#[utoipa::path(delete, path = "/api/tokens", tag = "tokens",
    responses((status = 204)), security(("bearer" = []), ("api_key" = [])))]
async fn revoke_presented(State(auth): State<Auth>, user: CurrentUser) -> Result<StatusCode> {
    auth.tokens().revoke_presented(&user).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Revoke one of one's access tokens by its `jti`; an admin anybody's.
#[utoipa::path(delete, path = "/api/tokens/{jti}", tag = "tokens",
    params(("jti" = String, Path)),
    responses((status = 204)), security(("basic" = []), ("bearer" = [])))]
async fn revoke_by_id(
    State(auth): State<Auth>,
    Account(user): Account,
    Words(jti): Words<String>,
) -> Result<StatusCode> {
    auth.tokens().revoke_own_by_id(&user, &jti).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A token to look into or to revoke.
#[derive(Deserialize, ToSchema)]
struct TokenForm {
    #[schema(value_type = String)]
    token: Secret,
    /// Not needed: a token tells its kind.
    #[serde(rename = "token_type_hint")]
    _token_type_hint: Option<String>,
}

/// Revoke a token by presenting it (RFC 7009). 200 also for one that is unknown or over.
#[utoipa::path(post, path = "/oauth/revoke", tag = "tokens",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200)))]
async fn revoke(State(auth): State<Auth>, Form(form): Form<TokenForm>) -> Result<StatusCode> {
    auth.tokens().revoke(&form.token).await?;
    Ok(StatusCode::OK)
}

/// What a token is worth now (RFC 7662): one's own, or anybody's for the roles `introspector` and
/// `admin`.
#[utoipa::path(post, path = "/oauth/introspect", tag = "tokens",
    request_body(content = TokenForm, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, body = Introspection)),
    security(("basic" = []), ("bearer" = []), ("api_key" = [])))]
async fn introspect(
    State(auth): State<Auth>,
    user: CurrentUser,
    Form(form): Form<TokenForm>,
) -> Result<Answer<Introspection>> {
    Ok(Answer(auth.tokens().introspect(&user, &form.token).await?))
}
