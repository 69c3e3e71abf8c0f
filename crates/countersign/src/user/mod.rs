//! Users: sign-up, look-up, state, deletion.

mod admission;
mod enter;
pub(crate) mod http;
mod register;
mod sign_up;
mod told;
mod visitor;

use countersign_proto::name::{Login, RoleName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use admission::Toll;
pub(crate) use enter::Entered;
pub(crate) use register::Outcome;
pub use register::SignedUp;
pub(crate) use sign_up::taken;
pub use sign_up::{Confirmed, NewUser};
pub(crate) use visitor::Bait;
pub use visitor::{PasswordRule, TakenAddress, Visitor};

use crate::{
    Auth, CurrentUser, UserId,
    error::{Denied, Result},
    live::Identity,
    role::not_oneself,
    store::{self, user::UserRow},
};

/// Users of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Users<'a>(pub(crate) &'a Auth);

/// A user, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    /// Stable for ever.
    #[schema(value_type = String)]
    pub id: UserId,
    /// As typed at sign-up.
    pub username: Option<String>,
    /// As typed at sign-up.
    pub email: Option<String>,
    /// What the user may do.
    pub roles: Vec<String>,
    /// Unix seconds.
    pub created_at: i64,
    /// Since when the account is confirmed, unix seconds.
    pub confirmed_at: Option<i64>,
    /// Since when the account is disabled, unix seconds.
    pub disabled_at: Option<i64>,
    /// The language of their pages and mails (`en`, `de`, `fr`, `es`), if they chose one.
    pub locale: Option<String>,
    /// When the account will be deleted, as its owner asked; unix seconds.
    pub deletes_at: Option<i64>,
    /// The id the user had in the system they were imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Page<T> {
    /// In the order of their making.
    pub items: Vec<T>,
    /// Pass it as `after` to get the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// Cuts off the one row read beyond `limit`, which tells that there is a next page.
    pub(crate) fn of(mut items: Vec<T>, limit: i64, id: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(id);
        Self { items, next }
    }
}

impl Users<'_> {
    /// The user with this id.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn get(self, id: UserId) -> Result<User> {
        let row = store::user::by_id(self.0.db(), id).await?;
        row.as_ref().map(User::from).ok_or_else(no_such_user)
    }

    /// The user who logs in with this user name or e-mail address.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn find(self, login: &str) -> Result<User> {
        let db = self.0.db();
        let row = match Login::parse(login) {
            Ok(Login::Username(key)) => store::user::by_username(db, &key).await?,
            Ok(Login::Email(key)) => store::user::by_email(db, &key).await?,
            Err(_) => None,
        };
        row.as_ref().map(User::from).ok_or_else(no_such_user)
    }

    /// The user who was imported from the system `source` (empty, where there was only one) with this
    /// id. An id with a NUL character is nobody's.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn by_external_id(self, source: &str, id: &str) -> Result<User> {
        if source.contains('\0') || id.contains('\0') {
            return Err(no_such_user());
        }
        let row = store::user::by_external_id(self.0.db(), source, id).await?;
        row.as_ref().map(User::from).ok_or_else(no_such_user)
    }

    /// Users in the order they signed up, at most `limit` (1 to 100), after the user `after`.
    pub async fn list(self, after: Option<UserId>, limit: u32) -> Result<Page<User>> {
        let limit = i64::from(limit.clamp(1, 100));
        let rows = store::user::page(self.0.db(), after, limit + 1).await?;
        Ok(Page::of(rows.iter().map(User::from).collect(), limit, |user| user.id.to_string()))
    }

    /// The page of that number, from 1 on, in the order they signed up, and how many users there
    /// are. For clients that count pages: the further in, the more rows are passed over.
    pub async fn numbered(self, page: u32, per_page: u32) -> Result<(Vec<User>, i64)> {
        let limit = i64::from(per_page.clamp(1, 100));
        let skip = (i64::from(page.max(1)) - 1) * limit;
        let total = self.count().await?;
        if skip >= total {
            return Ok((Vec::new(), total));
        }
        let rows = store::user::numbered(self.0.db(), skip, limit).await?;
        Ok((rows.iter().map(User::from).collect(), total))
    }

    /// When a session of the user was last used, unix seconds, to the minute; `None` when none of
    /// theirs is kept. An API key is no session.
    pub async fn last_seen(self, id: UserId) -> Result<Option<i64>> {
        Ok(store::session::last_seen(self.0.db(), id).await?)
    }

    /// How many users there are.
    pub async fn count(self) -> Result<i64> {
        Ok(store::user::count(self.0.db()).await?)
    }

    /// Locks the account: every session, token and API key of the user is refused from now on.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn disable(self, id: UserId) -> Result<User> {
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.update(id, async move |tx| {
            let found = tx.disable_user(id, now).await?;
            tx.end_all_of(id, None, (now, until)).await?;
            Ok(found)
        })
        .await
    }

    /// Unlocks the account. What was ended stays ended.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn enable(self, id: UserId) -> Result<User> {
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        self.update(id, async move |tx| {
            let found = tx.enable_user(id).await?;
            tx.change(store::What::User(id), now, until);
            Ok(found)
        })
        .await
    }

    /// Marks the account as confirmed.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn confirm(self, id: UserId) -> Result<User> {
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        self.update(id, async move |tx| {
            let found = tx.confirm_user(id, now).await?;
            tx.change(store::What::User(id), now, until);
            Ok(found)
        })
        .await
    }

    /// Deletes the account with all that belongs to it; its tokens are refused from now on.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn delete(self, id: UserId) -> Result<()> {
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        self.0
            .db()
            .write(async move |tx| {
                if !tx.raise_epoch(id).await? {
                    return Err(no_such_user());
                }
                tx.end_sessions_of(id, None, (now, until)).await?;
                tx.delete_user(id).await?;
                tx.change(store::What::User(id), now, until);
                Ok(())
            })
            .await
    }

    /// Disables for an admin, who cannot disable themselves.
    pub(crate) async fn disable_other(self, by: &CurrentUser, id: UserId) -> Result<User> {
        not_oneself(by, id)?;
        self.disable(id).await
    }

    /// Deletes for an admin, who cannot delete themselves.
    pub(crate) async fn delete_other(self, by: &CurrentUser, id: UserId) -> Result<()> {
        not_oneself(by, id)?;
        self.delete(id).await
    }

    /// Ends everything of the user: sessions, tokens, API keys.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn end_everything(self, id: UserId) -> Result<()> {
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.update(id, async move |tx| {
            let found = tx.raise_epoch(id).await?;
            tx.end_all_of(id, None, (now, until)).await?;
            Ok(found)
        })
        .await
        .map(drop)
    }

    /// One transaction on one user; `body` says whether there is one.
    pub(crate) async fn update<F>(self, id: UserId, body: F) -> Result<User>
    where
        F: AsyncFnOnce(&mut store::Tx) -> Result<bool> + Send + 'static,
    {
        self.0
            .db()
            .write(async move |tx| {
                if !body(tx).await? {
                    return Err(no_such_user());
                }
                let row = tx.user(id).await?;
                row.as_ref().map(User::from).ok_or_else(no_such_user)
            })
            .await
    }
}

pub(crate) fn parse_roles(roles: &[String]) -> Result<Vec<String>> {
    let mut parsed = roles
        .iter()
        .map(|role| RoleName::parse(role).map(|r| r.as_str().to_owned()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| Denied::bad_name("role", why))?;
    parsed.sort();
    parsed.dedup();
    Ok(parsed)
}

pub(crate) fn no_such_user() -> crate::Error {
    Denied::not_found("There is no such user.").into()
}

fn roles_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

impl From<&UserRow> for User {
    fn from(row: &UserRow) -> Self {
        Self::from(&Identity::from(row))
    }
}

impl From<&Identity> for User {
    fn from(who: &Identity) -> Self {
        Self {
            id: who.id,
            username: who.username.clone(),
            email: who.email.clone(),
            roles: who.roles.clone(),
            created_at: who.created_at,
            confirmed_at: who.confirmed_at,
            disabled_at: who.disabled_at,
            locale: who.locale.clone(),
            deletes_at: who.deletes_at,
            external_id: who.external_id.clone(),
        }
    }
}
