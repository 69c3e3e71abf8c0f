//! What the stream of revocations said, kept until the tokens would have expired; and how its
//! events are read.

use std::{collections::HashMap, sync::Mutex};

use countersign_proto::jose::AccessClaims;
use serde::Deserialize;

use super::moment::{Moment, age, lock};
use crate::Clock;

/// So many revocations are kept, and so long an event is read.
const MOST: usize = 1_000_000;
const MAX_EVENT: usize = 8 * 1024 * 1024;

/// Between two looks for what has expired, and how long it is kept after that; seconds.
const PRUNE: i64 = 60;

pub(super) struct Heard {
    clock: Clock,
    silence: f64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    jti: HashMap<String, i64>,
    sid: HashMap<String, i64>,
    sub: HashMap<String, Vec<Ended>>,
    pruned_at: i64,
    position: Option<String>,
    /// Whether nothing is missing up to the position.
    whole: bool,
    heard: Option<Moment>,
}

/// Tokens of a user up to a second are over, but those of one session.
#[derive(PartialEq, Eq)]
struct Ended {
    before: i64,
    except_sid: Option<String>,
    exp: i64,
}

/// One thing that was taken back, as it travels. Exactly one of the first four is there.
#[derive(Deserialize)]
struct Entry {
    jti: Option<String>,
    sid: Option<String>,
    sub: Option<String>,
    keys: Option<bool>,
    before: Option<i64>,
    except_sid: Option<String>,
    exp: i64,
}

#[derive(Deserialize)]
struct Snapshot {
    revoked: Vec<Entry>,
}

/// Whether the keys have to be fetched again.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Same,
    Others,
}

/// An event that is not understood must not be passed over.
#[derive(Debug, thiserror::Error)]
#[error("an event that is not understood")]
pub(super) struct NotUnderstood;

impl Heard {
    /// Not relied on after `silence` seconds.
    pub(super) fn new(clock: Clock, silence: f64) -> Self {
        Self { clock, silence, state: Mutex::default() }
    }

    pub(super) fn silence(&self) -> f64 {
        self.silence
    }

    pub(super) fn is_heard(&self) -> bool {
        age(lock(&self.state).heard, &self.clock) < self.silence
    }

    pub(super) fn has_ended(&self, claims: &AccessClaims) -> bool {
        let state = lock(&self.state);
        let sid = claims.sid.as_ref();
        let of_user = |ended: &Ended| {
            let kept = ended.except_sid.is_some() && ended.except_sid.as_ref() == sid;
            claims.iat <= ended.before && !kept
        };
        state.jti.contains_key(&claims.jti)
            || sid.is_some_and(|sid| state.sid.contains_key(sid))
            || state.sub.get(&claims.sub).is_some_and(|all| all.iter().any(of_user))
    }

    /// A connection begins: after which event. Whoever resumes is sent what was missed before any
    /// sign of life.
    pub(super) fn begin(&self) -> Option<String> {
        let mut state = lock(&self.state);
        state.whole = state.position.is_some();
        state.position.clone()
    }

    /// The connection ended; whether it was heard.
    pub(super) fn end(&self) -> bool {
        lock(&self.state).heard.take().is_some()
    }

    /// The issuer does not know where we were: from the beginning.
    pub(super) fn forget_position(&self) {
        lock(&self.state).position = None;
    }

    pub(super) fn apply(&self, event: &Event) -> Result<Keys, NotUnderstood> {
        let entries = match event.kind.as_str() {
            "snapshot" => read::<Snapshot>(&event.data)?.revoked,
            "revoked" => vec![read::<Entry>(&event.data)?],
            _ => Vec::new(),
        };
        let mut state = lock(&self.state);
        let mut keys = Keys::Same;
        for entry in entries {
            if state.keep(entry)? == Keys::Others {
                keys = Keys::Others;
            }
        }
        state.prune(self.clock.now())?;
        // From a snapshot on something is missing until `ready`.
        match event.kind.as_str() {
            "snapshot" => state.whole = false,
            "ready" => state.whole = true,
            _ => {}
        }
        if state.whole {
            state.position = event.id.clone().or(state.position.take());
            if state.heard.is_some() || ["ready", "heartbeat"].contains(&event.kind.as_str()) {
                state.heard = Some(Moment::now(&self.clock));
            }
        }
        Ok(keys)
    }
}

fn read<'a, T: Deserialize<'a>>(data: &'a str) -> Result<T, NotUnderstood> {
    serde_json::from_str(data).map_err(|_| NotUnderstood)
}

impl State {
    fn keep(&mut self, entry: Entry) -> Result<Keys, NotUnderstood> {
        let exp = entry.exp;
        match (entry.jti, entry.sid, entry.sub, entry.keys) {
            (Some(jti), None, None, None) if !jti.is_empty() => drop(self.jti.insert(jti, exp)),
            (None, Some(sid), None, None) if !sid.is_empty() => drop(self.sid.insert(sid, exp)),
            (None, None, Some(sub), None) if !sub.is_empty() => {
                let before = entry.before.ok_or(NotUnderstood)?;
                let ended = Ended { before, except_sid: entry.except_sid, exp };
                let all = self.sub.entry(sub).or_default();
                if !all.contains(&ended) {
                    all.push(ended);
                }
            }
            (None, None, None, Some(_)) => return Ok(Keys::Others),
            _ => return Err(NotUnderstood),
        }
        Ok(Keys::Same)
    }

    fn prune(&mut self, now: i64) -> Result<(), NotUnderstood> {
        if now - self.pruned_at >= PRUNE {
            self.pruned_at = now;
            let lives = |exp: i64| exp > now - PRUNE;
            self.jti.retain(|_, exp| lives(*exp));
            self.sid.retain(|_, exp| lives(*exp));
            self.sub.retain(|_, all| {
                all.retain(|ended| lives(ended.exp));
                !all.is_empty()
            });
        }
        let count = self.jti.len() + self.sid.len() + self.sub.len();
        if count > MOST { Err(NotUnderstood) } else { Ok(()) }
    }
}

/// One server-sent event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) data: String,
    pub(super) id: Option<String>,
}

/// Reads server-sent events out of what comes. One that is not complete is none.
#[derive(Default)]
pub(super) struct Events {
    rest: Vec<u8>,
    event: Event,
    has_data: bool,
}

impl Events {
    /// The events that are complete with `more`.
    pub(super) fn read(&mut self, more: &[u8]) -> Result<Vec<Event>, NotUnderstood> {
        let mut found = Vec::new();
        for piece in more.split_inclusive(|byte| *byte == b'\n') {
            self.rest.extend_from_slice(piece);
            if self.rest.len() + self.event.data.len() > MAX_EVENT {
                return Err(NotUnderstood);
            }
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.rest);
                let line = String::from_utf8_lossy(&line);
                found.extend(self.line(line.trim_end_matches(['\r', '\n'])));
            }
        }
        Ok(found)
    }

    fn line(&mut self, line: &str) -> Option<Event> {
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            return std::mem::take(&mut self.has_data).then_some(event);
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event.kind),
            "id" if !value.contains('\0') => self.event.id = Some(value.to_owned()),
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            _ => {}
        }
        None
    }
}
