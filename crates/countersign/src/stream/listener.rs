//! One listener, from its first word to its last.

use std::{collections::VecDeque, time::Duration};

use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, watch},
    time::{Interval, MissedTickBehavior, interval_at},
};

use super::{
    Event,
    position::{Position, Step},
};
use crate::{
    ApiKeyId, Auth,
    auth::Weak,
    live::Word,
    store::{Change, DbError, What, change},
};

/// Changes read at once.
const ROWS: i64 = 1000;

/// Somebody who hears of revocations. Dropped when they are gone.
pub(crate) struct Listener {
    auth: Weak,
    key: ApiKeyId,
    news: broadcast::Receiver<Word>,
    open: watch::Receiver<bool>,
    beat: Interval,
    /// What they have heard, once what is waiting has reached them.
    at: Position,
    phase: Phase,
    waiting: VecDeque<Event>,
    _seat: OwnedSemaphorePermit,
}

/// What they are being told.
enum Phase {
    /// All that is in force, as of a position: the rows after this one.
    Snapshot(String),
    /// What they missed, up to a position.
    Missed(Position),
    /// What happens.
    News,
}

/// Why a listener is cut off.
enum Cut {
    /// They are too slow, may not listen any more, or the process stops.
    Over,
    Database(DbError),
}

impl From<DbError> for Cut {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl Listener {
    /// Somebody who heard up to `last`, if at all; everything is stored up to `now`, and what came
    /// later is in `news`.
    pub(super) fn new(
        auth: &Auth,
        (key, seat): (ApiKeyId, OwnedSemaphorePermit),
        (news, open): (broadcast::Receiver<Word>, watch::Receiver<bool>),
        (last, now): (Option<Position>, Position),
    ) -> Self {
        let every = Duration::from_secs(auth.config().heartbeat_seconds.into());
        let mut beat = interval_at(tokio::time::Instant::now() + every, every);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (at, phase, first) = match last {
            Some(last) if last.leads_to(&now) => (last, Phase::Missed(now), None),
            Some(_) => (now, Phase::Snapshot(String::new()), Some(other_keys(auth))),
            None => (now, Phase::Snapshot(String::new()), None),
        };
        let waiting = first.into_iter().collect();
        Self { auth: auth.weak(), key, news, open, beat, at, phase, waiting, _seat: seat }
    }

    /// The next event; `None` when they are cut off.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if !*self.open.borrow() {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            match self.step().await {
                Ok(()) => {}
                Err(Cut::Over) => return None,
                Err(Cut::Database(error)) => {
                    tracing::warn!(%error, "a stream of revocations ends");
                    return None;
                }
            }
        }
    }

    async fn step(&mut self) -> Result<(), Cut> {
        match &self.phase {
            Phase::Snapshot(after) => self.tell_snapshot(after.clone()).await,
            Phase::Missed(until) => self.tell_missed(until.clone()).await,
            Phase::News => self.tell_news().await,
        }
    }

    async fn tell_snapshot(&mut self, after: String) -> Result<(), Cut> {
        let auth = self.auth.upgrade().ok_or(Cut::Over)?;
        let rows = change::live_page(auth.db(), auth.now(), &after, ROWS).await?;
        self.waiting.push_back(Event::snapshot(rows.iter().map(|(_, change)| change)));
        let whole = i64::try_from(rows.len()).is_ok_and(|count| count < ROWS);
        match rows.into_iter().next_back().filter(|_| !whole) {
            Some((last, _)) => self.phase = Phase::Snapshot(last),
            None => self.begin_news(),
        }
        Ok(())
    }

    async fn tell_missed(&mut self, until: Position) -> Result<(), Cut> {
        let Some((lane, last)) = self.at.behind(&until) else {
            self.begin_news();
            return Ok(());
        };
        let auth = self.auth.upgrade().ok_or(Cut::Over)?;
        let rows = change::after(auth.db(), lane, ROWS).await?;
        let mut told = false;
        for (seq, change) in rows.into_iter().take_while(|(seq, _)| *seq <= last) {
            let Some(change) = change else { break };
            if self.at.hear(change::Lane { seq, ..lane }) != Step::Next {
                break;
            }
            told = true;
            self.waiting.extend(Event::revoked(&change, &self.at));
        }
        if !told {
            // Some of it was purged, or is of a kind that only a later release has.
            self.waiting.push_back(other_keys(&auth));
            self.at = until;
            self.phase = Phase::Snapshot(String::new());
        }
        Ok(())
    }

    fn begin_news(&mut self) {
        self.waiting.push_back(Event::ready(&self.at));
        self.phase = Phase::News;
    }

    async fn tell_news(&mut self) -> Result<(), Cut> {
        tokio::select! {
            word = self.news.recv() => match word {
                Ok(Word::Change(number, change)) => match self.at.hear(number) {
                    Step::Next => {
                        self.waiting.extend(Event::revoked(&change, &self.at));
                        Ok(())
                    }
                    Step::Known => Ok(()),
                    Step::Gap => Err(Cut::Over),
                },
                Ok(Word::Missed) | Err(_) => Err(Cut::Over),
            },
            _ = self.beat.tick() => {
                let auth = self.auth.upgrade().ok_or(Cut::Over)?;
                if auth.check_lag().is_err() || !auth.streams().may_go_on(self.key).await {
                    return Err(Cut::Over);
                }
                self.waiting.push_back(Event::heartbeat(&self.at));
                Ok(())
            }
            _ = self.open.changed() => Err(Cut::Over),
        }
    }
}

/// For whoever begins anew: the keys may have changed meanwhile, and a snapshot does not tell.
fn other_keys(auth: &Auth) -> Event {
    let (at, what) = (auth.now(), What::Keys);
    let change = Change { at, expires_at: at + auth.token_horizon(), what };
    Event::snapshot(std::iter::once(&change))
}
