//! How much memory is used to know things by heart: so many entries of a kilobyte each, and fewer
//! where some are larger.

use countersign_proto::scope::Scope;
use quick_cache::{Weighter, sync::Cache};

/// Bytes that are reckoned with for each entry. A smaller one counts as one.
const ENTRY: usize = 1024;

/// What an entry takes in the tables that it is found by.
const PLACE: usize = 128;

/// What a text takes beside its letters: where it is, how long it is, and the allocator's share.
const TEXT: usize = 48;

/// Something that is kept.
pub(crate) trait Room {
    /// How many bytes it takes, its own and those it leads to, about.
    fn bytes(&self) -> usize;
}

#[derive(Clone)]
pub(super) struct InBytes;

impl<K, V: Room> Weighter<K, V> for InBytes {
    fn weight(&self, _: &K, value: &V) -> u64 {
        wide((PLACE + value.bytes()).max(ENTRY))
    }
}

/// What holds so many entries and not more than a kilobyte for each of them. Nothing is given back
/// by itself: what is least used makes room.
pub(super) fn bounded<K, V>(entries: usize) -> Cache<K, V, InBytes>
where
    K: Eq + std::hash::Hash,
    V: Room + Clone,
{
    Cache::with_weighter(entries, wide(entries.saturating_mul(ENTRY)), InBytes)
}

/// The room for a text.
pub(super) fn of_text(text: &str) -> usize {
    TEXT + text.len()
}

/// The room for a scope, which is a tree of words.
pub(super) fn of_scope(scope: &Scope) -> usize {
    256 + scope.iter().map(of_text).sum::<usize>()
}

fn wide(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Text(String);

    impl Room for Text {
        fn bytes(&self) -> usize {
            of_text(&self.0)
        }
    }

    fn kept(of: usize, length: usize) -> usize {
        let cache = bounded(1000);
        (0..of).for_each(|n| cache.insert(n, Text("x".repeat(length))));
        cache.len()
    }

    #[test]
    fn so_many_are_kept_and_fewer_of_large_ones() {
        let most = kept(10_000, 10);
        assert!((900..=1000).contains(&most), "{most}");
        assert_eq!(kept(10_000, ENTRY - TEXT - PLACE), most, "up to a kilobyte all are alike");

        let large = kept(10_000, 8 * ENTRY);
        assert!((50..=125).contains(&large), "{large}");
    }
}
