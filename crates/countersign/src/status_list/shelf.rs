//! The lists that this process has made, as they are served.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::indexes::Indexes;

/// A list as it is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedList {
    /// The Status List Token, a JWT.
    pub token: Arc<str>,
    /// When it was signed, unix seconds.
    pub issued_at: i64,
    /// For how many seconds it may be kept.
    pub ttl_seconds: u32,
    /// Tells it from every other one: an `ETag`.
    pub tag: Arc<str>,
}

impl PublishedList {
    pub(super) fn new(token: String, issued_at: i64, ttl_seconds: u32) -> Self {
        // The end of its signature.
        let end = token.len().saturating_sub(32);
        let tag = format!("\"{}\"", token.get(end..).unwrap_or_default()).into();
        Self { token: token.into(), issued_at, ttl_seconds, tag }
    }
}

/// A list, and what it was made of.
pub(super) struct Made {
    pub(super) published: PublishedList,
    pub(super) marks: u64,
    /// The name of the key.
    pub(super) signer: String,
    pub(super) at: Instant,
}

/// Held while the list is made: whoever asks meanwhile waits for it, a signature and no database.
pub(super) type Place = Arc<tokio::sync::Mutex<Option<Made>>>;

/// What a process holds of the lists.
#[derive(Default)]
pub(crate) struct Shelf {
    places: Mutex<Places>,
    /// Held while a block is taken. Who waits opens a session next, and needs the database too.
    pub(super) indexes: tokio::sync::Mutex<Indexes>,
}

/// Lists that are there for certain, since this process began anew.
#[derive(Default)]
struct Places {
    beginning: u64,
    lists: HashMap<i64, Place>,
}

impl Shelf {
    pub(super) fn has(&self, beginning: u64, number: i64) -> bool {
        let places = self.lock();
        places.beginning == beginning && places.lists.contains_key(&number)
    }

    pub(super) fn add(&self, beginning: u64, number: i64) {
        let mut places = self.lock();
        if places.beginning != beginning {
            *places = Places { beginning, lists: HashMap::new() };
        }
        places.lists.entry(number).or_default();
    }

    pub(super) fn place(&self, number: i64) -> Place {
        self.lock().lists.get(&number).cloned().unwrap_or_default()
    }

    /// Forgets all lists but these.
    pub(super) fn keep(&self, numbers: &[i64]) {
        self.lock().lists.retain(|number, _| numbers.binary_search(number).is_ok());
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
