//! Who may see a page: whoever cannot yet is sent where that can be mended, and comes back.

use std::str::FromStr;

use axum::response::Response;

use super::Visit;
use crate::{CurrentUser, http::params::nothing_there};

impl Visit {
    /// The user, or the login and then back to `page`. Whoever has left is sent to the one page
    /// where that can be undone.
    pub(crate) fn member(&self, page: &str) -> Result<CurrentUser, Box<Response>> {
        let user = self.leaver(page)?;
        match self.auth.admit(&user.identity) {
            Ok(()) => Ok(user),
            Err(_) => Err(Box::new(self.go("/account/data"))),
        }
    }

    /// The same, also while the account waits for its end.
    pub(crate) fn leaver(&self, page: &str) -> Result<CurrentUser, Box<Response>> {
        let user = self.admitted().map_err(|why| Box::new(self.failure(why)))?;
        user.ok_or_else(|| Box::new(self.detour("/restore", page)))
    }

    /// The user with a password given lately, or the password once more and then back to `page`.
    pub(crate) fn fresh_member(&self, page: &str) -> Result<CurrentUser, Box<Response>> {
        self.member(page).and_then(|user| self.if_fresh(user, page))
    }

    /// The same, also while the account waits for its end.
    pub(crate) fn fresh_leaver(&self, page: &str) -> Result<CurrentUser, Box<Response>> {
        self.leaver(page).and_then(|user| self.if_fresh(user, page))
    }

    fn if_fresh(&self, user: CurrentUser, page: &str) -> Result<CurrentUser, Box<Response>> {
        match self.auth.check_fresh(&user) {
            Ok(()) => Ok(user),
            Err(_) => Err(Box::new(self.detour("/reauthenticate", page))),
        }
    }

    fn detour(&self, by: &str, page: &str) -> Response {
        let back = format!("{}{page}", self.auth.base());
        let next: String = form_urlencoded::byte_serialize(back.as_bytes()).collect();
        self.go(&format!("{by}?next={next}"))
    }

    /// An identifier out of a form; what is none names nothing that there is.
    pub(crate) fn id<T: FromStr>(&self, text: &str) -> Result<T, Box<Response>> {
        text.parse().map_err(|_| Box::new(self.failure(nothing_there())))
    }
}
