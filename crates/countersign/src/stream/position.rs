//! How far a listener has heard: the number of the last change in each lane of the feed.

use std::{fmt, str::FromStr};

use crate::store::change::Lane;

/// More lanes than there will ever be.
const MOST_LANES: usize = 64;

/// In the order of the lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position(Vec<Lane>);

/// What follows a position.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It was heard before.
    Known,
    Next,
    /// Something between is missing.
    Gap,
}

impl Position {
    pub(super) fn of(lanes: Vec<Lane>) -> Self {
        Self(lanes)
    }

    /// Whether one gets from here to `later` by hearing changes.
    pub(super) fn leads_to(&self, later: &Self) -> bool {
        let pairs = self.0.iter().zip(&later.0);
        self.0.len() == later.0.len() && pairs.into_iter().all(|(from, to)| from.seq <= to.seq)
    }

    /// The first lane that is not as far as in `later`, and how far it is there.
    pub(super) fn behind(&self, later: &Self) -> Option<(Lane, i64)> {
        let mut pairs = self.0.iter().zip(&later.0);
        pairs.find(|(from, to)| from.seq < to.seq).map(|(from, to)| (*from, to.seq))
    }

    /// Takes one number in.
    pub(super) fn hear(&mut self, number: Lane) -> Step {
        let lane = self.0.iter_mut().find(|lane| lane.lane == number.lane);
        match lane {
            Some(lane) if number.seq <= lane.seq => Step::Known,
            Some(lane) if number.seq == lane.seq + 1 => {
                lane.seq = number.seq;
                Step::Next
            }
            _ => Step::Gap,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, lane) in self.0.iter().enumerate() {
            let mark = if place == 0 { "" } else { "." };
            write!(f, "{mark}{:x}", lane.seq)?;
        }
        Ok(())
    }
}

/// No position was ever written so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoPosition;

impl FromStr for Position {
    type Err = NoPosition;

    fn from_str(text: &str) -> Result<Self, NoPosition> {
        let mut lanes = Vec::new();
        for (lane, part) in (0..).zip(text.split('.')) {
            if lanes.len() == MOST_LANES {
                return Err(NoPosition);
            }
            let seq = i64::from_str_radix(part, 16).map_err(|_| NoPosition)?;
            lanes.push(Lane { lane, seq });
        }
        // Only the one spelling that Display makes.
        let position = Self(lanes);
        if position.to_string() == text { Ok(position) } else { Err(NoPosition) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(text: &str) -> Position {
        text.parse().unwrap()
    }

    #[test]
    fn a_position_reads_as_it_is_written_and_in_no_other_spelling() {
        for text in ["0", "0.1f.0", "7fffffffffffffff.0"] {
            assert_eq!(position(text).to_string(), text);
        }
        let too_many = ["0"; MOST_LANES + 1].join(".");
        for text in ["", ".", "1.", "01", "-1", "+1", "1F", "x", "8000000000000000", &too_many] {
            assert_eq!(text.parse::<Position>(), Err(NoPosition), "{text}");
        }
    }

    #[test]
    fn a_number_is_heard_once_and_in_order() {
        let mut at = position("5.0");
        let number = |lane, seq| Lane { lane, seq };

        assert_eq!(at.hear(number(0, 5)), Step::Known);
        assert_eq!(at.hear(number(0, 7)), Step::Gap);
        assert_eq!(at.hear(number(0, 6)), Step::Next);
        assert_eq!(at.hear(number(2, 1)), Step::Gap);
        assert_eq!(at, position("6.0"));
    }

    #[test]
    fn one_gets_nowhere_from_a_later_position_or_one_of_other_lanes() {
        assert!(position("1.2").leads_to(&position("1.3")));
        assert!(!position("2.2").leads_to(&position("1.3")));
        assert!(!position("1").leads_to(&position("1.3")));
        let at = (Lane { lane: 1, seq: 2 }, 3);
        assert_eq!(position("1.2").behind(&position("1.3")), Some(at));
    }
}
