//! The account as its owner runs it: its language, its data, its end.

mod deletion;
mod export;
pub(crate) mod http;
mod names;

pub use deletion::Leaving;
pub use export::{Export, ExportedApiKey, ExportedLink, ExportedMail, ExportedSession};
pub use names::NewNames;

use crate::{
    Auth, User, UserId,
    error::{Denied, Result},
    render::Language,
    store::What,
};

/// Accounts of one [`Auth`], as their owners run them.
#[derive(Clone, Copy)]
pub struct Accounts<'a>(pub(crate) &'a Auth);

impl Accounts<'_> {
    /// Sets the language of the user's pages and mails; `None`: as their browser asks.
    ///
    /// # Errors
    /// `not_found`; `invalid_request` when there are no texts in that language.
    pub async fn set_locale(self, user: UserId, locale: Option<&str>) -> Result<User> {
        let unknown = || {
            let text = "There are no pages in this language.";
            Denied::invalid_request(text).field("locale").because("language-unknown")
        };
        let locale = locale.map(|code| Language::parse(code).ok_or_else(unknown)).transpose()?;
        let (now, until) = (self.0.now(), self.0.now() + self.0.token_horizon());
        self.0
            .users()
            .update(user, async move |tx| {
                let found = tx.set_locale(user, locale.map(Language::as_str)).await?;
                tx.change(What::User(user), now, until);
                Ok(found)
            })
            .await
    }
}
