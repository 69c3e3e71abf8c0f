//! What has expired is dropped, a little at a time: whoever writes meanwhile waits for a small
//! transaction at the most. Nothing is refused because of it: dates are compared at each use.

use std::time::Duration;

use super::{Auth, Weak};
use crate::{
    UserId,
    config::Confirmation,
    error::Result,
    store::{self, Tx, What},
};

/// What a purge removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Purged {
    /// Rows dropped from the database.
    pub rows: u64,
    /// Accounts deleted: their owners had left, or never confirmed them.
    pub users: u64,
}

const PERIOD: Duration = Duration::from_secs(600);

/// Users deleted in one transaction, each with all that belongs to them.
const USERS: i64 = 20;

/// Rows dropped in one transaction.
const ROWS: i64 = 500;

/// Why an account is deleted: the time from which on it is.
#[derive(Clone, Copy)]
enum Due {
    /// Its owner left, and the time to come back is over.
    Left(i64),
    /// It was made before, and never confirmed.
    Waited(i64),
}

impl Auth {
    /// Drops what has expired: accounts whose owners left, or never confirmed them where that is
    /// required; then sessions, keys, links, mails and so on. A background job does it every ten
    /// minutes; it revives nothing.
    pub async fn purge(&self) -> Result<Purged> {
        let now = self.now();
        self.mails().give_up_abandoned().await?;
        let mut users = self.delete_due(Due::Left(now)).await?;
        let wait = i64::from(self.config().retention.unconfirmed_seconds);
        if self.config().confirmation == Confirmation::Required && wait > 0 {
            users += self.delete_due(Due::Waited(now - wait)).await?;
        }
        if users > 0 {
            tracing::info!(users, "accounts were deleted that were due");
        }
        let mut rows = self.purge_rows(now).await?;
        rows += self.status_lists().drop_finished().await?;
        self.live().purge(now);
        Ok(Purged { rows, users })
    }

    async fn purge_rows(&self, now: i64) -> Result<u64> {
        // An hour past the end, so that clocks that differ agree that it is the end.
        let before = now - self.token_life() - 3600;
        let mails = now - i64::from(self.config().retention.mail_seconds);
        let mut rows = 0;
        rows += self.drop_all(async move |tx| tx.purge_refresh(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_sessions(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_api_keys(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_changes(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_throttles(now, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_devices(now, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_idempotency_keys(now, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_signing_keys(before).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_links(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_proofs(before, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_mails(mails, ROWS).await).await?;
        rows += self.drop_all(async move |tx| tx.purge_stand_ins(before, ROWS).await).await?;
        Ok(rows)
    }

    /// Drops a little, in a transaction of its own, until there is nothing left.
    async fn drop_all<F>(&self, some: F) -> Result<u64>
    where
        F: AsyncFn(&mut Tx) -> Result<u64, store::DbError> + Clone + Send + 'static,
    {
        let mut rows = 0;
        loop {
            let some = some.clone();
            let dropped = self.db().write(async move |tx| some(tx).await).await?;
            rows += dropped;
            if i64::try_from(dropped).is_ok_and(|dropped| dropped < ROWS) {
                return Ok(rows);
            }
        }
    }

    async fn delete_due(&self, due: Due) -> Result<u64> {
        let mut users = 0;
        loop {
            let found = match due {
                Due::Left(now) => store::farewell::due(self.db(), now, USERS).await?,
                Due::Waited(since) => store::farewell::waiting(self.db(), since, USERS).await?,
            };
            let deleted = self.delete_users(found, due).await?;
            users += deleted;
            // Others may have kept or confirmed what was found, and then it is not found again.
            if deleted == 0 {
                return Ok(users);
            }
        }
    }

    async fn delete_users(&self, found: Vec<UserId>, due: Due) -> Result<u64> {
        if found.is_empty() {
            return Ok(0);
        }
        let now = self.now();
        let until = now + self.token_horizon();
        self.db()
            .write(async move |tx| {
                let mut deleted = 0;
                for id in found {
                    let gone = match due {
                        Due::Left(now) => tx.delete_due_user(id, now).await?,
                        Due::Waited(since) => tx.delete_waiting_user(id, since).await?,
                    };
                    if gone {
                        tx.change(What::User(id), now, until);
                        deleted += 1;
                    }
                }
                Ok(deleted)
            })
            .await
    }
}

pub(super) async fn tidy_regularly(auth: Weak) {
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let Some(auth) = auth.upgrade() else { return };
        if let Err(error) = auth.purge().await {
            tracing::warn!(%error, "the purge failed; it will be tried again");
        }
        if let Err(error) = auth.signing_keys().rotate_if_due().await {
            tracing::warn!(%error, "no signing key could be made; it will be tried again");
        }
    }
}
