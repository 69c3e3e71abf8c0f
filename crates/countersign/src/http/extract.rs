//! Extractors: to name a user in a handler's arguments is to have checked them.

use std::sync::Arc;

use axum::{
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::request::Parts,
};
use countersign_proto::credential::Presented;

use super::{
    credential::{QueryToken, presented, resolve, resolve_last, resolve_leaver, sign_in_first},
    error::Refused,
    require::{Requirement, ViaKind, role, scope, signed_in},
};
use crate::{Auth, CurrentUser, role::ADMIN, stream::REVOCATIONS};

impl<S> FromRequestParts<S> for CurrentUser
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let auth = super::auth_of(state);
        let user = resolve(parts, &auth, QueryToken::Refused).await?;
        user.map(Arc::unwrap_or_clone)
            .ok_or_else(|| Refused::at(parts, sign_in_first().into(), &auth, None))
    }
}

/// Absent credentials are `None`; false ones are refused.
impl<S> OptionalFromRequestParts<S> for CurrentUser
where
    Auth: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Refused> {
        let user = resolve(parts, &super::auth_of(state), QueryToken::Refused).await?;
        Ok(user.map(Arc::unwrap_or_clone))
    }
}

/// Who sent the request, whatever their credential may do. Nothing is kept for a handler after it.
pub(crate) struct Caller(pub(crate) Arc<CurrentUser>);

impl FromRequestParts<Auth> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        let user = resolve_last(parts, auth).await?;
        user.map(Self).ok_or_else(|| Refused::at(parts, sign_in_first().into(), auth, None))
    }
}

/// Whom a route is open to.
#[derive(Clone, Copy)]
enum OpenTo {
    Members,
    /// Also to the owner of an account that waits for its end.
    Leavers,
}

async fn require(
    parts: &mut Parts,
    auth: &Auth,
    open_to: OpenTo,
    requirement: &Requirement,
) -> Result<CurrentUser, Refused> {
    let user = match open_to {
        OpenTo::Members => resolve(parts, auth, QueryToken::Refused).await?,
        OpenTo::Leavers => resolve_leaver(parts, auth, QueryToken::Refused).await?,
    };
    let user = user.ok_or_else(|| Refused::at(parts, sign_in_first().into(), auth, None))?;
    requirement.check(&user, auth.now()).map_err(|denied| {
        let presented = presented(parts, auth, QueryToken::Refused).ok().flatten();
        Refused::at(parts, denied.into(), auth, presented.as_ref())
    })?;
    Ok(Arc::unwrap_or_clone(user))
}

/// The user, with a credential that may touch their own account: scope `account`.
pub(crate) struct Account(pub(crate) CurrentUser);

impl FromRequestParts<Auth> for Account {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        require(parts, auth, OpenTo::Members, &scope("account")).await.map(Self)
    }
}

/// The same, also while the account waits for its end: for what one may still do then.
pub(crate) struct Leaver(pub(crate) CurrentUser);

impl FromRequestParts<Auth> for Leaver {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        require(parts, auth, OpenTo::Leavers, &scope("account")).await.map(Self)
    }
}

/// An administrator, with a credential that may administer: role and scope `admin`.
pub(crate) struct Admin(pub(crate) CurrentUser);

impl FromRequestParts<Auth> for Admin {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        require(parts, auth, OpenTo::Members, &role(ADMIN).and(scope("admin"))).await.map(Self)
    }
}

/// A service that hears of revocations: an administrator's API key with the scope for it.
pub(crate) struct Listener(pub(crate) CurrentUser);

impl FromRequestParts<Auth> for Listener {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        let key = signed_in().via([ViaKind::ApiKey]).and(scope(REVOCATIONS)).and(role(ADMIN));
        require(parts, auth, OpenTo::Members, &key).await.map(Self)
    }
}

/// What the request presents, unverified: for the door where credentials become tokens.
pub(crate) struct Credential(pub(crate) Option<Presented>);

impl FromRequestParts<Auth> for Credential {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Refused> {
        presented(parts, auth, QueryToken::Refused)
            .map(Self)
            .map_err(|denied| Refused::new(denied.into(), auth, None))
    }
}
