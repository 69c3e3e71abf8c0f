//! Passwords: verified, set and changed. Formats and policy are `proto`'s; the threads that hash
//! are in `pool`.

mod answers;
mod give_way;
pub(crate) mod http;
pub(crate) mod pool;
mod queue;
mod refusals;
mod strength;
mod turnstile;

use countersign_proto::{
    name::Login,
    password::{self as hashing, Memory, Verdict, policy::Violation},
    secret::Secret,
};

use pool::Place;

use crate::{
    Auth, Client, CurrentUser, UserId,
    config::Hashing,
    error::{Denied, Failed, Result, sentence},
    live::Identity,
    mail::Kind,
    sign_in::FirstFactor,
    store::{self, mail::MailRow, user::UserRow},
};

/// Passwords of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Passwords<'a>(pub(crate) &'a Auth);

/// What came of computing a hash.
struct Checked {
    verdict: Verdict,
    /// The hash to keep instead, made when the stored one is of another kind or cost.
    upgrade: Option<String>,
}

impl Passwords<'_> {
    /// Proves the first factor: the user behind `login` (user name or e-mail address) knows the
    /// password. Unknown, wrong and disabled take the same time and end in the same words.
    pub(crate) async fn verify(
        self,
        login: &str,
        password: &Secret,
        client: &Client,
    ) -> Result<FirstFactor> {
        let proof = self.verify_for_session(login, password, client).await?;
        self.settled(proof).await
    }

    /// The same for whoever opens a session next, and writes in one transaction with it what the
    /// password leaves behind.
    pub(crate) async fn verify_for_session(
        self,
        login: &str,
        password: &Secret,
        client: &Client,
    ) -> Result<FirstFactor> {
        // What cannot be hashed in time costs no look-up either: refusing must be cheap.
        let place = self.0.pool().claim(client.network()).await?;
        let row = self.find(login).await?;
        let proof = self.verify_row(row, (login, password), client, place).await?;
        // Whoever is not let in opens no session.
        let is_let_in = self.0.admit(&proof.identity).is_ok();
        if is_let_in { Ok(proof) } else { self.settled(proof).await }
    }

    /// What the password leaves behind is written.
    async fn settled(self, mut proof: FirstFactor) -> Result<FirstFactor> {
        self.0.note_success(proof.take_success()).await?;
        Ok(proof)
    }

    async fn verify_row(
        self,
        row: Option<UserRow>,
        (login, password): (&str, &Secret),
        client: &Client,
        place: Place<'_>,
    ) -> Result<FirstFactor> {
        let auth = self.0;
        let attempt = auth.attempt(row.as_ref().map(|row| row.id), login, client).await?;
        let stored = row.as_ref().and_then(|row| row.password_hash.clone());
        let checked = self.check(stored.clone(), password.clone(), place).await?;
        match row {
            Some(row) if checked.verdict == Verdict::Match && row.is_alive(auth.now()) => {
                let notice = self.notice_of_device(&row, client);
                let success = auth.succeeded(attempt, row.id, notice);
                if let (Some(old), Some(new)) = (stored, checked.upgrade) {
                    self.replace_hash(row.id, old, new).await?;
                }
                let proof = FirstFactor::new(Identity::from(&row), "pwd", auth.now());
                Ok(proof.leaving(success))
            }
            _ => {
                auth.attempt_failed(attempt).await?;
                metrics::counter!("countersign_logins_total", "outcome" => "refused").increment(1);
                Err(Denied::invalid_credentials().into())
            }
        }
    }

    pub(crate) async fn find(self, login: &str) -> Result<Option<UserRow>> {
        let db = self.0.db();
        Ok(match Login::parse(login) {
            Ok(Login::Username(key)) => store::user::by_username(db, &key).await?,
            Ok(Login::Email(key)) => store::user::by_email(db, &key).await?,
            Err(_) => None,
        })
    }

    async fn check(
        self,
        stored: Option<String>,
        password: Secret,
        place: Place<'_>,
    ) -> Result<Checked> {
        let config = self.0.config().hashing.clone();
        let work = move |memory: &mut Memory| check(stored, &password, &config, memory);
        Ok(place.run(work).await?)
    }

    async fn replace_hash(self, user: UserId, old: String, new: String) -> Result<()> {
        self.0
            .db()
            .write(async move |tx| {
                tx.replace_hash(user, &old, &new).await?;
                Ok::<_, crate::Error>(())
            })
            .await
    }

    /// Whether the policy takes a new password. `names` are the user's own, which it must not be
    /// built from.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn check_new(self, password: &Secret, names: &[&str]) -> Result<(), Denied> {
        let config = self.0.config();
        let services = config.service_names.iter().map(String::as_str);
        let names: Vec<&str> = names.iter().copied().chain(services).collect();
        let checked = config.password_policy.check(password.reveal(), &names);
        checked.map_err(refusal)
    }

    /// Whether a new password is one at all, whatever the policy would say of it.
    ///
    /// # Errors
    /// `invalid_request`.
    pub(crate) fn check_not_empty(self, password: &Secret) -> Result<(), Denied> {
        let max_bytes = self.0.config().password_policy.max_bytes;
        match password.reveal().len() {
            0 => Err(refusal(Violation::TooShort { min: 1 })),
            bytes if bytes > max_bytes => Err(refusal(Violation::TooLong { max_bytes })),
            _ => Ok(()),
        }
    }

    /// Checks the policy, then hashes.
    pub(crate) async fn hash_new(
        self,
        password: &Secret,
        names: &[&str],
        client: &Client,
    ) -> Result<String> {
        self.check_new(password, names)?;
        self.hash_unchecked(password, client).await
    }

    pub(crate) async fn hash_unchecked(self, password: &Secret, client: &Client) -> Result<String> {
        let params = self.0.config().hashing.params;
        let password = password.clone();
        let work = move |memory: &mut Memory| hashing::hash(password.reveal(), params, memory);
        self.0.pool().run(client.network(), work).await?.map_err(Failed::because)
    }

    /// Changes the password of the user who asks, and ends every other session and every token
    /// and API key of theirs. The session that asks goes on.
    ///
    /// # Errors
    /// `invalid_credentials` when `current` is wrong, `invalid_request` when the policy refuses
    /// `new`, `conflict` when the password was changed, or everything ended, since `by` was let in;
    /// throttled like a login.
    pub async fn change(
        self,
        by: &CurrentUser,
        current: &Secret,
        new: &Secret,
        client: &Client,
    ) -> Result<()> {
        let proof = self.verify_own(by, current, client).await?;
        let verified = self.0.sign_in(proof)?;
        let row = store::user::by_id(self.0.db(), by.id).await?;
        let mail = row.as_ref().and_then(|row| self.notice(row, client));
        let names: Vec<&str> = names(verified.identity()).collect();
        let hash = self.hash_new(new, &names, client).await.map_err(name_new)?;
        self.store_change(by, hash, mail).await
    }

    /// Proves that whoever is signed in knows their own password, and nobody else's.
    ///
    /// # Errors
    /// `access_denied` when it is wrong; throttled like a login.
    pub(crate) async fn verify_own(
        self,
        by: &CurrentUser,
        password: &Secret,
        client: &Client,
    ) -> Result<FirstFactor> {
        let place = self.0.pool().claim(client.network()).await?;
        let row = store::user::by_id(self.0.db(), by.id).await?;
        let login = by.id.to_string();
        let verified = self.verify_row(row, (&login, password), client, place).await;
        self.settled(verified.map_err(name_current)?).await
    }

    /// The mail that tells a user of a browser they never used before. Programs, which keep no
    /// cookie to be known by, give no cause for it.
    fn notice_of_device(self, user: &UserRow, client: &Client) -> Option<MailRow> {
        client.device?;
        let (device, place) = (client.device_name(), client.place());
        let facts = [("device", device.as_str()), ("place", place.as_str())];
        self.0.mails().notice(Kind::NewDevice, user, &facts)
    }

    /// The mail that tells a user that their password is another one.
    pub(crate) fn notice(self, user: &UserRow, client: &Client) -> Option<MailRow> {
        self.0.mails().notice(Kind::PasswordChanged, user, &[("place", &client.place())])
    }

    async fn store_change(
        self,
        by: &CurrentUser,
        hash: String,
        mail: Option<MailRow>,
    ) -> Result<()> {
        let (user, epoch, kept) = (by.id, by.identity.epoch, by.session());
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                if !tx.change_password((user, epoch), &hash, kept, now).await? {
                    let text = "The password was changed, or the sessions ended, meanwhile.";
                    return Err(Denied::conflict(text).into());
                }
                tx.end_all_of(user, kept, (now, until)).await?;
                tx.insert_mails([&mail]).await?;
                Ok::<_, crate::Error>(())
            })
            .await?;
        self.0.mails().wake();
        Ok(())
    }

    /// Sets a password without asking for the current one: for operators and recovery. The policy
    /// holds; everything of the user is ended.
    ///
    /// # Errors
    /// `not_found`, or `invalid_request` when the policy refuses the password.
    pub async fn set(self, user: UserId, new: &Secret) -> Result<()> {
        let auth = self.0;
        let Some(row) = store::user::by_id(auth.db(), user).await? else {
            return Err(Denied::not_found("There is no such user.").into());
        };
        let mail = self.notice(&row, &Client::default());
        let identity = Identity::from(&row);
        let names: Vec<&str> = names(&identity).collect();
        let hash = self.hash_new(new, &names, &Client::default()).await?;
        let now = auth.now();
        let until = now + auth.token_horizon();
        auth.db()
            .write(async move |tx| {
                if !tx.set_password(user, &hash, now).await? {
                    return Err(Denied::not_found("There is no such user.").into());
                }
                tx.end_all_of(user, None, (now, until)).await?;
                tx.insert_mails([&mail]).await?;
                Ok::<_, crate::Error>(())
            })
            .await?;
        auth.mails().wake();
        Ok(())
    }

    /// Takes over a hash made by another system; it verifies as it is and is replaced at the next
    /// login.
    ///
    /// # Errors
    /// `invalid_request` when the format is unknown or costs more than the configured bound.
    pub(crate) fn check_foreign(self, hash: &str) -> Result<(), Denied> {
        let refused = |why| Denied::invalid_request(sentence(&why)).field("password_hash");
        hashing::check(hash, &self.0.config().hashing.bound()).map_err(refused)
    }
}

/// The rule a new password breaks, as the refusal of it.
fn refusal(why: Violation) -> Denied {
    let reason = match why {
        Violation::TooShort { .. } => "password-too-short",
        Violation::TooLong { .. } => "password-too-long",
        Violation::Common => "password-common",
        Violation::OwnName => "password-own-name",
    };
    Denied::invalid_request(why.to_string()).field("password").because(reason)
}

fn names(identity: &Identity) -> impl Iterator<Item = &str> {
    identity.username.iter().chain(identity.email.iter()).map(String::as_str)
}

/// A signed-in user whose current password is wrong is not asked to sign in again: it is the
/// member that is wrong.
fn name_current(error: crate::Error) -> crate::Error {
    use countersign_proto::error_code::ErrorCode;
    match error {
        crate::Error::Denied(denied) if denied.code() == ErrorCode::InvalidCredentials => {
            Denied::new(ErrorCode::AccessDenied, "The current password is wrong.")
                .field("current_password")
                .because("current-password-wrong")
                .into()
        }
        other => other,
    }
}

pub(crate) fn name_new(error: crate::Error) -> crate::Error {
    match error {
        crate::Error::Denied(denied) if denied.field_name() == Some("password") => {
            denied.field("new_password").into()
        }
        other => other,
    }
}

/// Runs on a hashing thread. Without a stored hash, or with one that cannot be computed, a hash of
/// the usual cost is computed all the same.
fn check(
    stored: Option<String>,
    password: &Secret,
    config: &Hashing,
    memory: &mut Memory,
) -> Checked {
    let refused = Checked { verdict: Verdict::Mismatch, upgrade: None };
    let Some(stored) = stored else {
        hashing::verify_dummy(password.reveal(), config.params, memory);
        return refused;
    };
    let verdict = hashing::verify(&stored, password.reveal(), &config.bound(), memory);
    // A hash from elsewhere may have needed far more memory than the usual one.
    memory.trim(config.params.memory_kib);
    match verdict {
        Ok(Verdict::Match) => {
            let upgrade = hashing::needs_rehash(&stored, config.params)
                .then(|| hashing::hash(password.reveal(), config.params, memory).ok())
                .flatten();
            Checked { verdict: Verdict::Match, upgrade }
        }
        Ok(Verdict::Mismatch) => refused,
        Err(error) => {
            tracing::warn!(%error, "a stored password hash cannot be verified");
            hashing::verify_dummy(password.reveal(), config.params, memory);
            refused
        }
    }
}
