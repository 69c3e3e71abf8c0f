//! What became of a row.

use super::{Holder, NewUserRow};
use crate::{UserId, error::Denied};

/// What became of a user of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// Taken over, under this id. Of a dry run: would be, and the id means nothing.
    Taken(UserId),
    /// There already, by the external id, or else by every name.
    Already,
    /// Not taken over, and why.
    Refused(Denied),
}

/// What it means that some of the row's keys are there.
pub(super) fn in_the_way(row: &NewUserRow, holders: &[Holder]) -> Imported {
    let external = row.external.as_ref();
    if external.is_some() && holders.iter().any(|holder| holder.external.as_ref() == external) {
        return Imported::Already;
    }
    let username = row.username.as_ref().map(|pair| &pair.1);
    let email = row.email.as_ref().map(|pair| &pair.1);
    let has_name = |holder: &Holder| username.is_some() && holder.username_key.as_ref() == username;
    let has_email = |holder: &Holder| email.is_some() && holder.email_key.as_ref() == email;
    let same = |holder: &Holder| {
        (username.is_none() || has_name(holder)) && (email.is_none() || has_email(holder))
    };
    if external.is_none() && holders.iter().any(same) {
        return Imported::Already;
    }
    let field = if holders.iter().any(has_name) { "username" } else { "email" };
    Imported::Refused(taken(field))
}

/// Somebody else has it.
pub(super) fn taken(field: &'static str) -> Denied {
    Denied::conflict("Somebody else has it, without regard to case.").field(field)
}
