//! Sign-up: from what was typed to a row, once.

use std::collections::BTreeMap;

use countersign_proto::{
    name::{EmailAddress, Username},
    secret::Secret,
};

use super::{User, Users, parse_roles, roles_of};
use crate::{
    Client, UserId, attribute,
    config::Confirmation,
    error::{Denied, Result},
    idempotency::Idempotent,
    store::{self, DbError, Tx, link::LinkRow, mail::MailRow, user::NewUserRow},
};

/// Who signs up. A user name, an e-mail address or both are needed.
#[derive(Debug, Clone, Default)]
pub struct NewUser {
    /// Shown as typed, unique without regard to case.
    pub username: Option<String>,
    /// Unique without regard to case.
    pub email: Option<String>,
    /// Checked against the password policy.
    pub password: Secret,
    /// Roles from the start; nothing a sign-up form may set.
    pub roles: Vec<String>,
    /// Confirmed from the start: for operators and imports.
    pub confirmed: Confirmed,
    /// The language of their pages and mails (`en`, `de`, `fr`, `es`), if it is known.
    pub locale: Option<String>,
    /// What the application keeps with them, see [`Attributes`](crate::Attributes).
    pub attributes: BTreeMap<String, String>,
}

/// Whether a new account is confirmed from the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Confirmed {
    /// It has to be confirmed.
    #[default]
    No,
    /// Whoever makes the account vouches for it.
    Yes,
}

/// Names that passed their parsers, of somebody whose attributes did, too.
pub(super) struct Names {
    pub(super) username: Option<Username>,
    pub(super) email: Option<EmailAddress>,
}

impl Users<'_> {
    /// Makes an account, and says of a taken e-mail address that it is taken: for operators and
    /// for applications that know whom they deal with. Visitors sign up by
    /// [`register`](Self::register). Where addresses are confirmed by mail, the mail is sent.
    ///
    /// # Errors
    /// `invalid_request` naming the field; `conflict` naming the field that is taken, of any number
    /// of racers for all but one.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> countersign::Result<()> {
    /// use countersign::{Auth, Client, NewUser};
    ///
    /// let auth = Auth::open("sqlite::memory:").await?;
    /// let miguel = NewUser {
    ///     username: Some("miguel".into()),
    ///     password: "correct horse battery".to_owned().into(),
    ///     ..NewUser::default()
    /// };
    /// let user = auth.users().sign_up(miguel, &Client::default()).await?;
    /// assert_eq!(user.username.as_deref(), Some("miguel"));
    /// # Ok(()) }
    /// ```
    pub async fn sign_up(self, new: NewUser, client: &Client) -> Result<User> {
        self.sign_up_once(new, client, None).await
    }

    pub(crate) async fn sign_up_once(
        self,
        new: NewUser,
        client: &Client,
        once: Option<Idempotent>,
    ) -> Result<User> {
        if let Some(earlier) = self.0.earlier_answer(once.as_ref()).await? {
            return Ok(earlier);
        }
        let names = Names::parse(&new)?;
        let roles = parse_roles(&new.roles)?;
        if let Err(taken) = self.check_free(&names).await {
            // The same request may just have been the one that took the name.
            return self.0.earlier_answer(once.as_ref()).await?.ok_or(taken);
        }
        let own: Vec<&str> = new.username.iter().chain(&new.email).map(String::as_str).collect();
        let hash = self.0.passwords().hash_new(&new.password, &own, client).await?;
        let row = self.new_row(&names, &new, roles, hash);
        let email = names.email.as_ref();
        let confirmation = email.and_then(|email| self.confirmation(&row, email, None));
        self.insert(row, confirmation, once).await
    }

    /// Makes an account with a hash from another system. It verifies as it is and is replaced at
    /// the next login. `password` of `new` is ignored.
    ///
    /// # Errors
    /// As [`sign_up`](Self::sign_up); `invalid_request` when the hash's format is unknown or its
    /// cost is beyond the configured bound.
    pub async fn import(self, new: NewUser, password_hash: &str) -> Result<User> {
        self.0.passwords().check_foreign(password_hash)?;
        let row = self.imported_row(&new, password_hash)?;
        self.insert(row, None, None).await
    }

    /// The row of somebody with a hash from another system.
    pub(crate) fn imported_row(self, new: &NewUser, password_hash: &str) -> Result<NewUserRow> {
        let names = Names::parse(new)?;
        let roles = parse_roles(&new.roles)?;
        let row = self.new_row(&names, new, roles, password_hash.to_owned());
        // It was somebody's before it came here.
        Ok(NewUserRow { waits_since: None, ..row })
    }

    /// Makes an account past the password policy: for sample users of a demonstration only.
    pub async fn add_sample(self, new: NewUser) -> Result<User> {
        let names = Names::parse(&new)?;
        let roles = parse_roles(&new.roles)?;
        let hash = self.0.passwords().hash_unchecked(&new.password, &Client::default()).await?;
        let row = self.new_row(&names, &new, roles, hash);
        self.insert(row, None, None).await
    }

    pub(super) fn new_row(
        self,
        names: &Names,
        new: &NewUser,
        roles: Vec<String>,
        hash: String,
    ) -> NewUserRow {
        let now = self.0.now();
        let required = self.0.config().confirmation == Confirmation::Required;
        let waits = required && new.confirmed == Confirmed::No;
        NewUserRow {
            id: UserId::new(),
            username: names.username.as_ref().map(|n| (n.shown().into(), n.canonical().into())),
            email: names.email.as_ref().map(|n| (n.shown().into(), n.canonical().into())),
            password_hash: Some(hash),
            roles: roles.join(" "),
            created_at: now,
            confirmed_at: (new.confirmed == Confirmed::Yes).then_some(now),
            locale: new.locale.clone(),
            waits_since: waits.then_some(now),
            external: None,
            attributes: new.attributes.clone(),
        }
    }

    async fn insert(
        self,
        row: NewUserRow,
        confirmation: Option<(LinkRow, MailRow)>,
        once: Option<Idempotent>,
    ) -> Result<User> {
        let user = User::from(&row);
        let body = async move |tx: &mut Tx| {
            tx.insert_user(&row).await.map_err(taken)?;
            if let Some((link, mail)) = &confirmation {
                tx.insert_link(link).await?;
                tx.insert_mail(mail).await?;
            }
            Ok(())
        };
        let made = self.0.write_once(once, user, body).await?;
        self.0.mails().wake();
        Ok(made)
    }

    /// Spares the hashing when the name is taken; the unique index decides.
    pub(super) async fn check_free(self, names: &Names) -> Result<()> {
        self.check_name_free(names).await?;
        let db = self.0.db();
        if let Some(name) = &names.email
            && store::user::by_email(db, name.canonical()).await?.is_some()
        {
            return Err(taken_field("email"));
        }
        Ok(())
    }
}

impl Users<'_> {
    pub(super) async fn check_name_free(self, names: &Names) -> Result<()> {
        let db = self.0.db();
        if let Some(name) = &names.username
            && store::user::by_username(db, name.canonical()).await?.is_some()
        {
            return Err(taken_field("username"));
        }
        Ok(())
    }
}

impl Names {
    pub(super) fn parse(new: &NewUser) -> Result<Self> {
        attribute::check(&new.attributes)?;
        let username = new.username.as_deref().map(Username::parse).transpose();
        let email = new.email.as_deref().map(EmailAddress::parse).transpose();
        let names = Self {
            username: username.map_err(|why| Denied::bad_name("username", why))?,
            email: email.map_err(|why| Denied::bad_name("email", why))?,
        };
        if names.username.is_none() && names.email.is_none() {
            let text = "A user name or an e-mail address is needed.";
            return Err(Denied::invalid_request(text)
                .field("username")
                .because("name-needed")
                .into());
        }
        Ok(names)
    }
}

pub(crate) fn taken(error: DbError) -> crate::Error {
    match &error {
        DbError::Unique(what) if what == "users.username_key_key" => taken_field("username"),
        DbError::Unique(what) if what == "users.email_key_key" => taken_field("email"),
        _ => error.into(),
    }
}

fn taken_field(field: &'static str) -> crate::Error {
    let (text, reason) = if field == "email" {
        ("This e-mail address is taken.", "email-taken")
    } else {
        ("This user name is taken.", "username-taken")
    };
    Denied::conflict(text).field(field).because(reason).into()
}

impl From<&NewUserRow> for User {
    fn from(row: &NewUserRow) -> Self {
        Self {
            id: row.id,
            username: row.username.as_ref().map(|pair| pair.0.clone()),
            email: row.email.as_ref().map(|pair| pair.0.clone()),
            roles: roles_of(&row.roles),
            created_at: row.created_at,
            confirmed_at: row.confirmed_at,
            disabled_at: None,
            locale: row.locale.clone(),
            deletes_at: None,
            external_id: None,
        }
    }
}
