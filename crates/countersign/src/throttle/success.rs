//! What a right password leaves behind: the account's failures are forgiven, and the device is known.

use std::sync::Arc;

use crate::{
    Auth,
    error::Result,
    ids::UserId,
    store::{Tx, device::Seen, mail::MailRow},
};

use super::Attempt;

/// To be written, by itself or with the session that the password opens.
#[must_use = "failures are forgiven and devices known once this is written"]
pub(crate) struct Success {
    user: UserId,
    now: i64,
    /// The account's own bucket, if failures were counted in it.
    failed: Option<String>,
    /// The device to remember, and until when.
    device: Option<(Seen, i64)>,
    /// For the owner, if this device is not their first.
    notice: Option<MailRow>,
}

impl Auth {
    /// What the attempt leaves behind; none where nothing changes. The address's failures stay: a
    /// guesser could otherwise buy guesses with an account of his own.
    ///
    /// `notice` goes to the owner when the device is new and not the first.
    pub(crate) fn succeeded(
        &self,
        attempt: Attempt,
        user: UserId,
        notice: Option<MailRow>,
    ) -> Option<Success> {
        if attempt.failures == 0 && attempt.device.is_none() {
            return None;
        }
        let now = self.now();
        let known_until = now + i64::from(self.config().throttle.device_seconds);
        let own = attempt.buckets.into_iter().next().map(|bucket| bucket.name);
        Some(Success {
            user,
            now,
            failed: own.filter(|_| attempt.failures > 0),
            device: attempt.device.map(|device| (device, known_until)),
            notice: notice.filter(|_| attempt.is_new),
        })
    }

    /// Writes it by itself.
    pub(crate) async fn note_success(&self, success: Option<Success>) -> Result<()> {
        let Some(success) = success.map(Arc::new) else { return Ok(()) };
        let written = Arc::clone(&success);
        self.db().write(async move |tx| tx.note_success(&written).await).await?;
        self.tell_owner(Some(&success));
        Ok(())
    }

    /// Once it is committed: a mail that came of it is sent.
    pub(crate) fn tell_owner(&self, success: Option<&Success>) {
        if success.is_some_and(|success| success.notice.is_some()) {
            self.mails().wake();
        }
    }
}

impl Tx {
    /// Forgives and remembers. Whoever commits this [tells the owner](Auth::tell_owner).
    pub(crate) async fn note_success(&mut self, success: &Success) -> Result<()> {
        if let Some(own) = &success.failed {
            self.clear_failures(own).await?;
        }
        let Some((device, known_until)) = &success.device else { return Ok(()) };
        if let Some(mail) = &success.notice
            && self.knows_devices(success.user, success.now).await?
        {
            self.insert_mail(mail).await?;
        }
        Ok(self.know_device(success.user, device, *known_until).await?)
    }
}
