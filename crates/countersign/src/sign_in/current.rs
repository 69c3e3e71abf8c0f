//! The user a request acts for.

use std::sync::Arc;

use countersign_proto::{error_code::ErrorCode, jose::Extra, legacy::LegacyMaker, scope::Scope};

use super::Authenticated;
use crate::{
    error::{Denied, Needs},
    ids::{ApiKeyId, SessionId, UserId},
    live::{Identity, Verified},
};

/// The user a request acts for, checked. To have one is to have verified a credential.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    /// Who: stable for ever. Hang your own tables off it.
    pub id: UserId,
    /// The user name as typed at sign-up, or the e-mail address where there is none.
    pub username: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// What the user may do, as of now.
    pub roles: Vec<String>,
    /// How they proved it.
    pub via: Via,
    /// What the credential may do; `None`: everything the user may (a password).
    pub(crate) scope: Option<Arc<Scope>>,
    /// When the password was given, unix seconds; `None` for an API key, for a session that a cookie
    /// brought back, and for a token of the old application, which does not tell.
    pub(crate) auth_time: Option<i64>,
    pub(crate) identity: Arc<Identity>,
    /// The signed token presented, for what an application added to it.
    token: Option<Arc<Verified>>,
}

/// How a request proved who it acts for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Via {
    /// User name or e-mail address and password, in this very request.
    Password,
    /// A signed access token.
    AccessToken {
        /// The token's session.
        session: SessionId,
        /// The token's `jti`.
        jti: Arc<str>,
        /// When it expires, unix seconds.
        expires_at: i64,
        /// Where it was asked for.
        client_id: Arc<str>,
    },
    /// An API key.
    ApiKey(ApiKeyId),
    /// The cookie of a browser's session.
    Session(SessionId),
    /// A token of the application that Countersign stands in for. It may do what the scope
    /// `account` allows, and it is never fresh.
    LegacyToken {
        /// Which library made it.
        maker: LegacyMaker,
        /// When it expires or ceases to be accepted, unix seconds.
        expires_at: i64,
    },
}

impl CurrentUser {
    pub(super) fn by_password(authenticated: &Authenticated) -> Self {
        let identity = Arc::clone(authenticated.identity());
        Self::new(identity, Via::Password, None, Some(authenticated.auth_time()))
    }

    pub(crate) fn new(
        identity: Arc<Identity>,
        via: Via,
        scope: Option<Arc<Scope>>,
        auth_time: Option<i64>,
    ) -> Self {
        let shown = identity.username.as_ref().or(identity.email.as_ref());
        Self {
            id: identity.id,
            username: shown.cloned().unwrap_or_default(),
            email: identity.email.clone(),
            roles: identity.roles.clone(),
            via,
            scope,
            auth_time,
            identity,
            token: None,
        }
    }

    pub(crate) fn by_token(identity: Arc<Identity>, token: Arc<Verified>) -> Self {
        let via = Via::AccessToken {
            session: token.session,
            jti: Arc::clone(&token.jti),
            expires_at: token.expires_at,
            client_id: Arc::clone(&token.client_id),
        };
        let (scope, auth_time) = (Arc::clone(&token.scope), token.auth_time);
        Self { token: Some(token), ..Self::new(identity, via, Some(scope), Some(auth_time)) }
    }

    /// The same user, who has just given the password.
    pub(crate) fn proven_at(self, at: i64) -> Self {
        Self { auth_time: Some(at), ..self }
    }

    /// A claim that an application added to the token presented.
    pub fn claim(&self, name: &str) -> Option<&Extra> {
        self.token.as_ref()?.extra.get(name)
    }

    /// Whether the user has the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|r| r == role)
    }

    /// Whether the credential may do what `scope` names.
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scope.as_ref().is_none_or(|granted| granted.contains(scope))
    }

    /// Refuses unless the password was given at most so many seconds ago (RFC 9470 §3). An API key
    /// is never fresh, nor is a session that a cookie brought back.
    pub(crate) fn check_fresh(&self, max_age: u32, now: i64) -> Result<(), Denied> {
        if self.auth_time.is_some_and(|at| now - at <= i64::from(max_age)) {
            return Ok(());
        }
        let text = "The password was given too long ago. Sign in again.";
        let denied = Denied::new(ErrorCode::InsufficientUserAuthentication, text);
        Err(denied.needing(Needs::MaxAge(max_age)))
    }

    /// When the password was given, unix seconds; `None` for an API key, for a session that a cookie
    /// brought back, and for a token of the old application, which does not tell.
    pub fn auth_time(&self) -> Option<i64> {
        self.auth_time
    }

    /// The session of the token or cookie presented.
    pub fn session(&self) -> Option<SessionId> {
        match &self.via {
            Via::AccessToken { session, .. } | Via::Session(session) => Some(*session),
            _ => None,
        }
    }
}
