//! The `jti` of access tokens: `<session>.<16 hex digits of its own><16 hex digits of a MAC>`.
//!
//! It names the session, so that whoever may end the session may revoke the token by id; and it
//! proves itself, so that nobody fills the memory of revocations with ids that were never issued.

use countersign_proto::seal::constant_time_eq;

use super::Tokens;
use crate::SessionId;

impl Tokens<'_> {
    /// The id of the session's token that is told from others by the first half of `own`.
    pub(super) fn jti(self, session: SessionId, own: &[u8; 16]) -> String {
        let own = hex(&own[..8]);
        let proof = self.proof(session, &own);
        format!("{session}.{own}{proof}")
    }

    /// The session of a token that was issued here under this id.
    pub(super) fn session_of(self, jti: &str) -> Option<SessionId> {
        let (session, token) = jti.split_once('.')?;
        let session = session.parse().ok()?;
        let (own, proof) = token.split_at_checked(16)?;
        constant_time_eq(self.proof(session, own).as_bytes(), proof.as_bytes()).then_some(session)
    }

    fn proof(self, session: SessionId, own: &str) -> String {
        hex(&self.0.refresh_key().mac(format!("jti\n{session}.{own}").as_bytes())[..8])
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
