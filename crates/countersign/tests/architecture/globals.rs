//! What only the tokens show: state that outlives its owner, and calls that open a transaction.

use crate::lexer::Token;
use crate::source::Source;

/// Types that make a `static` more than a constant.
const CHANGING: [&str; 14] = [
    "mut",
    "Cell",
    "LazyCell",
    "LazyLock",
    "Mutex",
    "Once",
    "OnceCell",
    "OnceLock",
    "RefCell",
    "RwLock",
    "AtomicBool",
    "AtomicU32",
    "AtomicU64",
    "AtomicUsize",
];

/// A global that is allowed: below which path, what, and why it does no harm.
struct Exception {
    below: &'static str,
    what: &'static str,
    #[expect(dead_code, reason = "for the reader: an exception without a reason is none")]
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[
    Exception {
        below: "crates/countersign/src/store/",
        what: "thread_local",
        reason: "a SQLite connection belongs to one thread, and a point read costs less than any \
                 hop between threads; the connections are keyed by database, so two `Auth`s \
                 share none",
    },
    Exception {
        below: "crates/countersign/src/store/db/testing.rs",
        what: "static NEXT AtomicU32",
        reason: "tests of one process number their schemas; compiled for tests alone",
    },
];

/// Each global of `source` that can change and is no exception.
pub(crate) fn state(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (at, (line, token)) in source.tokens.iter().enumerate() {
        let what = match token {
            Token::Word(word) if word == "static" => changing_static(source, at),
            Token::Word(word) if word == "thread_local" || word == "lazy_static" => {
                Some(word.clone())
            }
            _ => None,
        };
        found.extend(what.filter(|what| !excepted(&source.path, what)).map(|what| (*line, what)));
    }
    found
}

fn excepted(path: &str, what: &str) -> bool {
    EXCEPTIONS.iter().any(|exception| path.starts_with(exception.below) && exception.what == what)
}

/// The item behind the word `static` at `at`, when its type lets it change. The statics of a
/// `thread_local!` stand for that macro.
fn changing_static(source: &Source, at: usize) -> Option<String> {
    let item = source.tokens[at..].iter().map(|(_, token)| token);
    let words: Vec<&str> = item
        .take_while(|token| !matches!(token, Token::Sign('=' | ';')))
        .filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        })
        .collect();
    let changing = words.iter().any(|word| CHANGING.contains(word));
    (changing && !inside_thread_local(source, at)).then(|| words.join(" "))
}

fn inside_thread_local(source: &Source, at: usize) -> bool {
    let mut depth = 0_i32;
    for back in (0..at).rev() {
        match &source.tokens[back].1 {
            Token::Sign('}') => depth += 1,
            Token::Sign('{') if depth > 0 => depth -= 1,
            Token::Sign('{') => {
                let before = back.checked_sub(2).map(|name| &source.tokens[name].1);
                return before == Some(&Token::Word("thread_local".to_owned()));
            }
            _ => {}
        }
    }
    false
}

/// Each `.write(` with something in its parentheses; an empty one is a lock in memory.
pub(crate) fn write_calls(source: &Source) -> Vec<(usize, String)> {
    let calls = source.tokens.windows(4).filter(|window| {
        window[0].1 == Token::Sign('.')
            && window[1].1 == Token::Word("write".to_owned())
            && window[2].1 == Token::Sign('(')
            && window[3].1 != Token::Sign(')')
    });
    calls.map(|window| (window[1].0, ".write(…)".to_owned())).collect()
}
