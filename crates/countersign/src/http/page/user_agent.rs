//! A browser and its cookies, for applications whose log-in is their own to show.

use axum::{
    http::request::Parts,
    response::{IntoResponse, Response},
};
use countersign_proto::{error_code::ErrorCode, secret::Secret};

use super::Visit;
use crate::{
    Auth, Client, CurrentUser,
    error::{Denied, Error, Result},
    http::csrf::{self, Origin},
    session::{Remember, Restored},
};

/// A browser with its cookies, as a request brings them: logs it in and out. What is answered has
/// to go through [`answer`](Self::answer), which sets the cookies that changed.
pub struct UserAgent {
    visit: Visit,
    origin: Origin,
    /// Whether `Referer` names a page of this origin, where that is asked for: over HTTPS.
    referred: bool,
}

impl Auth {
    /// The browser that makes a request.
    ///
    /// # Errors
    /// `unconfirmed` of whoever is logged in there; `temporarily_unavailable`.
    pub async fn user_agent(&self, parts: &Parts) -> Result<UserAgent> {
        let secure = self.config().public_url.starts_with("https://");
        Ok(UserAgent {
            visit: Visit::recognised(parts, self).await?,
            origin: csrf::origin(parts, self),
            referred: !secure || csrf::is_referred_by_own(parts, self),
        })
    }
}

impl UserAgent {
    /// Where it is.
    pub fn client(&self) -> &Client {
        &self.visit.client
    }

    /// The secret of this browser that a code in a mail works together with, as
    /// [`Visitor::new`](crate::Visitor::new) wants it.
    pub fn flow(&self) -> Secret {
        self.visit.flow()
    }

    /// Who is logged in. Where only the cookie is left that remembers them, it brings the session
    /// back, as old as its password.
    ///
    /// On a method that changes something call [`check_csrf`](Self::check_csrf) first.
    ///
    /// # Errors
    /// `unconfirmed`, `deletion_scheduled`, `temporarily_unavailable`.
    pub async fn user(&mut self) -> Result<Option<CurrentUser>> {
        if self.visit.user.is_none() {
            self.restore().await?;
        }
        if let Some(user) = &self.visit.user {
            self.visit.auth.admit(&user.identity)?;
        }
        Ok(self.visit.user.clone())
    }

    async fn restore(&mut self) -> Result<()> {
        let auth = self.visit.auth.clone();
        let Some(cookie) = self.visit.remembered() else { return Ok(()) };
        match auth.sessions().restore(cookie, &self.visit.client).await? {
            Restored::Signed(signed) => {
                self.visit.keep(&signed);
                let session = signed.session.reveal();
                self.visit.user = auth.sessions().authenticate_cookie(session).await?;
            }
            Restored::Refused | Restored::Stolen => self.visit.forget(),
        }
        Ok(())
    }

    /// Logs in: a new session in place of the one there was.
    ///
    /// # Errors
    /// As [`Tokens::issue`](crate::Tokens::issue).
    pub async fn log_in(
        &mut self,
        login: &str,
        password: &Secret,
        remember: Remember,
    ) -> Result<CurrentUser> {
        let auth = self.visit.auth.clone();
        let typed = (login, password);
        let client = &self.visit.client;
        let before = self.visit.carried();
        let signed = auth.sessions().log_in_member(typed, remember, before, client).await?;
        self.visit.keep(&signed);
        let user = auth.sessions().authenticate_cookie(signed.session.reveal()).await?;
        self.visit.user.clone_from(&user);
        // Ended in the moment it was opened.
        user.ok_or_else(|| Error::from(Denied::invalid_credentials()))
    }

    /// Logs out: the session is ended on the server, and with it what would bring it back.
    ///
    /// # Errors
    /// `temporarily_unavailable`; the session goes on.
    pub async fn log_out(&mut self) -> Result<()> {
        let auth = self.visit.auth.clone();
        auth.sessions().log_out(self.visit.carried()).await?;
        self.visit.user = None;
        self.visit.forget();
        Ok(())
    }

    /// A token for the pages of this browser, which says that one of them makes a request. Bound
    /// to the browser and not to its session: a page that logs in or out goes on with the one it
    /// has.
    pub fn csrf_token(&self) -> String {
        let auth = &self.visit.auth;
        csrf::dated_token(auth, self.flow().reveal(), auth.now())
    }

    /// Refuses a request whose token is not of this browser or older than so many seconds; one
    /// that a page from elsewhere made, whatever it carries; and over HTTPS one that does not say
    /// by `Referer` that a page of this origin made it.
    ///
    /// # Errors
    /// `access_denied`.
    pub fn check_csrf(&self, given: &str, seconds: u32) -> Result<(), Denied> {
        let auth = &self.visit.auth;
        let ours = self.origin != Origin::Other
            && self.referred
            && csrf::is_dated_token(auth, self.flow().reveal(), given, seconds);
        if ours {
            return Ok(());
        }
        let text = "This was not sent by a page of this service. Reload the page and try again.";
        Err(Denied::new(ErrorCode::AccessDenied, text).field(csrf::FIELD))
    }

    /// The answer, with the cookies that this browser is to keep.
    pub fn answer(&self, answer: impl IntoResponse) -> Response {
        self.visit.carry(answer.into_response())
    }
}

impl std::fmt::Debug for UserAgent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserAgent").field("user", &self.visit.user).finish_non_exhaustive()
    }
}
