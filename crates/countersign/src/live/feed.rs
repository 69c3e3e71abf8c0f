//! Reading the change feed: what other processes on this database did, another node or a command
//! line. This process's own changes arrive at commit, before the caller is answered.

use std::{
    sync::{Arc, Weak},
    time::{Duration, Instant},
};

use super::Live;
use crate::{
    clock::Clock,
    store::{
        Db, DbError,
        change::{self, Lane},
        session,
    },
};

/// How often the feed is read where nobody says that there is something new.
const PERIOD: Duration = Duration::from_millis(200);

/// How often it is read all the same where the database says so.
const SURE: Duration = Duration::from_millis(500);

/// Rows read at once.
const ROWS: i64 = 1000;

/// The reading of the feed, by one process.
pub(crate) struct Feed {
    db: Db,
    clock: Clock,
    /// The longest that a token lives, seconds.
    horizon: i64,
    /// How far each lane was read. Empty before the first reading.
    known: Vec<Lane>,
}

impl Feed {
    pub(crate) fn new(db: &Db, clock: &Clock, horizon: i64) -> Self {
        Self { db: db.clone(), clock: clock.clone(), horizon, known: Vec::new() }
    }

    /// Reads the feed until the last strong reference to `live` is gone.
    pub(crate) async fn follow(mut self, live: Weak<Live>) {
        loop {
            self.db.news(SURE, PERIOD).await;
            let Some(live) = live.upgrade() else { return };
            if let Err(error) = self.read(&live).await {
                let lag = live.lag().as_secs();
                tracing::warn!(%error, lag, "the change feed cannot be read");
                drop(live);
                tokio::time::sleep(PERIOD).await;
            }
        }
    }

    /// Takes in all that was committed before it was called.
    pub(crate) async fn read(&mut self, live: &Arc<Live>) -> Result<(), DbError> {
        let began = Instant::now();
        let lanes = change::lanes(&self.db).await?;
        if !self.catch_up(live, &lanes).await? {
            self.begin_anew(live, lanes).await?;
        }
        live.purge(self.clock.now());
        live.heard(began);
        Ok(())
    }

    /// `false` when it cannot be told what happened: at the beginning, where rows this process has
    /// not seen were purged, where the database was replaced by an older copy of itself, and where
    /// a later release beside this one wrote a change of a kind that it does not know.
    async fn catch_up(&mut self, live: &Arc<Live>, lanes: &[Lane]) -> Result<bool, DbError> {
        if lanes.len() != self.known.len() {
            return Ok(false);
        }
        for (known, now) in self.known.iter_mut().zip(lanes) {
            if now.seq < known.seq {
                return Ok(false);
            }
            while known.seq < now.seq {
                let rows = change::after(&self.db, *known, ROWS).await?;
                if rows.is_empty() {
                    return Ok(false);
                }
                for (seq, change) in rows {
                    let Some(change) = change.filter(|_| seq == known.seq + 1) else {
                        return Ok(false);
                    };
                    live.apply([&change]);
                    known.seq = seq;
                    live.news().heard(*known, change);
                }
            }
        }
        Ok(true)
    }

    /// Forgets what may be outdated and reads what is in force: from the feed, and from the sessions
    /// themselves in case tokens lived shorter when they were revoked. `lanes` were read before.
    async fn begin_anew(&mut self, live: &Arc<Live>, lanes: Vec<Lane>) -> Result<(), DbError> {
        let now = self.clock.now();
        live.forget_rows_and_keys();
        self.read_revocations(live, now).await?;
        self.read_ended(live, now - self.horizon).await?;
        if !self.known.is_empty() {
            live.news().missed();
        }
        self.known = lanes;
        Ok(())
    }

    /// A page after the other: there may be a million.
    async fn read_revocations(&self, live: &Live, now: i64) -> Result<(), DbError> {
        let mut last = String::new();
        loop {
            let page = change::live_page(&self.db, now, &last, ROWS).await?;
            live.apply(page.iter().map(|(_, change)| change));
            match page.into_iter().next_back() {
                Some((row, _)) => last = row,
                None => return Ok(()),
            }
        }
    }

    async fn read_ended(&self, live: &Live, since: i64) -> Result<(), DbError> {
        let mut last = (since, None);
        loop {
            let page = session::revoked_since(&self.db, last, ROWS).await?;
            for (session, revoked_at) in &page {
                live.end_session(*session, revoked_at + self.horizon);
            }
            match page.last() {
                Some((ended, at)) => last = (*at, Some(ended.session)),
                None => return Ok(()),
            }
        }
    }
}
