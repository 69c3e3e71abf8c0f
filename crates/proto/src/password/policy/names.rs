//! Passwords built from names: equal, reversed, repeated, joined, with digits or signs around or
//! between, in any case, with `4` for `a` and the like.

use std::cmp::Reverse;
use unicode_normalization::UnicodeNormalization;

/// A name of fewer bytes is in too many words to count, unless the password is nothing else.
const SHORT_NAME: usize = 3;
/// Fewer characters than this besides the names add nothing, of whatever kind they are.
const FEW: usize = 5;
/// Without a letter among them (a year, a date, a row of signs), fewer than this add nothing.
const FEW_SIGNS: usize = 9;

/// Whether the names and a few trivial characters explain the whole password.
pub(super) fn explain(password: &str, own_names: &[&str]) -> bool {
    let names = names_of(own_names);
    let (short, long): (Vec<_>, Vec<_>) = names.iter().partition(|name| name.bytes < SHORT_NAME);
    let chars: Vec<char> = lower(password).collect();
    is_trivial(rest(&chars, &long)) || rest(&chars, &short).is_some_and(|rest| rest.is_empty())
}

/// What little is left of a password once names are out; `None` when it has none.
fn is_trivial(rest: Option<Vec<char>>) -> bool {
    let Some(mut rest) = rest else { return false };
    // A row of one character is as good as one.
    rest.dedup();
    rest.len() < FEW || rest.len() < FEW_SIGNS && !rest.iter().any(|c| c.is_alphabetic())
}

/// The characters of the password no name accounts for, or `None` when it has no name in it.
fn rest(password: &[char], names: &[&Name]) -> Option<Vec<char>> {
    // Signs may stand anywhere in a name (`a.n.n.a`), so the search is over the others.
    let (places, letters): (Vec<usize>, Vec<char>) =
        password.iter().enumerate().filter_map(|(at, c)| Some((at, skeleton(*c)?))).unzip();
    let mut taken = vec![false; password.len()];
    for name in names {
        let mut at = 0;
        while at + name.letters.len() <= letters.len() {
            let place = at..at + name.letters.len();
            let free = !places[place.clone()].iter().any(|place| taken[*place]);
            if free && letters[place.clone()] == name.letters {
                places[place].iter().for_each(|place| taken[*place] = true);
                at += name.letters.len();
            } else {
                at += 1;
            }
        }
    }
    let left = password.iter().zip(&taken).filter(|(_, taken)| !**taken).map(|(c, _)| *c);
    taken.contains(&true).then(|| left.collect())
}

/// A name as it is searched for: the longest first, so that a name within another does not hide
/// it, and forwards before backwards, so that `lala` is not taken for an `al` within `l` and `a`.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    length: Reverse<usize>,
    direction: Direction,
    letters: Vec<char>,
    bytes: usize,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Direction {
    Forwards,
    Backwards,
}

impl Name {
    fn new(letters: Vec<char>, direction: Direction) -> Self {
        let bytes = letters.iter().map(|c| c.len_utf8()).sum();
        Self { length: Reverse(letters.len()), direction, letters, bytes }
    }
}

/// Each name whole, in its parts, and backwards.
fn names_of(own_names: &[&str]) -> Vec<Name> {
    let mut names = Vec::new();
    for name in own_names {
        let lowered: String = lower(name).collect();
        let parts = lowered.split(|c: char| !c.is_alphanumeric()).filter(|p| p.len() > SHORT_NAME);
        let halves = lowered.split('@');
        for text in parts.chain(halves).chain([lowered.as_str()]) {
            let letters: Vec<char> = text.chars().filter_map(skeleton).collect();
            let backwards = letters.iter().rev().copied().collect();
            names.push(Name::new(letters, Direction::Forwards));
            names.push(Name::new(backwards, Direction::Backwards));
        }
    }
    names.retain(|name| !name.letters.is_empty());
    names.sort();
    names.dedup();
    names
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.nfc().flat_map(char::to_lowercase)
}

/// One letter for all that are commonly put for it; `None` for a sign that stands for none.
fn skeleton(c: char) -> Option<char> {
    match c {
        '0' => Some('o'),
        '1' | 'i' | '|' => Some('l'),
        '3' => Some('e'),
        '4' | '@' => Some('a'),
        '5' | '$' => Some('s'),
        '7' => Some('t'),
        c => c.is_alphanumeric().then_some(c),
    }
}
