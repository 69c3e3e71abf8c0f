//! Logging out, by whatever is left of the tokens.

use axum::http::request::Parts;
use countersign::{Error, Spent, Via, proto::error_code::ErrorCode, proto::secret::Secret};

use super::{
    Guard,
    presented::{Kind, Missing, in_cookie},
    refusal::Refusal,
    required::{Access, Refresh, access},
};

/// Ends the session of an access token with all of its tokens, not the one token alone.
pub(super) async fn by_access(guard: &Guard, access: &Access) -> Result<(), Refusal> {
    match &access.user.via {
        Via::LegacyToken { .. } => guard.auth.legacy_tokens().revoke(access.token()).await?,
        _ => guard.auth.tokens().revoke_presented(&access.user).await?,
    }
    Ok(())
}

/// The same by a refresh token.
pub(super) async fn by_refresh(guard: &Guard, refresh: &Refresh) -> Result<(), Refusal> {
    match refresh.renewal() {
        Some(renewal) => guard.auth.sessions().end(renewal.session).await?,
        None => guard.auth.legacy_tokens().revoke(refresh.token()).await?,
    }
    Ok(())
}

/// The same by cookies: a good access token, or else whatever this service once put into them. Where
/// there is nothing to end, that is what was asked for.
///
/// # Errors
/// When a page from elsewhere may be asking, and a session goes on.
pub(super) async fn by_cookies(guard: &Guard, parts: &mut Parts) -> Result<(), Refusal> {
    let (mut ended, mut refused) = (false, None);
    match access(parts, guard).await {
        Ok(access) => return by_access(guard, &access).await,
        Err(refusal @ Refusal::Csrf(_)) => refused = Some(refusal),
        Err(refusal) if refusal.is_of_token() => {}
        Err(other) => return Err(other),
    }
    for kind in [Kind::Access, Kind::Refresh] {
        match in_cookie(parts, &guard.options, kind) {
            Ok((token, repeated)) => match end(guard, Secret::new(token), repeated).await {
                Ok(()) => ended = true,
                Err(refusal) => refused = Some(refusal),
            },
            Err(Missing::Here(_)) => {}
            Err(Missing::Wrong(refusal)) => refused = Some(refusal),
        }
    }
    refused.filter(|_| !ended).map_or(Ok(()), Err)
}

/// Ends the session of a token by cookie, be it over or not.
async fn end(guard: &Guard, token: Secret, repeated: Option<String>) -> Result<(), Refusal> {
    let (auth, over) = (&guard.auth, ErrorCode::NotFound);
    if auth.legacy_tokens().recognises(token.reveal()) {
        return Ok(auth.legacy_tokens().revoke(token.reveal()).await?);
    }
    let Some(spent) = genuine(guard, &token).await? else { return Ok(()) };
    let is_in = |given| spent.claims.get("csrf").is_some_and(|claim| claim.is_text(given));
    let may = repeated.as_deref().is_none_or(is_in);
    let ended = match may {
        true => auth.sessions().end(spent.session).await,
        false => auth.sessions().get(spent.session).await.map(drop),
    };
    match ended {
        Err(Error::Denied(denied)) if denied.code() == over => Ok(()),
        Ok(()) if !may => Err(Refusal::Csrf("CSRF double submit tokens do not match")),
        other => Ok(other?),
    }
}

/// What the token says, if this service issued it.
async fn genuine(guard: &Guard, token: &Secret) -> Result<Option<Spent>, Refusal> {
    match guard.auth.tokens().spent(token).await {
        Ok(spent) => Ok(Some(spent)),
        Err(Error::Denied(denied)) if denied.code() == ErrorCode::InvalidToken => Ok(None),
        Err(error) => Err(error.into()),
    }
}
