//! Long lists, a piece at a time: a page stays light however much there is.

use minijinja::{Value, context};

/// Rows of a list on one page.
const ROWS: usize = 6;

/// A piece of a list, and where those beside it begin.
pub(crate) struct Piece {
    pub(crate) rows: Vec<Value>,
    newer: Option<usize>,
    older: Option<usize>,
}

impl Piece {
    /// The piece that `from` is in; the first one where there is no such.
    pub(crate) fn of<T>(items: &[T], from: Option<usize>, row: impl Fn(&T) -> Value) -> Self {
        let asked = from.filter(|from| *from < items.len()).unwrap_or(0);
        let begin = asked - asked % ROWS;
        let end = items.len().min(begin + ROWS);
        Self {
            rows: items[begin..end].iter().map(row).collect(),
            newer: begin.checked_sub(ROWS),
            older: (end < items.len()).then_some(end),
        }
    }

    /// What the template shows below the rows; `name` is the parameter of the address.
    pub(crate) fn beside(&self, name: &str) -> Value {
        context! { name, newer => self.newer, older => self.older }
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, ROWS};

    fn piece(items: usize, from: Option<usize>) -> (usize, Option<usize>, Option<usize>) {
        let items: Vec<usize> = (0..items).collect();
        let piece = Piece::of(&items, from, |item| (*item).into());
        (piece.rows.len(), piece.newer, piece.older)
    }

    #[test]
    fn a_list_is_shown_in_pieces_that_lead_to_each_other() {
        assert_eq!(piece(0, None), (0, None, None));
        assert_eq!(piece(ROWS, None), (ROWS, None, None));
        assert_eq!(piece(ROWS + 1, None), (ROWS, None, Some(ROWS)));
        assert_eq!(piece(ROWS + 1, Some(ROWS)), (1, Some(0), None));
        assert_eq!(piece(3 * ROWS, Some(ROWS + 1)), (ROWS, Some(0), Some(2 * ROWS)));
        assert_eq!(piece(2, Some(usize::MAX)), (2, None, None));
    }
}
