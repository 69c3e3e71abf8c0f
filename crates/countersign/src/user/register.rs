//! Sign-up of visitors: where mail is sent, the answer does not tell whether an address has an
//! account. A mail tells its owner.

use countersign_proto::{name::EmailAddress, secret::Secret};
use serde::{Deserialize, Serialize};

use super::{
    User, Users, Visitor, parse_roles,
    sign_up::{Names, taken},
};
use crate::{
    config::Confirmation,
    error::Result,
    idempotency::Idempotent,
    link::{self, Purpose},
    mail::Kind,
    store::{self, Tx, link::LinkRow, mail::MailRow, user::NewUserRow},
};

/// What a visitor is told who signed up.
#[derive(Debug, Clone)]
pub enum SignedUp {
    /// The account is there.
    Made(User),
    /// A mail tells the owner of the address what follows: whether there is a new account, or had
    /// been one.
    CheckMail,
}

/// The same with what an API client needs, and as it is kept for a repeated request.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Outcome {
    Made(User),
    CheckMail { flow: String },
}

impl Users<'_> {
    /// Makes an account for a visitor. Where mail is sent and they gave an e-mail address, it ends
    /// in [`SignedUp::CheckMail`] after the same work whether the address was free or taken; of a
    /// taken one the owner is told by mail.
    ///
    /// # Errors
    /// `invalid_request` naming the field; `conflict` when the user name is taken; and the address,
    /// where no mail is sent.
    pub async fn register(self, visitor: Visitor<'_>) -> Result<SignedUp> {
        Ok(match self.register_once(visitor, None).await? {
            Outcome::Made(user) => SignedUp::Made(user),
            Outcome::CheckMail { .. } => SignedUp::CheckMail,
        })
    }

    pub(crate) async fn register_once(
        self,
        visitor: Visitor<'_>,
        once: Option<Idempotent>,
    ) -> Result<Outcome> {
        if let Some(earlier) = self.0.earlier_answer(once.as_ref()).await? {
            return Ok(earlier);
        }
        let Visitor { new, flow, client } = visitor;
        let names = Names::parse(&new)?;
        let Some(email) = names.email.clone().filter(|_| self.0.mails().on()) else {
            return self.sign_up_once(new, client, once).await.map(Outcome::Made);
        };
        let roles = parse_roles(&new.roles)?;
        if let Err(taken) = self.check_name_free(&names).await {
            // The same request may just have been the one that took the name.
            return self.0.earlier_answer(once.as_ref()).await?.ok_or(taken);
        }
        let own: Vec<&str> = new.username.iter().chain(&new.email).map(String::as_str).collect();
        let hash = self.0.passwords().hash_new(&new.password, &own, client).await?;
        let row = self.new_row(&names, &new, roles, hash);
        self.insert_or_tell(row, &email, flow, once).await
    }

    async fn insert_or_tell(
        self,
        row: NewUserRow,
        email: &EmailAddress,
        flow: &Secret,
        once: Option<Idempotent>,
    ) -> Result<Outcome> {
        let auth = self.0;
        let confirmation = self.confirmation(&row, email, Some(flow));
        let owner = store::user::by_email(auth.db(), email.canonical()).await?;
        let told = owner.map(|owner| (auth.account_exists(&owner), auth.exists_allowance(&owner)));
        let answer = Outcome::CheckMail { flow: flow.reveal().to_owned() };
        let body = async move |tx: &mut Tx| {
            if tx.insert_user_unless_taken(&row).await.map_err(taken)? {
                if let Some((link, mail)) = &confirmation {
                    tx.insert_link(link).await?;
                    tx.insert_mail(mail).await?;
                }
            } else if let Some((Some(mail), allowance)) = &told
                && allowance.take(tx).await?
            {
                tx.insert_mail(mail).await?;
            }
            Ok(())
        };
        let outcome = auth.write_once(once, answer, body).await?;
        auth.mails().wake();
        Ok(outcome)
    }

    /// The link and the mail by which a new account's address is confirmed; `None` where nobody
    /// asks for that, or no mail is sent.
    pub(super) fn confirmation(
        self,
        row: &NewUserRow,
        email: &EmailAddress,
        flow: Option<&Secret>,
    ) -> Option<(LinkRow, MailRow)> {
        let auth = self.0;
        if auth.config().confirmation == Confirmation::Off || row.confirmed_at.is_some() {
            return None;
        }
        let link = auth.links().draft(Purpose::Confirm, Some(row.id), Some(email), flow);
        let facts = link::facts(&link, email.shown());
        let mail =
            auth.mails().draft(Kind::Confirm, email.shown(), row.locale.as_deref(), &facts)?;
        Some((link.row, mail))
    }
}
