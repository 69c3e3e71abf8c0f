//! Many rows of the table `users` at once, from another system.

use super::{
    DbError, Tx,
    db::{params, statements},
    user::{NewUserRow, halves},
};

/// Who somebody was elsewhere: the system, and the id in its table.
pub(crate) type External = (String, String);

/// The keys of somebody who is there and stands in the way of a row.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Holder {
    pub(crate) username_key: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) external: Option<External>,
}

statements! {
    /// No row when any of its keys is there.
    INSERT = "INSERT INTO users (id, username, username_key, email, email_key, password_hash,
            roles, epoch, created_at, password_changed_at, confirmed_at, locale,
            external_source, external_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10, $11, $12)
        ON CONFLICT DO NOTHING";
    HOLDERS = "SELECT username_key, email_key, external_source, external_id FROM users
        WHERE username_key = $1 OR email_key = $2
            OR (external_id = $4 AND external_source = $3)";
}

impl Tx {
    /// False when the user name, the address or the external id is there already.
    pub(crate) async fn import_user(
        &mut self,
        new: &NewUserRow,
        external: Option<&External>,
    ) -> Result<bool, DbError> {
        let (username, username_key) = halves(new.username.as_ref());
        let (email, email_key) = halves(new.email.as_ref());
        let (source, id) = halves(external);
        let values = params![
            new.id,
            username,
            username_key,
            email,
            email_key,
            new.password_hash.as_deref(),
            &new.roles,
            new.created_at,
            new.confirmed_at,
            new.locale.as_deref(),
            source,
            id
        ];
        let is_new = self.exec(&INSERT, &values).await? == 1;
        if is_new {
            self.insert_attributes(new).await?;
        }
        Ok(is_new)
    }

    /// Whoever has the user name, the address or the external id of a row: up to three users.
    pub(crate) async fn holders(
        &mut self,
        new: &NewUserRow,
        external: Option<&External>,
    ) -> Result<Vec<Holder>, DbError> {
        let (_, username_key) = halves(new.username.as_ref());
        let (_, email_key) = halves(new.email.as_ref());
        let (source, id) = halves(external);
        self.all(&HOLDERS, &params![username_key, email_key, source, id], |row| {
            let external = row.get::<Option<String>>(2)?.zip(row.get(3)?);
            Ok(Holder { username_key: row.get(0)?, email_key: row.get(1)?, external })
        })
        .await
    }
}
