//! Sessions of browsers: one cookie for a session, a second one that brings it back.

use std::sync::Arc;

use countersign_proto::secret::{PlainToken, Secret, TokenKind};

use super::{Outcome, Rotation, Sessions, cookie::may_go_on};
use crate::{
    Client, CurrentUser, SessionId, Via,
    error::{Denied, Result},
    mail::Kind,
    sign_in::Authenticated,
    store::{self, device::Seen, mail::MailRow, session::SessionRow, user::UserRow},
    throttle::Success,
};

/// `client_id` of browser sessions.
pub(super) const BROWSER: &str = "browser";

/// Whether a browser is to be remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// Its session is over when it is closed.
    No,
    /// A second cookie brings the session back.
    Yes,
}

/// The cookies of a browser that is logged in.
pub(crate) struct Signed {
    pub(crate) session: PlainToken,
    /// Brings the session back when its cookie has ended.
    pub(crate) remember: Option<PlainToken>,
}

/// What a browser carries of a session.
#[derive(Clone, Copy)]
pub(crate) struct Carried<'a> {
    /// The one its session cookie is good for.
    pub(crate) session: Option<SessionId>,
    /// The cookie that would bring one back.
    pub(crate) remembered: Option<&'a str>,
}

/// What became of a cookie that was to bring a session back.
pub(crate) enum Restored {
    /// The session goes on, and is not fresh.
    Signed(Signed),
    /// Unknown, expired or ended.
    Refused,
    /// It was used before by somebody: the session is ended.
    Stolen,
}

impl Sessions<'_> {
    /// Logs a browser in: a new session with a new cookie, in place of the one it had, and of the
    /// one that a cookie would have brought back.
    ///
    /// # Errors
    /// As a login for tokens.
    pub(crate) async fn log_in(
        self,
        (login, password): (&str, &Secret),
        remember: Remember,
        before: Carried<'_>,
        client: &Client,
    ) -> Result<Signed> {
        let proof = self.0.passwords().verify_for_session(login, password, client).await?;
        let who = self.0.sign_in_leaver(proof)?;
        let before = self.carried(before).await?;
        self.open(&who, remember, before, client).await
    }

    /// The same for those doors that are closed while an account waits for its end.
    ///
    /// # Errors
    /// As a login for tokens.
    pub(crate) async fn log_in_member(
        self,
        (login, password): (&str, &Secret),
        remember: Remember,
        before: Carried<'_>,
        client: &Client,
    ) -> Result<Signed> {
        let proof = self.0.passwords().verify_for_session(login, password, client).await?;
        let who = self.0.sign_in(proof)?;
        let before = self.carried(before).await?;
        self.open(&who, remember, before, client).await
    }

    /// The password once more, from somebody logged in: a fresh session in place of theirs.
    ///
    /// # Errors
    /// `access_denied` when the password is wrong; throttled like a login.
    pub(crate) async fn log_in_again(
        self,
        by: &CurrentUser,
        password: &Secret,
        client: &Client,
    ) -> Result<Signed> {
        let proof = self.0.passwords().verify_own(by, password, client).await?;
        let who = self.0.sign_in_leaver(proof)?;
        let row = match by.session() {
            Some(id) => store::session::by_id(self.0.db(), id).await?,
            None => None,
        };
        let remembered = row.is_some_and(|row| row.remembered_at.is_some());
        let remember = if remembered { Remember::Yes } else { Remember::No };
        self.open(&who, remember, by.session(), client).await
    }

    /// A new session for somebody signed in, in place of `before`.
    pub(crate) async fn open(
        self,
        who: &Authenticated,
        remember: Remember,
        before: Option<SessionId>,
        client: &Client,
    ) -> Result<Signed> {
        let config = self.0.config();
        let grant = (BROWSER.to_owned(), config.default_scope.clone());
        let mut row = self.draft(who, grant, client);
        let now = row.created_at;
        let seconds = match remember {
            Remember::No => config.browser.cookie_seconds,
            Remember::Yes => config.browser.remember_seconds,
        };
        row.expires_at = row.auth_time + i64::from(seconds);
        row.cookie_at = Some(now);
        row.remembered_at = (remember == Remember::Yes).then_some(now);
        let signed = Signed {
            session: PlainToken::generate(TokenKind::Session),
            remember: row.remembered_at.map(|_| remembering(row.id)),
        };
        let device = self.0.browser_of(client).map(|device| self.0.seen(device, client));
        self.insert(row, &signed, (before, device, who.success())).await?;
        self.0.tell_owner(who.success().as_deref());
        metrics::counter!("countersign_logins_total", "outcome" => "granted").increment(1);
        Ok(signed)
    }

    async fn insert(
        self,
        row: SessionRow,
        signed: &Signed,
        (before, device, success): (Option<SessionId>, Option<Seen>, Option<Arc<Success>>),
    ) -> Result<()> {
        let cookie = *signed.session.digest().as_bytes();
        let remember = signed.remember.as_ref().map(|token| *token.digest().as_bytes());
        let now = row.created_at;
        let until = now + self.0.token_horizon();
        let opened = self
            .0
            .db()
            .write(async move |tx| {
                if !tx.insert_session(&row).await? {
                    return Ok(false);
                }
                tx.set_cookie(row.id, &cookie, now).await?;
                if let Some(success) = &success {
                    tx.note_success(success).await?;
                }
                if let Some(device) = &device {
                    tx.begin_on_device(row.id, &device.device).await?;
                    tx.see_device(row.user_id, device).await?;
                }
                if let Some(digest) = remember {
                    tx.insert_refresh(&digest, row.id, (now, row.expires_at)).await?;
                }
                if let Some(before) = before {
                    tx.end_session(before, now, until).await?;
                }
                Ok::<_, crate::Error>(true)
            })
            .await?;
        // Disabled, deleted or given another password since it was verified.
        if opened { Ok(()) } else { Err(Denied::invalid_credentials().into()) }
    }

    /// Brings a session back by the cookie that remembers it, which is used up and gets a
    /// successor. Of two tabs that ask at once both get the same cookies.
    pub(crate) async fn restore(self, text: &str, client: &Client) -> Result<Restored> {
        let Ok(token) = PlainToken::parse(TokenKind::Remember, text) else {
            return Ok(Restored::Refused);
        };
        self.0.check_lag()?;
        // Before the cookie is used up: whoever confirms their account then comes back by it.
        if let Some(owner) = self.owner_of(&token).await? {
            self.0.admit_leaver(&owner)?;
        }
        let derive = |purpose: &str| {
            let seed = format!("{purpose}\n{}", token.reveal());
            self.0.refresh_key().mac(seed.as_bytes())
        };
        let session = PlainToken::from_entropy(TokenKind::Session, &derive("cookie"));
        let remember = token.successor(&derive("next"));
        let lifetime = self.0.config().browser.remember_seconds;
        let rotation = Rotation::new(self.0, &token, &remember, client, lifetime);
        match self.rotate(rotation, &session, client).await? {
            Outcome::Granted { session: row, .. } => {
                let identity = self.0.live().identity(self.0.db(), row.user_id, row.epoch).await?;
                if !identity.is_some_and(|who| may_go_on(&who, &row, self.0.now())) {
                    return Ok(Restored::Refused);
                }
                Ok(Restored::Signed(Signed { session, remember: Some(remember) }))
            }
            Outcome::Refused => Ok(Restored::Refused),
            Outcome::Replayed(_) => {
                metrics::counter!("countersign_refresh_replays_total").increment(1);
                tracing::warn!("a used remember-me cookie was shown again: its session is ended");
                Ok(Restored::Stolen)
            }
        }
    }

    /// Rotates; of a theft the owner is told.
    async fn rotate(
        self,
        rotation: Rotation,
        session: &PlainToken,
        client: &Client,
    ) -> Result<Outcome> {
        let (cookie, now, auth) = (*session.digest().as_bytes(), self.0.now(), self.0.clone());
        let until = now + self.0.token_horizon();
        let device = auth.browser_of(client).map(|device| auth.seen(device, client));
        let client = client.clone();
        let outcome = self
            .0
            .db()
            .write(async move |tx| {
                let outcome = rotation.run(tx).await?;
                match &outcome {
                    Outcome::Granted { session, .. } => {
                        tx.replace_cookie(session.id, &cookie, (now, until)).await?;
                        tx.session_restored(session.id, now).await?;
                        if let Some(device) = &device {
                            tx.see_device(session.user_id, device).await?;
                        }
                    }
                    Outcome::Replayed(session) => {
                        let owner = tx.user(session.user_id).await?;
                        let mail = owner.and_then(|owner| auth.sessions().theft(&owner, &client));
                        if let Some(mail) = mail {
                            tx.insert_mail(&mail).await?;
                        }
                    }
                    Outcome::Refused => {}
                }
                Ok::<_, crate::Error>(outcome)
            })
            .await?;
        self.0.mails().wake();
        Ok(outcome)
    }

    fn theft(self, owner: &UserRow, client: &Client) -> Option<MailRow> {
        let (device, place) = (client.device_name(), client.place());
        let facts = [("device", device.as_str()), ("place", place.as_str())];
        self.0.mails().notice(Kind::SessionStolen, owner, &facts)
    }

    /// Changes the password; the browser goes on with the next cookies of its session.
    ///
    /// # Errors
    /// As [`Passwords::change`](crate::Passwords::change).
    pub(crate) async fn change_password(
        self,
        by: &CurrentUser,
        (current, new): (&Secret, &Secret),
        client: &Client,
    ) -> Result<Option<Signed>> {
        self.0.passwords().change(by, current, new, client).await?;
        let Via::Session(id) = by.via else { return Ok(None) };
        self.next_cookies(id).await.map(Some)
    }

    /// Ends the session of a browser, whether its cookie or only the one that remembers it is still
    /// good. Where there is none, it is ended already.
    pub(crate) async fn log_out(self, carried: Carried<'_>) -> Result<()> {
        let Some(id) = self.carried(carried).await? else { return Ok(()) };
        let now = self.0.now();
        let until = now + self.0.token_horizon();
        self.0.db().write(async move |tx| tx.end_session(id, now, until).await).await
    }

    /// The session a browser carries.
    async fn carried(self, carried: Carried<'_>) -> Result<Option<SessionId>> {
        match (carried.session, carried.remembered) {
            (Some(id), _) => Ok(Some(id)),
            (None, Some(text)) => self.remembered_session(text).await,
            (None, None) => Ok(None),
        }
    }

    async fn remembered_session(self, text: &str) -> Result<Option<SessionId>> {
        let Ok(token) = PlainToken::parse(TokenKind::Remember, text) else { return Ok(None) };
        let row = store::session::refresh_token(self.0.db(), token.digest().as_bytes()).await?;
        Ok(row.map(|row| row.session_id))
    }

    /// The next cookies for the session, when what it may do has changed. The former ones, copies of
    /// them too, are worth nothing from here on.
    async fn next_cookies(self, id: SessionId) -> Result<Signed> {
        let signed = Signed {
            session: PlainToken::generate(TokenKind::Session),
            remember: Some(remembering(id)),
        };
        let cookie = *signed.session.digest().as_bytes();
        let remember = signed.remember.as_ref().map(|token| *token.digest().as_bytes());
        let (now, config) = (self.0.now(), &self.0.config().browser);
        let ends = now + i64::from(config.remember_seconds);
        let until = now + self.0.token_horizon();
        let remembered = self
            .0
            .db()
            .write(async move |tx| {
                let row = tx.session(id).await?;
                let over = || Denied::invalid_token("The session is over.");
                let row = row.filter(|row| row.revoked_at.is_none()).ok_or_else(over)?;
                tx.replace_cookie(id, &cookie, (now, until)).await?;
                tx.forget_refresh_of(id).await?;
                let remember = remember.filter(|_| row.remembered_at.is_some());
                if let Some(digest) = remember {
                    tx.insert_refresh(&digest, id, (now, row.expires_at.min(ends))).await?;
                }
                Ok::<_, crate::Error>(remember.is_some())
            })
            .await?;
        Ok(Signed { remember: signed.remember.filter(|_| remembered), ..signed })
    }
}

/// The first cookie that brings a session back.
fn remembering(id: SessionId) -> PlainToken {
    PlainToken::first(TokenKind::Remember, id.family())
}
