//! The table `user_attributes`.

use std::collections::BTreeMap;

use super::{
    Db, DbError, Tx,
    db::{Row, params, statements},
    user::NewUserRow,
};
use crate::ids::UserId;

statements! {
    OF_USER = "SELECT name, value FROM user_attributes WHERE user_id = $1";
    SET = "INSERT INTO user_attributes (user_id, name, value) VALUES ($1, $2, $3)
        ON CONFLICT (user_id, name) DO UPDATE SET value = $3";
    UNSET = "DELETE FROM user_attributes WHERE user_id = $1 AND name = $2";
    /// Changes nothing: whoever does the same waits for this transaction.
    HOLD = "UPDATE users SET epoch = epoch WHERE id = $1";
}

fn read(row: &Row<'_>) -> Result<(String, String), DbError> {
    Ok((row.get(0)?, row.get(1)?))
}

/// All of a user's, by name.
pub(crate) async fn of_user(db: &Db, id: UserId) -> Result<BTreeMap<String, String>, DbError> {
    Ok(db.all(&OF_USER, &params![id], read).await?.into_iter().collect())
}

impl Tx {
    /// All of a user's as this transaction sees them.
    pub(crate) async fn attributes(
        &mut self,
        id: UserId,
    ) -> Result<BTreeMap<String, String>, DbError> {
        Ok(self.all(&OF_USER, &params![id], read).await?.into_iter().collect())
    }

    pub(crate) async fn set_attribute(
        &mut self,
        id: UserId,
        name: &str,
        value: &str,
    ) -> Result<(), DbError> {
        self.exec(&SET, &params![id, name, value]).await.map(drop)
    }

    /// Of rows that were inserted just now.
    pub(super) async fn insert_attributes(&mut self, of: &[&NewUserRow]) -> Result<(), DbError> {
        let all = of.iter().flat_map(|new| {
            let attributes = new.attributes.iter();
            attributes.map(|(name, value)| params![new.id, name.as_str(), value.as_str()])
        });
        self.exec_each(&SET, &all.collect::<Vec<_>>()).await.map(drop)
    }

    pub(crate) async fn unset_attribute(&mut self, id: UserId, name: &str) -> Result<(), DbError> {
        self.exec(&UNSET, &params![id, name]).await.map(drop)
    }

    /// Keeps everybody else who asks this waiting until the transaction ends. False when there is no
    /// such user.
    pub(crate) async fn hold_anybody(&mut self, id: UserId) -> Result<bool, DbError> {
        Ok(self.exec(&HOLD, &params![id]).await? == 1)
    }
}
