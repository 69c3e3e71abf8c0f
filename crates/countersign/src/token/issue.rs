//! New tokens for somebody who has signed in.

use std::{collections::BTreeMap, sync::Arc};

use countersign_proto::{
    error_code::ErrorCode,
    jose::{ACCESS_TOKEN_TYP, AccessClaims, Extra, SigningKey},
    scope::Scope,
    secret::{PlainToken, Secret, TokenKind},
    status_list::StatusClaim,
};

use super::{Shape, Signature, TokenSet, Tokens, shown};
use crate::{
    Client, CurrentUser, Via,
    error::{Denied, Failed, Result},
    live::Identity,
    sign_in::Authenticated,
    signing_key::ring::Opened,
    store::{self, session::SessionRow},
};

/// What a client asks for along with a password.
#[derive(Debug, Clone, Default)]
pub struct Grant {
    /// Which client asks, for lists and for the `client_id` claim; `None`: `first-party`.
    pub client_id: Option<String>,
    /// What the token may do; `None`: the configured default.
    pub scope: Option<Scope>,
    /// What the access token is like.
    pub access: Shape,
    /// A renewal token like this comes in place of the refresh token: one that is kept until it
    /// ends, and shown again and again to [`renew_by`](Tokens::renew_by). Whoever copies it is not
    /// found out, so it is for clients that cannot do otherwise.
    pub renewal: Option<Shape>,
}

/// An access token about to be signed.
pub(super) struct Draft<'a> {
    pub(super) session: &'a SessionRow,
    pub(super) identity: &'a Arc<Identity>,
    pub(super) jti: String,
    pub(super) issued_at: i64,
    pub(super) shape: &'a Shape,
}

impl Tokens<'_> {
    /// Signs in with a password and opens a session: an access token and a refresh token.
    ///
    /// # Errors
    /// `invalid_credentials`, `unconfirmed`, `too_many_requests`, `temporarily_unavailable`.
    /// `Failed` when a shape asks for a [`Signature`] that this service [cannot](Self::can_sign) make.
    pub async fn issue(
        self,
        login: &str,
        password: &Secret,
        grant: Grant,
        client: &Client,
    ) -> Result<TokenSet> {
        let proof = self.0.passwords().verify_for_session(login, password, client).await?;
        let who = self.0.sign_in(proof)?;
        self.open(&who, grant, client).await
    }

    /// Whether access tokens can be signed so: under the shared secret only where one is configured.
    pub fn can_sign(self, signature: Signature) -> bool {
        match signature {
            Signature::Service => true,
            Signature::Shared => self.0.shared_key().is_some(),
        }
    }

    /// Opens a session for somebody signed in.
    pub(crate) async fn open(
        self,
        who: &Authenticated,
        grant: Grant,
        client: &Client,
    ) -> Result<TokenSet> {
        let client_id = checked_client_id(grant.client_id)?;
        let scope = grant.scope.map(|scope| scope.to_string());
        let scope = scope.unwrap_or_else(|| self.0.config().default_scope.clone());
        let session = self.0.sessions().draft(who, (client_id, scope), client);
        self.open_drafted(who, session, (&grant.access, grant.renewal.as_ref())).await
    }

    /// Opens the session drafted for somebody signed in.
    pub(crate) async fn open_drafted(
        self,
        who: &Authenticated,
        mut session: SessionRow,
        (access, renewal): (&Shape, Option<&Shape>),
    ) -> Result<TokenSet> {
        if access.signature == Signature::Shared {
            self.shared_key()?;
        }
        let config = self.0.config();
        if self.0.keys().await?.is_public(session.created_at)? {
            session.status_index = Some(self.0.status_lists().draw().await?);
        }
        let refresh = PlainToken::first(TokenKind::Refresh, session.id.family());
        let digest = renewal.is_none().then(|| *refresh.digest().as_bytes());
        let (now, row, success) = (session.created_at, session.clone(), who.success());
        let expires_at = session.expires_at.min(now + i64::from(config.refresh_token_seconds));
        let opened = self
            .0
            .db()
            .write(async move |tx| {
                if !tx.insert_session(&row).await? {
                    return Ok(false);
                }
                if let Some(success) = &success {
                    tx.note_success(success).await?;
                }
                if let Some(digest) = digest {
                    tx.insert_refresh(&digest, row.id, (now, expires_at)).await?;
                }
                Ok::<_, crate::Error>(true)
            })
            .await?;
        self.0.tell_owner(who.success().as_deref());
        if !opened {
            // Disabled, deleted or given another password since it was verified.
            return Err(Denied::invalid_credentials().into());
        }
        metrics::counter!("countersign_logins_total", "outcome" => "granted").increment(1);
        self.0.pool().pass().await;
        let refresh_token = match renewal {
            Some(shape) => Some(self.renewal_token(&session, shape)?),
            None => shown(&refresh),
        };
        Ok(TokenSet { refresh_token, ..self.set(&session, who.identity(), access).await? })
    }

    /// A new access token for the session of the one presented, without the password: only until
    /// the session's absolute end, counted from when the password was given.
    ///
    /// # Errors
    /// `invalid_token` when the session is over; `access_denied` when no access token was presented.
    pub async fn renew(self, by: &CurrentUser) -> Result<TokenSet> {
        self.renew_like(by, &Shape::default()).await
    }

    /// [`renew`](Self::renew) for an access token like this. The session stays as it is: as old as
    /// its password.
    ///
    /// # Errors
    /// As [`renew`](Self::renew).
    pub async fn renew_like(self, by: &CurrentUser, access: &Shape) -> Result<TokenSet> {
        self.renew_within(by, None, access).await
    }

    /// [`renew`](Self::renew) for a scope that may be narrower than that of the token presented,
    /// and never wider.
    pub(crate) async fn renew_within(
        self,
        by: &CurrentUser,
        wanted: Option<Scope>,
        access: &Shape,
    ) -> Result<TokenSet> {
        let Via::AccessToken { session, .. } = &by.via else {
            let text = "Only a password or an access token buys an access token.";
            return Err(Denied::new(ErrorCode::AccessDenied, text).into());
        };
        let row = store::session::by_id(self.0.db(), *session).await?;
        let now = self.0.now();
        let live = row.filter(|s| s.revoked_at.is_none() && s.expires_at > now);
        let Some(mut session) = live else {
            return Err(Denied::invalid_token("The session is over. Sign in again.").into());
        };
        let held = by.scope.as_deref().cloned().unwrap_or_default();
        let scope = wanted.unwrap_or_else(|| held.clone());
        if !scope.is_subset(&held) {
            let text = "A renewed token may do no more than the one presented.";
            return Err(Denied::new(ErrorCode::InvalidScope, text).field("scope").into());
        }
        session.scope = scope.to_string();
        self.set(&session, &by.identity, access).await
    }

    pub(super) async fn set(
        self,
        session: &SessionRow,
        identity: &Arc<Identity>,
        shape: &Shape,
    ) -> Result<TokenSet> {
        let jti = self.jti(session.id, &uuid::Uuid::new_v4().into_bytes());
        let draft = Draft { session, identity, jti, issued_at: self.0.now(), shape };
        self.sign(&draft, None).await
    }

    /// Signs a draft. It never outlives its session, nor its key.
    pub(super) async fn sign(
        self,
        draft: &Draft<'_>,
        refresh: Option<&PlainToken>,
    ) -> Result<TokenSet> {
        let config = self.0.config();
        let Draft { session, identity, jti, issued_at, shape } = draft;
        let seconds = shape.seconds_within(config.access_token_seconds);
        let keys = self.0.keys().await?;
        let (signer, until) = match shape.signature {
            Signature::Service => keys.signer(self.0.now())?,
            Signature::Shared => (self.shared_key()?, i64::MAX),
        };
        let expires_at = session.expires_at.min(issued_at + seconds).min(until);
        let claims = AccessClaims {
            iss: config.public_url.clone(),
            sub: identity.id.to_string(),
            aud: match shape.signature {
                Signature::Service => config.audience().to_owned(),
                Signature::Shared => String::new(),
            },
            client_id: session.client_id.clone(),
            scope: session.scope.clone(),
            iat: *issued_at,
            exp: expires_at,
            jti: jti.clone(),
            sid: Some(session.id.to_string()),
            auth_time: session.auth_time,
            amr: session.amr.split_whitespace().map(str::to_owned).collect(),
            roles: identity.roles.clone(),
            epoch: identity.epoch,
            status: self.status(&keys, session).await?,
            extra: self.extra(draft, expires_at),
        };
        let access_token = signer.sign(ACCESS_TOKEN_TYP, &claims).map_err(Failed::because)?;
        Ok(TokenSet {
            access_token,
            token_type: "Bearer",
            expires_in: expires_at - issued_at,
            refresh_token: refresh.and_then(shown),
            scope: claims.scope,
            session_id: session.id.to_string(),
        })
    }
}

impl<'a> Tokens<'a> {
    /// Where others see whether the session is over; nowhere while no key is one they know.
    async fn status(self, keys: &Opened, session: &SessionRow) -> Result<Option<StatusClaim>> {
        match keys.is_public(self.0.now())? {
            true => Ok(Some(self.0.status_lists().claim(session).await?)),
            false => Ok(None),
        }
    }

    fn shared_key(self) -> Result<&'a SigningKey> {
        let key = self.0.shared_key();
        key.ok_or_else(|| Failed::because("a token under a shared secret, and there is no secret"))
    }
}

impl Tokens<'_> {
    /// What the application adds, of the user as whoever presents the token will be seen.
    fn extra(self, draft: &Draft<'_>, expires_at: i64) -> BTreeMap<String, Extra> {
        let Draft { session, identity, jti, issued_at, shape } = draft;
        let mut claims = BTreeMap::new();
        if !shape.user_claims.is_empty() {
            let via = Via::AccessToken {
                session: session.id,
                jti: jti.as_str().into(),
                expires_at,
                client_id: session.client_id.as_str().into(),
            };
            let (scope, auth_time) =
                (session.scope.parse().ok().map(Arc::new), Some(session.auth_time));
            let user = CurrentUser::new(Arc::clone(identity), via, scope, auth_time);
            claims = shape.user_claims.of(&user);
        }
        claims.extend(shape.extra(&identity.id.to_string(), *issued_at));
        claims
    }
}

pub(crate) fn checked_client_id(client_id: Option<String>) -> Result<String> {
    let id = client_id.unwrap_or_else(|| "first-party".into());
    // RFC 6749 appendix A.1: visible ASCII and blanks.
    if !(1..=100).contains(&id.len()) || !id.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        let text = "A client_id is 1 to 100 visible ASCII characters.";
        return Err(Denied::invalid_request(text).field("client_id").into());
    }
    Ok(id)
}
