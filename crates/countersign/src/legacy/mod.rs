//! Tokens that another application issued before Countersign took its place: whose they are, until
//! a date. Users are recognised by the id they had there; what holds for every credential holds for
//! these, and a change of the password or "end everything" is the end of all of a user's.

mod accepted;

use std::sync::Arc;

use countersign_proto::{
    error_code::ErrorCode,
    jose::TokenError,
    legacy::{self, LegacyMaker, LegacyPurpose, LegacyToken},
    scope::Scope,
};

pub(crate) use accepted::Accepted;

use crate::{
    Auth, Client, CurrentUser, Grant, TokenSet, Via,
    error::{Denied, Result, TokenFault, sentence},
    live::Identity,
    sign_in::FirstFactor,
    store::{self, What},
    token::checked_client_id,
};

/// An old token speaks for the users as they were imported. Whatever ends tokens raises this.
const EPOCH: i64 = 0;

/// What an old token may do, and what is bought with one: nothing an admin does.
const SCOPE: &str = "account";

/// Tokens of the application that one [`Auth`] stands in for.
#[derive(Clone, Copy)]
pub struct LegacyTokens<'a>(pub(crate) &'a Auth);

impl LegacyTokens<'_> {
    /// Whether this token is for [`authenticate`](Self::authenticate) to judge: old tokens are
    /// configured, and it has the shape of one. Nothing of it is verified; no token of this service
    /// has that shape.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> countersign::Result<()> {
    /// let auth = countersign::Auth::open("sqlite::memory:").await?;
    /// assert!(!auth.legacy_tokens().recognises("e30.e30.AA"), "no secret is configured");
    /// # Ok(()) }
    /// ```
    pub fn recognises(self, token: &str) -> bool {
        self.0.legacy().is_some() && legacy::has_shape(token)
    }

    /// What the token says, if it is genuine and in time: for whoever has to answer why it is not.
    /// It grants nothing: whether its user is still there, and may act, is not looked at.
    ///
    /// # Errors
    /// The first reason found; [`TokenError::Expired`] when no old token is accepted any more, and
    /// [`TokenError::UnknownKey`] when none ever was.
    pub fn read(self, token: &str) -> Result<LegacyToken, TokenError> {
        let accepted = self.0.legacy().ok_or(TokenError::UnknownKey)?;
        accepted.read(token, i64::from(self.0.config().leeway_seconds), self.0.now())
    }

    /// The user for whom an old token acts. It is good as long as it would have been, and until the
    /// configured date; never after a change of the password, "log out everywhere" or a lock.
    ///
    /// Cost: an HMAC and one look-up.
    ///
    /// # Errors
    /// `invalid_token`; `unconfirmed`, `deletion_scheduled`, `temporarily_unavailable`.
    pub async fn authenticate(self, token: &str) -> Result<CurrentUser> {
        let (read, identity) = self.judge(token, acts).await?;
        self.0.admit(&identity)?;
        let expires_at = self.end_of(read.expires_at);
        let via = Via::LegacyToken { maker: read.maker, expires_at };
        Ok(CurrentUser::new(Arc::new(identity), via, Some(Arc::new(scope()?)), None))
    }

    /// Opens a session for whoever shows an old token that bought tokens: a refresh token of
    /// Flask-JWT-Extended, any token of the others, which knew no two kinds. The session ends on the
    /// day when old tokens do, may do no more than `account`, and is never fresh.
    ///
    /// # Errors
    /// As [`authenticate`](Self::authenticate); `invalid_scope`.
    pub async fn exchange(self, token: &str, grant: Grant, client: &Client) -> Result<TokenSet> {
        let (_, identity) = self.judge(token, buys).await?;
        let client_id = checked_client_id(grant.client_id)?;
        let wanted = grant.scope.map_or_else(scope, Ok)?;
        if !wanted.is_subset(&scope()?) {
            let text = "A token bought with an old one may do no more than `account`.";
            return Err(Denied::new(ErrorCode::InvalidScope, text).field("scope").into());
        }
        // When the password was given is not known: long ago.
        let who = self.0.sign_in(FirstFactor::new(identity, "legacy", 0))?;
        let mut session = self.0.sessions().draft(&who, (client_id, wanted.to_string()), client);
        let longest = session.created_at + i64::from(self.0.config().session_seconds);
        session.expires_at = self.end_of(longest);
        let shapes = (&grant.access, grant.renewal.as_ref());
        self.0.tokens().open_drafted(&who, session, shapes).await
    }

    /// Takes an old token back, for every process: to hold it is to be allowed to. One that is not
    /// good is already what the caller wants.
    pub async fn revoke(self, token: &str) -> Result<()> {
        let Ok(read) = self.read(token) else { return Ok(()) };
        let now = self.0.now();
        let until = self.end_of(read.expires_at).max(now + self.0.token_horizon());
        let write = async move |tx: &mut store::Tx| {
            tx.change(What::Token(name(&read)), now, until);
            Ok(())
        };
        self.0.db().write(write).await
    }

    /// The token and its user, who is neither locked nor past the end of their tokens.
    async fn judge(
        self,
        token: &str,
        fits: impl Fn(&LegacyToken) -> bool + Send,
    ) -> Result<(LegacyToken, Identity)> {
        self.0.check_lag()?;
        let refused = |why: TokenError| {
            Denied::invalid_token(sentence(&why)).faulty(TokenFault::Invalid(why))
        };
        let read = self.read(token).map_err(refused)?;
        if !fits(&read) {
            return Err(refused(TokenError::Type).into());
        }
        let revoked =
            || Denied::invalid_token("The token was revoked.").faulty(TokenFault::Revoked);
        if self.0.live().is_token_revoked(&name(&read)) {
            return Err(revoked().into());
        }
        let source = self.0.config().legacy.source.as_deref().unwrap_or_default();
        let row = store::user::by_external_id(self.0.db(), source, &read.user).await?;
        let gone = || revoked().orphaned(read.user.to_string());
        let identity = Identity::from(&row.ok_or_else(gone)?);
        if identity.disabled_at.is_some() || identity.outlived(EPOCH, None) {
            return Err(revoked().into());
        }
        Ok((read, identity))
    }

    fn end_of(self, wanted: i64) -> i64 {
        self.0.legacy().map_or(0, |accepted| accepted.until.min(wanted))
    }
}

/// Whether the token was issued to act for its user.
fn acts(token: &LegacyToken) -> bool {
    token.purpose == LegacyPurpose::Access
}

/// Whether the token was issued to buy others.
fn buys(token: &LegacyToken) -> bool {
    let knew_two_kinds = token.maker == LegacyMaker::FlaskJwtExtended;
    (token.purpose == LegacyPurpose::Refresh) == knew_two_kinds
}

/// What a revocation knows the token by. No `jti` of this service has a colon.
fn name(token: &LegacyToken) -> String {
    format!("legacy:{}", token.fingerprint)
}

fn scope() -> Result<Scope> {
    SCOPE.parse().map_err(crate::error::Failed::because)
}
