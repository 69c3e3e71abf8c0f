//! Cached identities: a bounded map from user id to what a request needs to know of the user.

use std::sync::Arc;

use super::{
    room::{Room, of_text},
    rows::Rows,
};
use crate::{
    ids::{SessionId, UserId},
    store::{Db, DbError, user},
};

/// A user as every request sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) id: UserId,
    pub(crate) username: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) roles: Vec<String>,
    pub(crate) epoch: i64,
    pub(crate) kept_session: Option<SessionId>,
    pub(crate) confirmed_at: Option<i64>,
    pub(crate) disabled_at: Option<i64>,
    /// When the account will be deleted, as its owner asked.
    pub(crate) deletes_at: Option<i64>,
    /// The language they chose.
    pub(crate) locale: Option<String>,
    pub(crate) created_at: i64,
    /// Who they were where they were imported from.
    pub(crate) external_id: Option<String>,
}

impl From<&user::UserRow> for Identity {
    fn from(row: &user::UserRow) -> Self {
        Self {
            id: row.id,
            username: row.username.clone(),
            email: row.email.clone(),
            roles: row.roles.split_whitespace().map(str::to_owned).collect(),
            epoch: row.epoch,
            kept_session: row.kept_session,
            confirmed_at: row.confirmed_at,
            disabled_at: row.disabled_at,
            deletes_at: row.deletes_at,
            locale: row.locale.clone(),
            created_at: row.created_at,
            external_id: row.external_id.clone(),
        }
    }
}

impl Identity {
    /// Whether the account works: not disabled, not past its end, whether or not that was tidied up.
    pub(crate) fn is_alive(&self, now: i64) -> bool {
        self.disabled_at.is_none() && self.deletes_at.is_none_or(|end| end > now)
    }

    /// Whether a token of this epoch and session was issued before everything was ended.
    pub(crate) fn outlived(&self, epoch: i64, session: Option<SessionId>) -> bool {
        epoch != self.epoch && (session.is_none() || session != self.kept_session)
    }
}

impl Room for Arc<Identity> {
    fn bytes(&self) -> usize {
        let maybe = [&self.username, &self.email, &self.locale, &self.external_id];
        let texts = maybe.into_iter().flatten().chain(&self.roles);
        size_of::<Identity>() + texts.map(|text| of_text(text)).sum::<usize>()
    }
}

pub(crate) struct Identities(Rows<UserId, Identity>);

impl Identities {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(Rows::new(capacity))
    }

    pub(crate) fn forget(&self, id: UserId) {
        self.0.forget(&id);
    }

    pub(crate) fn forget_all(&self) {
        self.0.forget_all();
    }

    pub(crate) async fn get_or_load(
        &self,
        db: &Db,
        id: UserId,
        epoch: i64,
    ) -> Result<Option<Arc<Identity>>, DbError> {
        if let Some(known) = self.0.get(&id).filter(|known| known.epoch >= epoch) {
            return Ok(Some(known));
        }
        let read = async { Ok(user::by_id(db, id).await?.map(|row| (id, Identity::from(&row)))) };
        // Apart: every request would move the room for it about.
        Box::pin(self.0.load(read)).await
    }
}
