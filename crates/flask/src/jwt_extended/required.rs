//! What a route asks of its token: to name one of these is to have verified it.

use axum::extract::{FromRequest, FromRequestParts, Request};
use countersign::{
    Client, CurrentUser, Renewal, TokenFault,
    proto::{
        jose::{Extra, TokenError},
        legacy::LegacyPurpose,
        secret::Secret,
    },
};

use super::{
    Here,
    options::Location,
    presented::{Kind, Presented, presented},
    refusal::Refusal,
};
use crate::shared::token::{self, NOT_ENOUGH_SEGMENTS};

/// Whoever an access token acts for.
pub(super) struct Access {
    pub(super) user: CurrentUser,
    pub(super) presented: Presented,
}

impl FromRequest<Here> for Access {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Here) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Ok(client) = Client::from_request_parts(&mut parts, site).await;
        let presented = presented(Request::from_parts(parts, body), site, Kind::Access).await?;
        let user = judged(site, &presented.token, &client).await?;
        check_csrf(&presented, user.claim("csrf"))?;
        Ok(Self { user, presented })
    }
}

/// The same, or nobody where no token was presented. One that is no good is refused.
pub(super) struct Optional(pub(super) Option<CurrentUser>);

impl FromRequest<Here> for Optional {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Here) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let Ok(client) = Client::from_request_parts(&mut parts, site).await;
        let found = presented(Request::from_parts(parts, body), site, Kind::Access).await;
        let presented = match found {
            Ok(presented) => presented,
            Err(Refusal::Unauthorized(_)) => return Ok(Self(None)),
            Err(other) => return Err(other),
        };
        let user = judged(site, &presented.token, &client).await?;
        check_csrf(&presented, user.claim("csrf"))?;
        Ok(Self(Some(user)))
    }
}

/// A user whose password bought the token, and no refresh token.
pub(super) struct Fresh(pub(super) CurrentUser);

impl FromRequest<Here> for Fresh {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Here) -> Result<Self, Refusal> {
        let Access { user, .. } = Access::from_request(request, site).await?;
        match user.claim("fresh") {
            Some(Extra::Flag(true)) => Ok(Self(user)),
            _ => Err(Refusal::Unauthorized("Fresh token required".into())),
        }
    }
}

/// A refresh token.
pub(super) struct Refresh {
    pub(super) token: Secret,
    pub(super) location: Location,
    /// `None`: one of the application that is being replaced.
    pub(super) renewal: Option<Renewal>,
}

impl FromRequest<Here> for Refresh {
    type Rejection = Refusal;

    async fn from_request(request: Request, site: &Here) -> Result<Self, Refusal> {
        let presented = presented(request, site, Kind::Refresh).await?;
        let token = Secret::new(presented.token.clone());
        if site.auth.legacy_tokens().recognises(&presented.token) {
            check_csrf(&presented, None)?;
            check_purpose(site, &presented.token)?;
            return Ok(Self { token, location: presented.location, renewal: None });
        }
        let renewal = renewal(site, &token).await?;
        check_csrf(&presented, renewal.claims.get("csrf"))?;
        Ok(Self { token, location: presented.location, renewal: Some(renewal) })
    }
}

/// Of an old token that was made to act it is said that it buys nothing.
fn check_purpose(site: &Here, token: &str) -> Result<(), Refusal> {
    match site.auth.legacy_tokens().read(token) {
        Ok(old) if old.purpose == LegacyPurpose::Access => {
            Err(Refusal::Invalid("Only refresh tokens are allowed".into()))
        }
        _ => Ok(()),
    }
}

async fn renewal(site: &Here, token: &Secret) -> Result<Renewal, Refusal> {
    if !token::has_segments(token.reveal()) {
        return Err(Refusal::Invalid(NOT_ENOUGH_SEGMENTS.into()));
    }
    match site.auth.tokens().check_renewal(token).await {
        Ok(renewal) => Ok(renewal),
        Err(error) if is_foreign(&error) => {
            let client = Client::default();
            match token::authenticate(&site.auth, token.reveal(), &client).await {
                Ok(_) => Err(Refusal::Invalid("Only refresh tokens are allowed".into())),
                Err(error) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// The user of an access token; of a refresh token it is said that it is one.
async fn judged(site: &Here, token: &str, client: &Client) -> Result<CurrentUser, Refusal> {
    if !token::has_segments(token) {
        return Err(Refusal::Invalid(NOT_ENOUGH_SEGMENTS.into()));
    }
    match token::authenticate(&site.auth, token, client).await {
        Ok(user) => Ok(user),
        Err(error) if is_foreign(&error) && is_refresh(site, token).await => {
            Err(Refusal::Invalid("Only non-refresh tokens are allowed".into()))
        }
        Err(error) => Err(error.into()),
    }
}

async fn is_refresh(site: &Here, token: &str) -> bool {
    let old = site.auth.legacy_tokens().read(token);
    old.is_ok_and(|old| old.purpose == LegacyPurpose::Refresh)
        || site.auth.tokens().check_renewal(&Secret::new(token)).await.is_ok()
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
