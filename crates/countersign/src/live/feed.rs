//! Reading the change feed: what other processes on this database did, a command line for one.
//! This process's own changes arrive at commit, before the caller is answered.

use std::{
    collections::HashMap,
    sync::{Arc, Weak, atomic::Ordering},
    time::Duration,
};

use super::Live;
use crate::{
    clock::Clock,
    store::{Db, DbError, change},
};

/// How often the feed is read.
const PERIOD: Duration = Duration::from_millis(200);

/// Rows are read again for so many seconds: the order of commits is not the order of their times.
const OVERLAP: i64 = 30;

/// Reads the feed until the last strong reference to `live` is gone.
pub(crate) async fn follow(db: Db, live: Weak<Live>, clock: Clock) {
    let mut seen = HashMap::new();
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(live) = live.upgrade() else { return };
        if let Err(error) = read_once(&db, &live, &clock, &mut seen).await {
            tracing::warn!(%error, lag = live.lag_seconds(), "the change feed cannot be read");
        }
    }
}

async fn read_once(
    db: &Db,
    live: &Arc<Live>,
    clock: &Clock,
    seen: &mut HashMap<String, i64>,
) -> Result<(), DbError> {
    let now = clock.now();
    let from = live.heard_until.load(Ordering::SeqCst).min(now) - OVERLAP;
    for change in change::since(db, from).await? {
        if seen.insert(change.id.clone(), change.at).is_none() {
            live.apply([&change]);
        }
    }
    seen.retain(|_, at| *at >= from);
    live.purge(now);
    live.heard(now);
    Ok(())
}
