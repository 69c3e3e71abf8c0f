//! When a new key is made: by whoever says so, when the key in service has served its time, and at
//! the start for an algorithm that was configured and never had a key.
//!
//! Whoever changes keys does so alone: of several processes that find a rotation due one makes the
//! key, and of two that were told to rotate the later retires the key of the earlier.

use countersign_proto::jose::{Algorithm, SigningKey};

use super::{KeyInfo, Rotate, SigningKeys, info};
use crate::{
    Auth, Config,
    error::{Failed, Result},
    store::{What, signing_key::SigningKeyRow},
};

/// How much an opened [`Auth`] does about keys by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// The first one, one of another algorithm, and one when it is time.
    All,
    /// The first one, without which nothing works.
    First,
}

impl Auth {
    /// Seconds after which nobody shows or keeps what was signed by now: a token, or a status list,
    /// which is good for twice its `ttl`.
    fn signature_life(&self) -> i64 {
        self.token_life().max(2 * i64::from(self.config().status_list_ttl_seconds) + 60)
    }
}

impl SigningKeys<'_> {
    /// Makes a new key. The old ones verify until their last token has expired.
    pub async fn rotate(self, when: Rotate) -> Result<KeyInfo> {
        let made = self.rotate_where(when, |_| true).await?;
        made.ok_or_else(|| Failed::because("the new key was not made"))
    }

    /// Makes a new key, published before it signs, if the one in service is as old as the setting
    /// `key_rotation_seconds`. A background job asks every ten minutes; of all processes on the
    /// database one makes it.
    pub async fn rotate_if_due(self) -> Result<Option<KeyInfo>> {
        let (config, now) = (self.0.config(), self.0.now());
        let rule = Rule::of(config);
        let is_due = move |keys: &[SigningKeyRow]| rule.is_due(keys, now);
        if !is_due(&self.stored().await?) {
            return Ok(None);
        }
        let made = self.rotate_where(Rotate::Published, is_due).await?;
        if let Some(key) = &made {
            tracing::info!(kid = key.kid, "a new signing key was made, as it is time");
        }
        Ok(made)
    }

    /// At the start: makes the first key of a new database. Fails when the stored keys cannot be
    /// opened with this secret.
    pub(crate) async fn ensure(self, care: Care) -> Result<()> {
        self.0.open_keys(0).await?;
        let none_serves = |keys: &[SigningKeyRow]| serving(keys).is_none();
        if none_serves(&self.stored().await?) {
            // Of two processes that start together one makes the key.
            self.rotate_where(Rotate::AtOnce, none_serves).await?;
        }
        if care == Care::All {
            self.take_up_algorithm().await?;
            self.rotate_if_due().await?;
        }
        self.0.keys().await?;
        Ok(())
    }

    async fn take_up_algorithm(self) -> Result<()> {
        let rule = Rule::of(self.0.config());
        let configured = rule.algorithm.as_str();
        let keys = self.stored().await?;
        match serving(&keys) {
            Some(key) if key.algorithm != configured => {
                if rule.may_sign(&keys) {
                    tracing::info!(algorithm = configured, "the signing algorithm changed");
                } else {
                    let (configured, serving) = (configured, key.algorithm.as_str());
                    let text = "keys of the configured algorithm were replaced by those of another \
                                not long ago and stay replaced; `countersign keys rotate` makes one";
                    tracing::warn!(configured, serving, text);
                }
            }
            _ => return Ok(()),
        }
        let differs = move |keys: &[SigningKeyRow]| {
            serving(keys).is_some_and(|key| key.algorithm != configured) && rule.may_sign(keys)
        };
        self.rotate_where(Rotate::Published, differs).await.map(drop)
    }

    /// Makes a new key if the stored ones, in the order of activity, are such that there is to be
    /// one.
    async fn rotate_where(
        self,
        when: Rotate,
        is_wanted: impl Fn(&[SigningKeyRow]) -> bool + Send + 'static,
    ) -> Result<Option<KeyInfo>> {
        let now = self.0.now();
        let active_at = match when {
            Rotate::Published => now + i64::from(self.0.config().key_publish_seconds),
            Rotate::AtOnce => now,
        };
        let row = self.make(active_at)?;
        let made = info(&row);
        let last_use = active_at + self.0.signature_life();
        let until = now + self.0.token_horizon();
        let is_made = self
            .0
            .db()
            .write(async move |tx| {
                tx.alone_with_signing_keys().await?;
                if !is_wanted(&tx.signing_keys().await?) {
                    return Ok(false);
                }
                tx.insert_signing_key(&row).await?;
                tx.retire_other_signing_keys(&row.kid, last_use).await?;
                tx.change(What::Keys, now, until);
                Ok::<_, crate::Error>(true)
            })
            .await?;
        Ok(is_made.then_some(made))
    }

    fn make(self, active_at: i64) -> Result<SigningKeyRow> {
        let algorithm = self.0.config().algorithm;
        let key = SigningKey::generate(algorithm).map_err(Failed::because)?;
        Ok(SigningKeyRow {
            sealed: self.0.ring().seal(&key),
            kid: key.kid().to_owned(),
            algorithm: algorithm.as_str().to_owned(),
            created_at: self.0.now(),
            active_at,
            expires_at: None,
        })
    }
}

/// What the configuration says about new keys.
#[derive(Clone, Copy)]
struct Rule {
    algorithm: Algorithm,
    rotation: i64,
}

impl Rule {
    fn of(config: &Config) -> Self {
        Self { algorithm: config.algorithm, rotation: config.key_rotation_seconds.into() }
    }

    /// Whether a key of the configured algorithm may be made unasked: while keys of that algorithm
    /// are kept that were replaced by those of another, this is the process that does not know yet.
    /// Otherwise processes that are configured differently, as they are while a change is rolled
    /// out, would replace each other's keys with every restart.
    fn may_sign(self, keys: &[SigningKeyRow]) -> bool {
        let ours = self.algorithm.as_str();
        serving(keys).is_none_or(|key| key.algorithm == ours)
            || keys.iter().all(|key| key.algorithm != ours)
    }

    fn is_due(self, keys: &[SigningKeyRow], now: i64) -> bool {
        let old = |key: &SigningKeyRow| key.created_at + self.rotation <= now;
        self.rotation > 0 && serving(keys).is_some_and(old) && self.may_sign(keys)
    }
}

/// The key in service, or about to be.
fn serving(keys: &[SigningKeyRow]) -> Option<&SigningKeyRow> {
    keys.iter().rfind(|key| key.expires_at.is_none())
}
