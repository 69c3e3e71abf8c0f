//! A mail that only shows that mail arrives: for operators who have just written the settings.

use super::{Mails, message, smtp::Outcome};
use crate::{
    error::{Denied, Failed, Result},
    render::MailText,
    store::mail::MailRow,
};

impl Mails<'_> {
    /// Sends one mail to `to` at once, past the outbox, and waits for the server's answer.
    ///
    /// # Errors
    /// `not_found` unless mail goes out by SMTP; `invalid_request` when `to` is no address; else
    /// what the server or the connection to it said.
    pub async fn probe(self, to: &str) -> Result<()> {
        let Some(smtp) = &self.0.post().smtp else {
            let text = "Mail does not go out by SMTP: mail.transport is not smtp.";
            return Err(Denied::not_found(text).into());
        };
        let service = &self.0.config().pages.service_name;
        let words = "This mail shows that mail arrives. Nothing follows.";
        let text = MailText {
            subject: format!("{service}: a test"),
            text: format!("{words}\n"),
            html: format!("<p>{words}</p>\n"),
        };
        let parcel = message::write(&self.envelope(to), text, &smtp.from, &smtp.domain)
            .map_err(|_| Denied::invalid_request("Expected one plain e-mail address."))?;
        match smtp.send(&parcel).await {
            Outcome::Sent => Ok(()),
            Outcome::Later(why) | Outcome::Never(why) | Outcome::Unknown(why) => {
                Err(Failed::because(why))
            }
        }
    }

    fn envelope(self, to: &str) -> MailRow {
        MailRow {
            id: uuid::Uuid::now_v7().to_string(),
            recipient: to.to_owned(),
            kind: "probe".to_owned(),
            sealed: None,
            created_at: self.0.now(),
            next_at: None,
            attempts: 0,
            claimed_at: None,
            sent_at: None,
            failure: None,
        }
    }
}
