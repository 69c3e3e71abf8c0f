//! Opaque credentials known by heart: API keys, and sessions by their cookie or their random token.

use std::{
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use countersign_proto::scope::Scope;
use quick_cache::sync::Cache;

use super::{
    room::{Room, of_scope, of_text},
    rows::Rows,
};
use crate::store::{DbError, api_key::ApiKeyRow, session::SessionRow};

/// A row, with the digest of the credential that it was found by.
#[derive(Debug)]
pub(crate) struct Known<R> {
    pub(crate) row: R,
    /// What the credential may do; `None` for what no scope can be read from.
    pub(crate) scope: Option<Arc<Scope>>,
    digest: [u8; 32],
    used_at: AtomicI64,
}

impl Known<SessionRow> {
    pub(crate) fn session(digest: [u8; 32], row: SessionRow) -> Self {
        let scope = row.scope.parse().ok().map(Arc::new);
        let used_at = AtomicI64::new(row.last_seen_at);
        // Nobody asks the memory where a session came from and what it was granted in words.
        let (scope_text, amr) = (String::new(), String::new());
        let row = SessionRow { address: None, user_agent: None, scope: scope_text, amr, ..row };
        Self { row, scope, digest, used_at }
    }
}

impl Known<ApiKeyRow> {
    pub(crate) fn api_key(digest: [u8; 32], row: ApiKeyRow) -> Self {
        let scope = row.scope.parse().ok().map(Arc::new);
        let used_at = AtomicI64::new(row.last_used_at.unwrap_or(i64::MIN));
        // Nobody asks the memory what a key looks like in a list.
        let (name, hint, scope_text) = (String::new(), String::new(), String::new());
        let row = ApiKeyRow { name, hint, scope: scope_text, ..row };
        Self { row, scope, digest, used_at }
    }
}

impl<R> Known<R> {
    /// When it was used last, as far as this process knows.
    pub(crate) fn used_at(&self) -> i64 {
        self.used_at.load(Ordering::Relaxed)
    }

    /// Says when it was used before if that is so many seconds ago, to one caller, who notes the use.
    pub(crate) fn use_now(&self, now: i64, seconds: i64) -> Option<i64> {
        let before = self.used_at();
        let is_due = now.saturating_sub(before) >= seconds;
        let swap =
            || self.used_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed);
        (is_due && swap().is_ok()).then_some(before)
    }

    /// The use could not be noted: the next one is.
    pub(crate) fn used_before(&self, before: i64) {
        self.used_at.store(before, Ordering::Relaxed);
    }
}

impl Room for Arc<Known<SessionRow>> {
    fn bytes(&self) -> usize {
        let scope = self.scope.as_deref().map_or(0, of_scope);
        size_of::<Known<SessionRow>>() + scope + of_text(&self.row.client_id)
    }
}

impl Room for Arc<Known<ApiKeyRow>> {
    fn bytes(&self) -> usize {
        size_of::<Known<ApiKeyRow>>() + self.scope.as_deref().map_or(0, of_scope)
    }
}

/// Credentials of one kind. A digest leads to a row that has this very digest, or to none: a browser
/// gets other cookies now and then.
pub(crate) struct Credentials<I, R> {
    ids: Cache<[u8; 32], I>,
    rows: Rows<I, Known<R>>,
}

impl<I: Copy + Eq + Hash, R> Credentials<I, R>
where
    Arc<Known<R>>: Room,
{
    pub(super) fn new(capacity: usize) -> Self {
        Self { ids: Cache::new(capacity), rows: Rows::new(capacity) }
    }

    /// The row, if it is known and `is_good`. What memory has no good word for is asked again.
    pub(crate) fn get(
        &self,
        digest: &[u8; 32],
        is_good: impl Fn(&Known<R>) -> bool,
    ) -> Option<Arc<Known<R>>> {
        let row = self.rows.get(&self.ids.get(digest)?)?;
        (row.digest == *digest && is_good(&row)).then_some(row)
    }

    /// Reads the row with this digest, and keeps it.
    pub(crate) async fn load(
        &self,
        read: impl Future<Output = Result<Option<(I, Known<R>)>, DbError>>,
    ) -> Result<Option<Arc<Known<R>>>, DbError> {
        let named = async {
            let found = read.await?;
            if let Some((id, row)) = &found {
                self.ids.insert(row.digest, *id);
            }
            Ok(found)
        };
        self.rows.load(named).await
    }

    pub(super) fn forget(&self, id: &I) {
        self.rows.forget(id);
    }

    pub(super) fn forget_all(&self) {
        self.rows.forget_all();
    }
}
