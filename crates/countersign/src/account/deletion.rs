//! Leaving: an account is deleted some time after its owner said so, and until then its owner can
//! keep it. All it had ends at once.

use countersign_proto::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

use super::Accounts;
use crate::{
    Client, CurrentUser,
    config::PagesMode,
    error::{Denied, Result},
    mail::Kind,
    render::when,
    role::ADMIN,
    store::{self, What, mail::MailRow, user::UserRow},
    user::no_such_user,
};

const DAY: i64 = 86_400;

/// What is to become of an account whose owner has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Leaving {
    /// When it will be deleted, unix seconds. Until then its owner can log in and keep it.
    pub deletes_at: i64,
}

impl Accounts<'_> {
    /// Deletes the caller's account after the time `retention.deletion_grace_seconds` sets, at once
    /// where that is 0. Sessions, tokens, API keys and links end now; the owner is told by mail.
    ///
    /// # Errors
    /// `insufficient_user_authentication` when the password was given too long ago; `conflict` for
    /// an administrator, and when everything was ended since the caller was let in.
    pub async fn delete(self, by: &CurrentUser) -> Result<Leaving> {
        self.0.check_fresh(by)?;
        if by.has_role(ADMIN) {
            let text = "Administrators stay: have another one take the role from you first.";
            return Err(Denied::conflict(text).because("admin-stays").into());
        }
        let row = store::user::by_id(self.0.db(), by.id).await?.ok_or_else(no_such_user)?;
        let now = self.0.now();
        let grace = i64::from(self.0.config().retention.deletion_grace_seconds);
        let leaving = Leaving { deletes_at: now + grace };
        let mail = self.announcement(&row, leaving, grace);
        self.schedule(by, leaving, mail).await?;
        self.0.mails().wake();
        Ok(leaving)
    }

    /// The same with the password, in place of one given lately.
    ///
    /// # Errors
    /// `access_denied` when the password is wrong; throttled like a login.
    pub(crate) async fn delete_by_password(
        self,
        by: &CurrentUser,
        password: &Secret,
        client: &Client,
    ) -> Result<Leaving> {
        let proof = self.0.passwords().verify_own(by, password, client).await;
        let proof = proof.map_err(name_password)?;
        let proven = by.clone().proven_at(proof.auth_time);
        self.delete(&proven).await
    }

    async fn schedule(
        self,
        by: &CurrentUser,
        leaving: Leaving,
        mail: Option<MailRow>,
    ) -> Result<()> {
        let (id, epoch) = (by.id, by.identity.epoch);
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if !tx.schedule_deletion((id, epoch), leaving.deletes_at).await? {
                    let text = "The sessions were ended meanwhile. Sign in again.";
                    return Err(Denied::conflict(text).into());
                }
                tx.end_all_of(id, None, (now, until)).await?;
                tx.end_links_of(id, now).await?;
                tx.insert_mails([&mail]).await?;
                // Without a time to think it over there is nothing to wait for.
                tx.delete_due_user(id, now).await?;
                Ok::<_, crate::Error>(())
            })
            .await
    }

    fn announcement(self, user: &UserRow, leaving: Leaving, grace: i64) -> Option<MailRow> {
        let config = self.0.config();
        let days = ((grace + DAY - 1) / DAY).to_string();
        let at = when(leaving.deletes_at);
        let link = format!("{}/account/data", config.public_url);
        let mut facts = vec![("days", days.as_str()), ("deletes_at", at.as_str())];
        if config.pages.mode == PagesMode::On && grace > 0 {
            facts.push(("link", link.as_str()));
        }
        self.0.mails().notice(Kind::DeletionAnnounced, user, &facts)
    }

    /// Keeps an account that was to be deleted. What had ended stays ended. Keeping one that was
    /// not to be deleted changes nothing.
    ///
    /// # Errors
    /// `not_found` when it is deleted already.
    pub async fn keep(self, by: &CurrentUser) -> Result<()> {
        let (id, now) = (by.id, self.0.now());
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if !tx.keep_user(id, now).await? {
                    return Err(no_such_user());
                }
                tx.change(What::User(id), now, until);
                Ok(())
            })
            .await
    }
}

/// The page asks for nothing but the password.
fn name_password(error: crate::Error) -> crate::Error {
    match error {
        crate::Error::Denied(denied) if denied.field_name() == Some("current_password") => {
            denied.field("password").into()
        }
        other => other,
    }
}
