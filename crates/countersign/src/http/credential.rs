//! Reading credentials out of a request, and having them verified: once for each request.

use std::sync::Arc;

use axum::http::{header, request::Parts};
use countersign_proto::{
    credential::{self, Presented},
    error_code::ErrorCode,
};

use super::{client, cookie::Jar, csrf, error::Refused};
use crate::{
    Auth, CurrentUser,
    error::{Denied, Error, sentence},
};

/// Whether the route lets a token come in the query string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueryToken {
    Refused,
    Accepted,
}

/// The user a request was found to act for, by which system.
#[derive(Clone)]
struct Resolved {
    auth: Auth,
    user: Arc<CurrentUser>,
}

/// What the request presents, unverified.
pub(super) fn presented(
    parts: &Parts,
    auth: &Auth,
    query: QueryToken,
) -> Result<Option<Presented>, Denied> {
    let carriers = &auth.config().carriers;
    let (mut authorization, mut others) = (Vec::new(), Vec::new());
    // Once over all of them, as most requests have few: to look for each name is dearer.
    for (name, value) in &parts.headers {
        if name == header::AUTHORIZATION {
            authorization.push(value.as_bytes());
        } else if carriers.headers.iter().any(|other| other.eq_ignore_ascii_case(name.as_str())) {
            others.push((name.as_str(), value.as_bytes()));
        }
    }
    let in_query = match query {
        QueryToken::Refused => Vec::new(),
        QueryToken::Accepted => query_tokens(parts),
    };
    let in_query: Vec<&str> = in_query.iter().map(String::as_str).collect();
    credential::parse(&authorization, &others, &in_query, carriers)
        .map_err(|why| Denied::new(why.code(), sentence(&why)))
}

/// Verifies what is presented; absent credentials are `None`, false ones an error.
pub(super) async fn resolve(
    parts: &mut Parts,
    auth: &Auth,
    query: QueryToken,
) -> Result<Option<Arc<CurrentUser>>, Refused> {
    let user = resolve_leaver(parts, auth, query).await?;
    sent_away(user.as_ref(), parts, auth, query).map_or(Ok(user), Err)
}

/// Like [`resolve`], for a handler after which nobody asks: nothing is kept for others.
pub(super) async fn resolve_last(
    parts: &Parts,
    auth: &Auth,
) -> Result<Option<Arc<CurrentUser>>, Refused> {
    let user = match known(parts, auth) {
        Some(user) => Some(user),
        None => verify(parts, auth, QueryToken::Refused).await?,
    };
    sent_away(user.as_ref(), parts, auth, QueryToken::Refused).map_or(Ok(user), Err)
}

/// What whoever is found hears where their account waits for its end.
fn sent_away(
    user: Option<&Arc<CurrentUser>>,
    parts: &Parts,
    auth: &Auth,
    query: QueryToken,
) -> Option<Refused> {
    let error = auth.admit(&user?.identity).err()?;
    let presented = presented(parts, auth, query).ok().flatten();
    Some(Refused::at(parts, error, auth, presented.as_ref()))
}

/// Like [`resolve`], also while the account waits for its end.
pub(super) async fn resolve_leaver(
    parts: &mut Parts,
    auth: &Auth,
    query: QueryToken,
) -> Result<Option<Arc<CurrentUser>>, Refused> {
    if let Some(user) = known(parts, auth) {
        return Ok(Some(user));
    }
    let user = verify(parts, auth, query).await?;
    if let Some(user) = &user {
        parts.extensions.insert(Resolved { auth: auth.clone(), user: Arc::clone(user) });
    }
    Ok(user)
}

/// Whom the request was found to act for before.
fn known(parts: &Parts, auth: &Auth) -> Option<Arc<CurrentUser>> {
    let known = parts.extensions.get::<Resolved>().filter(|known| known.auth.is(auth))?;
    Some(Arc::clone(&known.user))
}

async fn verify(
    parts: &Parts,
    auth: &Auth,
    query: QueryToken,
) -> Result<Option<Arc<CurrentUser>>, Refused> {
    let presented = presented(parts, auth, query)
        .map_err(|denied| Refused::at(parts, denied.into(), auth, None))?;
    let user = match &presented {
        // A token is as good from anywhere.
        Some(Presented::Token { token, .. }) => Some(auth.authenticate_token(token).await),
        Some(password) => {
            // What few requests need is apart: every request moves the room for it about.
            let client = Box::new(client::of(parts, auth));
            Some(Box::pin(auth.authenticate_leaver(password, &client)).await)
        }
        None => by_cookie(parts, auth).await.transpose(),
    };
    let Some(user) = user else { return Ok(None) };
    let user = user.map_err(|error| Refused::at(parts, error, auth, presented.as_ref()))?;
    Ok(Some(Arc::new(user)))
}

/// Whom the session cookie acts for. On a method that changes something it is believed only if a
/// page of ours made the request. What is no live session is no credential: a browser sends its
/// cookies whether or not anybody means anything by them.
async fn by_cookie(parts: &Parts, auth: &Auth) -> Result<Option<CurrentUser>, Error> {
    let kind = auth.config().browser.cookies;
    let Some(cookie) = Jar::Session.read(&parts.headers, kind) else { return Ok(None) };
    if !csrf::is_safe(&parts.method) {
        csrf::check(parts, auth, None)?;
    }
    auth.sessions().authenticate_cookie(&cookie).await
}

pub(super) fn sign_in_first() -> Denied {
    Denied::new(ErrorCode::AuthenticationRequired, "Sign in, or present a token.")
}

fn query_tokens(parts: &Parts) -> Vec<String> {
    type Pairs = Vec<(String, String)>;
    let pairs = axum::extract::Query::<Pairs>::try_from_uri(&parts.uri);
    let pairs = pairs.map(|query| query.0).unwrap_or_default();
    pairs.into_iter().filter(|(name, _)| name == "token").map(|(_, value)| value).collect()
}
