//! The forgotten password: a mail to the account's address, and a new password for whoever got it.

pub(crate) mod http;

use countersign_proto::{name::EmailAddress, secret::Secret};

use crate::{
    Auth, Client,
    error::Result,
    link::{self, Asked, Peek, Proof, Purpose},
    mail::Kind,
    password,
    store::{self, link::LinkRow, user::UserRow},
    throttle,
};

/// The recovery of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Recovery<'a>(pub(crate) &'a Auth);

impl Recovery<'_> {
    /// Mails a link and a code by which the user behind `login` (user name or e-mail address) sets
    /// a new password. Who is unknown, disabled or without an address gets the same answer, in the
    /// same time, and no mail; so does who asks too often.
    ///
    /// # Errors
    /// `not_found` when this system sends no mail.
    pub async fn request(self, login: &str, asked: Asked<'_>) -> Result<()> {
        let auth = self.0;
        auth.mails().require()?;
        link::at_an_even_time(async {
            let row = auth.passwords().find(login).await?;
            let user = row.as_ref().filter(|user| user.is_alive(auth.now()));
            auth.mail_link((Purpose::Reset, Kind::Reset), user, login, asked).await
        })
        .await
    }

    /// Sets a new password with what the mail brought, and ends everything of the user. The
    /// account is confirmed by it. Nobody is logged in.
    ///
    /// # Errors
    /// `invalid_grant` when the link or the code is used, expired or wrong; `invalid_request` when
    /// the policy refuses the password, and then the link stays good.
    pub async fn reset(self, proof: &Proof, new: &Secret, client: &Client) -> Result<()> {
        let auth = self.0;
        let link = auth.links().resolve(Purpose::Reset, proof).await?;
        let user = self.owner(&link).await?;
        let names: Vec<&str> =
            user.username.iter().chain(&user.email).map(String::as_str).collect();
        let hash = auth.passwords().hash_new(new, &names, client).await;
        let hash = hash.map_err(password::name_new)?;
        self.store(link, &user, hash, client).await
    }

    async fn store(
        self,
        link: LinkRow,
        user: &UserRow,
        hash: String,
        client: &Client,
    ) -> Result<()> {
        let auth = self.0;
        let (id, now) = (user.id, auth.now());
        let until = now + auth.token_horizon();
        let mail = auth.passwords().notice(user, client);
        auth.db()
            .write(async move |tx| {
                link::redeem(tx, Purpose::Reset, &link.digest, now).await?;
                // The mail proves the address it went to, so it has to be the account's still.
                if !tx.reset_password((id, &link.email_key), &hash, now).await? {
                    return Err(link::refusal(&Peek::Unknown));
                }
                tx.end_all_of(id, None, (now, until)).await?;
                tx.clear_failures(&throttle::account_bucket(id)).await?;
                tx.insert_mails([&mail]).await?;
                Ok::<_, crate::Error>(())
            })
            .await?;
        auth.mails().wake();
        Ok(())
    }

    async fn owner(self, link: &LinkRow) -> Result<UserRow> {
        let Some(id) = link.user_id else { return Err(link::refusal(&Peek::Unknown)) };
        let row = store::user::by_id(self.0.db(), id).await?;
        let is_owner = |user: &UserRow| {
            let same = match user.email.as_deref().map(EmailAddress::parse) {
                Some(Ok(email)) => email.canonical() == link.email_key,
                Some(Err(_)) => false,
                // An operator handed the link over.
                None => link.email_key.is_empty(),
            };
            user.is_alive(self.0.now()) && same
        };
        row.filter(is_owner).ok_or_else(|| link::refusal(&Peek::Unknown))
    }
}
