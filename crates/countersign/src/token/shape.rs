//! What an application's tokens have that those of this service have not.

use std::collections::BTreeMap;

use countersign_proto::jose::Extra;

use super::UserClaims;

/// What an access token is signed with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Signature {
    /// The service's signing key, by the configured algorithm.
    #[default]
    Service,
    /// HS256 under the configured shared secret, for services that verify by that. Such a token
    /// names no audience (`aud`), as theirs before did not. In its header it has a MAC under a key
    /// of this service's own, without which it is not accepted here.
    Shared,
}

/// How a token differs from what is configured.
///
/// What it names is added; the claims by which a token is judged stay what they are. A name that
/// one of those has makes a token that nobody accepts.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Its life in seconds, where that is shorter than the configured one.
    pub seconds: Option<u32>,
    /// It holds from so many seconds after its issue on (`nbf`).
    pub not_before: Option<u32>,
    /// Another claim that says what `sub` says.
    pub subject_as: Option<&'static str>,
    /// Further claims.
    pub claims: BTreeMap<String, Extra>,
    /// What it is signed with; of access tokens alone. A token that buys them is this service's own
    /// affair: under a shared secret others would take it for one of those.
    pub signature: Signature,
    /// Further claims of an access token that depend on whom it is for. Of two with one name that
    /// in `claims` counts.
    pub user_claims: UserClaims,
}

impl Shape {
    /// Its life in seconds, where at most so many are allowed.
    pub(super) fn seconds_within(&self, most: u32) -> i64 {
        self.seconds.unwrap_or(most).min(most).into()
    }

    /// The claims it adds to a token for `subject`, issued at `now`.
    pub(super) fn extra(&self, subject: &str, now: i64) -> BTreeMap<String, Extra> {
        let mut claims = self.claims.clone();
        if let Some(seconds) = self.not_before {
            claims.insert("nbf".into(), Extra::Number(now + i64::from(seconds)));
        }
        if let Some(name) = self.subject_as {
            claims.insert(name.into(), Extra::Text(subject.to_owned()));
        }
        claims
    }
}
