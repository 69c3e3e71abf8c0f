//! The profile of "Flask-Login token-based authentication basics": the whole `Authorization` value
//! is the token, else the query has it. No redirect, no challenge, nothing is remembered.

use axum::{
    Router,
    extract::{FromRequestParts, OriginalUri, Query, State},
    http::{StatusCode, Uri, header, request::Parts},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use countersign::{
    Auth, Client, Denied, Error,
    proto::{
        credential::{Carriers, Presented, parse},
        error_code::ErrorCode,
        secret::Secret,
    },
};

use crate::shared::{
    Site,
    answer::{denied, finished, methods, retry_after, status},
    credential, html, location,
    options::{ByName, NoSuchOption},
};

/// What can be chosen about the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Whether a name and a password, parted by a colon, pass for a token.
    pub naive_tokens: NaiveTokens,
}

/// Whether a name and a password, parted by a colon, pass for a token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NaiveTokens {
    /// Only tokens are tokens.
    #[default]
    Refused,
    /// As in the article, which says of it that it should not be used: passwords get into addresses,
    /// and from there into logs and histories.
    Accepted,
}

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        if name != "naive_tokens" {
            return Err(NoSuchOption::named(&["naive_tokens"]));
        }
        self.naive_tokens = match value {
            "refused" => NaiveTokens::Refused,
            "accepted" => NaiveTokens::Accepted,
            _ => return Err(NoSuchOption::value(name, "refused or accepted")),
        };
        Ok(())
    }
}

type Here = Site<Options>;

/// The profile's routes, to nest below a path.
pub fn request_loader<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    const READ: &str = "GET, HEAD, OPTIONS";
    let refuse = || Refusal::Method;
    let routes = Router::new()
        .route("/", methods(READ, get(hello), refuse))
        .route("/protected", methods(READ, get(to_protected), refuse))
        .route("/protected/", methods(READ, get(protected), refuse))
        .fallback(async || Refusal::Path);
    finished(routes, Site::new(auth, options))
}

async fn hello() -> Html<&'static str> {
    Html("Hello World!")
}

async fn protected(_: Loaded) -> Html<&'static str> {
    Html("Hello Protected World!")
}

/// To the same with a slash, whatever query it has: nothing is looked at before.
async fn to_protected(State(site): State<Here>, OriginalUri(uri): OriginalUri) -> Response {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let place = location::absolute(&site.auth, &format!("{}/{query}", uri.path()));
    let page = html::page(StatusCode::PERMANENT_REDIRECT, "It is at the same path with a slash.");
    ([(header::LOCATION, place)], page).into_response()
}

/// Somebody the request acts for: who it is, nobody asks.
struct Loaded;

impl FromRequestParts<Here> for Loaded {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, site: &Here) -> Result<Self, Refusal> {
        let presented = presented(parts, site.options.naive_tokens).ok_or(Refusal::Unauthorized)?;
        let Ok(client) = Client::from_request_parts(parts, site).await;
        credential::authenticate(&site.auth, &presented, &client).await?;
        Ok(Self)
    }
}

/// The header, if there is one, whatever it holds; else the first `token` of the query. `None`: no
/// credential, or one that cannot be used.
fn presented(parts: &Parts, naive: NaiveTokens) -> Option<Presented> {
    let in_header: Vec<_> = parts.headers.get_all(header::AUTHORIZATION).iter().collect();
    let value = match in_header.as_slice() {
        [] => in_query(&parts.uri)?,
        [one] => Secret::new(std::str::from_utf8(one.as_bytes()).ok()?),
        _ => return None,
    };
    if let (NaiveTokens::Accepted, Some((username, password))) =
        (naive, value.reveal().split_once(':'))
    {
        let is_whole = !username.is_empty() && !password.is_empty();
        let password = Secret::new(password);
        return is_whole.then(|| Presented::Password { username: username.to_owned(), password });
    }
    let carriers = Carriers { schemes: Vec::new(), headers: vec!["authorization".into()] };
    parse(&[], &[("authorization", value.reveal().as_bytes())], &[], &carriers).ok().flatten()
}

fn in_query(uri: &Uri) -> Option<Secret> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    let (_, value) = pairs.into_iter().find(|(name, _)| name == "token")?;
    Some(Secret::new(value))
}

/// Why something is refused. All but the small pages is left to the client to guess, as it was.
enum Refusal {
    Unauthorized,
    Path,
    Method,
    Denied(Denied),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let denied = denied(error);
        if denied.code().status() == 401 { Self::Unauthorized } else { Self::Denied(denied) }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let code = match self {
            Self::Unauthorized => ErrorCode::AuthenticationRequired,
            Self::Path => ErrorCode::NotFound,
            Self::Method => ErrorCode::MethodNotAllowed,
            Self::Denied(denied) => {
                return retry_after(&denied, html::page(status(&denied), denied.description()));
            }
        };
        html::page(status(&Denied::new(code, code.meaning())), code.meaning())
    }
}
