//! The table `users`.

use std::collections::BTreeMap;

use super::{
    Db, DbError, Tx, Value,
    db::{Row, params, statements},
};
use crate::ids::{SessionId, UserId};

/// One row of `users`.
#[derive(Clone)]
pub(crate) struct UserRow {
    pub(crate) id: UserId,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) password_hash: Option<String>,
    pub(crate) roles: String,
    pub(crate) epoch: i64,
    pub(crate) kept_session: Option<SessionId>,
    pub(crate) created_at: i64,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) disabled_at: Option<i64>,
    pub(crate) locale: Option<String>,
    pub(crate) deletes_at: Option<i64>,
    pub(crate) external_id: Option<String>,
}

impl UserRow {
    /// Whether the account works: not disabled, not past its end, whether or not that was tidied up.
    pub(crate) fn is_alive(&self, now: i64) -> bool {
        self.disabled_at.is_none() && self.deletes_at.is_none_or(|end| end > now)
    }
}

/// Who somebody was elsewhere: the system, and the id in its table.
pub(crate) type External = (String, String);

/// What a new row holds.
pub(crate) struct NewUserRow {
    pub(crate) id: UserId,
    pub(crate) username: Option<(String, String)>,
    pub(crate) email: Option<(String, String)>,
    pub(crate) password_hash: Option<String>,
    pub(crate) roles: String,
    pub(crate) created_at: i64,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) locale: Option<String>,
    /// Since when the account waits to be confirmed; `None`: it need not be.
    pub(crate) waits_since: Option<i64>,
    pub(crate) external: Option<External>,
    /// What the application keeps with them.
    pub(crate) attributes: BTreeMap<String, String>,
}

statements! {
    INSERT = "INSERT INTO users (id, username, username_key, email, email_key, password_hash,
            roles, epoch, created_at, password_changed_at, confirmed_at, locale, waits_since,
            external_source, external_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10, $11, $12, $13)";
    /// No row when the address is taken; a taken name is an error all the same.
    INSERT_UNLESS_TAKEN = "INSERT INTO users (id, username, username_key, email, email_key,
            password_hash, roles, epoch, created_at, password_changed_at, confirmed_at, locale,
            waits_since, external_source, external_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (email_key) DO NOTHING";
    BY_ID = "SELECT id, username, email, password_hash, roles, epoch, kept_session, created_at,
            confirmed_at, disabled_at, locale, deletes_at, external_id FROM users WHERE id = $1";
    BY_USERNAME = "SELECT id, username, email, password_hash, roles, epoch, kept_session,
            created_at, confirmed_at, disabled_at, locale, deletes_at, external_id
        FROM users WHERE username_key = $1";
    BY_EMAIL = "SELECT id, username, email, password_hash, roles, epoch, kept_session, created_at,
            confirmed_at, disabled_at, locale, deletes_at, external_id
        FROM users WHERE email_key = $1";
    BY_EXTERNAL_ID = "SELECT id, username, email, password_hash, roles, epoch, kept_session,
            created_at, confirmed_at, disabled_at, locale, deletes_at, external_id
        FROM users WHERE external_id = $1 AND external_source = $2";
    PAGE = "SELECT id, username, email, password_hash, roles, epoch, kept_session, created_at,
            confirmed_at, disabled_at, locale, deletes_at, external_id
        FROM users WHERE id > $1 ORDER BY id LIMIT $2";
    NUMBERED = "SELECT id, username, email, password_hash, roles, epoch, kept_session, created_at,
            confirmed_at, disabled_at, locale, deletes_at, external_id
        FROM users ORDER BY id LIMIT $1 OFFSET $2";
    COUNT = "SELECT COUNT(*) FROM users";
    /// Upgrading a hash changes nothing else, and never overwrites a newer password.
    REPLACE_HASH = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    /// Only at the epoch at which the caller was let in: of two racing changes one wins, and what
    /// has ended meanwhile keeps nothing.
    CHANGE_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4,
            epoch = epoch + 1, kept_session = $5
        WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL";
    SET_PASSWORD = "UPDATE users SET password_hash = $2, password_changed_at = $3,
            epoch = epoch + 1, kept_session = NULL WHERE id = $1";
    /// Only for the address that was proven.
    RESET_PASSWORD = "UPDATE users SET password_hash = $3, password_changed_at = $4,
            epoch = epoch + 1, kept_session = NULL, confirmed_at = COALESCE(confirmed_at, $4)
        WHERE id = $1 AND COALESCE(email_key, '') = $2 AND disabled_at IS NULL";
    CONFIRM_ADDRESS = "UPDATE users SET confirmed_at = COALESCE(confirmed_at, $3)
        WHERE id = $1 AND email_key = $2";
    /// Only in place of the address that was there when the new one was asked about.
    SET_ADDRESS = "UPDATE users SET email = $3, email_key = $4,
            confirmed_at = COALESCE(confirmed_at, $5)
        WHERE id = $1 AND COALESCE(email, '') = $2 AND disabled_at IS NULL";
    RAISE_EPOCH = "UPDATE users SET epoch = epoch + 1, kept_session = NULL WHERE id = $1";
    /// Only at the epoch the session was let in at: what has ended meanwhile keeps nothing.
    RAISE_EPOCH_KEEPING = "UPDATE users SET epoch = epoch + 1, kept_session = $3
        WHERE id = $1 AND epoch = $2";
    DISABLE = "UPDATE users SET disabled_at = COALESCE(disabled_at, $2), epoch = epoch + 1,
            kept_session = NULL WHERE id = $1";
    ENABLE = "UPDATE users SET disabled_at = NULL WHERE id = $1";
    SET_LOCALE = "UPDATE users SET locale = $2 WHERE id = $1";
    /// Changes nothing: whoever does the same waits for this transaction.
    HOLD = "UPDATE users SET epoch = epoch WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL";
    /// Only at the epoch at which the caller was let in.
    RENAME = "UPDATE users SET username = $3, username_key = $4 WHERE id = $1 AND epoch = $2
            AND disabled_at IS NULL";
    /// The same. An address that nobody proved is not confirmed, and nobody waits for it to be.
    SET_UNPROVEN_ADDRESS = "UPDATE users SET email = $3, email_key = $4, confirmed_at = NULL,
            waits_since = NULL
        WHERE id = $1 AND epoch = $2 AND disabled_at IS NULL";
    CONFIRM = "UPDATE users SET confirmed_at = COALESCE(confirmed_at, $2) WHERE id = $1";
    /// Only from the set that was read: racing grants and withdrawals all take effect.
    SET_ROLES = "UPDATE users SET roles = $3 WHERE id = $1 AND roles = $2";
}

fn read(row: &Row<'_>) -> Result<UserRow, DbError> {
    Ok(UserRow {
        id: super::id(row, 0)?,
        username: row.get(1)?,
        email: row.get(2)?,
        password_hash: row.get(3)?,
        roles: row.get(4)?,
        epoch: row.get(5)?,
        kept_session: super::id_or_null(row, 6)?,
        created_at: row.get(7)?,
        confirmed_at: row.get(8)?,
        disabled_at: row.get(9)?,
        locale: row.get(10)?,
        deletes_at: row.get(11)?,
        external_id: row.get(12)?,
    })
}

pub(crate) async fn by_id(db: &Db, id: UserId) -> Result<Option<UserRow>, DbError> {
    db.one(&BY_ID, &params![id], read).await
}

pub(crate) async fn by_username(db: &Db, key: &str) -> Result<Option<UserRow>, DbError> {
    db.one(&BY_USERNAME, &params![key], read).await
}

pub(crate) async fn by_email(db: &Db, key: &str) -> Result<Option<UserRow>, DbError> {
    db.one(&BY_EMAIL, &params![key], read).await
}

/// The user who has this id in the table of the system `source`.
pub(crate) async fn by_external_id(
    db: &Db,
    source: &str,
    id: &str,
) -> Result<Option<UserRow>, DbError> {
    db.one(&BY_EXTERNAL_ID, &params![id, source], read).await
}

/// Users in the order of their ids, which is the order they signed up in, after `after`.
pub(crate) async fn page(
    db: &Db,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<UserRow>, DbError> {
    let after = super::id_or_empty(after);
    db.all(&PAGE, &params![after, limit], read).await
}

/// The same, so many rows into the list.
pub(crate) async fn numbered(db: &Db, skip: i64, limit: i64) -> Result<Vec<UserRow>, DbError> {
    db.all(&NUMBERED, &params![limit, skip], read).await
}

pub(crate) async fn count(db: &Db) -> Result<i64, DbError> {
    Ok(db.one(&COUNT, &params![], |row| row.get(0)).await?.unwrap_or(0))
}

impl Tx {
    /// The row as this transaction sees it.
    pub(crate) async fn user(&mut self, id: UserId) -> Result<Option<UserRow>, DbError> {
        self.one(&BY_ID, &params![id], read).await
    }

    /// A unique violation names `users.username_key_key` or `users.email_key_key`.
    pub(crate) async fn insert_user(&mut self, new: &NewUserRow) -> Result<(), DbError> {
        self.exec(&INSERT, &values(new)).await?;
        self.insert_attributes(&[new]).await
    }

    /// False when the e-mail address is taken. A unique violation names
    /// `users.username_key_key`.
    pub(crate) async fn insert_user_unless_taken(
        &mut self,
        new: &NewUserRow,
    ) -> Result<bool, DbError> {
        let made = self.exec(&INSERT_UNLESS_TAKEN, &values(new)).await? == 1;
        if made {
            self.insert_attributes(&[new]).await?;
        }
        Ok(made)
    }

    /// Keeps everybody else who asks this waiting until the transaction ends. False when the user is
    /// no longer at `epoch`, or disabled.
    pub(crate) async fn hold_user(&mut self, (id, epoch): (UserId, i64)) -> Result<bool, DbError> {
        Ok(self.exec(&HOLD, &params![id, epoch]).await? == 1)
    }

    /// False when the user is no longer at `epoch`, or disabled. A unique violation names
    /// `users.username_key_key`.
    pub(crate) async fn rename_user(
        &mut self,
        (id, epoch): (UserId, i64),
        (shown, key): (&str, &str),
    ) -> Result<bool, DbError> {
        Ok(self.exec(&RENAME, &params![id, epoch, shown, key]).await? == 1)
    }

    /// The same for the address; a unique violation names `users.email_key_key`.
    pub(crate) async fn set_unproven_address(
        &mut self,
        (id, epoch): (UserId, i64),
        (shown, key): (&str, &str),
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SET_UNPROVEN_ADDRESS, &params![id, epoch, shown, key]).await? == 1)
    }

    pub(crate) async fn replace_hash(
        &mut self,
        id: UserId,
        old: &str,
        new: &str,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&REPLACE_HASH, &params![id, old, new]).await? == 1)
    }

    /// False when the user is no longer at `epoch`, or disabled.
    pub(crate) async fn change_password(
        &mut self,
        (id, epoch): (UserId, i64),
        hash: &str,
        kept: Option<SessionId>,
        now: i64,
    ) -> Result<bool, DbError> {
        let values = params![id, epoch, hash, now, kept];
        Ok(self.exec(&CHANGE_PASSWORD, &values).await? == 1)
    }

    pub(crate) async fn set_password(
        &mut self,
        id: UserId,
        hash: &str,
        now: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SET_PASSWORD, &params![id, hash, now]).await? == 1)
    }

    /// Sets the password of whoever proved to own the address `email_key`, and confirms them. False
    /// when the user has another address by now, or is disabled.
    pub(crate) async fn reset_password(
        &mut self,
        (id, email_key): (UserId, &str),
        hash: &str,
        now: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&RESET_PASSWORD, &params![id, email_key, hash, now]).await? == 1)
    }

    /// False when the user has another address by now.
    pub(crate) async fn confirm_address(
        &mut self,
        id: UserId,
        email_key: &str,
        now: i64,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&CONFIRM_ADDRESS, &params![id, email_key, now]).await? == 1)
    }

    /// Gives the user a proven address (as shown, and its key) in place of `old`. False when that
    /// is no longer theirs, or they are disabled.
    pub(crate) async fn set_address(
        &mut self,
        id: UserId,
        old: Option<&str>,
        (email, key): (&str, &str),
        now: i64,
    ) -> Result<bool, DbError> {
        let values = params![id, old.unwrap_or_default(), email, key, now];
        Ok(self.exec(&SET_ADDRESS, &values).await? == 1)
    }

    pub(crate) async fn raise_epoch(&mut self, id: UserId) -> Result<bool, DbError> {
        Ok(self.exec(&RAISE_EPOCH, &params![id]).await? == 1)
    }

    /// False when the user is no longer at `epoch`.
    pub(crate) async fn raise_epoch_keeping(
        &mut self,
        (id, epoch): (UserId, i64),
        kept: Option<SessionId>,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&RAISE_EPOCH_KEEPING, &params![id, epoch, kept]).await? == 1)
    }

    pub(crate) async fn disable_user(&mut self, id: UserId, now: i64) -> Result<bool, DbError> {
        Ok(self.exec(&DISABLE, &params![id, now]).await? == 1)
    }

    pub(crate) async fn enable_user(&mut self, id: UserId) -> Result<bool, DbError> {
        Ok(self.exec(&ENABLE, &params![id]).await? == 1)
    }

    pub(crate) async fn confirm_user(&mut self, id: UserId, now: i64) -> Result<bool, DbError> {
        Ok(self.exec(&CONFIRM, &params![id, now]).await? == 1)
    }

    pub(crate) async fn set_locale(
        &mut self,
        id: UserId,
        locale: Option<&str>,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SET_LOCALE, &params![id, locale]).await? == 1)
    }

    pub(crate) async fn set_roles(
        &mut self,
        id: UserId,
        old: &str,
        new: &str,
    ) -> Result<bool, DbError> {
        Ok(self.exec(&SET_ROLES, &params![id, old, new]).await? == 1)
    }
}

/// What the statements that insert a user ask for.
pub(super) fn values(new: &NewUserRow) -> [Value<'_>; 13] {
    let (username, username_key) = halves(new.username.as_ref());
    let (email, email_key) = halves(new.email.as_ref());
    let (source, external_id) = halves(new.external.as_ref());
    params![
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
        new.waits_since,
        source,
        external_id
    ]
}

pub(super) fn halves(pair: Option<&(String, String)>) -> (Option<&str>, Option<&str>) {
    (pair.map(|p| p.0.as_str()), pair.map(|p| p.1.as_str()))
}
