//! Asking for a mail with a link, so that nobody learns from the answer, its time or the rows
//! written whether there is somebody to write to.

use countersign_proto::{
    name::{EmailAddress, Login},
    secret::Secret,
};

use super::{NewLink, Purpose};
use crate::{
    Auth, Client,
    error::Result,
    mail::{Allowance, Kind, Whose, called},
    store::{link::LinkRow, mail::MailRow, user::UserRow},
};

/// Who asks for a mail.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// A secret that whoever asks keeps: the code in the mail works only together with it.
    pub flow: &'a Secret,
    /// From where.
    pub client: &'a Client,
    /// The language of the mail, for a user who has chosen none.
    pub locale: Option<&'a str>,
}

impl Auth {
    /// Mails `user` a link; where there is nobody to write to, does as much for nothing. `login`
    /// is what was typed.
    pub(crate) async fn mail_link(
        &self,
        (purpose, kind): (Purpose, Kind),
        user: Option<&UserRow>,
        login: &str,
        asked: Asked<'_>,
    ) -> Result<()> {
        let parsed = Login::parse(login);
        let typed = parsed.as_ref().map_or(login, Login::canonical);
        let whose = user.map_or(Whose::Nobody(typed), |user| Whose::User(user.id));
        let allowance = Allowance::new(self, purpose.as_str(), whose, asked.client);
        let drafted = match user.and_then(|user| addressed(user)) {
            Some((user, email)) => self.link_to(purpose, kind, (user, &email), asked),
            None => self.link_to_nobody(purpose, kind, asked),
        };
        let Some((link, mail)) = drafted else { return Ok(()) };
        self.db()
            .write(async move |tx| {
                if allowance.take(tx).await? {
                    tx.insert_link(&link).await?;
                    tx.insert_mail(&mail).await?;
                }
                Ok::<_, crate::Error>(())
            })
            .await?;
        self.mails().wake();
        Ok(())
    }

    fn link_to(
        &self,
        purpose: Purpose,
        kind: Kind,
        (user, email): (&UserRow, &EmailAddress),
        asked: Asked<'_>,
    ) -> Option<(LinkRow, MailRow)> {
        let link = self.links().draft(purpose, Some(user.id), Some(email), Some(asked.flow));
        let locale = user.locale.as_deref().or(asked.locale);
        let mut facts = facts(&link, email.shown());
        facts.push(("name", called(user)));
        let mail = self.mails().draft(kind, email.shown(), locale, &facts)?;
        Some((link.row, mail))
    }

    /// Rows that nobody can use and nothing is sent for.
    pub(crate) fn link_to_nobody(
        &self,
        purpose: Purpose,
        kind: Kind,
        asked: Asked<'_>,
    ) -> Option<(LinkRow, MailRow)> {
        let nobody = EmailAddress::parse("nobody@example.org").ok()?;
        let link = self.links().draft(purpose, None, Some(&nobody), Some(asked.flow));
        let mail = self.mails().stand_in(kind, &facts(&link, nobody.shown()))?;
        Some((link.row, mail))
    }
}

/// What a mail with a link in it says.
pub(crate) fn facts<'a>(link: &'a NewLink, address: &'a str) -> Vec<(&'static str, &'a str)> {
    let mut facts = vec![("address", address)];
    facts.extend(link.facts());
    facts
}

fn addressed(user: &UserRow) -> Option<(&UserRow, EmailAddress)> {
    let email = EmailAddress::parse(user.email.as_deref()?).ok()?;
    Some((user, email))
}
