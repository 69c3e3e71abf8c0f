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
    store,
};

/// Where a visitor goes who signed up in a browser.
pub(crate) enum Entered {
    /// In: the account can be used.
    LoggedIn(Signed),
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
        match self.register_once(visitor, None).await? {
            Outcome::CheckMail { .. } => Ok(Entered::CheckMail),
            Outcome::Made(_) if bait == Bait::Taken => self.seem_to_enter().await,
            Outcome::Made(user) => match self.log_in_new(user.id, client).await {
                Ok(signed) => Ok(Entered::LoggedIn(signed)),
                Err(Error::Denied(denied)) if denied.code() == ErrorCode::Unconfirmed => {
                    Ok(Entered::Waits)
                }
                Err(error) => Err(error),
            },
        }
    }

    /// For a robot: a cookie of no session, after as much as a session costs.
    async fn seem_to_enter(self) -> Result<Entered> {
        let now = self.0.now();
        for _ in 0..2 {
            self.0.db().write(async move |tx| proof::pretend(tx, now).await).await?;
        }
        let session = PlainToken::generate(TokenKind::Session);
        Ok(Entered::LoggedIn(Signed { session, remember: None }))
    }

    /// Whoever has just chosen the password knows it; everything else is asked of them as of
    /// everybody.
    async fn log_in_new(self, id: UserId, client: &Client) -> Result<Signed> {
        let auth = self.0;
        let row = store::user::by_id(auth.db(), id).await?;
        let row = row.ok_or_else(Denied::invalid_credentials)?;
        let proof =
            FirstFactor { identity: Identity::from(&row), amr: "pwd", auth_time: auth.now() };
        let who = auth.sign_in(proof)?;
        let attempt = auth.attempt(Some(id), "", client).await?;
        auth.attempt_succeeded(attempt, id, None).await?;
        auth.sessions().open(&who, Remember::No, None, client).await
    }
}
