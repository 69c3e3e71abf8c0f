//! Links that are handed over by whoever runs the service, where no mail is sent or none arrived.

use countersign_proto::name::EmailAddress;
use serde::Serialize;

use super::{Links, NewLink, Purpose};
use crate::{
    UserId,
    error::{Denied, Result},
    store,
};

/// A link to hand over. Whoever has it can do what it is for, once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OneTimeLink {
    /// Where to go with a browser.
    pub url: String,
    /// Until when, unix seconds.
    pub expires_at: i64,
}

impl Links<'_> {
    /// A link by which `user` chooses a new password; it takes the place of earlier ones. Nobody
    /// else ever knows the password. It is good for `mail.link_seconds`.
    ///
    /// # Errors
    /// `not_found` when there is no such user; `invalid_request` when they are disabled.
    pub async fn reset(self, user: UserId) -> Result<OneTimeLink> {
        let row = store::user::by_id(self.0.db(), user).await?;
        let row = row.ok_or_else(|| Denied::not_found("There is no such user."))?;
        if row.disabled_at.is_some() {
            return Err(Denied::invalid_request("The account is disabled; enable it first.").into());
        }
        let email = row.email.as_deref().and_then(|email| EmailAddress::parse(email).ok());
        self.hand_over(self.draft(Purpose::Reset, Some(user), email.as_ref(), None)).await
    }

    /// A link by which whoever has it signs up with this address; it is good for seven days.
    ///
    /// # Errors
    /// `invalid_request` when `email` is no address.
    pub async fn invitation_to(self, email: &str) -> Result<OneTimeLink> {
        let email = EmailAddress::parse(email).map_err(|why| Denied::bad_name("email", why))?;
        self.hand_over(self.draft(Purpose::Invite, None, Some(&email), None)).await
    }

    async fn hand_over(self, link: NewLink) -> Result<OneTimeLink> {
        let (row, made) =
            (link.row.clone(), OneTimeLink { url: link.url, expires_at: link.row.expires_at });
        self.0.db().write(async move |tx| tx.insert_link(&row).await).await?;
        Ok(made)
    }
}
