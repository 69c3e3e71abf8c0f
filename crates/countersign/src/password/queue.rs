//! A bounded queue that is fair by client address: addresses take turns, and none gets more than
//! its share of the room. What is queued, and what becomes of it, is the pool's.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
};

/// Whose turn it is: one lane for each address, one for callers without.
pub(super) type Lane = Option<IpAddr>;

pub(super) struct Queue<T> {
    lanes: HashMap<Lane, VecDeque<T>>,
    /// Lanes with something in them, in the order they are served; each appears once.
    turns: VecDeque<Lane>,
    waiting: usize,
    /// Places given to what is not queued yet.
    claimed: HashMap<Lane, usize>,
    capacity: usize,
    lane_capacity: usize,
}

impl<T> Queue<T> {
    /// Room for so many, a quarter of it for one lane.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            lanes: HashMap::new(),
            turns: VecDeque::new(),
            waiting: 0,
            claimed: HashMap::new(),
            capacity,
            lane_capacity: (capacity / 4).max(1),
        }
    }

    /// Takes a place for one more of the lane, if there is room.
    pub(super) fn claim(&mut self, lane: Lane) -> bool {
        let queued = self.lanes.get(&lane).map_or(0, VecDeque::len);
        let claimed = self.claimed.get(&lane).copied().unwrap_or(0);
        let all: usize = self.claimed.values().sum();
        let has_room = self.waiting + all < self.capacity && queued + claimed < self.lane_capacity;
        if has_room {
            *self.claimed.entry(lane).or_default() += 1;
        }
        has_room
    }

    /// Gives a place back.
    pub(super) fn release(&mut self, lane: Lane) {
        if let Some(claimed) = self.claimed.get_mut(&lane) {
            *claimed -= 1;
            if *claimed == 0 {
                self.claimed.remove(&lane);
            }
        }
    }

    /// Puts it at the end of its lane, into the place [claimed](Self::claim) for it.
    pub(super) fn push(&mut self, lane: Lane, item: T) {
        self.release(lane);
        let items = self.lanes.entry(lane).or_default();
        if items.is_empty() {
            self.turns.push_back(lane);
        }
        items.push_back(item);
        self.waiting += 1;
    }

    /// The first of the lane whose turn it is.
    pub(super) fn pop(&mut self) -> Option<T> {
        let lane = self.turns.pop_front()?;
        let items = self.lanes.get_mut(&lane)?;
        let item = items.pop_front();
        if items.is_empty() {
            self.lanes.remove(&lane);
        } else {
            self.turns.push_back(lane);
        }
        self.waiting -= usize::from(item.is_some());
        item
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> Lane {
        Some([192, 0, 2, last].into())
    }

    #[test]
    fn lanes_take_turns() {
        let mut queue = Queue::new(64);
        for lane in [1, 1, 1, 1, 2, 3] {
            assert!(queue.claim(address(lane)));
            queue.push(address(lane), lane);
        }

        let order: Vec<u8> = std::iter::from_fn(|| queue.pop()).collect();

        assert_eq!(order, [1, 2, 3, 1, 1, 1]);
        assert_eq!(queue.waiting(), 0);
    }

    #[test]
    fn a_full_lane_leaves_room_for_others_until_all_is_full() {
        let mut queue = Queue::new(8);
        for lane in 1..=4 {
            assert!(queue.claim(address(lane)));
            queue.push(address(lane), ());
            assert!(queue.claim(address(lane)));
            assert!(!queue.claim(address(lane)), "a place that is claimed is taken");
        }

        assert!(!queue.claim(address(5)));
        queue.pop();
        assert!(queue.claim(address(5)));
        queue.release(address(5));
        assert!(!queue.claim(address(2)));
        assert!(queue.claim(address(1)));
    }
}
