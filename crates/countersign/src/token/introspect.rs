//! Introspection (RFC 7662): what a token is worth, for services that do not verify themselves.

use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, Secret, TokenKind},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Tokens;
use crate::{CurrentUser, UserId, Via, error::Result, role::ADMIN, store};

/// The answer of RFC 7662 §2.2. A token that is not active tells nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Introspection {
    /// Whether the token would be accepted now.
    pub active: bool,
    /// What it may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Which client asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// The user's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// `Bearer`, or `refresh_token`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// When it expires, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// The user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// Its session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// When the password was given, unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// What the user may do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

/// The role, besides `admin`, that may ask about other people's tokens.
const INTROSPECTOR: &str = "introspector";

impl Tokens<'_> {
    /// What the token is worth now. Everybody may ask about their own tokens; about others' only
    /// the roles `introspector` and `admin`: to everyone else those are inactive.
    ///
    /// # Errors
    /// `temporarily_unavailable` rather than a guess.
    pub async fn introspect(self, by: &CurrentUser, token: &Secret) -> Result<Introspection> {
        let (owner, answer) = match TokenKind::of(token.reveal()) {
            Some(TokenKind::Refresh) => self.introspect_refresh(token).await?,
            Some(TokenKind::ApiKey | TokenKind::Access) | None => {
                self.introspect_bearer(token).await?
            }
            Some(_) => None,
        }
        .unzip();
        let may = owner == Some(by.id)
            || [ADMIN, INTROSPECTOR].iter().any(|r| by.has_role(r) && by.has_scope(r));
        Ok(answer.filter(|_| may).unwrap_or_default())
    }

    async fn introspect_bearer(self, token: &Secret) -> Result<Option<(UserId, Introspection)>> {
        let user = match self.0.authenticate_token(token).await {
            Ok(user) => user,
            Err(crate::Error::Denied(denied)) if is_refusal(denied.code()) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut answer = Introspection {
            active: true,
            scope: user.scope.as_ref().map(ToString::to_string),
            username: Some(user.username.clone()),
            token_type: Some("Bearer"),
            sub: Some(user.id.to_string()),
            iss: Some(self.0.config().public_url.clone()),
            auth_time: user.auth_time(),
            roles: Some(user.roles.clone()),
            ..Introspection::default()
        };
        match &user.via {
            Via::AccessToken { session, jti, expires_at, client_id } => {
                answer.sid = Some(session.to_string());
                answer.jti = Some(jti.to_string());
                answer.exp = Some(*expires_at);
                answer.client_id = Some(client_id.to_string());
            }
            Via::ApiKey(id) => {
                let row = store::api_key::by_id(self.0.db(), *id).await?;
                answer.jti = Some(id.to_string());
                answer.exp = row.and_then(|row| row.expires_at);
            }
            Via::Session(_) | Via::Password | Via::LegacyToken { .. } => {}
        }
        Ok(Some((user.id, answer)))
    }

    async fn introspect_refresh(self, token: &Secret) -> Result<Option<(UserId, Introspection)>> {
        let Ok(token) = PlainToken::parse(TokenKind::Refresh, token.reveal()) else {
            return Ok(None);
        };
        let db = self.0.db();
        let now = self.0.now();
        let digest = *token.digest().as_bytes();
        let row = store::session::refresh_token(db, &digest).await?;
        let Some(row) = row.filter(|row| row.used_at.is_none() && row.expires_at > now) else {
            return Ok(None);
        };
        let session = store::session::by_id(db, row.session_id).await?;
        let Some(session) = session.filter(|s| s.revoked_at.is_none() && s.expires_at > now) else {
            return Ok(None);
        };
        let identity =
            self.0.live().identity(db, session.user_id, session.epoch).await?.filter(|who| {
                who.disabled_at.is_none()
                    && !who.outlived(session.epoch, Some(session.id))
                    && self.0.admit(who).is_ok()
            });
        Ok(identity.map(|who| {
            let answer = Introspection {
                active: true,
                scope: Some(session.scope),
                client_id: Some(session.client_id),
                username: who.username.clone().or_else(|| who.email.clone()),
                token_type: Some("refresh_token"),
                exp: Some(row.expires_at),
                sub: Some(who.id.to_string()),
                iss: Some(self.0.config().public_url.clone()),
                sid: Some(session.id.to_string()),
                auth_time: Some(session.auth_time),
                ..Introspection::default()
            };
            (who.id, answer)
        }))
    }
}

fn is_refusal(code: ErrorCode) -> bool {
    matches!(code, ErrorCode::InvalidToken | ErrorCode::Unconfirmed | ErrorCode::DeletionScheduled)
}
