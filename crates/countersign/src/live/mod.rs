//! What this process knows by heart, so that checking a token asks no database: which tokens and
//! sessions are revoked, who the users are, which credentials they show. Fed by the change feed, and
//! by nothing else.

mod credentials;
mod feed;
mod heard;
mod identity;
mod news;
mod revoked;
mod room;
mod rows;
mod status;
#[cfg(test)]
mod tests;
mod until;
mod verified;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

pub(crate) use credentials::{Credentials, Known};
pub(crate) use feed::Feed;
use heard::Heard;
pub(crate) use identity::Identity;
pub(crate) use news::{News, Word};
pub(crate) use revoked::Name;
pub(crate) use status::Statuses;
pub(crate) use verified::{Verified, VerifiedTokens};

use crate::{
    ids::{ApiKeyId, SessionId, UserId},
    store::{
        Change, Db, DbError, What,
        api_key::ApiKeyRow,
        session::{Ended, SessionRow},
    },
};

/// The knowledge of one process about one database.
pub(crate) struct Live {
    revoked: revoked::Revoked,
    statuses: Statuses,
    news: News,
    identities: identity::Identities,
    verified: VerifiedTokens,
    api_keys: Credentials<ApiKeyId, ApiKeyRow>,
    sessions: Credentials<SessionId, SessionRow>,
    /// Raised when the signing keys change; whoever holds keys compares.
    keys_version: AtomicU64,
    /// Raised when it begins anew.
    beginnings: AtomicU64,
    /// When the last reading of the feed to its end began.
    heard: Heard,
}

impl Live {
    pub(crate) fn new(identities: usize) -> Self {
        Self {
            revoked: revoked::Revoked::default(),
            statuses: Statuses::default(),
            news: News::default(),
            identities: identity::Identities::new(identities),
            verified: VerifiedTokens::new(identities),
            api_keys: Credentials::new(identities),
            sessions: Credentials::new(identities),
            keys_version: AtomicU64::new(1),
            beginnings: AtomicU64::new(0),
            heard: Heard::now(),
        }
    }

    /// Takes in changes, in the order they were committed.
    pub(crate) fn apply<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) {
        for change in changes {
            match &change.what {
                What::Token(name) => {
                    self.revoked.insert(Name::of_token(name), change.expires_at);
                }
                What::Session(ended) => self.end_session(*ended, change.expires_at),
                What::User(id) => self.identities.forget(*id),
                What::ApiKey(id) => self.api_keys.forget(id),
                What::Cookies(id) => self.sessions.forget(id),
                What::Keys => {
                    self.keys_version.fetch_add(1, Ordering::SeqCst);
                }
            }
        }
    }

    /// Refuses the session's tokens until they have expired by themselves.
    pub(crate) fn end_session(&self, ended: Ended, until: i64) {
        self.revoked.insert(ended.session.into(), until);
        self.sessions.forget(&ended.session);
        if let Some(index) = ended.index {
            self.statuses.mark(index, until);
        }
    }

    /// API keys that were shown before.
    pub(crate) fn api_keys(&self) -> &Credentials<ApiKeyId, ApiKeyRow> {
        &self.api_keys
    }

    /// Sessions whose cookie or random token was shown before.
    pub(crate) fn sessions(&self) -> &Credentials<SessionId, SessionRow> {
        &self.sessions
    }

    /// Signed tokens that were checked before.
    pub(crate) fn verified(&self) -> &VerifiedTokens {
        &self.verified
    }

    /// The bits of the status lists.
    pub(crate) fn statuses(&self) -> &Statuses {
        &self.statuses
    }

    /// What the feed hears.
    pub(crate) fn news(&self) -> &News {
        &self.news
    }

    /// Whether the token with this `jti`, or its session, is revoked. A look-up in memory.
    pub(crate) fn is_revoked(&self, jti: Name, sid: SessionId) -> bool {
        self.revoked.contains(jti) || self.revoked.contains(sid.into())
    }

    /// Whether the token known by this name is revoked. A look-up in memory.
    pub(crate) fn is_token_revoked(&self, name: &str) -> bool {
        self.revoked.contains(Name::of_token(name))
    }

    /// The user as of the last change; asks the database only when they are not known here, or when
    /// a credential that was verified is of a later `epoch` than is known: another process raised
    /// it, and this one has not heard yet.
    pub(crate) async fn identity(
        &self,
        db: &Db,
        id: UserId,
        epoch: i64,
    ) -> Result<Option<std::sync::Arc<Identity>>, DbError> {
        self.identities.get_or_load(db, id, epoch).await
    }

    /// Forgets revocations whose tokens have expired by themselves.
    pub(crate) fn purge(&self, now: i64) {
        self.revoked.purge(now);
        self.statuses.purge(now);
    }

    /// How many revocations are held.
    pub(crate) fn revocations(&self) -> usize {
        self.revoked.len()
    }

    pub(crate) fn keys_version(&self) -> u64 {
        self.keys_version.load(Ordering::SeqCst)
    }

    /// How often this process began anew. What was known before may be of another database.
    pub(crate) fn beginnings(&self) -> u64 {
        self.beginnings.load(Ordering::SeqCst)
    }

    /// For how long this process has not heard what others did.
    pub(crate) fn lag(&self) -> Duration {
        self.heard.ago()
    }

    /// Everything committed before this moment is known.
    fn heard(&self, began: Instant) {
        self.heard.at(began);
    }

    /// Who users are, which credentials and which keys there are is asked again, and signatures are
    /// checked again. Revocations stay.
    fn forget_rows_and_keys(&self) {
        self.beginnings.fetch_add(1, Ordering::SeqCst);
        self.identities.forget_all();
        self.verified.forget_all();
        self.api_keys.forget_all();
        self.sessions.forget_all();
        self.keys_version.fetch_add(1, Ordering::SeqCst);
    }
}
