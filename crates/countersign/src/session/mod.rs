//! Sessions: one sign-in with all the tokens that come of it.

mod browser;
mod cookie;
mod family;
pub(crate) mod http;

use serde::Serialize;
use utoipa::ToSchema;

pub use browser::Remember;
pub(crate) use browser::{Carried, Restored, Signed};
pub(crate) use family::{Outcome, Rotation};

use crate::{
    Auth, Client, CurrentUser, SessionId, UserId,
    error::{Denied, Result},
    sign_in::Authenticated,
    store::{self, Tx, What, session::SessionRow},
    user::Page,
};

/// Sessions of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Sessions<'a>(pub(crate) &'a Auth);

/// A session, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// The `sid` of its tokens.
    #[schema(value_type = String)]
    pub id: SessionId,
    /// Whose it is.
    #[schema(value_type = String)]
    pub user_id: UserId,
    /// Which client asked for it.
    pub client_id: String,
    /// What its tokens may do.
    pub scope: String,
    /// When the password was given, unix seconds.
    pub auth_time: i64,
    /// Unix seconds.
    pub created_at: i64,
    /// When it last bought a token, unix seconds.
    pub last_seen_at: i64,
    /// When it ends, however often it is renewed; unix seconds.
    pub expires_at: i64,
    /// The address it was opened from.
    pub address: Option<String>,
    /// The `User-Agent` it was opened with.
    pub user_agent: Option<String>,
    /// Since when the browser is remembered, unix seconds; `None`: it is not.
    pub remembered_at: Option<i64>,
}

impl Sessions<'_> {
    /// A new session row for somebody signed in, not yet stored.
    pub(crate) fn draft(
        self,
        who: &Authenticated,
        (client_id, scope): (String, String),
        client: &Client,
    ) -> SessionRow {
        let now = self.0.now();
        SessionRow {
            id: SessionId::new(),
            user_id: who.identity().id,
            epoch: who.identity().epoch,
            client_id,
            scope,
            amr: who.amr().join(" "),
            auth_time: who.auth_time(),
            created_at: now,
            last_seen_at: now,
            expires_at: who.auth_time() + i64::from(self.0.config().session_seconds),
            revoked_at: None,
            address: client.address.map(|address| address.to_string()),
            user_agent: client.user_agent.clone(),
            cookie_at: None,
            remembered_at: None,
            restored_at: None,
            status_index: None,
        }
    }

    /// The user's sessions, youngest first, at most 100.
    pub async fn of(self, user: UserId) -> Result<Vec<Session>> {
        let now = self.0.now();
        let rows = store::session::of_user(self.0.db(), user, now, 100).await?;
        Ok(rows.iter().filter(|row| self.can_go_on(row, now)).map(Session::from).collect())
    }

    /// Everybody's sessions, at most `limit` (1 to 100), after the session `after`.
    pub async fn list(self, after: Option<SessionId>, limit: u32) -> Result<Page<Session>> {
        let limit = i64::from(limit.clamp(1, 100));
        let rows = store::session::page(self.0.db(), after, self.0.now(), limit + 1).await?;
        Ok(Page::of(rows.iter().map(Session::from).collect(), limit, |s| s.id.to_string()))
    }

    /// The session, if it has not ended.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn get(self, id: SessionId) -> Result<Session> {
        let row = store::session::by_id(self.0.db(), id).await?;
        let now = self.0.now();
        row.filter(|row| row.revoked_at.is_none() && row.expires_at > now)
            .as_ref()
            .map(Session::from)
            .ok_or_else(no_such_session)
    }

    /// Ends a session; its tokens are refused from the next request on. Ending it twice is ending
    /// it once.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn end(self, id: SessionId) -> Result<()> {
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if tx.session(id).await?.is_none() {
                    return Err(no_such_session());
                }
                tx.end_session(id, now, until).await
            })
            .await
    }

    /// Ends a session of the caller's own.
    ///
    /// # Errors
    /// `not_found`, also when it is somebody else's; `insufficient_user_authentication` when a
    /// session cookie asks whose password was given too long ago.
    pub async fn end_own(self, by: &CurrentUser, id: SessionId) -> Result<()> {
        self.0.check_fresh_cookie(by)?;
        if self.get(id).await?.user_id != by.id {
            return Err(no_such_session());
        }
        self.end(id).await
    }

    /// Ends everything of the caller's but the session asking: sessions, tokens and API keys.
    ///
    /// # Errors
    /// `conflict` when everything was ended since the caller was let in;
    /// `insufficient_user_authentication` as for one.
    pub async fn end_others(self, by: &CurrentUser) -> Result<()> {
        self.0.check_fresh_cookie(by)?;
        let (user, epoch, kept) = (by.id, by.identity.epoch, by.session());
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if !tx.raise_epoch_keeping((user, epoch), kept).await? {
                    let text = "The sessions were ended meanwhile. Look again.";
                    return Err(Denied::conflict(text).into());
                }
                tx.end_all_of(user, kept, (now, until)).await?;
                Ok(())
            })
            .await
    }
}

impl Tx {
    /// Ends the session and tells every process.
    pub(crate) async fn end_session(&mut self, id: SessionId, now: i64, until: i64) -> Result<()> {
        if let Some(ended) = self.revoke_session(id, now).await? {
            self.change(What::Session(ended), now, until);
        }
        Ok(())
    }
}

fn no_such_session() -> crate::Error {
    Denied::not_found("There is no such session.").into()
}

impl From<&SessionRow> for Session {
    fn from(row: &SessionRow) -> Self {
        Self {
            id: row.id,
            user_id: row.user_id,
            client_id: row.client_id.clone(),
            scope: row.scope.clone(),
            auth_time: row.auth_time,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            address: row.address.clone(),
            user_agent: row.user_agent.clone(),
            remembered_at: row.remembered_at,
        }
    }
}
