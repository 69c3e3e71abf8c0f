//! The set of what is revoked. A name stays until its token would have expired anyway.
//!
//! There may be a million of them: each is kept by sixteen bytes, and they are in shards, so that
//! growing and tidying up holds up one request in many for a moment.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock, atomic::AtomicI64},
};

use countersign_proto::secret::TokenDigest;

use super::until::{self, Until};
use crate::ids::SessionId;

const SHARDS: usize = 32;

/// What a revocation is looked up by: a session's id as it is, the half of the digest of any other
/// name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Name([u8; 16]);

impl From<SessionId> for Name {
    fn from(session: SessionId) -> Self {
        Self(session.into_bytes())
    }
}

impl Name {
    /// The name of a token: its `jti`, or what stands for one.
    pub(crate) fn of_token(name: &str) -> Self {
        let mut half = [0; 16];
        half.copy_from_slice(&TokenDigest::of(name).as_bytes()[..16]);
        Self(half)
    }

    /// The last bytes of either form are random.
    fn shard(self) -> usize {
        usize::from(self.0[15]) % SHARDS
    }
}

#[derive(Default)]
pub(crate) struct Revoked {
    shards: [RwLock<HashMap<Name, Until>>; SHARDS],
    purged_at: AtomicI64,
}

impl Revoked {
    pub(crate) fn insert(&self, name: Name, expires_at: i64) {
        let expires_at = until::of(expires_at);
        let shard = &self.shards[name.shard()];
        let mut set = shard.write().unwrap_or_else(PoisonError::into_inner);
        let known = set.entry(name).or_insert(expires_at);
        *known = (*known).max(expires_at);
    }

    /// Says yes for as long as the name is held, whatever the clock says: holding it too long is
    /// harmless, and a clock set back must not revive a token.
    pub(crate) fn contains(&self, name: Name) -> bool {
        let shard = &self.shards[name.shard()];
        shard.read().unwrap_or_else(PoisonError::into_inner).contains_key(&name)
    }

    pub(crate) fn purge(&self, now: i64) {
        if !until::is_time(&self.purged_at, now) {
            return;
        }
        for shard in &self.shards {
            until::drop_past(&mut shard.write().unwrap_or_else(PoisonError::into_inner), now);
        }
    }

    pub(crate) fn len(&self) -> usize {
        let len = |shard: &RwLock<HashMap<_, _>>| {
            shard.read().unwrap_or_else(PoisonError::into_inner).len()
        };
        self.shards.iter().map(len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Name {
        Name::of_token(name)
    }

    #[test]
    fn purging_drops_only_what_has_expired() {
        let revoked = Revoked::default();
        revoked.insert(named("old"), 100);
        revoked.insert(named("young"), 200);

        revoked.purge(150);

        assert!(!revoked.contains(named("old")));
        assert!(revoked.contains(named("young")));
    }

    #[test]
    fn a_second_revocation_never_shortens_the_first() {
        let revoked = Revoked::default();
        revoked.insert(named("id"), 200);
        revoked.insert(named("id"), 100);

        revoked.purge(150);

        assert!(revoked.contains(named("id")));
    }

    #[test]
    fn a_million_fit_in_fifty_megabytes_and_leave_none_behind() {
        let revoked = Revoked::default();
        for n in 0..1_000_000_u32 {
            revoked.insert(named(&n.to_string()), 100);
        }
        let entry = size_of::<(Name, Until)>() + 1;
        let room = |revoked: &Revoked| -> usize {
            // Seven of eight places of a table can be taken.
            let places = |shard: &RwLock<HashMap<_, _>>| shard.read().unwrap().capacity() * 8 / 7;
            revoked.shards.iter().map(places).sum::<usize>() * entry
        };

        assert_eq!(revoked.len(), 1_000_000);
        assert!(room(&revoked) < 50_000_000, "{}", room(&revoked));
        revoked.purge(100);
        assert_eq!((revoked.len(), room(&revoked) < 10_000), (0, true), "{}", room(&revoked));
    }
}
