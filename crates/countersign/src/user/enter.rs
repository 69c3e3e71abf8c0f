//! From a sign-up in a browser to where the visitor goes next.

use countersign_proto::{
    error_code::ErrorCode,
    secret::{PlainToken, TokenKind},
};

use super::{Users, Visitor, register::Outcome, visitor::Bait};
use crate::{
    Client, Error, UserId,
    error::{Denied, Result},
    live::Identity,
    proof,
    session::{Remember, Signed},
    sign_in::FirstFactor,
    store::{self, Tx},
};

/// Where a visitor goes who signed up in a browser.
pub(crate) enum Entered {
    /// In: the account can be used.
    LoggedIn(Signed),
    /// To the login: the account is there, and nobody is let in from here just now.
    Made,
    /// To their mail.
    CheckMail,
    /// Nowhere yet: the account is there, and somebody else has to confirm it.
    Waits,
}

impl Users<'_> {
    /// Signs a visitor up, and logs their browser in where the policy lets the new account in.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub(crate) async fn enter(self, visitor: Visitor<'_>) -> Result<Entered> {
        let (client, bait) = (visitor.client, visitor.bait);
        let Outcome::Made(user) = self.register_once(visitor, None).await? else {
            return Ok(Entered::CheckMail);
        };
        let entered = match bait {
            Bait::Untouched => self.log_in_new(user.id, client).await,
            Bait::Taken => self.seem_to_log_in(user.id, client).await,
        };
        Ok(match entered {
            Ok(signed) => Entered::LoggedIn(signed),
            Err(Error::Denied(denied)) if denied.code() == ErrorCode::Unconfirmed => Entered::Waits,
            // The account is made: the form again would be of no use.
            Err(error) => {
                tracing::info!(%error, "a new user is sent to the login");
                Entered::Made
            }
        })
    }

    /// For a robot: a cookie of no session, after as much as a session costs. Nobody is `id`.
    async fn seem_to_log_in(self, id: UserId, client: &Client) -> Result<Signed> {
        let (auth, now) = (self.0, self.0.now());
        store::user::by_id(auth.db(), id).await?;
        let attempt = auth.attempt(Some(id), "", client).await?;
        auth.note_success(auth.succeeded(attempt, id, None)).await?;
        let session = async move |tx: &mut Tx| {
            for _ in 0..3 {
                proof::pretend(tx, now).await?;
            }
            Ok::<_, Error>(())
        };
        auth.db().write(session).await?;
        let session = PlainToken::generate(TokenKind::Session);
        Ok(Signed { session, remember: None })
    }

    /// Whoever has just chosen the password knows it; everything else is asked of them as of
    /// everybody.
    async fn log_in_new(self, id: UserId, client: &Client) -> Result<Signed> {
        let auth = self.0;
        let row = store::user::by_id(auth.db(), id).await?;
        let row = row.ok_or_else(Denied::invalid_credentials)?;
        let who = auth.sign_in(FirstFactor::new(Identity::from(&row), "pwd", auth.now()))?;
        let attempt = auth.attempt(Some(id), "", client).await?;
        auth.note_success(auth.succeeded(attempt, id, None)).await?;
        auth.sessions().open(&who, Remember::No, None, client).await
    }
}
