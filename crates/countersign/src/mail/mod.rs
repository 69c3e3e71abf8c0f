//! The outbox: a mail is a row written in the transaction that causes it, and sent afterwards.
//! What it says is sealed in the database, rendered when it is sent or looked at, and forgotten
//! then.

mod compose;
pub(crate) mod http;
mod limit;
mod message;
mod outbox;
mod probe;
mod smtp;

use std::{collections::BTreeMap, sync::Arc};

use countersign_proto::{name::EmailAddress, seal::SubKey};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

pub(crate) use limit::{Allowance, Whose};
pub(crate) use outbox::deliver;

use crate::{
    Auth, Config,
    config::Transport,
    error::{Denied, Error, Failed, Result},
    render::{MailText, when},
    store::{self, mail::MailRow, user::UserRow},
};

/// Mails of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Mails<'a>(pub(crate) &'a Auth);

/// What sending needs: the key of what waits, the server, and the bell that wakes the senders.
pub(crate) struct Post {
    key: SubKey,
    smtp: Option<smtp::Smtp>,
    pub(crate) bell: Arc<Notify>,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Confirm,
    Reset,
    ChangeAddress,
    AddressChanging,
    AddressChanged,
    NewDevice,
    PasswordChanged,
    AccountExists,
    Invitation,
    DeletionAnnounced,
    SessionStolen,
}

/// A mail as the inbox shows it.
#[derive(Serialize, Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InboxMail {
    /// Its identifier.
    pub id: String,
    /// The address it went to.
    pub to: String,
    /// What it is about: `confirm`, `reset`, `change-address` and so on.
    pub kind: String,
    /// The subject line.
    pub subject: String,
    /// The text for those who read plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Unix seconds.
    pub created_at: i64,
}

/// A mail without its text, for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct MailInfo {
    /// Its identifier, also the left half of its `Message-ID`.
    pub id: String,
    /// The address it is for.
    pub to: String,
    /// What it is about.
    pub kind: String,
    /// How far it got.
    pub state: MailState,
    /// Unix seconds.
    pub created_at: i64,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub failure: Option<String>,
}

/// How far a mail got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MailState {
    /// It will be tried.
    Waiting,
    /// It is being sent.
    Sending,
    /// The server took it, or the inbox has it.
    Sent,
    /// It will not be tried again.
    GivenUp,
}

/// What is sealed in a row.
#[derive(Serialize, Deserialize)]
struct Letter {
    locale: Option<String>,
    facts: BTreeMap<String, String>,
}

impl Kind {
    const ALL: [Self; 11] = [
        Self::Confirm,
        Self::Reset,
        Self::ChangeAddress,
        Self::AddressChanging,
        Self::AddressChanged,
        Self::NewDevice,
        Self::PasswordChanged,
        Self::AccountExists,
        Self::Invitation,
        Self::DeletionAnnounced,
        Self::SessionStolen,
    ];

    /// How it is written in the database and called in templates.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::ChangeAddress => "change-address",
            Self::AddressChanging => "address-changing",
            Self::AddressChanged => "address-changed",
            Self::NewDevice => "new-device",
            Self::PasswordChanged => "password-changed",
            Self::AccountExists => "account-exists",
            Self::Invitation => "invitation",
            Self::DeletionAnnounced => "deletion-announced",
            Self::SessionStolen => "session-stolen",
        }
    }

    fn of(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == slug)
    }

    /// Whether it is worth nothing once the link in it has expired.
    fn dies_with_its_link(self) -> bool {
        matches!(self, Self::Confirm | Self::Reset | Self::ChangeAddress)
    }
}

impl Post {
    /// Reads what the configuration names: the server's URL, its password, its authorities.
    pub(crate) fn open(key: SubKey, config: &Config) -> Result<Self> {
        let smtp = match config.mail.transport {
            Transport::Smtp => Some(smtp::Smtp::open(config).map_err(Failed::because)?),
            Transport::Off | Transport::Inbox => None,
        };
        Ok(Self { key, smtp, bell: Arc::default() })
    }

    pub(crate) fn sends(&self) -> bool {
        self.smtp.is_some()
    }
}

impl Mails<'_> {
    /// Whether this system mails at all.
    pub fn on(self) -> bool {
        self.0.config().mail.transport != Transport::Off
    }

    /// Refuses what cannot be done without mail.
    pub(crate) fn require(self) -> Result<()> {
        if self.on() {
            return Ok(());
        }
        let text = "This service sends no mail. Ask whoever runs it.";
        Err(Denied::not_found(text).because("mail-off").into())
    }

    /// A mail to put into a transaction by [`Tx::insert_mail`](crate::store::Tx::insert_mail), and
    /// afterwards [`wake`](Self::wake) the senders. `None` when mail is off, or `to` is no address.
    /// `mail/compose.rs` lists the facts.
    pub(crate) fn draft(
        self,
        kind: Kind,
        to: &str,
        locale: Option<&str>,
        facts: &[(&str, &str)],
    ) -> Option<MailRow> {
        if !self.on() {
            return None;
        }
        let Ok(to) = EmailAddress::parse(to) else {
            tracing::warn!(kind = kind.as_str(), "a stored address is none; nothing is mailed");
            return None;
        };
        let mut row = self.row(kind, locale, facts)?;
        to.shown().clone_into(&mut row.recipient);
        let inbox = self.0.config().mail.transport == Transport::Inbox;
        row.next_at = (!inbox).then_some(row.created_at);
        row.sent_at = inbox.then_some(row.created_at);
        Some(row)
    }

    /// A row that costs what a mail costs and is none: where nobody is to be written to.
    pub(crate) fn stand_in(self, kind: Kind, facts: &[(&str, &str)]) -> Option<MailRow> {
        if self.on() { self.row(kind, None, facts) } else { None }
    }

    /// A mail to a user about their account; `None` when they have no address.
    pub(crate) fn notice(
        self,
        kind: Kind,
        user: &UserRow,
        facts: &[(&str, &str)],
    ) -> Option<MailRow> {
        let address = user.email.as_deref()?;
        let when = when(self.0.now());
        let common = [("name", called(user)), ("address", address), ("when", when.as_str())];
        let proven = user.confirmed_at.is_some();
        let told = facts.iter().filter(|(name, _)| proven || *name != "new_address");
        let facts: Vec<_> = common.iter().chain(told).copied().collect();
        self.draft(kind, address, user.locale.as_deref(), &facts)
    }

    fn row(self, kind: Kind, locale: Option<&str>, facts: &[(&str, &str)]) -> Option<MailRow> {
        let id = uuid::Uuid::now_v7().to_string();
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let facts = facts.iter().map(owned).collect();
        let letter = Letter { locale: locale.map(str::to_owned), facts };
        let plain = serde_json::to_vec(&letter).ok()?;
        let sealed = self.0.post().key.seal(&plain, id.as_bytes());
        Some(MailRow {
            id,
            recipient: String::new(),
            kind: kind.as_str().to_owned(),
            sealed: Some(sealed),
            created_at: self.0.now(),
            next_at: None,
            attempts: 0,
            claimed_at: None,
            sent_at: None,
            failure: None,
        })
    }

    /// Tells the senders that something was committed; without it they look every two seconds.
    pub(crate) fn wake(self) {
        self.0.post().bell.notify_one();
    }

    /// The mails kept to be looked at, youngest first, at most `limit` (1 to 100).
    ///
    /// # Errors
    /// `not_found` unless the transport is [`Transport::Inbox`].
    pub async fn inbox(self, limit: u32) -> Result<Vec<InboxMail>> {
        if self.0.config().mail.transport != Transport::Inbox {
            return Err(Denied::not_found("This service keeps no mails to look at.").into());
        }
        let rows = store::mail::recent(self.0.db(), i64::from(limit.clamp(1, 100))).await?;
        Ok(rows.iter().filter(|row| row.sealed.is_some()).map(|row| self.shown(row)).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn inbox_mail(self, id: &str) -> Result<InboxMail> {
        let all = self.inbox(100).await?;
        let one = all.into_iter().find(|mail| mail.id == id);
        one.ok_or_else(|| Denied::not_found("There is no such mail.").into())
    }

    fn shown(self, row: &MailRow) -> InboxMail {
        let text = self.text(row).unwrap_or_else(|why| unreadable(row, &why));
        InboxMail {
            id: row.id.clone(),
            to: row.recipient.clone(),
            kind: row.kind.clone(),
            subject: text.subject,
            text: text.text,
            html: text.html,
            created_at: row.created_at,
        }
    }

    /// Opens and renders what waits in a row.
    fn text(self, row: &MailRow) -> Result<MailText> {
        let sealed = row.sealed.as_deref().unwrap_or_default();
        let plain = self.0.post().key.open(sealed, row.id.as_bytes()).map_err(Failed::because)?;
        let letter: Letter = serde_json::from_slice(&plain).map_err(Failed::because)?;
        let kind = Kind::of(&row.kind).ok_or_else(|| Failed::because("a mail of no known kind"))?;
        compose::compose(self.0, kind, letter.locale.as_deref(), &letter.facts)
    }

    /// The youngest mails without their text, youngest first, at most `limit` (1 to 1000).
    pub async fn recent(self, limit: u32) -> Result<Vec<MailInfo>> {
        let rows = store::mail::recent(self.0.db(), i64::from(limit.clamp(1, 1000))).await?;
        Ok(rows.iter().map(MailInfo::from).collect())
    }
}

/// What a mail calls a user: their name, once the address is proven. Before, it may be somebody
/// else's, and the name a way to make this service write to them what a stranger chose.
pub(crate) fn called(user: &UserRow) -> &str {
    let proven = user.confirmed_at.is_some();
    user.username.as_deref().filter(|_| proven).unwrap_or_default()
}

/// One mail that cannot be read must not hide the others.
fn unreadable(row: &MailRow, why: &Error) -> MailText {
    tracing::error!(id = row.id, error = %why, "a mail cannot be shown");
    let text = "This mail cannot be shown; the log says why.";
    MailText {
        subject: format!("({})", row.kind),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
    }
}

impl From<&MailRow> for MailInfo {
    fn from(row: &MailRow) -> Self {
        let state = match (row.sent_at, row.next_at, row.claimed_at) {
            (Some(_), ..) => MailState::Sent,
            (None, None, _) => MailState::GivenUp,
            (None, Some(_), None) => MailState::Waiting,
            (None, Some(_), Some(_)) => MailState::Sending,
        };
        Self {
            id: row.id.clone(),
            to: row.recipient.clone(),
            kind: row.kind.clone(),
            state,
            created_at: row.created_at,
            attempts: row.attempts,
            failure: row.failure.clone(),
        }
    }
}
