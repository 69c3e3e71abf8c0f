//! Signed tokens whose signature was checked, by the digest of their whole text. What is kept of one
//! is what no revocation changes: all that can end a token is asked at each request.

use std::{collections::BTreeMap, sync::Arc};

use countersign_proto::{
    jose::{Extra, Proven},
    scope::Scope,
    secret::TokenDigest,
};
use quick_cache::sync::Cache;

use super::{
    Name,
    room::{InBytes, Room, bounded, of_scope, of_text},
};
use crate::ids::{SessionId, UserId};

/// A token of ours that is good in itself; whether it still is, its dates and what this process
/// knows by heart say. Of its text, which may be long, only what a request asks for is kept.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) dates: Proven<()>,
    pub(crate) expires_at: i64,
    pub(crate) auth_time: i64,
    pub(crate) epoch: i64,
    pub(crate) session: SessionId,
    pub(crate) user: UserId,
    pub(crate) scope: Arc<Scope>,
    pub(crate) jti: Arc<str>,
    /// What a revocation of this one token is found by.
    pub(crate) name: Name,
    pub(crate) client_id: Arc<str>,
    /// What an application added.
    pub(crate) extra: BTreeMap<String, Extra>,
}

/// A token, and which opening of the keys it was checked by.
#[derive(Clone)]
struct Kept(u64, Arc<Verified>);

impl Room for Kept {
    fn bytes(&self) -> usize {
        let token = &self.1;
        let extra = |(name, value): (&String, &Extra)| {
            let value = if let Extra::Text(text) = value { of_text(text) } else { 0 };
            // Of the places of a tree about two in three are taken.
            2 * size_of::<(String, Extra)>() + of_text(name) + value
        };
        size_of::<Verified>()
            + of_text(&token.jti)
            + of_text(&token.client_id)
            + of_scope(&token.scope)
            + token.extra.iter().map(extra).sum::<usize>()
    }
}

/// Under other keys than it was checked by a token is checked anew.
pub(crate) struct VerifiedTokens(Cache<TokenDigest, Kept, InBytes>);

impl VerifiedTokens {
    pub(super) fn new(capacity: usize) -> Self {
        Self(bounded(capacity))
    }

    pub(crate) fn get(&self, digest: &TokenDigest, opening: u64) -> Option<Arc<Verified>> {
        self.0.get(digest).filter(|Kept(by, _)| *by == opening).map(|Kept(_, token)| token)
    }

    /// Only what was accepted may be kept: so nobody fills the memory who has no tokens.
    pub(crate) fn keep(&self, digest: TokenDigest, opening: u64, token: &Arc<Verified>) {
        self.0.insert(digest, Kept(opening, Arc::clone(token)));
    }

    pub(super) fn forget_all(&self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use countersign_proto::jose::{AccessClaims, Algorithm, Expected, KeySet, SigningKey, prove};
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// What is kept of a token with so much added.
    fn with(added: &str) -> Arc<Verified> {
        let key = SigningKey::generate(Algorithm::EdDSA).unwrap();
        let claims = json!({"iss": "i", "sub": "s", "aud": "a", "client_id": "c", "jti": "j",
            "iat": NOW, "exp": NOW + 600, "auth_time": NOW, "amr": ["pwd"], "epoch": 0,
            "scope": "account", "added": added});
        let token = key.sign("at+jwt", &claims).unwrap();
        let keys = KeySet::new([key.verifying_key()]);
        let proven =
            prove::<AccessClaims>(&token, &keys, &Expected::of::<AccessClaims>("i", "a"), NOW);
        let (claims, dates) = proven.unwrap().split();
        Arc::new(Verified {
            dates,
            expires_at: claims.exp,
            auth_time: claims.auth_time,
            epoch: claims.epoch,
            session: SessionId::new(),
            user: UserId::new(),
            scope: Arc::new(claims.scope.parse().unwrap()),
            name: Name::of_token(&claims.jti),
            jti: claims.jti.into(),
            client_id: claims.client_id.into(),
            extra: claims.extra,
        })
    }

    fn kept(token: &Arc<Verified>) -> usize {
        let memory = VerifiedTokens::new(1000);
        for n in 0..10_000 {
            memory.keep(TokenDigest::of(&n.to_string()), 1, token);
        }
        memory.0.len()
    }

    #[test]
    fn large_tokens_take_the_place_of_several() {
        let (small, large) = (with("a little"), with(&"much".repeat(1024)));

        assert!(Kept(1, Arc::clone(&small)).bytes() < 800, "one like most takes one place");
        assert!((900..=1000).contains(&kept(&small)), "{}", kept(&small));
        assert!((100..=250).contains(&kept(&large)), "{}", kept(&large));
    }

    #[test]
    fn what_was_checked_by_other_keys_is_not_known() {
        let (memory, digest) = (VerifiedTokens::new(10), TokenDigest::of("a token"));
        memory.keep(TokenDigest::of("a token"), 1, &with(""));

        assert!(memory.get(&digest, 1).is_some() && memory.get(&digest, 2).is_none());
        memory.forget_all();
        assert!(memory.get(&digest, 1).is_none());
    }
}
