//! Sign-up of visitors: where mail is sent, the answer does not tell whether an address has an
//! account. A mail tells its owner.

use countersign_proto::name::EmailAddress;
use serde::{Deserialize, Serialize};

use super::{
    Confirmed, NewUser, PasswordRule, TakenAddress, User, Users, Visitor,
    admission::Admission,
    parse_roles,
    sign_up::{Names, taken},
    visitor::Bait,
};
use crate::{
    config::Confirmation,
    error::{Denied, Result},
    idempotency::Idempotent,
    proof,
    store::{Tx, link::LinkRow, mail::MailRow, user::NewUserRow},
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

/// A sign-up that only has to be written.
pub(super) struct Draft {
    pub(super) row: NewUserRow,
    /// The address whose owner is told by mail what the visitor is not told.
    told: Option<EmailAddress>,
    /// Link and mail to confirm the address of a visitor who learns at once that it was free.
    confirmation: Option<(LinkRow, MailRow)>,
    pub(super) admission: Admission,
    pub(super) bait: Bait,
}

impl Users<'_> {
    /// Makes an account for a visitor. Where mail is sent and they gave an e-mail address, it ends
    /// in [`SignedUp::CheckMail`] after the same work whether the address was free or taken; of a
    /// taken one the owner is told by mail. [`TakenAddress::Told`] makes it as where none is sent,
    /// but for the mail by which a new address is confirmed.
    ///
    /// # Errors
    /// `invalid_request` naming the field; `conflict` when the user name is taken; and the address,
    /// where no mail is sent, the visitor was invited there, or may be told; `access_denied`, `invalid_grant`,
    /// `proof_required` and `too_many_requests` when they are not let in.
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
        let draft = match self.draft(&visitor).await {
            Ok(draft) => draft,
            // The same request may just have been the one that took the name, or the invitation.
            Err(refused) => {
                return self.0.earlier_answer(once.as_ref()).await?.ok_or(refused);
            }
        };
        match draft.told.clone() {
            Some(email) => self.insert_or_tell(draft, &email, visitor.asked(), once).await,
            None => self.insert_new(draft, once).await,
        }
    }

    /// Everything up to the transaction, in the order of its cost: nobody is hashed for who is not
    /// let in.
    async fn draft(self, visitor: &Visitor<'_>) -> Result<Draft> {
        let auth = self.0;
        let invitation = self.invited(visitor).await?;
        let new = filled_in(visitor.new.clone(), invitation.as_ref())?;
        let names = Names::parse(&new)?;
        let roles = parse_roles(&new.roles)?;
        let hides = visitor.taken_address == TakenAddress::Hidden && invitation.is_none();
        let told = names.email.clone().filter(|_| hides && auth.mails().on());
        self.check_reachable(&names)?;
        let own: Vec<&str> = new.username.iter().chain(&new.email).map(String::as_str).collect();
        match visitor.password_rule {
            PasswordRule::Policy => auth.passwords().check_new(&new.password, &own)?,
            PasswordRule::NotEmpty => auth.passwords().check_not_empty(&new.password)?,
        }
        let admission = self.admit(visitor, invitation.as_ref()).await?;
        match &told {
            Some(_) => self.check_name_free(&names).await?,
            None => self.check_free(&names).await?,
        }
        let hash = auth.passwords().hash_unchecked(&new.password, visitor.client).await?;
        let row = self.new_row(&names, &new, roles, hash);
        let known = names.email.as_ref().filter(|_| told.is_none());
        let confirmation =
            known.and_then(|email| self.confirmation(&row, email, Some(visitor.flow)));
        Ok(Draft { row, told, confirmation, admission, bait: visitor.bait })
    }

    /// Refuses an account that could never be confirmed, where that is needed and mail is sent.
    fn check_reachable(self, names: &Names) -> Result<()> {
        let required = self.0.config().confirmation == Confirmation::Required;
        if required && self.0.mails().on() && names.email.is_none() {
            let text = "An e-mail address is needed.";
            return Err(Denied::invalid_request(text)
                .field("email")
                .because("email-needed")
                .into());
        }
        Ok(())
    }

    /// Where the visitor learns whether the address was free.
    async fn insert_new(self, draft: Draft, once: Option<Idempotent>) -> Result<Outcome> {
        let (now, answer) = (self.0.now(), Outcome::Made(User::from(&draft.row)));
        let body = async move |tx: &mut Tx| {
            draft.admission.use_up(tx, now).await?;
            if draft.bait == Bait::Taken {
                return proof::pretend(tx, now).await;
            }
            tx.insert_user(&draft.row).await.map_err(taken)?;
            if let Some((link, mail)) = &draft.confirmation {
                tx.insert_link(link).await?;
                tx.insert_mail(mail).await?;
            }
            Ok(())
        };
        let made = self.0.write_once(once, answer, body).await?;
        self.0.mails().wake();
        Ok(made)
    }
}

/// What an invitation says holds: its address is the account's, and proven.
fn filled_in(new: NewUser, invitation: Option<&LinkRow>) -> Result<NewUser> {
    let Some(link) = invitation else { return Ok(new) };
    let other = |email: &String| {
        EmailAddress::parse(email).map_or(true, |email| email.canonical() != link.email_key)
    };
    if new.email.as_ref().is_some_and(other) {
        let text = "The invitation went to another address. Leave this one out.";
        return Err(Denied::invalid_request(text)
            .field("email")
            .because("invitation-address")
            .into());
    }
    Ok(NewUser { email: Some(link.email.clone()), confirmed: Confirmed::Yes, ..new })
}
