//! From a sign-up in a browser to where the visitor goes next.

use countersign_proto::error_code::ErrorCode;

use super::{Users, Visitor, register::Outcome};
use crate::{
    Client, Error, SessionId, UserId,
    error::{Denied, Result},
    live::Identity,
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
    /// `before` is the session that ends by it.
    ///
    /// # Errors
    /// As [`register`](Self::register).
    pub(crate) async fn enter(
        self,
        visitor: Visitor<'_>,
        before: Option<SessionId>,
    ) -> Result<Entered> {
        let client = visitor.client;
        match self.register_once(visitor, None).await? {
            Outcome::CheckMail { .. } => Ok(Entered::CheckMail),
            Outcome::Made(user) => match self.log_in_new(user.id, before, client).await {
                Ok(signed) => Ok(Entered::LoggedIn(signed)),
                Err(Error::Denied(denied)) if denied.code() == ErrorCode::Unconfirmed => {
                    Ok(Entered::Waits)
                }
                Err(error) => Err(error),
            },
        }
    }

    /// Whoever has just chosen the password knows it; everything else is asked of them as of
    /// everybody.
    async fn log_in_new(
        self,
        id: UserId,
        before: Option<SessionId>,
        client: &Client,
    ) -> Result<Signed> {
        let auth = self.0;
        let row = store::user::by_id(auth.db(), id).await?;
        let row = row.ok_or_else(Denied::invalid_credentials)?;
        let proof =
            FirstFactor { identity: Identity::from(&row), amr: "pwd", auth_time: auth.now() };
        let who = auth.sign_in(proof)?;
        let attempt = auth.attempt(Some(id), "", client).await?;
        auth.attempt_succeeded(attempt, id, None).await?;
        auth.sessions().open(&who, Remember::No, before, client).await
    }
}
