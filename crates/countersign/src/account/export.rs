//! What is kept of a user, for the user: everything but what is secret or only recognises a secret.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::Accounts;
use crate::{
    ApiKey, CurrentUser, Device, Session, User, UserId,
    error::Result,
    store::{self, api_key::ApiKeyRow, link::LinkRow, mail::MailRow, session::SessionRow},
};

/// Rows of one kind, the youngest; more than anybody has.
const MOST: i64 = 10_000;

/// Everything kept of one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[non_exhaustive]
pub struct Export {
    /// The service's address.
    pub service: String,
    /// Unix seconds.
    pub exported_at: i64,
    /// Names, roles, states.
    pub user: User,
    /// What the application keeps with the user.
    pub attributes: BTreeMap<String, String>,
    /// Sessions, youngest first, those that ended too until they are purged.
    pub sessions: Vec<ExportedSession>,
    /// Devices signed in from.
    pub devices: Vec<Device>,
    /// API keys, youngest first, without the keys; those that were revoked too until they are
    /// purged.
    pub api_keys: Vec<ExportedApiKey>,
    /// Mails to the present address, youngest first, without their text.
    pub mails: Vec<ExportedMail>,
    /// Links that were mailed, youngest first, without their secret.
    pub links: Vec<ExportedLink>,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportedSession {
    /// What lists show of it.
    #[serde(flatten)]
    pub session: Session,
    /// When it was ended, unix seconds; `None`: it was not.
    pub revoked_at: Option<i64>,
}

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportedApiKey {
    /// What lists show of it.
    #[serde(flatten)]
    pub api_key: ApiKey,
    /// When it was revoked, unix seconds; `None`: it was not.
    pub revoked_at: Option<i64>,
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportedMail {
    /// What it was about.
    pub kind: String,
    /// The address it was for.
    pub to: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds; `None`: it was not sent.
    pub sent_at: Option<i64>,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExportedLink {
    /// What it was good for.
    pub purpose: String,
    /// The address it was mailed to.
    pub email: String,
    /// Unix seconds.
    pub created_at: i64,
    /// Unix seconds.
    pub expires_at: i64,
    /// Unix seconds; `None`: it was not used.
    pub used_at: Option<i64>,
}

impl Accounts<'_> {
    /// Everything kept of the caller.
    ///
    /// # Errors
    /// `insufficient_user_authentication` when the password was given too long ago.
    pub async fn export(self, by: &CurrentUser) -> Result<Export> {
        self.0.check_fresh(by)?;
        self.export_of(by.id).await
    }

    /// Everything kept of a user: for operators who are asked for it.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn export_of(self, id: UserId) -> Result<Export> {
        let (auth, db) = (self.0, self.0.db());
        let user = auth.users().get(id).await?;
        let mails = match &user.email {
            Some(address) => store::mail::to(db, address, user.created_at, MOST).await?,
            None => Vec::new(),
        };
        let sessions = store::session::all_of_user(db, id, MOST).await?;
        let api_keys = store::api_key::all_of_user(db, id, MOST).await?;
        let links = store::link::of_user(db, id, MOST).await?;
        Ok(Export {
            service: auth.config().public_url.clone(),
            exported_at: auth.now(),
            attributes: auth.attributes().of(id).await?,
            devices: auth.devices().of(id).await?,
            user,
            sessions: sessions.iter().map(ExportedSession::from).collect(),
            api_keys: api_keys.iter().map(ExportedApiKey::from).collect(),
            mails: mails.iter().map(ExportedMail::from).collect(),
            links: links.iter().map(ExportedLink::from).collect(),
        })
    }
}

impl From<&SessionRow> for ExportedSession {
    fn from(row: &SessionRow) -> Self {
        Self { session: row.into(), revoked_at: row.revoked_at }
    }
}

impl From<&ApiKeyRow> for ExportedApiKey {
    fn from(row: &ApiKeyRow) -> Self {
        Self { api_key: row.into(), revoked_at: row.revoked_at }
    }
}

impl From<&MailRow> for ExportedMail {
    fn from(row: &MailRow) -> Self {
        let (kind, to) = (row.kind.clone(), row.recipient.clone());
        Self { kind, to, created_at: row.created_at, sent_at: row.sent_at }
    }
}

impl From<&LinkRow> for ExportedLink {
    fn from(row: &LinkRow) -> Self {
        Self {
            purpose: row.purpose.clone(),
            email: row.email.clone(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            used_at: row.used_at,
        }
    }
}
