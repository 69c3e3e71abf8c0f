//! Listening to the stream for as long as the service lives, over every break.

use std::{sync::Arc, time::Duration};

use super::{
    Reach, Words,
    heard::{Events, Heard, Keys as Said},
    keys::Keys,
    moment::Say,
};

const MATTER: &str = "the stream of revocations";

const SILENT: &str = "it says nothing";

/// Pauses between two attempts, seconds.
const FIRST_PAUSE: f64 = 0.25;
const LONGEST_PAUSE: f64 = 30.0;

/// Never ends; whoever began it ends it.
pub(super) async fn listen(reach: Arc<impl Reach>, heard: Arc<Heard>, keys: Arc<Keys>) {
    let say = Say::default();
    let mut failures = 0_u32;
    loop {
        let why = match listen_once(&*reach, &heard, (&keys, &say)).await {
            Ok(()) => "it ended".to_owned(),
            Err(why) => why,
        };
        failures = if heard.end() { 1 } else { failures.saturating_add(1) };
        say.wrong(MATTER, &format!("{why}; the status lists are asked instead"));
        // Not all at the same moment, and not ever oftener.
        let longest = (FIRST_PAUSE * 2_f64.powi(failures.min(10).cast_signed())).min(LONGEST_PAUSE);
        let part = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 512.0;
        tokio::time::sleep(Duration::from_secs_f64(longest * (0.5 + part))).await;
    }
}

async fn listen_once(
    reach: &impl Reach,
    heard: &Heard,
    (keys, say): (&Keys, &Say),
) -> Result<(), String> {
    let silence = Duration::from_secs_f64(heard.silence());
    let last = heard.begin();
    let words = tokio::time::timeout(silence, reach.listen(last.as_deref())).await;
    let mut words = words.map_err(|_| SILENT)?.inspect_err(|why| {
        if why.ends_with("400") {
            heard.forget_position();
        }
    })?;
    let mut events = Events::default();
    let begun = tokio::time::Instant::now();
    while let Some(more) =
        tokio::time::timeout(silence, words.more()).await.map_err(|_| SILENT)??
    {
        for event in events.read(&more).map_err(|why| why.to_string())? {
            if heard.apply(&event).map_err(|why| why.to_string())? == Said::Others {
                keys.recall(reach).await;
            }
            if heard.is_heard() {
                say.well(MATTER);
            }
        }
        // Bytes alone are no sign of life.
        if !heard.is_heard() && begun.elapsed() >= silence {
            return Err(SILENT.into());
        }
    }
    Ok(())
}
