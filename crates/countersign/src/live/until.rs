//! What is held until a second and no longer, in few bytes.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::atomic::{AtomicI64, Ordering},
};

/// Unix seconds. What is held beyond the year 2106 is held.
pub(super) type Until = u32;

/// What has run out is looked for at most once in so many seconds.
const PURGE_SECONDS: i64 = 30;

pub(super) fn of(seconds: i64) -> Until {
    Until::try_from(seconds.max(0)).unwrap_or(Until::MAX)
}

/// Whether it is time to look for what has run out; of racers one is told so.
pub(super) fn is_time(purged_at: &AtomicI64, now: i64) -> bool {
    let before = purged_at.load(Ordering::Relaxed);
    let just_now = (0..PURGE_SECONDS).contains(&(now - before));
    let swap = || purged_at.compare_exchange(before, now, Ordering::Relaxed, Ordering::Relaxed);
    !just_now && swap().is_ok()
}

/// Drops what has run out, and gives back the room where little is left.
pub(super) fn drop_past<K: Eq + Hash>(held: &mut HashMap<K, Until>, now: i64) {
    held.retain(|_, until| *until == Until::MAX || i64::from(*until) > now);
    if held.len() < held.capacity() / 4 {
        held.shrink_to(held.len() * 2);
    }
}
