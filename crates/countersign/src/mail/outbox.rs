//! Emptying the outbox. Each mail is claimed by one sender of one process; what ends in doubt is
//! not sent again.

use std::{sync::Arc, time::Duration};

use super::{
    Kind, Mails,
    message::{self, Parcel},
    smtp::Outcome,
};
use crate::{
    Auth,
    auth::Weak,
    error::Result,
    store::{self, mail::MailRow},
};

/// How often senders look without being told.
const PERIOD: Duration = Duration::from_secs(2);
/// Mails one process sends at a time.
const SENDERS: usize = 4;
/// The pause after the first failure; it doubles.
const FIRST_PAUSE: i64 = 30;
const LONGEST_PAUSE: i64 = 3600;
/// Nobody waits for a mail any longer.
const GIVE_UP_AFTER: i64 = 86_400;
/// No sender takes that long: it is gone.
const CLAIM_SECONDS: i64 = 900;

/// Starts the senders. They end with the last handle of `auth`.
pub(crate) fn deliver(auth: &Auth) {
    if !auth.post().sends() {
        return;
    }
    for _ in 0..SENDERS {
        tokio::spawn(send_regularly(auth.weak(), Arc::clone(&auth.post().bell)));
    }
}

async fn send_regularly(auth: Weak, bell: Arc<tokio::sync::Notify>) {
    loop {
        let Some(auth) = auth.upgrade() else { return };
        if let Err(error) = auth.mails().empty().await {
            tracing::warn!(%error, "the outbox cannot be read; it will be tried again");
        }
        drop(auth);
        // Either way it is time to look.
        let _ = tokio::time::timeout(PERIOD, bell.notified()).await;
    }
}

impl Mails<'_> {
    /// Sends what is due, one after another, until nothing is.
    async fn empty(self) -> Result<()> {
        let db = self.0.db();
        while store::mail::due(db, self.0.now()).await? {
            let now = self.0.now();
            let claimed = db.write(async move |tx| tx.claim_mail(now).await).await?;
            if let Some(row) = claimed {
                // More may be waiting: the other senders look too.
                self.wake();
                self.send(row).await?;
            }
        }
        Ok(())
    }

    async fn send(self, row: MailRow) -> Result<()> {
        let Some(smtp) = &self.0.post().smtp else { return Ok(()) };
        let outcome = match self.parcel(&row, smtp) {
            Ok(parcel) => smtp.send(&parcel).await,
            Err(error) => Outcome::Never(error.to_string()),
        };
        let (id, kind) = (&row.id, &row.kind);
        match &outcome {
            Outcome::Sent => tracing::info!(id, kind, "a mail was sent"),
            Outcome::Later(why) => tracing::warn!(id, kind, why, "a mail has to wait"),
            Outcome::Never(why) => tracing::warn!(id, kind, why, "a mail is given up"),
            Outcome::Unknown(why) => {
                tracing::error!(id, kind, why, "a mail may or may not have been sent");
            }
        }
        self.record(row, outcome).await
    }

    fn parcel(self, row: &MailRow, smtp: &super::smtp::Smtp) -> Result<Parcel> {
        message::write(row, self.text(row)?, &smtp.from, &smtp.domain)
    }

    async fn record(self, row: MailRow, outcome: Outcome) -> Result<()> {
        let now = self.0.now();
        let next = self.next_attempt(&row, now);
        self.0
            .db()
            .write(async move |tx| {
                match (outcome, next) {
                    (Outcome::Sent, _) => tx.mail_sent(&row.id, now).await?,
                    (Outcome::Later(why), Some(next)) => tx.retry_mail(&row.id, next, &why).await?,
                    (Outcome::Later(why) | Outcome::Never(why) | Outcome::Unknown(why), _) => {
                        tx.give_mail_up(&row.id, &why).await?;
                    }
                }
                Ok(())
            })
            .await
    }

    /// When to try again; `None` when nobody will want the mail then.
    fn next_attempt(self, row: &MailRow, now: i64) -> Option<i64> {
        let kind = Kind::of(&row.kind)?;
        let life = if kind.dies_with_its_link() {
            i64::from(self.0.config().mail.link_seconds)
        } else {
            GIVE_UP_AFTER
        };
        let doublings = u32::try_from(row.attempts - 1).unwrap_or(0).min(16);
        let pause = (FIRST_PAUSE << doublings).min(LONGEST_PAUSE);
        Some(now + pause).filter(|next| next - row.created_at < life)
    }

    /// Gives up what a sender took that is gone: perhaps it was sent.
    pub(crate) async fn give_up_abandoned(self) -> Result<u64> {
        let before = self.0.now() - CLAIM_SECONDS;
        let given_up = self
            .0
            .db()
            .write(async move |tx| {
                tx.abandon_mails(before, "the process that was sending it ended").await
            })
            .await?;
        if given_up > 0 {
            tracing::error!(given_up, "mails may or may not have been sent");
        }
        Ok(given_up)
    }
}
