//! The set of revoked ids. An id stays until its token would have expired anyway.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

#[derive(Default)]
pub(crate) struct Revoked(RwLock<HashMap<String, i64>>);

impl Revoked {
    pub(crate) fn insert(&self, id: &str, expires_at: i64) {
        let mut set = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = set.entry(id.to_owned()).or_insert(expires_at);
        *known = (*known).max(expires_at);
    }

    /// Says yes for as long as the id is held, whatever the clock says: holding it too long is
    /// harmless, and a clock set back must not revive a token.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(id)
    }

    pub(crate) fn purge(&self, now: i64) {
        let mut set = self.0.write().unwrap_or_else(PoisonError::into_inner);
        set.retain(|_, expires_at| *expires_at > now);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purging_drops_only_what_has_expired() {
        let revoked = Revoked::default();
        revoked.insert("old", 100);
        revoked.insert("young", 200);

        revoked.purge(150);

        assert!(!revoked.contains("old"));
        assert!(revoked.contains("young"));
    }

    #[test]
    fn a_second_revocation_never_shortens_the_first() {
        let revoked = Revoked::default();
        revoked.insert("id", 200);
        revoked.insert("id", 100);

        revoked.purge(150);

        assert!(revoked.contains("id"));
    }
}
