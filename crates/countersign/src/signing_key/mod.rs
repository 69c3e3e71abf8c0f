//! Signing keys: made on first start, kept sealed, rotated with overlap.

pub(crate) mod http;

use std::sync::{Arc, PoisonError, RwLock};

use countersign_proto::{
    jose::{Algorithm, KeySet, SigningKey},
    seal::SubKey,
};
use serde::Serialize;

use crate::{
    Auth,
    error::{Failed, Result},
    store::{self, What, signing_key::SigningKeyRow},
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

/// The keys this process has opened, and which version of the table they are.
pub(crate) struct Ring {
    sealing: SubKey,
    opened: RwLock<Option<Arc<Opened>>>,
}

pub(crate) struct Opened {
    version: u64,
    keys: Vec<(KeyInfo, SigningKey)>,
    pub(crate) set: KeySet,
}

impl Opened {
    /// Whether these are the keys to go by: the table is as it was, and none has expired since.
    fn are_current(&self, version: u64, now: i64) -> bool {
        let in_force = |(info, _): &(KeyInfo, _)| info.expires_at.is_none_or(|end| end > now);
        self.version == version && self.keys.iter().all(in_force)
    }

    /// The key that signs now: the one in service, and until it is active the youngest that is.
    pub(crate) fn signer(&self, now: i64) -> Result<&SigningKey> {
        let signs =
            |info: &KeyInfo| info.active_at <= now && info.expires_at.is_none_or(|end| end > now);
        self.keys
            .iter()
            .filter(|(info, _)| signs(info))
            // Within one second only service tells the new key from the one it replaced.
            .max_by_key(|(info, _)| (info.expires_at.is_none(), info.active_at))
            .map(|(_, key)| key)
            .ok_or_else(|| Failed::because("no signing key is active"))
    }
}

impl Opened {
    /// Whether the key that signs now is one that others verify: its tokens have a status list.
    pub(crate) fn is_public(&self, now: i64) -> Result<bool> {
        Ok(self.signer(now)?.algorithm() != Algorithm::HS256)
    }

    /// The key that signs what others verify: the one that signs tokens, or the youngest in force
    /// that they know. None where all is HS256.
    pub(crate) fn publisher(&self, now: i64) -> Option<&SigningKey> {
        let known = |(info, key): &&(KeyInfo, SigningKey)| {
            info.active_at <= now
                && info.expires_at.is_none_or(|end| end > now)
                && key.algorithm() != Algorithm::HS256
        };
        let youngest = |(info, _): &&(KeyInfo, _)| (info.expires_at.is_none(), info.active_at);
        self.keys.iter().filter(known).max_by_key(youngest).map(|(_, key)| key)
    }
}

impl Ring {
    pub(crate) fn new(sealing: SubKey) -> Self {
        Self { sealing, opened: RwLock::default() }
    }
}

impl Auth {
    /// The keys as of the last change.
    pub(crate) async fn keys(&self) -> Result<Arc<Opened>> {
        let (version, now) = (self.live().keys_version(), self.now());
        {
            let opened = self.ring().opened.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(keys) = opened.as_ref().filter(|keys| keys.are_current(version, now)) {
                return Ok(Arc::clone(keys));
            }
        }
        let keys = Arc::new(self.open_keys(version).await?);
        *self.ring().opened.write().unwrap_or_else(PoisonError::into_inner) =
            Some(Arc::clone(&keys));
        Ok(keys)
    }

    async fn open_keys(&self, version: u64) -> Result<Opened> {
        let now = self.now();
        let mut keys = Vec::new();
        for row in store::signing_key::all(self.db()).await? {
            if row.expires_at.is_none_or(|end| end > now) {
                let key = self.unseal(&row)?;
                keys.push((info(&row), key));
            }
        }
        let set = KeySet::new(keys.iter().map(|(_, key)| key.verifying_key()));
        Ok(Opened { version, keys, set })
    }

    fn unseal(&self, row: &SigningKeyRow) -> Result<SigningKey> {
        let bytes = self.ring().sealing.open(&row.sealed, row.kid.as_bytes()).map_err(|_| {
            Failed::because(
                "the signing keys in the database are sealed with another secret: start with the \
                 secret file this database was made with",
            )
        })?;
        let algorithm: Algorithm = row.algorithm.parse().map_err(Failed::because)?;
        SigningKey::from_bytes(algorithm, &bytes).map_err(Failed::because)
    }
}

impl SigningKeys<'_> {
    /// All keys, the one that became active last at the end.
    pub async fn list(self) -> Result<Vec<KeyInfo>> {
        Ok(store::signing_key::all(self.0.db()).await?.iter().map(info).collect())
    }

    /// Makes a new key. The old ones verify until their last token has expired.
    pub async fn rotate(self, when: Rotate) -> Result<KeyInfo> {
        let config = self.0.config();
        let now = self.0.now();
        let active_at = match when {
            Rotate::Published => now + i64::from(config.key_publish_seconds),
            Rotate::AtOnce => now,
        };
        let row = self.make(config.algorithm, active_at)?;
        let (kid, made) = (row.kid.clone(), info(&row));
        let last_token = active_at + self.0.token_horizon();
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                tx.insert_signing_key(&row).await?;
                tx.retire_other_signing_keys(&kid, last_token).await?;
                tx.change(What::Keys, now, until);
                Ok::<_, crate::Error>(())
            })
            .await?;
        Ok(made)
    }

    /// Makes the first key of a new database; makes the next one when the configured algorithm has
    /// changed. Fails when the stored keys cannot be opened with this secret.
    pub(crate) async fn ensure(self) -> Result<()> {
        let keys = self.0.open_keys(0).await?;
        let wanted = self.0.config().algorithm.as_str();
        match keys.keys.last() {
            Some((info, _)) if info.algorithm == wanted && info.expires_at.is_none() => {}
            Some(_) => {
                tracing::info!(algorithm = wanted, "the signing algorithm changed");
                self.rotate(Rotate::Published).await?;
            }
            None => self.make_first().await?,
        }
        self.0.keys().await?;
        Ok(())
    }

    async fn make_first(self) -> Result<()> {
        let now = self.0.now();
        let row = self.make(self.0.config().algorithm, now)?;
        let until = now + self.0.token_horizon();
        self.0
            .db()
            .write(async move |tx| {
                // Of two processes that start together one makes the key.
                if tx.signing_keys().await?.iter().all(|key| key.expires_at.is_some()) {
                    tx.insert_signing_key(&row).await?;
                    tx.change(What::Keys, now, until);
                }
                Ok::<_, crate::Error>(())
            })
            .await
    }

    fn make(self, algorithm: Algorithm, active_at: i64) -> Result<SigningKeyRow> {
        let key = SigningKey::generate(algorithm).map_err(Failed::because)?;
        let kid = key.kid().to_owned();
        Ok(SigningKeyRow {
            sealed: self.0.ring().sealing.seal(&key.to_bytes(), kid.as_bytes()),
            kid,
            algorithm: algorithm.as_str().to_owned(),
            created_at: self.0.now(),
            active_at,
            expires_at: None,
        })
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
