//! A user's own names, changed: the one they log in by, their address, and what an application
//! keeps with them.

use countersign_proto::{
    error_code::ErrorCode,
    name::{EmailAddress, Username},
};

use super::Accounts;
use crate::{
    AttributeChanges, CurrentUser, User, attribute,
    config::Confirmation,
    error::{Denied, Needs, Result},
    link::Asked,
    store::{Tx, What},
    user::{no_such_user, taken},
};

/// What is to change; `None`: nothing.
#[derive(Debug, Clone, Default)]
pub struct NewNames {
    /// Another user name.
    pub username: Option<String>,
    /// Another address.
    pub email: Option<String>,
    /// What the application keeps with them.
    pub attributes: AttributeChanges,
}

/// What a credential has to be good for.
const SCOPE: &str = "account";

/// Names that passed their parsers.
struct Names {
    username: Option<Username>,
    email: Option<EmailAddress>,
}

impl Accounts<'_> {
    /// Gives the caller another user name, another address, other attributes. Sessions, tokens and keys go
    /// on. Where mail is sent the address stays until the new one is proven, as by
    /// [`Emails::change`](crate::Emails::change). Where none is, it is the account's at once and
    /// counts as not confirmed.
    ///
    /// # Errors
    /// `invalid_request` naming the field; `conflict` naming the field that is taken, or when
    /// everything of the caller's was ended since they were let in; `insufficient_scope`;
    /// `insufficient_user_authentication` for an address, when the password was given too long ago;
    /// `access_denied` when an address has to be proven and no mail is sent.
    pub async fn rename(self, by: &CurrentUser, new: NewNames, asked: Asked<'_>) -> Result<User> {
        check_scope(by)?;
        self.0.check_fresh_cookie(by)?;
        attribute::check_changes(&new.attributes)?;
        let username = new.username.as_deref().map(Username::parse).transpose();
        let email = new.email.as_deref().map(EmailAddress::parse).transpose();
        let mut names = Names {
            username: username.map_err(|why| Denied::bad_name("username", why))?,
            email: email.map_err(|why| Denied::bad_name("email", why))?,
        };
        if let Some(email) = new.email.filter(|_| self.0.mails().on()) {
            self.0.emails().change(by, &email, asked).await?;
            names.email = None;
        } else if names.email.is_some() {
            self.check_unproven(by)?;
        }
        self.write_names(by, names, new.attributes).await
    }

    /// Whether an address may be the account's that nobody proved.
    fn check_unproven(self, by: &CurrentUser) -> Result<()> {
        self.0.check_fresh(by)?;
        if self.0.config().confirmation == Confirmation::Required {
            let text = "An address has to be proven here, and this service sends no mail.";
            return Err(Denied::new(ErrorCode::AccessDenied, text).field("email").into());
        }
        Ok(())
    }

    async fn write_names(
        self,
        by: &CurrentUser,
        names: Names,
        attributes: AttributeChanges,
    ) -> Result<User> {
        let who = (by.id, by.identity.epoch);
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        let write = async move |tx: &mut Tx| {
            let mut written = true;
            if let Some(name) = &names.username {
                let new = (name.shown(), name.canonical());
                written &= tx.rename_user(who, new).await.map_err(taken)?;
            }
            if let Some(email) = &names.email {
                let new = (email.shown(), email.canonical());
                written &= tx.set_unproven_address(who, new).await.map_err(taken)?;
            }
            if !attributes.is_empty() {
                written &= tx.hold_user(who).await?;
                attribute::apply(tx, who.0, &attributes).await?;
            }
            if !written {
                let text = "The account was locked or its sessions ended meanwhile.";
                return Err(Denied::conflict(text).into());
            }
            tx.change(What::User(who.0), now, until);
            let row = tx.user(who.0).await?;
            row.as_ref().map(User::from).ok_or_else(no_such_user)
        };
        self.0.db().write(write).await
    }
}

fn check_scope(by: &CurrentUser) -> Result<()> {
    if by.has_scope(SCOPE) {
        return Ok(());
    }
    let text = "The token does not carry the scope this needs.";
    Err(Denied::new(ErrorCode::InsufficientScope, text).needing(Needs::Scope(SCOPE.into())).into())
}
