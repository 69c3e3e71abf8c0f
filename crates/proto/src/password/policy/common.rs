//! The list of common passwords. Its origin and licences are told in `data/README.md`.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// One password a line, lower case, NFC, sorted by bytes: searched where it lies in the program,
/// so that it takes no memory of its own and nothing to build at start.
const LIST: &str = include_str!("../../../data/common-passwords.txt");

/// Whether the password, in lower case, is on the list. At most 20 comparisons.
pub(super) fn contains(password: &str) -> bool {
    let mut wanted = Zeroizing::new(String::with_capacity(password.len() * 3));
    wanted.extend(password.nfc().flat_map(char::to_lowercase));
    // `low` and `high` always lie at the start of a line or the end of the list.
    let (mut low, mut high) = (0, LIST.len());
    while low < high {
        let (start, end) = line_around(low + (high - low) / 2);
        match LIST.as_bytes()[start..end].cmp(wanted.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

/// Start and end, its line feed excluded, of the line the byte at `at` belongs to.
fn line_around(at: usize) -> (usize, usize) {
    let bytes = LIST.as_bytes();
    let start = bytes[..at].iter().rposition(|b| *b == b'\n').map_or(0, |feed| feed + 1);
    let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |feed| at + feed);
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_lower_case_and_of_ten_thousand_or_more() {
        let lines: Vec<&str> = LIST.lines().collect();

        assert!(lines.len() >= 10_000);
        assert!(LIST.ends_with('\n'));
        assert!(lines.is_sorted_by(|a, b| a.as_bytes() < b.as_bytes()));
        for line in lines {
            let folded: String = line.nfc().flat_map(char::to_lowercase).collect();
            assert_eq!(line, folded);
            assert!(contains(line), "{line}");
        }
    }

    #[test]
    fn what_lies_between_before_and_after_the_lines_is_not_on_the_list() {
        for password in ["", "\n", "passwor\nd", "\u{10ffff}", "password\n", "passwordd0"] {
            assert!(!contains(password), "{password:?}");
        }
    }
}
