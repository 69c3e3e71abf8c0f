//! Signing keys: made on first start, kept sealed, rotated with overlap. When is in `rotation`, which
//! of them this process knows in `ring`.

pub(crate) mod http;
pub(crate) mod ring;
pub(crate) mod rotation;
pub(crate) mod shared;

use serde::Serialize;

pub(crate) use ring::{Opened, Ring};

use crate::{
    Auth,
    error::Result,
    store::{self, signing_key::SigningKeyRow},
};

/// Signing keys of one [`Auth`].
#[derive(Clone, Copy)]
pub struct SigningKeys<'a>(pub(crate) &'a Auth);

/// When a new key begins to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotate {
    /// After it has been published for the configured time, so that verifiers elsewhere know it.
    Published,
    /// At once: when the old key may be in wrong hands. Verifiers elsewhere must fetch it first.
    AtOnce,
}

/// A signing key, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// The `kid` of its tokens.
    pub kid: String,
    /// The JOSE name of its algorithm.
    pub algorithm: String,
    /// Unix seconds.
    pub created_at: i64,
    /// From when on it signs, unix seconds.
    pub active_at: i64,
    /// Until when it verifies, unix seconds; `None`: in service.
    pub expires_at: Option<i64>,
}

impl SigningKeys<'_> {
    /// All keys, the one that became active last at the end.
    pub async fn list(self) -> Result<Vec<KeyInfo>> {
        Ok(self.stored().await?.iter().map(info).collect())
    }

    async fn stored(self) -> Result<Vec<SigningKeyRow>> {
        Ok(store::signing_key::all(self.0.db()).await?)
    }

    /// The public keys, as a JWK Set (RFC 7517 §5). Shared secrets (HS256) are never in it.
    pub async fn jwks(self) -> Result<String> {
        Ok(self.0.keys().await?.set.to_jwks_json())
    }
}

fn info(row: &SigningKeyRow) -> KeyInfo {
    KeyInfo {
        kid: row.kid.clone(),
        algorithm: row.algorithm.clone(),
        created_at: row.created_at,
        active_at: row.active_at,
        expires_at: row.expires_at,
    }
}
