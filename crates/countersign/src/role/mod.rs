//! Roles: what a user may do. A role is a word of the application's; `admin` opens the
//! administration of this service.

pub(crate) mod http;

use countersign_proto::name::RoleName;

use crate::{
    Auth, CurrentUser, User, UserId,
    error::{Denied, Result},
    store::{Tx, What},
    user::no_such_user,
};

/// The role that may administer users.
pub const ADMIN: &str = "admin";

/// Roles of the users of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Roles<'a>(pub(crate) &'a Auth);

impl Roles<'_> {
    /// Gives the user a role; it holds from the next request on. Giving it twice is giving it
    /// once.
    ///
    /// # Errors
    /// `not_found`; `invalid_request` when the name is no role name.
    pub async fn grant(self, user: UserId, role: &str) -> Result<User> {
        self.update(user, role, |roles, role| {
            if !roles.contains(&role) {
                roles.push(role);
            }
        })
        .await
    }

    /// Takes a role away; the next request is without it.
    ///
    /// # Errors
    /// `not_found`; `invalid_request` when the name is no role name.
    pub async fn withdraw(self, user: UserId, role: &str) -> Result<User> {
        self.update(user, role, |roles, role| roles.retain(|known| *known != role)).await
    }

    /// Withdraws for an admin, who keeps their own administration: somebody must have it.
    pub(crate) async fn withdraw_as(
        self,
        by: &CurrentUser,
        user: UserId,
        role: &str,
    ) -> Result<User> {
        if role == ADMIN {
            not_oneself(by, user)?;
        }
        self.withdraw(user, role).await
    }

    async fn update(
        self,
        user: UserId,
        role: &str,
        edit: fn(&mut Vec<String>, String),
    ) -> Result<User> {
        let role =
            RoleName::parse(role).map_err(|why| Denied::bad_name("role", why))?.as_str().to_owned();
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        self.0
            .users()
            .update(user, async move |tx| {
                edit_roles(tx, user, role, edit).await?;
                tx.change(What::User(user), now, until);
                Ok(true)
            })
            .await
    }
}

/// An admin who locks themselves out may be the last one. The command line still can.
pub(crate) fn not_oneself(by: &CurrentUser, user: UserId) -> Result<()> {
    if by.id == user {
        let text = "Admins do not do this to themselves: ask another one, or use the command line.";
        return Err(Denied::conflict(text).into());
    }
    Ok(())
}

/// Reads, edits and writes back unless somebody else wrote meanwhile.
async fn edit_roles(
    tx: &mut Tx,
    user: UserId,
    role: String,
    edit: fn(&mut Vec<String>, String),
) -> Result<()> {
    const TRIES: usize = 20;
    for _ in 0..TRIES {
        let Some(row) = tx.user(user).await? else { return Err(no_such_user()) };
        let mut roles: Vec<String> = row.roles.split_whitespace().map(str::to_owned).collect();
        edit(&mut roles, role.clone());
        roles.sort();
        if tx.set_roles(user, &row.roles, &roles.join(" ")).await? {
            return Ok(());
        }
    }
    Err(Denied::conflict("The roles are being changed by others. Try again.").into())
}
