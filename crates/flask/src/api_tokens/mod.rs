//! The profile of "API Authentication with Tokens": the password by `Basic` buys a random token, and
//! everything else takes that as `Bearer`. Who may do what is the library's to say.

mod refusal;
mod users;

use axum::{
    Json, Router,
    extract::{FromRequestParts, State},
    http::{StatusCode, request::Parts},
    routing::{get, post},
};
use countersign::{
    Auth, Client, CurrentUser, Grant, TakenAddress,
    proto::{
        credential::{CarriedBy, Presented},
        secret::Secret,
    },
};
use serde_json::{Value, json};

use crate::shared::{
    Site,
    answer::{finished, methods},
    credential,
    options::{ByName, NoSuchOption, PasswordPolicy, TAKEN_ADDRESS, taken_address},
};
use refusal::{Refusal, Why};

/// What can be chosen about the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Which passwords somebody may choose who signs up here.
    pub password_policy: PasswordPolicy,
    /// Whether somebody who signs up here is told that an address is taken, where mail is sent. The
    /// original told everybody.
    pub taken_address: TakenAddress,
    /// Life of a token, seconds.
    pub token_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            password_policy: PasswordPolicy::default(),
            taken_address: TakenAddress::default(),
            token_seconds: 3600,
        }
    }
}

const TOKEN_SECONDS: &str = "token_seconds";

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            PasswordPolicy::OPTION => self.password_policy = PasswordPolicy::read(value)?,
            TAKEN_ADDRESS => self.taken_address = taken_address(value)?,
            TOKEN_SECONDS => {
                let seconds = value.parse().ok().filter(|seconds| (61..=86_400).contains(seconds));
                let expected = || NoSuchOption::value(TOKEN_SECONDS, "61 to 86400");
                self.token_seconds = seconds.ok_or_else(expected)?;
            }
            _ => {
                let known = [PasswordPolicy::OPTION, TAKEN_ADDRESS, TOKEN_SECONDS];
                return Err(NoSuchOption::named(&known));
            }
        }
        Ok(())
    }
}

type Here = Site<Options>;

/// The client of the sessions that tokens bought here belong to.
const CLIENT: &str = "api-tokens";

/// The profile's routes, to nest below a path.
pub fn api_tokens<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    const READ: &str = "GET, HEAD, OPTIONS";
    let refuse = || Refusal::from(Why::Method);
    let user = get(users::show).put(users::change);
    let routes = Router::new()
        .route("/api/tokens", methods("DELETE, OPTIONS, POST", post(issue).delete(revoke), refuse))
        .route(
            "/api/users",
            methods("GET, HEAD, OPTIONS, POST", get(users::list).post(users::sign_up), refuse),
        )
        .route("/api/users/{id}", methods("GET, HEAD, OPTIONS, PUT", user, refuse))
        .route("/api/users/{id}/followers", methods(READ, get(users::nobody), refuse))
        .route("/api/users/{id}/following", methods(READ, get(users::nobody), refuse))
        .fallback(refusal::nothing_here);
    finished(routes, Site::new(auth, options))
}

async fn issue(
    State(site): State<Here>,
    client: Client,
    Basic(username, password): Basic,
) -> Result<Json<Value>, Refusal> {
    let grant = Grant { client_id: Some(CLIENT.into()), ..Grant::default() };
    let seconds = site.options.token_seconds;
    let login = (username.as_str(), &password);
    let issued = site.auth.tokens().issue_random(login, grant, seconds, &client).await;
    Ok(Json(json!({ "token": issued.map_err(Refusal::basic)?.access_token })))
}

async fn revoke(State(site): State<Here>, bearer: Bearer) -> Result<StatusCode, Refusal> {
    match bearer.old {
        Some(token) => site.auth.legacy_tokens().revoke(token.reveal()).await?,
        None => site.auth.tokens().revoke_presented(&bearer.user).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}

/// A name and a password, unverified; nothing else buys a token.
struct Basic(String, Secret);

impl FromRequestParts<Here> for Basic {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &Here) -> Result<Self, Refusal> {
        match credential::presented(&parts.headers, &credential::standard()) {
            Ok(Some(Presented::Password { username, password })) => Ok(Self(username, password)),
            _ => Err(Refusal::from(Why::NoPassword)),
        }
    }
}

/// Whoever the token acts for.
struct Bearer {
    user: CurrentUser,
    /// The token, where it is one of the application that is being replaced.
    old: Option<Secret>,
}

impl FromRequestParts<Here> for Bearer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let presented = credential::presented(&parts.headers, &credential::standard());
        let Ok(Some(presented @ Presented::Token { carried_by: CarriedBy::Bearer, .. })) =
            presented
        else {
            return Err(Refusal::from(Why::NoToken));
        };
        let Ok(client) = Client::from_request_parts(parts, site).await;
        let user = credential::authenticate(&site.auth, &presented, &client).await?;
        let Presented::Token { token, .. } = presented else {
            return Err(Refusal::from(Why::NoToken));
        };
        let old = credential::is_old(&site.auth, &token).then_some(token);
        Ok(Self { user, old })
    }
}

/// The same, with a token that may touch accounts.
struct Member(CurrentUser);

impl FromRequestParts<Here> for Member {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let Bearer { user, .. } = Bearer::from_request_parts(parts, site).await?;
        if user.has_scope("account") { Ok(Self(user)) } else { Err(Refusal::from(Why::Forbidden)) }
    }
}
