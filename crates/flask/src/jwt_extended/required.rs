//! What a route asks of its token: to name one of these in a handler's arguments is to have verified
//! it. Routes of an application's own do as the profile's do.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};
use countersign::{
    Client, CurrentUser, Renewal, TokenFault,
    proto::{
        jose::{Extra, TokenError},
        legacy::LegacyPurpose,
        secret::Secret,
    },
};

use super::{
    Guard,
    guard::note_ending,
    options::Location,
    presented::{Kind, Presented, presented},
    refusal::{Refusal, Refused},
};
use crate::shared::token;

/// Whoever an access token acts for (`@jwt_required()`).
#[derive(Debug, Clone)]
pub struct Access {
    /// Who that is; [`CurrentUser::claim`] has what else the token says.
    pub user: CurrentUser,
    presented: Presented,
}

impl Access {
    pub(super) fn token(&self) -> &str {
        &self.presented.token
    }
}

impl<S> FromRequestParts<S> for Access
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let guard = Guard::from_ref(state);
        access(parts, &guard).await.map_err(|refusal| Refused::new(refusal, &guard))
    }
}

/// The same, or nobody where no token was presented (`optional=True`). One that is no good is
/// refused.
#[derive(Debug, Clone)]
pub struct Optional(pub Option<CurrentUser>);

impl<S> FromRequestParts<S> for Optional
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match presented(parts, &Guard::from_ref(state), Kind::Access) {
            Err(Refusal::Unauthorized(_)) => Ok(Self(None)),
            _ => Ok(Self(Some(Access::from_request_parts(parts, state).await?.user))),
        }
    }
}

/// A user whose password bought the token, and no refresh token (`fresh=True`).
#[derive(Debug, Clone)]
pub struct Fresh(pub CurrentUser);

impl<S> FromRequestParts<S> for Fresh
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let Access { user, .. } = Access::from_request_parts(parts, state).await?;
        match user.claim("fresh") {
            Some(Extra::Flag(true)) => Ok(Self(user)),
            _ => {
                let refusal = Refusal::Unauthorized("Fresh token required".into());
                Err(Refused::new(refusal, &Guard::from_ref(state)))
            }
        }
    }
}

/// A refresh token (`refresh=True`).
#[derive(Debug, Clone)]
pub struct Refresh {
    token: Secret,
    location: Location,
    renewal: Option<Renewal>,
}

impl Refresh {
    /// Whose session it is of, and what it says; `None`: it is one of the application that is being
    /// replaced.
    pub fn renewal(&self) -> Option<&Renewal> {
        self.renewal.as_ref()
    }

    /// Where it was.
    pub fn location(&self) -> Location {
        self.location
    }

    pub(super) fn token(&self) -> &str {
        self.token.reveal()
    }
}

impl<S> FromRequestParts<S> for Refresh
where
    S: Send + Sync,
    Guard: FromRef<S>,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let guard = Guard::from_ref(state);
        refresh(parts, &guard).await.map_err(|refusal| Refused::new(refusal, &guard))
    }
}

/// The access token of a request, judged.
///
/// # Errors
/// When there is none, or none that is good for this.
pub(super) async fn access(parts: &mut Parts, guard: &Guard) -> Result<Access, Refusal> {
    let Ok(client) = Client::from_request_parts(parts, guard).await;
    let presented = presented(parts, guard, Kind::Access)?;
    let user = judged(guard, &presented.token, &client).await?;
    check_csrf(&presented, user.claim("csrf"))?;
    if presented.location == Location::Cookies {
        note_ending(parts, guard, &user);
    }
    Ok(Access { user, presented })
}

async fn refresh(parts: &mut Parts, guard: &Guard) -> Result<Refresh, Refusal> {
    let presented = presented(parts, guard, Kind::Refresh)?;
    let token = Secret::new(presented.token.clone());
    if guard.auth.legacy_tokens().recognises(&presented.token) {
        check_csrf(&presented, None)?;
        check_purpose(guard, &presented.token)?;
        return Ok(Refresh { token, location: presented.location, renewal: None });
    }
    let renewal = renewal(guard, &token).await?;
    check_csrf(&presented, renewal.claims.get("csrf"))?;
    Ok(Refresh { token, location: presented.location, renewal: Some(renewal) })
}

/// Of an old token that was made to act it is said that it buys nothing.
fn check_purpose(guard: &Guard, token: &str) -> Result<(), Refusal> {
    match guard.auth.legacy_tokens().read(token) {
        Ok(old) if old.purpose == LegacyPurpose::Access => {
            Err(Refusal::Invalid("Only refresh tokens are allowed".into()))
        }
        _ => Ok(()),
    }
}

async fn renewal(guard: &Guard, token: &Secret) -> Result<Renewal, Refusal> {
    token::check_segments(token.reveal()).map_err(Refusal::Invalid)?;
    match guard.auth.tokens().check_renewal(token).await {
        Ok(renewal) => Ok(renewal),
        Err(error) if is_foreign(&error) => {
            let client = Client::default();
            match token::authenticate(&guard.auth, token.reveal(), &client).await {
                Ok(_) => Err(Refusal::Invalid("Only refresh tokens are allowed".into())),
                Err(error) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// The user of an access token; of a refresh token it is said that it is one.
async fn judged(guard: &Guard, token: &str, client: &Client) -> Result<CurrentUser, Refusal> {
    token::check_segments(token).map_err(Refusal::Invalid)?;
    match token::authenticate(&guard.auth, token, client).await {
        Ok(user) => Ok(user),
        Err(error) if is_foreign(&error) && is_refresh(guard, token).await => {
            Err(Refusal::Invalid("Only non-refresh tokens are allowed".into()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn is_refresh(guard: &Guard, token: &str) -> bool {
    let old = guard.auth.legacy_tokens().read(token);
    old.is_ok_and(|old| old.purpose == LegacyPurpose::Refresh)
        || guard.auth.tokens().check_renewal(&Secret::new(token)).await.is_ok()
}

/// Whether the token may be one of the other kind.
fn is_foreign(error: &countersign::Error) -> bool {
    let countersign::Error::Denied(denied) = error else { return false };
    matches!(
        denied.token_fault(),
        Some(TokenFault::Invalid(TokenError::UnknownKey | TokenError::Type))
    )
}

/// A cookie is sent by the browser, not by whoever made the page: it counts only with what a page
/// of the same origin could read.
fn check_csrf(presented: &Presented, claim: Option<&Extra>) -> Result<(), Refusal> {
    let Some(given) = &presented.csrf else { return Ok(()) };
    match claim {
        None => Err(Refusal::Invalid("Missing claim: csrf".into())),
        Some(claim) if claim.is_text(given) => Ok(()),
        Some(_) => Err(Refusal::Csrf("CSRF double submit tokens do not match")),
    }
}
