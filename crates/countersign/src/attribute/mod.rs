//! What an application keeps with a user, and nothing here is decided by: texts by name.

pub(crate) mod http;

use std::collections::BTreeMap;

use countersign_proto::{error_code::ErrorCode, name::AttributeName};

use crate::{
    Auth, CurrentUser, UserId,
    error::{Denied, Result},
    store::{self, Tx},
    user::no_such_user,
};

/// Attributes a user has at most.
const MOST: usize = 32;

/// Characters of a value at most.
const MAX_CHARS: usize = 1000;

/// What an application keeps with users of one [`Auth`]: a given name, a text about oneself. It is
/// theirs: in the export of their data, deleted with the account. No role, no right and no secret
/// belongs here.
#[derive(Clone, Copy)]
pub struct Attributes<'a>(pub(crate) &'a Auth);

/// What is to change: a text to set, `None` to unset. What is not named stays.
pub type AttributeChanges = BTreeMap<String, Option<String>>;

impl Attributes<'_> {
    /// All of the user's, by name; none where there is no such user.
    pub async fn of(self, id: UserId) -> Result<BTreeMap<String, String>> {
        Ok(store::attribute::of_user(self.0.db(), id).await?)
    }

    /// Sets and unsets attributes of the user, all or none of them, and returns what there is then.
    /// A name is a lower-case letter followed by up to 63 of `a-z 0-9 _`, a value has at most 1,000
    /// characters, a user at most 32 of them.
    ///
    /// # Errors
    /// `not_found`; `invalid_request` naming the attribute, or `attributes` where there are too many
    /// or a name is none.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> countersign::Result<()> {
    /// use countersign::{Auth, Client, NewUser};
    ///
    /// let auth = Auth::open("sqlite::memory:").await?;
    /// let miguel = NewUser {
    ///     username: Some("miguel".into()),
    ///     password: "correct horse battery".to_owned().into(),
    ///     attributes: [("given_name".into(), "Miguel".into())].into(),
    ///     ..NewUser::default()
    /// };
    /// let id = auth.users().sign_up(miguel, &Client::default()).await?.id;
    /// let changes = [("city".into(), Some("Wien".into())), ("given_name".into(), None)];
    /// let attributes = auth.attributes().change(id, changes.into()).await?;
    /// assert_eq!(attributes, [("city".into(), "Wien".into())].into());
    /// # Ok(()) }
    /// ```
    pub async fn change(
        self,
        id: UserId,
        changes: AttributeChanges,
    ) -> Result<BTreeMap<String, String>> {
        check_changes(&changes)?;
        let write = async move |tx: &mut Tx| {
            if !tx.hold_anybody(id).await? {
                return Err(no_such_user());
            }
            apply(tx, id, &changes).await
        };
        self.0.db().write(write).await
    }

    /// The same for the caller, who may change only what the configuration leaves to users.
    pub(crate) async fn change_own(
        self,
        by: &CurrentUser,
        changes: AttributeChanges,
    ) -> Result<BTreeMap<String, String>> {
        check_changes(&changes)?;
        let own = &self.0.config().own_attributes;
        if let Some(name) = changes.keys().find(|name| !own.contains(*name)) {
            let text = "This attribute is not one that users change themselves.";
            return Err(Denied::new(ErrorCode::AccessDenied, text).field(name.clone()).into());
        }
        self.change(by.id, changes).await
    }
}

/// Whether these can be the attributes of a new user.
///
/// # Errors
/// `invalid_request` naming the attribute, or `attributes`.
pub(crate) fn check(attributes: &BTreeMap<String, String>) -> Result<()> {
    if attributes.len() > MOST {
        return Err(too_many());
    }
    attributes.iter().try_for_each(|(name, value)| check_one(name, Some(value)))
}

/// Whether these can be changes.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_changes(changes: &AttributeChanges) -> Result<()> {
    if changes.values().flatten().count() > MOST {
        return Err(too_many());
    }
    changes.iter().try_for_each(|(name, value)| check_one(name, value.as_deref()))
}

/// Writes what was checked. The user is held by this transaction, so that of any number of racers
/// none gets beyond the bound.
pub(crate) async fn apply(
    tx: &mut Tx,
    id: UserId,
    changes: &AttributeChanges,
) -> Result<BTreeMap<String, String>> {
    for (name, value) in changes {
        match value {
            Some(value) => tx.set_attribute(id, name, value).await?,
            None => tx.unset_attribute(id, name).await?,
        }
    }
    let all = tx.attributes(id).await?;
    if all.len() > MOST { Err(too_many()) } else { Ok(all) }
}

fn check_one(name: &str, value: Option<&str>) -> Result<()> {
    AttributeName::parse(name).map_err(|why| Denied::bad_name("attributes", why))?;
    let value = value.unwrap_or_default();
    let refused = |text: &'static str| Denied::invalid_request(text).field(name.to_owned());
    if value.chars().nth(MAX_CHARS).is_some() {
        return Err(refused("A value has at most 1,000 characters.").into());
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(refused("A value has no control characters but tabs and ends of lines.").into());
    }
    Ok(())
}

fn too_many() -> crate::Error {
    Denied::invalid_request("A user has at most 32 attributes.").field("attributes").into()
}
