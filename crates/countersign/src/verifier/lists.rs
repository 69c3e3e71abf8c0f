//! The issuer's status lists, each kept for its `ttl` and fetched anew a little earlier.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use countersign_proto::{
    jose::TokenError,
    status_list::{
        MAX_STATUS_LIST_LEN, StatusList, StatusListError, StatusReference, verify_status_list,
    },
};

use super::{
    Issuer, LEEWAY, Reach, Refusal,
    keys::{Keys, Others},
    moment::{Moment, Say, age, lock},
};
use crate::Clock;

/// So many are kept: at a megabyte each, and most are smaller.
const MOST: usize = 64;
/// A list that could not be had is not asked for again within so many seconds.
const PAUSE: f64 = 1.0;
const MAX_TTL: i64 = 3600;
const MAX_URI: usize = 512;

pub(super) struct Lists {
    /// What their addresses begin with.
    issuer: String,
    clock: Clock,
    keys: Arc<Keys>,
    say: Arc<Say>,
    known: Mutex<HashMap<String, Arc<Kept>>>,
}

#[derive(Default)]
struct Kept {
    state: Mutex<State>,
    /// Held by whoever fetches. Who has a list that is good does not wait for it, and who waits
    /// fetches nothing after that.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    list: Option<Arc<StatusList>>,
    tag: Option<String>,
    ttl: f64,
    exp: i64,
    fetched: Option<Moment>,
    tried: Option<Moment>,
    /// Fetches that are over.
    fetches: u64,
}

impl Lists {
    pub(super) fn new(of: &Issuer, keys: Arc<Keys>, say: Arc<Say>) -> Self {
        let issuer = of.issuer.trim_end_matches('/').to_owned();
        Self { issuer, clock: of.clock.clone(), keys, say, known: Mutex::default() }
    }

    /// # Errors
    /// `Revoked`; `Status` where the list is none of the issuer's or too short; `Unavailable` where
    /// no list can be had that is young enough.
    pub(super) async fn ask(
        &self,
        reach: &impl Reach,
        at: &StatusReference,
    ) -> Result<(), Refusal> {
        let path = self.path(&at.uri).ok_or(Refusal::Status)?;
        let kept = self.kept(&at.uri);
        if self.is_old(&kept) {
            // Who has a list that is good still does not wait for who fetches.
            let others = if self.good(&kept).is_some() { Others::Leave } else { Others::Wait };
            self.fetch(reach, (&kept, &at.uri, path), others).await;
        }
        let list = self.good(&kept).ok_or(Refusal::Unavailable)?;
        match list.is_invalid(at.idx) {
            Ok(false) => Ok(()),
            Ok(true) => Err(Refusal::Revoked),
            Err(_) => {
                self.say.wrong(&matter(&at.uri), "shorter than a token's index");
                Err(Refusal::Status)
            }
        }
    }

    /// The path of a list of the issuer. A segment begins with no dot: nothing leads elsewhere.
    fn path<'a>(&self, uri: &'a str) -> Option<&'a str> {
        let path = uri.strip_prefix(&self.issuer)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_~-".contains(c);
        let segment =
            |text: &str| text.split('.').all(|part| !part.is_empty() && part.chars().all(plain));
        let inside = path.strip_prefix('/')?.split('/').all(segment);
        (inside && uri.len() <= MAX_URI).then_some(path)
    }

    fn kept(&self, uri: &str) -> Arc<Kept> {
        let mut known = lock(&self.known);
        if known.len() >= MOST && !known.contains_key(uri) {
            // The one asked for longest ago goes; it can be fetched again.
            let ago = |kept: &Kept| age(lock(&kept.state).fetched, &self.clock);
            let oldest = known.iter().max_by(|(_, a), (_, b)| ago(a).total_cmp(&ago(b)));
            if let Some(uri) = oldest.map(|(uri, _)| uri.clone()) {
                known.remove(&uri);
            }
        }
        Arc::clone(known.entry(uri.to_owned()).or_default())
    }

    fn is_old(&self, kept: &Kept) -> bool {
        let state = lock(&kept.state);
        age(state.fetched, &self.clock) >= state.ttl * 0.75 || self.clock.now() >= state.exp
    }

    fn good(&self, kept: &Kept) -> Option<Arc<StatusList>> {
        let state = lock(&kept.state);
        let young = age(state.fetched, &self.clock) < state.ttl;
        state.list.clone().filter(|_| young && self.clock.now() < state.exp)
    }

    async fn fetch(
        &self,
        reach: &impl Reach,
        (kept, uri, path): (&Kept, &str, &str),
        others: Others,
    ) {
        let asked = lock(&kept.state).fetches;
        let _one = match others {
            Others::Wait => kept.fetching.lock().await,
            Others::Leave => match kept.fetching.try_lock() {
                Ok(one) => one,
                Err(_) => return,
            },
        };
        let begun = Moment::now(&self.clock);
        let tag = {
            let mut state = lock(&kept.state);
            if state.fetches != asked || age(state.tried, &self.clock) < PAUSE {
                return;
            }
            state.tried = Some(begun);
            let current = self.clock.now() < state.exp;
            state.tag.clone().filter(|_| current)
        };
        let read = self.read(reach, (kept, uri, path), tag.as_deref()).await;
        lock(&kept.state).fetches += 1;
        match read {
            Ok(()) => {
                lock(&kept.state).fetched = Some(begun);
                self.say.well(&matter(uri));
            }
            Err(why) => self.say.wrong(&matter(uri), &why),
        }
    }

    async fn read(
        &self,
        reach: &impl Reach,
        (kept, uri, path): (&Kept, &str, &str),
        tag: Option<&str>,
    ) -> Result<(), String> {
        let fetched = reach.fetch(path, tag, MAX_STATUS_LIST_LEN).await?;
        let Some(body) = fetched.body else {
            return tag.map(|_| ()).ok_or_else(|| "answered 304 to whoever has nothing".into());
        };
        let now = self.clock.now();
        let check = |keys: &_| verify_status_list(&body, keys, uri, (LEEWAY, now));
        let unknown =
            |why: &StatusListError| matches!(why, StatusListError::Token(TokenError::UnknownKey));
        let opened = self.keys.open(reach, check, unknown).await;
        let list = opened.ok_or("its key cannot be fetched")?.map_err(|why| why.to_string())?;
        let ttl = list.ttl.filter(|ttl| *ttl > 0).ok_or("refused: it has no ttl")?;
        let mut state = lock(&kept.state);
        state.list = Some(Arc::new(list.list));
        (state.ttl, state.exp, state.tag) = (ttl.min(MAX_TTL) as f64, list.exp, fetched.tag);
        Ok(())
    }
}

fn matter(uri: &str) -> String {
    format!("the status list {uri}")
}
