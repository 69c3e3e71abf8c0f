//! From a proven factor to somebody who may act. [`FirstFactor`] is all a way of logging in can
//! yield; only [`sign_in`](crate::Auth) makes [`Authenticated`] of it, after applying policy, and
//! only from that a session or a token can be opened.

mod current;
pub(crate) mod http;

use std::sync::Arc;

use countersign_proto::{
    credential::Presented,
    error_code::ErrorCode,
    secret::{Secret, TokenKind},
};

pub use current::{CurrentUser, Via};

use crate::{
    Auth, Client,
    config::Confirmation,
    error::{Denied, Result},
    live::Identity,
    render::when,
    throttle::Success,
};

/// One factor was proven, and nothing else: this gives access to nothing.
#[must_use = "a proven factor gives access to nothing until it is signed in"]
pub(crate) struct FirstFactor {
    /// The user as the proof saw them. Its epoch ties what is issued to the password verified.
    pub(crate) identity: Identity,
    /// How it was proven (RFC 8176).
    pub(crate) amr: &'static str,
    /// When, unix seconds.
    pub(crate) auth_time: i64,
    success: Option<Success>,
}

impl FirstFactor {
    pub(crate) fn new(identity: Identity, amr: &'static str, auth_time: i64) -> Self {
        Self { identity, amr, auth_time, success: None }
    }

    /// With what the proof leaves behind, for the transaction that opens the session.
    pub(crate) fn leaving(self, success: Option<Success>) -> Self {
        Self { success, ..self }
    }

    /// The same, for whoever writes it before there is a session, or where there will be none.
    pub(crate) fn take_success(&mut self) -> Option<Success> {
        self.success.take()
    }
}

/// Somebody who has passed everything the policy asks for. Its fields are private: there is no
/// other way to make one than [`Auth::sign_in`] and, where an account that waits for its end can
/// still be kept, [`Auth::sign_in_leaver`].
pub(crate) struct Authenticated {
    identity: Arc<Identity>,
    amr: Vec<String>,
    auth_time: i64,
    success: Option<Arc<Success>>,
}

impl Authenticated {
    pub(crate) fn identity(&self) -> &Arc<Identity> {
        &self.identity
    }

    pub(crate) fn amr(&self) -> &[String] {
        &self.amr
    }

    pub(crate) fn auth_time(&self) -> i64 {
        self.auth_time
    }

    /// To be written together with the session.
    pub(crate) fn success(&self) -> Option<Arc<Success>> {
        self.success.clone()
    }
}

impl Auth {
    /// Applies policy to a proven factor. A second factor will be asked for here.
    pub(crate) fn sign_in(&self, proof: FirstFactor) -> Result<Authenticated> {
        let who = self.sign_in_leaver(proof)?;
        self.admit(&who.identity)?;
        Ok(who)
    }

    /// The same for the doors that stay open while an account waits for its end: where one logs in
    /// by a browser, and keeps it. What lies behind them asks [`admit`](Self::admit) for itself.
    pub(crate) fn sign_in_leaver(&self, proof: FirstFactor) -> Result<Authenticated> {
        if proof.identity.disabled_at.is_some() {
            return Err(Denied::invalid_credentials().into());
        }
        self.admit_leaver(&proof.identity)?;
        Ok(Authenticated {
            identity: Arc::new(proof.identity),
            amr: vec![proof.amr.to_owned()],
            auth_time: proof.auth_time,
            success: proof.success.map(Arc::new),
        })
    }

    /// The policy about accounts that holds for every credential, at every request.
    pub(crate) fn admit(&self, identity: &Identity) -> Result<()> {
        self.admit_leaver(identity)?;
        let Some(end) = identity.deletes_at else { return Ok(()) };
        let text = format!("This account will be deleted at {}. Its owner can keep it.", when(end));
        Err(Denied::new(ErrorCode::DeletionScheduled, text).into())
    }

    /// The same without a look at whether the account waits for its end.
    pub(crate) fn admit_leaver(&self, identity: &Identity) -> Result<()> {
        if self.config().confirmation == Confirmation::Required && identity.confirmed_at.is_none() {
            let text = "This account is not confirmed yet.";
            return Err(Denied::new(ErrorCode::Unconfirmed, text).into());
        }
        Ok(())
    }

    /// What can do harm wants a password given lately.
    ///
    /// # Errors
    /// `insufficient_user_authentication`.
    pub(crate) fn check_fresh(&self, by: &CurrentUser) -> Result<()> {
        Ok(by.check_fresh(self.config().browser.fresh_seconds, self.now())?)
    }

    /// The same for what a token or a key may do by its scope: a browser sends its cookie along
    /// with whatever it is made to ask.
    pub(crate) fn check_fresh_cookie(&self, by: &CurrentUser) -> Result<()> {
        if matches!(by.via, Via::Session(_)) { self.check_fresh(by) } else { Ok(()) }
    }

    /// Verifies whatever a request presented: the one door for all credentials.
    ///
    /// Cost: a password goes through the hashing pool (tens of milliseconds); a signed token is
    /// checked in memory; an API key is one look-up.
    ///
    /// # Errors
    /// `invalid_credentials`, `invalid_token`, `unconfirmed`, `deletion_scheduled`, `too_many_requests`,
    /// `temporarily_unavailable`; never a grant in doubt.
    pub async fn authenticate(
        &self,
        presented: &Presented,
        client: &Client,
    ) -> Result<CurrentUser> {
        let user = self.authenticate_leaver(presented, client).await?;
        self.admit(&user.identity)?;
        Ok(user)
    }

    /// The same for the owner of an account that waits for its end, with the password.
    pub(crate) async fn authenticate_leaver(
        &self,
        presented: &Presented,
        client: &Client,
    ) -> Result<CurrentUser> {
        match presented {
            Presented::Password { username, password } => {
                // What few requests need is apart: every request moves the room for it about.
                let verified = self.passwords().verify(username, password, client);
                let proof = Box::pin(verified).await?;
                Ok(CurrentUser::by_password(&self.sign_in_leaver(proof)?))
            }
            Presented::Token { token, .. } => self.authenticate_token(token).await,
        }
    }

    pub(crate) async fn authenticate_token(&self, token: &Secret) -> Result<CurrentUser> {
        match TokenKind::of(token.reveal()) {
            None => self.tokens().authenticate(token.reveal()).await,
            Some(TokenKind::Access) => {
                Box::pin(self.tokens().authenticate_random(token.reveal())).await
            }
            Some(TokenKind::ApiKey) => self.api_keys().authenticate(token.reveal()).await,
            Some(_) => {
                Err(Denied::invalid_token("This kind of token is not accepted here.").into())
            }
        }
    }
}
