//! The profile of "RESTful Authentication with Flask": `Basic` with a name and a password, or with
//! a token in place of the name. Paths, statuses and bodies are its; what may be done is the
//! library's to say.

mod refusal;

use axum::{
    Json, Router,
    extract::{FromRequestParts, OriginalUri, Request, State},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use countersign::{
    Auth, Client, Config, CurrentUser, Grant, NewUser, Shape, Signature, SignedUp, TakenAddress,
    proto::credential::{CarriedBy, Carriers, Presented},
};
use serde_json::json;

use crate::shared::{
    Site,
    answer::{finished, methods},
    body::Object,
    credential,
    location::{self, Id},
    options::{
        ALGORITHM, ByName, NoSuchOption, PasswordPolicy, assert_possible, check_signature,
        signature,
    },
    sign_up,
};
use refusal::Refusal;

/// What can be chosen about the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Which passwords somebody may choose who signs up here.
    pub password_policy: PasswordPolicy,
    /// Whether a token buys the next.
    pub token_renewal: TokenRenewal,
    /// What signs the tokens.
    pub algorithm: Signature,
}

/// Whether a token buys the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TokenRenewal {
    /// Until `session_seconds` after the password was given.
    #[default]
    WithinTheSession,
    /// Only the password buys tokens.
    PasswordOnly,
}

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            PasswordPolicy::OPTION => self.password_policy = PasswordPolicy::read(value)?,
            "token_renewal" => {
                self.token_renewal = match value {
                    "allow" => TokenRenewal::WithinTheSession,
                    "password_only" => TokenRenewal::PasswordOnly,
                    _ => return Err(NoSuchOption::value(name, "allow or password_only")),
                }
            }
            ALGORITHM => self.algorithm = signature(value)?,
            _ => {
                let known = [PasswordPolicy::OPTION, "token_renewal", ALGORITHM];
                return Err(NoSuchOption::named(&known));
            }
        }
        Ok(())
    }

    fn check(&self, _given: &[&str], config: &Config) -> Result<(), NoSuchOption> {
        check_signature(config, self.algorithm)
    }
}

impl Options {
    /// What the tokens are like: under the shared secret they name the user by `id`, as the
    /// original's did.
    fn shape(&self) -> Shape {
        let subject_as = match self.algorithm {
            Signature::Service => None,
            Signature::Shared => Some("id"),
        };
        Shape { subject_as, signature: self.algorithm, ..Shape::default() }
    }
}

type Here = Site<Options>;

/// The profile's routes, to nest below a path.
///
/// # Panics
/// When `options.algorithm` is [`countersign::Signature::Shared`] and no shared secret is configured;
/// [`check`](crate::ByName::check) says so beforehand.
pub fn rest_auth<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    const READ: &str = "GET, HEAD, OPTIONS";
    assert_possible(auth.config(), options.algorithm);
    let refuse = || Refusal::Method;
    let routes = Router::new()
        .route("/api/users", methods("OPTIONS, POST", post(new_user), refuse))
        .route("/api/users/{id}", methods(READ, get(show_user), refuse))
        .route("/api/token", methods(READ, get(token), refuse))
        .route("/api/resource", methods(READ, get(resource), refuse))
        .fallback(async || Refusal::Path);
    finished(routes, Site::new(auth, options))
}

async fn new_user(
    State(site): State<Here>,
    OriginalUri(uri): OriginalUri,
    client: Client,
    request: Request,
) -> Result<Response, Refusal> {
    let mut body = Object::of(request).await?;
    let (Some(username), Some(password)) = (body.text("username")?, body.text_only("password")?)
    else {
        return Err(Refusal::Incomplete);
    };
    let new = NewUser { username: Some(username), password: password.into(), ..NewUser::default() };
    // Nobody gives an address here.
    let terms = (site.options.password_policy, TakenAddress::Hidden);
    let SignedUp::Made(user) = sign_up::register(&site.auth, new, terms, &client).await? else {
        return Err(Refusal::Incomplete);
    };
    let path = format!("{}/{}", uri.path().trim_end_matches('/'), user.id);
    let headers = [(header::LOCATION, location::absolute(&site.auth, &path))];
    let body = Json(json!({ "username": user.username }));
    Ok((StatusCode::CREATED, headers, body).into_response())
}

async fn show_user(
    State(site): State<Here>,
    Id(id): Id,
) -> Result<Json<serde_json::Value>, Refusal> {
    let id = id.ok_or(Refusal::NoSuchUser)?;
    let user = site.auth.users().get(id).await?;
    Ok(Json(json!({ "username": user.username })))
}

/// The password opens a session for the token; a token buys another of its session, if it may.
async fn token(
    State(site): State<Here>,
    client: Client,
    Basic(presented): Basic,
) -> Result<Json<serde_json::Value>, Refusal> {
    let tokens = site.auth.tokens();
    let access = site.options.shape();
    let grant =
        Grant { client_id: Some("rest-auth".into()), access: access.clone(), ..Grant::default() };
    let issued = match &presented {
        Presented::Password { username, password } => {
            tokens.issue(username, password, grant, &client).await?
        }
        Presented::Token { .. } if site.options.token_renewal == TokenRenewal::PasswordOnly => {
            return Err(Refusal::Unauthorized);
        }
        Presented::Token { token, .. } if credential::is_old(&site.auth, token) => {
            site.auth.legacy_tokens().exchange(token.reveal(), grant, &client).await?
        }
        Presented::Token { .. } => {
            let user = site.auth.authenticate(&presented, &client).await?;
            tokens.renew_like(&user, &access).await?
        }
    };
    Ok(Json(json!({ "token": issued.access_token, "duration": issued.expires_in })))
}

async fn resource(Caller(user): Caller) -> Json<serde_json::Value> {
    Json(json!({ "data": format!("Hello, {}!", user.username) }))
}

/// What the request presents: by `Basic`, or as a token in one of the header fields that are
/// configured for tokens. Nothing is verified yet.
struct Basic(Presented);

impl FromRequestParts<Here> for Basic {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let headers = site.auth.config().carriers.headers.clone();
        let carriers = Carriers { schemes: Vec::new(), headers };
        match credential::presented(&parts.headers, &carriers) {
            Ok(Some(Presented::Token { carried_by: CarriedBy::Bearer, .. })) => {
                Err(Refusal::Unauthorized)
            }
            Ok(Some(presented)) => Ok(Self(presented)),
            Ok(None) | Err(_) => Err(Refusal::Unauthorized),
        }
    }
}

/// Whoever the request acts for.
struct Caller(CurrentUser);

impl FromRequestParts<Here> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let Basic(presented) = Basic::from_request_parts(parts, site).await?;
        let Ok(client) = Client::from_request_parts(parts, site).await;
        Ok(Self(credential::authenticate(&site.auth, &presented, &client).await?))
    }
}
