//! The keys this process has opened. It opens them anew when it hears that they changed, and when a
//! token names one that it does not know: the process that signed it may have heard first.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use countersign_proto::{
    jose::{Algorithm, KeySet, SigningKey},
    seal::SubKey,
};
use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

use super::{KeyInfo, info};
use crate::{
    Auth,
    error::{Denied, Failed, Result},
    store::{self, signing_key::SigningKeyRow},
};

/// At least so long is between two looks for keys that tokens name.
const PAUSE: Duration = Duration::from_millis(500);

/// The keys this process has opened, and which version of the table they are.
pub(crate) struct Ring {
    sealing: SubKey,
    opened: RwLock<Option<Arc<Opened>>>,
    /// Held while keys are looked for. Only a token that names a key unknown here waits for it.
    looked: Mutex<Option<Look>>,
    openings: AtomicU64,
}

/// The last time that keys were looked for which a token had named.
struct Look {
    began: Instant,
    is_done: bool,
}

pub(crate) struct Opened {
    version: u64,
    /// Which opening of keys this is: another one whenever there may be others than before.
    pub(crate) opening: u64,
    keys: Vec<(KeyInfo, Arc<SigningKey>)>,
    pub(crate) set: KeySet,
}

impl Opened {
    fn of(
        keys: Vec<(KeyInfo, Arc<SigningKey>)>,
        shared: Option<&SigningKey>,
        (version, opening): (u64, u64),
    ) -> Self {
        let all = keys.iter().map(|(_, key)| key.as_ref()).chain(shared);
        let set = KeySet::new(all.map(SigningKey::verifying_key));
        Self { version, opening, keys, set }
    }

    /// Whether these are the same keys, as of the same change.
    fn is_as(&self, other: &Self) -> bool {
        let theirs = other.keys.iter().map(|(info, _)| info);
        self.version == other.version && self.keys.iter().map(|(info, _)| info).eq(theirs)
    }

    /// The key that signs now, and until when it verifies: the one in service, and until that is
    /// active the youngest that is.
    pub(crate) fn signer(&self, now: i64) -> Result<(&SigningKey, i64)> {
        self.keys
            .iter()
            .filter(|(info, _)| info.active_at <= now && verifies(info, now))
            // Within one second only service tells the new key from the one it replaced.
            .max_by_key(|(info, _)| (info.expires_at.is_none(), info.active_at))
            .map(|(info, key)| (key.as_ref(), info.expires_at.unwrap_or(i64::MAX)))
            .ok_or_else(|| Failed::because("no signing key is active"))
    }

    /// Whether the key that signs now is one that others verify: its tokens have a status list.
    pub(crate) fn is_public(&self, now: i64) -> Result<bool> {
        Ok(self.signer(now)?.0.algorithm() != Algorithm::HS256)
    }

    /// The key that signs what others verify: the one that signs tokens, or the youngest in force
    /// that they know. None where all is HS256.
    pub(crate) fn publisher(&self, now: i64) -> Option<&SigningKey> {
        self.keys
            .iter()
            .filter(|(info, _)| info.active_at <= now && verifies(info, now))
            .filter(|(_, key)| key.algorithm() != Algorithm::HS256)
            .max_by_key(|(info, _)| (info.expires_at.is_none(), info.active_at))
            .map(|(_, key)| key.as_ref())
    }
}

fn verifies(info: &KeyInfo, now: i64) -> bool {
    info.expires_at.is_none_or(|end| end > now)
}

impl Ring {
    pub(crate) fn new(sealing: SubKey) -> Self {
        Self {
            sealing,
            opened: RwLock::default(),
            looked: Mutex::default(),
            openings: AtomicU64::new(0),
        }
    }

    /// A private key as it is stored.
    pub(super) fn seal(&self, key: &SigningKey) -> Vec<u8> {
        self.sealing.seal(&key.to_bytes(), key.kid().as_bytes())
    }

    fn unseal(&self, row: &SigningKeyRow) -> Result<SigningKey> {
        let bytes = self.sealing.open(&row.sealed, row.kid.as_bytes()).map_err(|_| {
            Failed::because(
                "the signing keys in the database are sealed with another secret: start with the \
                 secret file this database was made with",
            )
        })?;
        let algorithm: Algorithm = row.algorithm.parse().map_err(Failed::because)?;
        SigningKey::from_bytes(algorithm, &bytes).map_err(Failed::because)
    }

    /// The version, and a number that no other opening has.
    fn numbered(&self, version: u64) -> (u64, u64) {
        (version, self.openings.fetch_add(1, Ordering::Relaxed))
    }

    fn current(&self, version: u64) -> Option<Arc<Opened>> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        opened.as_ref().filter(|keys| keys.version == version).cloned()
    }

    /// The number of the opening of the keys as of this change, if all of them verify now.
    pub(crate) fn opening(&self, version: u64, now: i64) -> Option<u64> {
        let opened = self.opened.read().unwrap_or_else(PoisonError::into_inner);
        let keys = opened.as_ref().filter(|keys| keys.version == version)?;
        keys.keys.iter().all(|(info, _)| verifies(info, now)).then_some(keys.opening)
    }

    /// Holds the keys, unless they are those it has: whoever makes names of keys up must not have
    /// every token checked anew.
    fn hold(&self, keys: Opened) -> Arc<Opened> {
        let mut opened = self.opened.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(same) = opened.as_ref().filter(|held| held.is_as(&keys)) {
            return Arc::clone(same);
        }
        let keys = Arc::new(keys);
        *opened = Some(Arc::clone(&keys));
        keys
    }
}

impl Auth {
    /// The keys as of the last change this process has heard of. Only a change costs a query.
    pub(crate) async fn keys(&self) -> Result<Arc<Opened>> {
        let (version, now) = (self.live().keys_version(), self.now());
        let Some(keys) = self.ring().current(version) else {
            return Ok(self.ring().hold(Box::pin(self.open_keys(version)).await?));
        };
        if keys.keys.iter().all(|(info, _)| verifies(info, now)) {
            return Ok(keys);
        }
        let mut left = keys.keys.clone();
        left.retain(|(info, _)| verifies(info, now));
        Ok(self.ring().hold(Opened::of(left, self.shared_key(), self.ring().numbered(version))))
    }

    /// The keys as they were in the database when this was called, or later: for a token whose key
    /// this process does not know. Looks are shared by all who wait, and are so rare that made-up
    /// names cost a wait and nothing else.
    ///
    /// # Errors
    /// `temporarily_unavailable` when the database does not answer: nothing is known then.
    pub(crate) async fn keys_by_now(&self) -> Result<Arc<Opened>> {
        let asked = Instant::now();
        let mut looked = self.ring().looked.lock().await;
        if let Some(look) = looked.as_ref() {
            if look.began >= asked {
                return if look.is_done { self.keys().await } else { Err(unknown()) };
            }
            sleep_until(look.began + PAUSE).await;
        }
        let look = looked.insert(Look { began: Instant::now(), is_done: false });
        let keys = self.open_keys(self.live().keys_version()).await?;
        look.is_done = true;
        Ok(self.ring().hold(keys))
    }

    /// Opens all keys that verify now.
    pub(super) async fn open_keys(&self, version: u64) -> Result<Opened> {
        let now = self.now();
        let mut keys = Vec::new();
        for row in store::signing_key::all(self.db()).await? {
            let info = info(&row);
            if verifies(&info, now) {
                keys.push((info, Arc::new(self.ring().unseal(&row)?)));
            }
        }
        Ok(Opened::of(keys, self.shared_key(), self.ring().numbered(version)))
    }
}

fn unknown() -> crate::Error {
    Denied::unavailable("The signing keys cannot be read. Try again shortly.", 2).into()
}
