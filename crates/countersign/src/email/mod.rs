//! Addresses: that one is its owner's is proven by a mail to it, and another one takes its place
//! only then.

pub(crate) mod http;

use countersign_proto::name::EmailAddress;

use crate::{
    Auth, CurrentUser,
    error::{Denied, Result},
    link::{self, Asked, Peek, Proof, Purpose},
    mail::{Allowance, Kind, Whose},
    store::{self, DbError, What, link::LinkRow, mail::MailRow, user::UserRow},
};

/// The addresses of the users of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Emails<'a>(pub(crate) &'a Auth);

impl Emails<'_> {
    /// Mails the link that confirms an address once more. Who is unknown, confirmed or disabled
    /// gets the same answer, in the same time, and no mail; so does who asks too often.
    ///
    /// # Errors
    /// `not_found` when this system sends no mail.
    pub async fn confirm_request(self, email: &str, asked: Asked<'_>) -> Result<()> {
        let auth = self.0;
        auth.mails().require()?;
        let waits = |user: &&UserRow| user.confirmed_at.is_none() && user.is_alive(auth.now());
        link::at_an_even_time(async {
            let row = match EmailAddress::parse(email) {
                Ok(address) => store::user::by_email(auth.db(), address.canonical()).await?,
                Err(_) => store::user::by_email(auth.db(), "").await?,
            };
            let user = row.as_ref().filter(waits);
            auth.mail_link((Purpose::Confirm, Kind::Confirm), user, email, asked).await
        })
        .await
    }

    /// Confirms the account whose address the mail went to.
    ///
    /// # Errors
    /// `invalid_grant` when the link or the code is used, expired or wrong, or the account has
    /// another address by now.
    pub async fn confirm(self, proof: &Proof) -> Result<()> {
        let auth = self.0;
        let link = auth.links().resolve(Purpose::Confirm, proof).await?;
        let now = auth.now();
        let until = now + auth.token_horizon();
        auth.db()
            .write(async move |tx| {
                let link = link::redeem(tx, Purpose::Confirm, &link.digest, now).await?;
                let unknown = || link::refusal(&Peek::Unknown);
                let user = link.user_id.ok_or_else(unknown)?;
                if !tx.confirm_address(user, &link.email_key, now).await? {
                    return Err(unknown());
                }
                tx.change(What::User(user), now, until);
                Ok(())
            })
            .await
    }

    /// Mails a link to `new`, which becomes the user's address when it is answered. Until then the
    /// present one stays; it is told. Of a taken address the caller learns nothing: its owner does.
    ///
    /// # Errors
    /// `insufficient_user_authentication` when the password was given too long ago;
    /// `invalid_request` when `new` is no address, or is the present one; `not_found` when this
    /// system sends no mail.
    pub async fn change(self, by: &CurrentUser, new: &str, asked: Asked<'_>) -> Result<()> {
        let auth = self.0;
        auth.mails().require()?;
        auth.check_fresh(by)?;
        let new = EmailAddress::parse(new).map_err(|why| Denied::bad_name("email", why))?;
        let row = store::user::by_id(auth.db(), by.id).await?;
        let user = row.ok_or_else(|| Denied::not_found("There is no such user."))?;
        let present = user.email.as_deref().map(EmailAddress::parse);
        if matches!(&present, Some(Ok(present)) if present.canonical() == new.canonical()) {
            let text = "This is the address of the account already.";
            return Err(Denied::invalid_request(text)
                .field("email")
                .because("address-same")
                .into());
        }
        link::at_an_even_time(async {
            let owner = store::user::by_email(auth.db(), new.canonical()).await?;
            let (link, mails) = self.mails_of_change(&user, &new, owner.as_ref(), asked);
            self.begin_change(&user, owner, link, (mails, asked)).await
        })
        .await
    }

    /// The link and all mails of a change that begins: to the new address and to the present one.
    /// Of a taken address there is the same link, which ends earlier ones and is listed in an export
    /// like any other; its secret goes to nobody.
    fn mails_of_change(
        self,
        user: &UserRow,
        new: &EmailAddress,
        owner: Option<&UserRow>,
        asked: Asked<'_>,
    ) -> (LinkRow, Change) {
        let auth = self.0;
        let link = auth.links().draft(Purpose::Change, Some(user.id), Some(new), Some(asked.flow));
        let facts = link::facts(&link, new.shown());
        let told = [("new_address", new.shown())];
        let present = auth.mails().notice(Kind::AddressChanging, user, &told);
        let (to_new, to_owner) = match owner {
            Some(owner) => (None, auth.account_exists(owner)),
            None => {
                let locale = user.locale.as_deref().or(asked.locale);
                let mail = auth.mails().draft(Kind::ChangeAddress, new.shown(), locale, &facts);
                (mail, None)
            }
        };
        (link.row, Change { to_new, to_owner, present })
    }

    async fn begin_change(
        self,
        user: &UserRow,
        owner: Option<UserRow>,
        link: LinkRow,
        (mails, asked): (Change, Asked<'_>),
    ) -> Result<()> {
        let auth = self.0;
        let own = Allowance::new(auth, "change", Whose::User(user.id), asked.client);
        let others = owner.map(|owner| auth.exists_allowance(&owner));
        auth.db()
            .write(async move |tx| {
                if !own.take(tx).await? {
                    return Ok::<_, crate::Error>(());
                }
                tx.insert_link(&link).await?;
                tx.insert_mails([&mails.to_new, &mails.present]).await?;
                if let (Some(others), Some(mail)) = (&others, &mails.to_owner)
                    && others.take(tx).await?
                {
                    tx.insert_mail(mail).await?;
                }
                Ok(())
            })
            .await?;
        auth.mails().wake();
        Ok(())
    }

    /// Gives the account the address that the mail went to. Both addresses are told; every other
    /// link of the user ends.
    ///
    /// # Errors
    /// `invalid_grant` when the link or the code is used, expired or wrong; `conflict` when the
    /// address was taken meanwhile.
    pub async fn change_confirm(self, proof: &Proof) -> Result<()> {
        let auth = self.0;
        let link = auth.links().resolve(Purpose::Change, proof).await?;
        let unknown = || link::refusal(&Peek::Unknown);
        let id = link.user_id.ok_or_else(unknown)?;
        let user = store::user::by_id(auth.db(), id).await?.ok_or_else(unknown)?;
        let mails = self.mails_of_changed(&user, &link.email);
        let now = auth.now();
        let until = now + auth.token_horizon();
        auth.db()
            .write(async move |tx| {
                let link = link::redeem(tx, Purpose::Change, &link.digest, now).await?;
                let new = (link.email.as_str(), link.email_key.as_str());
                if !tx.set_address(id, user.email.as_deref(), new, now).await.map_err(taken)? {
                    return Err(link::refusal(&Peek::Unknown));
                }
                tx.end_links_of(id, now).await?;
                tx.insert_mails(&mails).await?;
                tx.change(What::User(id), now, until);
                Ok(())
            })
            .await?;
        auth.mails().wake();
        Ok(())
    }

    fn mails_of_changed(self, user: &UserRow, new: &str) -> [Option<MailRow>; 2] {
        let told = [("new_address", new)];
        let to_old = self.0.mails().notice(Kind::AddressChanged, user, &told);
        let moved = UserRow { email: Some(new.to_owned()), ..user.clone() };
        [to_old, self.0.mails().notice(Kind::AddressChanged, &moved, &told)]
    }
}

/// The mails of a change that begins.
struct Change {
    to_new: Option<MailRow>,
    to_owner: Option<MailRow>,
    present: Option<MailRow>,
}

impl Auth {
    /// Tells the owner of an address that somebody tried to use it for another account.
    pub(crate) fn account_exists(&self, owner: &UserRow) -> Option<MailRow> {
        let page = format!("{}/login", self.config().public_url);
        let owner_is_in = owner.is_alive(self.now());
        owner_is_in.then(|| self.mails().notice(Kind::AccountExists, owner, &[("link", &page)]))?
    }

    /// Apart from what the owner may ask for: nobody uses that up for them.
    pub(crate) fn exists_allowance(&self, owner: &UserRow) -> Allowance {
        Allowance::new(self, "exists", Whose::User(owner.id), &crate::Client::default())
    }
}

fn taken(error: DbError) -> crate::Error {
    match &error {
        DbError::Unique(what) if what == "users.email_key_key" => {
            let text = "This e-mail address was taken meanwhile.";
            Denied::conflict(text).field("email").because("address-taken").into()
        }
        _ => error.into(),
    }
}
