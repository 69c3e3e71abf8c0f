//! Indexes that this process took to hand out, in an order that tells nothing of who came first.

use std::time::Instant;

use uuid::Uuid;

use super::BLOCK_SECONDS;
use crate::store::status_list::BLOCK;

/// What is left of a block.
#[derive(Default)]
pub(super) struct Indexes {
    left: Vec<i64>,
    /// How often this process had begun anew: it may be of another database than this.
    beginning: u64,
    taken_at: i64,
    /// When it was found last that no block can be taken.
    failed_at: Option<Instant>,
}

impl Indexes {
    /// A block that was taken just now and begins with `first`.
    pub(super) fn taken(first: i64, (beginning, taken_at): (u64, i64)) -> Self {
        let mut left: Vec<i64> = (first..first + BLOCK).collect();
        for last in (1..left.len()).rev() {
            left.swap(last, random_below(last + 1));
        }
        Self { left, beginning, taken_at, failed_at: None }
    }

    pub(super) fn fails(&mut self) {
        self.failed_at = Some(Instant::now());
    }

    /// Whether somebody found, while whoever asked then waited, that no block can be taken.
    pub(super) fn failed_since(&self, asked: Instant) -> bool {
        self.failed_at.is_some_and(|at| at >= asked)
    }

    /// The next one; `None` when a block has to be taken. One that was taken long ago may be of a
    /// list that is given up.
    pub(super) fn next(&mut self, (beginning, now): (u64, i64)) -> Option<i64> {
        let fresh = (0..BLOCK_SECONDS).contains(&(now - self.taken_at));
        if fresh && self.beginning == beginning { self.left.pop() } else { None }
    }
}

/// Evenly but for a share of two to the minus fifty.
fn random_below(bound: usize) -> usize {
    let (random, _) = Uuid::new_v4().as_u64_pair();
    // The lowest bits of the first half say which version of identifier it is.
    let bound = u64::try_from(bound).unwrap_or(1);
    usize::try_from((random >> 16) % bound.max(1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_handed_out_once_and_in_no_order() {
        let mut indexes = Indexes::taken(4096, (1, 0));
        let given: Vec<i64> = std::iter::from_fn(|| indexes.next((1, 10))).collect();
        let mut sorted = given.clone();
        sorted.sort_unstable();

        assert_eq!(sorted, (4096..4096 + BLOCK).collect::<Vec<_>>());
        assert_ne!(sorted, given);
    }

    #[test]
    fn a_block_is_given_up_when_it_is_old_or_the_database_another_one() {
        let mut indexes = Indexes::taken(0, (1, 100));

        assert!(indexes.next((1, 100)).is_some());
        assert_eq!(indexes.next((2, 100)), None);
        assert_eq!(indexes.next((1, 99)), None);
        assert_eq!(indexes.next((1, 100 + BLOCK_SECONDS)), None);
    }
}
