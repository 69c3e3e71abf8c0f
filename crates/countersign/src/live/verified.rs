//! Signed tokens whose signature was checked, by the digest of their whole text. What is kept of one
//! is what no revocation changes: all that can end a token is asked at each request.

use std::sync::Arc;

use countersign_proto::{
    jose::{AccessClaims, Proven},
    scope::Scope,
    secret::TokenDigest,
};
use quick_cache::sync::Cache;

use super::Name;
use crate::ids::{SessionId, UserId};

/// A token of ours that is good in itself; whether it still is, its dates and what this process
/// knows by heart say.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) proven: Proven<AccessClaims>,
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) scope: Arc<Scope>,
    pub(crate) jti: Arc<str>,
    /// What a revocation of this one token is found by.
    pub(crate) name: Name,
    pub(crate) client_id: Arc<str>,
}

impl Verified {
    pub(crate) fn claims(&self) -> &AccessClaims {
        self.proven.claims()
    }
}

/// Each with the opening of the keys that it was checked by. Under other keys it is checked anew.
pub(crate) struct VerifiedTokens(Cache<TokenDigest, (u64, Arc<Verified>)>);

impl VerifiedTokens {
    pub(super) fn new(capacity: usize) -> Self {
        Self(Cache::new(capacity))
    }

    pub(crate) fn get(&self, digest: &TokenDigest, opening: u64) -> Option<Arc<Verified>> {
        self.0.get(digest).filter(|(by, _)| *by == opening).map(|(_, token)| token)
    }

    /// Only what was accepted may be kept: so nobody fills the memory who has no tokens.
    pub(crate) fn keep(&self, digest: TokenDigest, opening: u64, token: &Arc<Verified>) {
        self.0.insert(digest, (opening, Arc::clone(token)));
    }

    pub(super) fn forget_all(&self) {
        self.0.clear();
    }
}
