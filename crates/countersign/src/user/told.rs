//! The sign-up that ends in a mail: to the visitor, or to whoever has an account with the address.

use countersign_proto::{name::EmailAddress, secret::Secret};

use super::{
    Users,
    register::{Draft, Outcome},
    sign_up::taken,
    visitor::Bait,
};
use crate::{
    Client,
    config::Confirmation,
    error::Result,
    idempotency::Idempotent,
    link::{self, Asked, Purpose},
    mail::{Allowance, Kind, Whose},
    proof,
    store::{
        self, Tx,
        link::LinkRow,
        mail::MailRow,
        user::{NewUserRow, UserRow},
    },
};

/// Link and mail, for each way a sign-up can end. The same is written whichever it is: what nobody
/// can use and nothing is sent for stands where there is nothing else.
struct Letters {
    confirmation: Option<(LinkRow, MailRow)>,
    to_owner: Option<MailRow>,
    nobodys: Option<(LinkRow, MailRow)>,
}

impl Users<'_> {
    /// Writes it; nobody learns from the answer, or its time, whether the address was free.
    pub(super) async fn insert_or_tell(
        self,
        draft: Draft,
        email: &EmailAddress,
        asked: Asked<'_>,
        once: Option<Idempotent>,
    ) -> Result<Outcome> {
        let (auth, now) = (self.0, self.0.now());
        let owner = store::user::by_email(auth.db(), email.canonical()).await?;
        let allowance = self.allowance(owner.as_ref(), email);
        let letters = Letters {
            confirmation: self.confirmation(&draft.row, email, Some(asked.flow)),
            to_owner: owner.as_ref().and_then(|owner| auth.account_exists(owner)),
            nobodys: auth.link_to_nobody(Purpose::Confirm, Kind::Confirm, asked),
        };
        let answer = Outcome::CheckMail { flow: asked.flow.reveal().to_owned() };
        let body = async move |tx: &mut Tx| {
            draft.admission.use_up(tx, now).await?;
            let within = allowance.take(tx).await?;
            let is_bait = draft.bait == Bait::Taken;
            let made = !is_bait && tx.insert_user_unless_taken(&draft.row).await.map_err(taken)?;
            for _ in draft.row.attributes.iter().filter(|_| !made) {
                proof::pretend(tx, now).await?;
            }
            let (link, mail) = match (made, within && !is_bait) {
                (true, _) => letters.to_visitor(),
                (false, true) => letters.to_owner(),
                (false, false) => letters.to_nobody(),
            };
            if let Some(link) = link {
                tx.insert_link(link).await?;
            }
            if let Some(mail) = mail {
                tx.insert_mail(mail).await?;
            }
            Ok(())
        };
        let outcome = auth.write_once(once, answer, body).await?;
        auth.mails().wake();
        Ok(outcome)
    }

    /// How often the owner of an address is told that somebody tried it; of nobody's as much is
    /// counted.
    fn allowance(self, owner: Option<&UserRow>, email: &EmailAddress) -> Allowance {
        match owner {
            Some(owner) => self.0.exists_allowance(owner),
            None => {
                let whose = Whose::Nobody(email.canonical());
                Allowance::new(self.0, "exists", whose, &Client::default())
            }
        }
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

impl Letters {
    /// A new account: to confirm its address, where that is asked for.
    fn to_visitor(&self) -> (Option<&LinkRow>, Option<&MailRow>) {
        match &self.confirmation {
            Some((link, mail)) => (Some(link), Some(mail)),
            None => self.to_nobody(),
        }
    }

    /// The address has an account: its owner is told, unless it is disabled.
    fn to_owner(&self) -> (Option<&LinkRow>, Option<&MailRow>) {
        let (link, mail) = self.to_nobody();
        (link, self.to_owner.as_ref().or(mail))
    }

    fn to_nobody(&self) -> (Option<&LinkRow>, Option<&MailRow>) {
        let link = self.nobodys.as_ref().filter(|_| self.confirmation.is_some());
        (link.map(|(link, _)| link), self.nobodys.as_ref().map(|(_, mail)| mail))
    }
}
