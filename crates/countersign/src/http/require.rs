//! What a route requires of its user, as a value and as a layer.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use countersign_proto::error_code::ErrorCode;
use tower::{Layer, Service};

use super::{
    credential::{QueryToken, presented, resolve, sign_in_first},
    csrf,
    error::Refused,
};
use crate::{
    Auth, CurrentUser, Via,
    error::{Denied, Needs},
};

/// What a user must be, or their credential must be able to do. Combine with
/// [`and`](Self::and) and [`or`](Self::or); guard a route with [`Auth::require`].
#[derive(Debug, Clone)]
pub struct Requirement {
    rule: Rule,
    query: QueryToken,
}

#[derive(Debug, Clone)]
enum Rule {
    SignedIn,
    Role(String),
    Scope(String),
    Fresh(u32),
    Via(Vec<ViaKind>),
    Both(Arc<(Rule, Rule)>),
    Either(Arc<(Rule, Rule)>),
}

/// A kind of credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViaKind {
    /// User name and password in the request.
    Password,
    /// A signed access token.
    AccessToken,
    /// An API key.
    ApiKey,
    /// The cookie of a browser's session.
    Session,
    /// A token of the application that Countersign stands in for.
    LegacyToken,
}

/// Any user, by any credential.
pub fn signed_in() -> Requirement {
    Requirement::new(Rule::SignedIn)
}

/// A user with this role; 403 `access_denied` otherwise.
pub fn role(name: impl Into<String>) -> Requirement {
    Requirement::new(Rule::Role(name.into()))
}

/// A credential that carries this scope; 403 `insufficient_scope` otherwise (RFC 6750 §3.1). A
/// password carries every scope.
pub fn scope(name: impl Into<String>) -> Requirement {
    Requirement::new(Rule::Scope(name.into()))
}

/// A password given at most so many seconds ago; 401 `insufficient_user_authentication` otherwise
/// (RFC 9470 §3). An API key is never fresh.
pub fn fresh(max_age_seconds: u32) -> Requirement {
    Requirement::new(Rule::Fresh(max_age_seconds))
}

impl Requirement {
    fn new(rule: Rule) -> Self {
        Self { rule, query: QueryToken::Refused }
    }

    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        self.combine(other, |a, b| Rule::Both(Arc::new((a, b))))
    }

    /// One must hold; if neither does, the refusal is the second's.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.combine(other, |a, b| Rule::Either(Arc::new((a, b))))
    }

    /// The credential must be of one of these kinds; 401 otherwise.
    #[must_use]
    pub fn via(self, kinds: impl IntoIterator<Item = ViaKind>) -> Self {
        self.and(Self::new(Rule::Via(kinds.into_iter().collect())))
    }

    /// Also takes a token from `?token=` on this route. Addresses end up in logs and histories:
    /// the answer is marked not to be cached, and not to be passed on as a referrer.
    #[must_use]
    pub fn or_query_token(mut self) -> Self {
        self.query = QueryToken::Accepted;
        self
    }

    fn combine(self, other: Self, join: fn(Rule, Rule) -> Rule) -> Self {
        let either = [self.query, other.query].contains(&QueryToken::Accepted);
        let query = if either { QueryToken::Accepted } else { QueryToken::Refused };
        Self { rule: join(self.rule, other.rule), query }
    }

    /// Whether the user meets it at `now`, unix seconds.
    ///
    /// # Errors
    /// The first rule they fail.
    pub fn check(&self, user: &CurrentUser, now: i64) -> Result<(), Denied> {
        self.rule.check(user, now)
    }
}

impl Rule {
    fn check(&self, user: &CurrentUser, now: i64) -> Result<(), Denied> {
        match self {
            Self::SignedIn => Ok(()),
            Self::Both(rules) => rules.0.check(user, now).and_then(|()| rules.1.check(user, now)),
            Self::Either(rules) => rules.0.check(user, now).or_else(|_| rules.1.check(user, now)),
            Self::Role(name) if user.has_role(name) => Ok(()),
            Self::Role(_) => Err(Denied::new(
                ErrorCode::AccessDenied,
                "This needs a role that the user does not have.",
            )),
            Self::Scope(name) if user.has_scope(name) => Ok(()),
            Self::Scope(name) => Err(Denied::new(
                ErrorCode::InsufficientScope,
                "The token does not carry the scope this needs.",
            )
            .needing(Needs::Scope(name.clone()))),
            Self::Fresh(max_age) => user.check_fresh(*max_age, now),
            Self::Via(kinds) if kinds.contains(&kind(&user.via)) => Ok(()),
            Self::Via(_) => Err(Denied::new(
                ErrorCode::AuthenticationRequired,
                "This kind of credential is not accepted here.",
            )),
        }
    }
}

fn kind(via: &Via) -> ViaKind {
    match via {
        Via::Password => ViaKind::Password,
        Via::AccessToken { .. } => ViaKind::AccessToken,
        Via::ApiKey(_) => ViaKind::ApiKey,
        Via::Session(_) => ViaKind::Session,
        Via::LegacyToken { .. } => ViaKind::LegacyToken,
    }
}

impl Auth {
    /// Guards routes: `.route_layer(auth.require(role("admin").and(fresh(600))))`. Handlers behind
    /// it find the user in their [`CurrentUser`] argument, verified once.
    pub fn require(&self, requirement: Requirement) -> RequireLayer {
        RequireLayer { auth: self.clone(), requirement: Arc::new(requirement) }
    }
}

/// The layer made by [`Auth::require`].
#[derive(Debug, Clone)]
pub struct RequireLayer {
    auth: Auth,
    requirement: Arc<Requirement>,
}

impl<T> Layer<T> for RequireLayer {
    type Service = Require<T>;

    fn layer(&self, inner: T) -> Require<T> {
        Require { inner, guard: self.clone() }
    }
}

/// A guarded service.
#[derive(Debug, Clone)]
pub struct Require<T> {
    inner: T,
    guard: RequireLayer,
}

impl<T> Service<Request> for Require<T>
where
    T: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    T::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let guard = self.guard.clone();
        let ready = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, ready);
        Box::pin(async move {
            match guard.admit(request).await {
                Ok(request) => {
                    let mut response = inner.call(request).await?;
                    guard.finish(&mut response);
                    Ok(response)
                }
                Err(refused) => {
                    let mut response = refused.into_response();
                    guard.finish(&mut response);
                    Ok(response)
                }
            }
        })
    }
}

impl RequireLayer {
    async fn admit(&self, request: Request) -> Result<Request, Refused> {
        let (mut parts, body) = csrf::lift_field(request, &self.auth).await.into_parts();
        let query = self.requirement.query;
        let user = resolve(&mut parts, &self.auth, query).await?;
        let user =
            user.ok_or_else(|| Refused::at(&parts, sign_in_first().into(), &self.auth, None))?;
        self.requirement.check(&user, self.auth.now()).map_err(|denied| {
            let presented = presented(&parts, &self.auth, query).ok().flatten();
            Refused::at(&parts, denied.into(), &self.auth, presented.as_ref())
        })?;
        Ok(Request::from_parts(parts, body))
    }

    fn finish(&self, response: &mut Response) {
        if self.requirement.query == QueryToken::Accepted {
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        }
    }
}
