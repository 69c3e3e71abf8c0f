//! The table `mails`: the outbox.

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
};

/// One row of `mails`.
#[derive(Clone)]
pub(crate) struct MailRow {
    pub(crate) id: String,
    /// Empty: a row that stands where a mail would be, and is never sent or shown.
    pub(crate) recipient: String,
    pub(crate) kind: String,
    /// What it says; gone once it is sent or given up.
    pub(crate) sealed: Option<Vec<u8>>,
    pub(crate) created_at: i64,
    /// When to try; `None`: sent, or given up.
    pub(crate) next_at: Option<i64>,
    pub(crate) attempts: i64,
    pub(crate) claimed_at: Option<i64>,
    pub(crate) sent_at: Option<i64>,
    pub(crate) failure: Option<String>,
}

statements! {
    INSERT = "INSERT INTO mails (id, recipient, kind, sealed, created_at, next_at, attempts, sent_at)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";
    DUE = "SELECT next_at FROM mails WHERE next_at <= $1 AND claimed_at IS NULL LIMIT 1";
    /// Of any number of processes one gets the row, and nobody gets it while it is claimed.
    CLAIM = "UPDATE mails SET claimed_at = $2, attempts = attempts + 1
        WHERE claimed_at IS NULL AND next_at <= $1 AND id = (SELECT id FROM mails
            WHERE next_at <= $1 AND claimed_at IS NULL ORDER BY next_at, id LIMIT 1)
        RETURNING id, recipient, kind, sealed, created_at, next_at, attempts, claimed_at, sent_at,
            failure";
    SENT = "UPDATE mails SET sent_at = $2, next_at = NULL, sealed = NULL, failure = NULL
        WHERE id = $1";
    RETRY = "UPDATE mails SET claimed_at = NULL, next_at = $2, failure = $3 WHERE id = $1";
    GIVE_UP = "UPDATE mails SET next_at = NULL, sealed = NULL, failure = $2 WHERE id = $1";
    /// Whoever claimed it is gone, perhaps after it was handed over: it is not sent again. It was due
    /// when it was claimed.
    ABANDON = "UPDATE mails SET next_at = NULL, sealed = NULL, failure = $2
        WHERE next_at <= $1 AND claimed_at <= $1";
    RECENT = "SELECT id, recipient, kind, sealed, created_at, next_at, attempts, claimed_at, sent_at,
            failure FROM mails WHERE recipient <> '' ORDER BY created_at DESC, id DESC LIMIT $1";
    TO = "SELECT id, recipient, kind, sealed, created_at, next_at, attempts, claimed_at, sent_at,
            failure FROM mails WHERE recipient = $1 AND created_at >= $2
        ORDER BY created_at DESC, id DESC LIMIT $3";
    /// Looked up by age: nearly every mail waits for nothing.
    PURGE = "DELETE FROM mails WHERE id IN (SELECT id FROM mails
        WHERE created_at <= $1 AND COALESCE(next_at, 0) = 0 LIMIT $2)";
    PURGE_STAND_INS = "DELETE FROM mails WHERE id IN (SELECT id FROM mails
        WHERE recipient = '' AND created_at <= $1 LIMIT $2)";
}

fn read(row: &Row<'_>) -> Result<MailRow, DbError> {
    Ok(MailRow {
        id: row.get(0)?,
        recipient: row.get(1)?,
        kind: row.get(2)?,
        sealed: row.get(3)?,
        created_at: row.get(4)?,
        next_at: row.get(5)?,
        attempts: row.get(6)?,
        claimed_at: row.get(7)?,
        sent_at: row.get(8)?,
        failure: row.get(9)?,
    })
}

/// Whether a mail waits to be sent.
pub(crate) async fn due(db: &Db, now: i64) -> Result<bool, DbError> {
    Ok(db.one(&DUE, &params![now], |row| row.get::<i64>(0)).await?.is_some())
}

/// The youngest mails, youngest first.
pub(crate) async fn recent(db: &Db, limit: i64) -> Result<Vec<MailRow>, DbError> {
    db.all(&RECENT, &params![limit], read).await
}

/// The mails to this address since `since`, youngest first.
pub(crate) async fn to(
    db: &Db,
    address: &str,
    since: i64,
    limit: i64,
) -> Result<Vec<MailRow>, DbError> {
    db.all(&TO, &params![address, since, limit], read).await
}

impl Tx {
    pub(crate) async fn insert_mail(&mut self, mail: &MailRow) -> Result<(), DbError> {
        let values = params![
            &mail.id,
            &mail.recipient,
            &mail.kind,
            mail.sealed.as_ref(),
            mail.created_at,
            mail.next_at,
            mail.sent_at
        ];
        self.exec(&INSERT, &values).await.map(drop)
    }

    /// Adds those there are.
    pub(crate) async fn insert_mails<'a>(
        &mut self,
        mails: impl IntoIterator<Item = &'a Option<MailRow>>,
    ) -> Result<(), DbError> {
        for mail in mails.into_iter().flatten() {
            self.insert_mail(mail).await?;
        }
        Ok(())
    }

    /// Takes the mail that has waited longest, if one is due.
    pub(crate) async fn claim_mail(&mut self, now: i64) -> Result<Option<MailRow>, DbError> {
        self.one(&CLAIM, &params![now, now], read).await
    }

    pub(crate) async fn mail_sent(&mut self, id: &str, now: i64) -> Result<(), DbError> {
        self.exec(&SENT, &params![id, now]).await.map(drop)
    }

    pub(crate) async fn retry_mail(
        &mut self,
        id: &str,
        next_at: i64,
        failure: &str,
    ) -> Result<(), DbError> {
        self.exec(&RETRY, &params![id, next_at, failure]).await.map(drop)
    }

    pub(crate) async fn give_mail_up(&mut self, id: &str, failure: &str) -> Result<(), DbError> {
        self.exec(&GIVE_UP, &params![id, failure]).await.map(drop)
    }

    /// Gives up what was claimed before `before` and not finished; returns how many.
    pub(crate) async fn abandon_mails(
        &mut self,
        before: i64,
        failure: &str,
    ) -> Result<u64, DbError> {
        self.exec(&ABANDON, &params![before, failure]).await
    }

    /// Drops mails of before `before` that wait for nothing; at most so many.
    pub(crate) async fn purge_mails(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE, &params![before, most]).await
    }

    /// Drops stand-ins of before `before`; at most so many.
    pub(crate) async fn purge_stand_ins(&mut self, before: i64, most: i64) -> Result<u64, DbError> {
        self.exec(&PURGE_STAND_INS, &params![before, most]).await
    }
}
