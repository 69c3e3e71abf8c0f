//! Many rows of the table `users` at once, from another system.

use super::{
    DbError, Tx,
    db::{params, statements},
    id,
    user::{External, NewUserRow, halves, values},
};
use crate::ids::UserId;

/// The keys of somebody who is there and stands in the way of a row.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) id: UserId,
    pub(crate) username_key: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) external: Option<External>,
}

statements! {
    /// No row when any of its keys is there.
    INSERT = "INSERT INTO users (id, username, username_key, email, email_key, password_hash,
            roles, epoch, created_at, password_changed_at, confirmed_at, locale, waits_since,
            external_source, external_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10, $11, $12, $13)
        ON CONFLICT DO NOTHING";
    HOLDERS = "SELECT id, username_key, email_key, external_source, external_id FROM users
        WHERE username_key = $1 OR email_key = $2
            OR (external_id = $4 AND external_source = $3)";
}

impl Tx {
    /// Of each row, in order, whether it is taken: not when its user name, address or external id
    /// is there already.
    pub(crate) async fn import_users(
        &mut self,
        rows: &[&NewUserRow],
    ) -> Result<Vec<bool>, DbError> {
        let values: Vec<_> = rows.iter().map(|new| values(new)).collect();
        let changed = self.exec_each(&INSERT, &values).await?;
        let taken: Vec<_> = changed.into_iter().map(|rows| rows == 1).collect();
        let new = rows.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(new, _)| *new);
        self.insert_attributes(&new.collect::<Vec<_>>()).await?;
        Ok(taken)
    }

    /// Whoever has the user name, the address or the external id of a row: up to three users.
    pub(crate) async fn holders(&mut self, new: &NewUserRow) -> Result<Vec<Holder>, DbError> {
        let (_, username_key) = halves(new.username.as_ref());
        let (_, email_key) = halves(new.email.as_ref());
        let (source, external_id) = halves(new.external.as_ref());
        self.all(&HOLDERS, &params![username_key, email_key, source, external_id], |row| {
            let external = row.get::<Option<String>>(3)?.zip(row.get(4)?);
            let (username_key, email_key) = (row.get(1)?, row.get(2)?);
            Ok(Holder { id: id(row, 0)?, username_key, email_key, external })
        })
        .await
    }
}
