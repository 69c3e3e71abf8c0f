//! The rules of the house as a table, and how each kind is checked.

use std::collections::BTreeSet;

use crate::globals;
use crate::names::Name;
use crate::source::{Place, Source};

/// At this length a file is split.
const LINES: usize = 400;

/// What the library's root may lend to the layers below: everything else there is above them.
const SHARED: [&str; 4] = ["Config", "Denied", "Error", "Result"];

/// What a place must not do.
enum Forbids {
    /// Name one of these crates.
    Crates(&'static [&'static str]),
    /// Name anything of this name, wherever it comes from.
    Words(&'static [&'static str]),
    /// Name a path that begins so.
    Paths(&'static [&'static str]),
    /// Name a feature, HTTP, or a type that the root re-exports from one.
    WhatIsAbove,
    /// Name the HTTP part of a feature.
    HttpPartOfAFeature,
    /// Call `.write(…)` with a body.
    OpeningATransaction,
    /// Keep state that two `Auth`s of one process would share.
    GlobalState,
    /// Be longer than [`LINES`].
    Length,
    /// Begin with anything but `//!`.
    NoHeader,
    /// Hold a note about work to be done.
    NotesToSelf,
}

struct Rule {
    words: &'static str,
    places: &'static [Place],
    forbids: Forbids,
}

/// A line that breaks a rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stray {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) what: String,
    pub(crate) rule: &'static str,
}

const EVERYWHERE: &[Place] = &[
    Place::Proto,
    Place::Store,
    Place::Live,
    Place::Feature,
    Place::Http,
    Place::Root,
    Place::Flask,
    Place::Server,
    Place::Elsewhere,
];

const SHIPPED: &[Place] = &[
    Place::Proto,
    Place::Store,
    Place::Live,
    Place::Feature,
    Place::Http,
    Place::Root,
    Place::Flask,
    Place::Server,
];

const ABOVE_PROTO: &[Place] = &[
    Place::Store,
    Place::Live,
    Place::Feature,
    Place::Http,
    Place::Root,
    Place::Flask,
    Place::Server,
];

const RULES: &[Rule] = &[
    Rule {
        words: "only http/ and files named http.rs name axum and tower",
        places: &[Place::Proto, Place::Store, Place::Live, Place::Feature, Place::Root],
        forbids: Forbids::Crates(&[
            "axum",
            "axum_core",
            "hyper",
            "http_body_util",
            "tower",
            "tower_http",
            "utoipa_axum",
        ]),
    },
    Rule {
        // Features derive `ToSchema`: it describes their data, as serde does, and names no HTTP.
        words: "only features and http/ name utoipa",
        places: &[Place::Proto, Place::Store, Place::Live, Place::Root],
        forbids: Forbids::Crates(&["utoipa"]),
    },
    Rule {
        words: "only store/ names the database drivers",
        places: &[
            Place::Proto,
            Place::Live,
            Place::Feature,
            Place::Http,
            Place::Root,
            Place::Flask,
            Place::Server,
        ],
        forbids: Forbids::Crates(&[
            "deadpool_postgres",
            "rusqlite",
            "tokio_postgres",
            "tokio_postgres_rustls",
        ]),
    },
    Rule {
        words: "proto has no runtime",
        places: &[Place::Proto],
        forbids: Forbids::Crates(&["futures_util", "tokio", "tracing"]),
    },
    Rule {
        words: "proto has no clock and no async: readings are arguments",
        places: &[Place::Proto],
        forbids: Forbids::Words(&["SystemTime", "Instant", "async"]),
    },
    Rule {
        words: "proto does no I/O",
        places: &[Place::Proto],
        forbids: Forbids::Paths(&[
            "std::env",
            "std::fs",
            "std::net",
            "std::os",
            "std::process",
            "std::thread",
        ]),
    },
    Rule {
        words: "cryptography lives in proto alone",
        places: ABOVE_PROTO,
        forbids: Forbids::Crates(&[
            "argon2",
            "argon2_rust",
            "aws_lc_rs",
            "bcrypt",
            "getrandom",
            "hmac",
            "jsonwebtoken",
            "md5",
            "pbkdf2",
            "rand",
            "scrypt",
            "sha1",
            "sha2",
            "sha_crypt",
        ]),
    },
    Rule {
        words: "TLS belongs to the server and to the connection to PostgreSQL",
        places: &[
            Place::Proto,
            Place::Live,
            Place::Feature,
            Place::Http,
            Place::Root,
            Place::Flask,
        ],
        forbids: Forbids::Crates(&["rustls", "tokio_rustls"]),
    },
    Rule {
        words: "calls go down: store/ and live/ name nothing above them",
        places: &[Place::Store, Place::Live],
        forbids: Forbids::WhatIsAbove,
    },
    Rule {
        words: "calls go down: a feature's rules name no HTTP",
        places: &[Place::Feature],
        forbids: Forbids::HttpPartOfAFeature,
    },
    Rule {
        words: "a handler makes one call into its feature and opens no transaction",
        places: &[Place::Http],
        forbids: Forbids::OpeningATransaction,
    },
    Rule {
        words: "flask and server use the library's public interface alone",
        places: &[Place::Flask, Place::Server],
        forbids: Forbids::Crates(&["countersign_proto"]),
    },
    Rule {
        words: "server and flask name no store",
        places: &[Place::Flask, Place::Server],
        forbids: Forbids::Paths(&["countersign::store", "countersign::live"]),
    },
    Rule {
        words: "no global state: two `Auth`s live in one process",
        places: SHIPPED,
        forbids: Forbids::GlobalState,
    },
    Rule { words: "a file of 400 lines is split", places: EVERYWHERE, forbids: Forbids::Length },
    Rule {
        words: "each file begins with `//!`: what lives here and what does not",
        places: EVERYWHERE,
        forbids: Forbids::NoHeader,
    },
    Rule { words: "no notes to self", places: EVERYWHERE, forbids: Forbids::NotesToSelf },
];

/// Every line of `sources` that breaks a rule.
pub(crate) fn strays(sources: &[Source]) -> Vec<Stray> {
    let above = above(sources);
    let mut found = Vec::new();
    for source in sources {
        for rule in RULES.iter().filter(|rule| rule.places.contains(&source.place)) {
            let lines = check(&rule.forbids, source, &above);
            found.extend(lines.into_iter().map(|(line, what)| Stray {
                path: source.path.clone(),
                line,
                what,
                rule: rule.words,
            }));
        }
    }
    found
}

/// The library's modules above store/ and live/: http, auth and each feature.
fn above(sources: &[Source]) -> BTreeSet<String> {
    let modules = sources
        .iter()
        .filter(|source| matches!(source.place, Place::Feature | Place::Http))
        .filter_map(|source| source.module.first().cloned());
    modules.chain(["auth".to_owned(), "http".to_owned()]).collect()
}

fn check(forbids: &Forbids, source: &Source, above: &BTreeSet<String>) -> Vec<(usize, String)> {
    match forbids {
        Forbids::Crates(crates) => named(source, |name| names_crate(source, name, crates)),
        Forbids::Words(words) => {
            named(source, |name| name.path.iter().any(|part| words.contains(&part.as_str())))
        }
        Forbids::Paths(paths) => named(source, |name| paths.iter().any(|p| begins(name, p))),
        Forbids::WhatIsAbove => named(source, |name| is_above(name, above)),
        Forbids::HttpPartOfAFeature => named(source, names_http),
        Forbids::OpeningATransaction => globals::write_calls(source),
        Forbids::GlobalState => globals::state(source),
        Forbids::Length => too_long(source),
        Forbids::NoHeader => no_header(source),
        Forbids::NotesToSelf => notes(source),
    }
}

fn named(source: &Source, forbidden: impl Fn(&Name) -> bool) -> Vec<(usize, String)> {
    let names = source.names.iter().filter(|name| forbidden(name));
    names.map(|name| (name.line, name.path.join("::"))).collect()
}

/// A path that begins with an import of the file (`use rustls::crypto::aws_lc_rs`) is judged there.
fn names_crate(source: &Source, name: &Name, crates: &[&str]) -> bool {
    let Some(first) = name.path.first().filter(|first| crates.contains(&first.as_str())) else {
        return false;
    };
    let imports = |other: &Name| other.imported && other.path.len() > 1;
    let shadowed = || source.names.iter().any(|n| imports(n) && n.path.last() == Some(first));
    name.imported || name.path.len() > 1 && !shadowed()
}

fn begins(name: &Name, path: &str) -> bool {
    let mut parts = name.path.iter();
    path.split("::").all(|part| parts.next().is_some_and(|named| named == part))
}

fn is_above(name: &Name, above: &BTreeSet<String>) -> bool {
    let [first, second, ..] = name.path.as_slice() else { return false };
    let a_type = second.starts_with(char::is_uppercase);
    first == "crate" && (above.contains(second) || a_type && !SHARED.contains(&second.as_str()))
}

fn names_http(name: &Name) -> bool {
    match name.path.as_slice() {
        [first, second, ..] if first == "crate" && second == "http" => true,
        [first, _, third, ..] if first == "crate" && third == "http" => true,
        [first, _, ..] => first == "http",
        _ => false,
    }
}

fn too_long(source: &Source) -> Vec<(usize, String)> {
    let lines = source.text.lines().count();
    if lines < LINES { vec![] } else { vec![(lines, format!("{lines} lines"))] }
}

fn no_header(source: &Source) -> Vec<(usize, String)> {
    let first = source.text.lines().next().unwrap_or_default();
    if first.starts_with("//!") { vec![] } else { vec![(1, first.to_owned())] }
}

fn notes(source: &Source) -> Vec<(usize, String)> {
    let note = |line: &str| {
        let mut words = line.split(|c: char| !c.is_alphanumeric());
        words.any(|word| word == concat!("TO", "DO") || word == concat!("FIX", "ME"))
    };
    let lines = source.text.lines().enumerate().filter(|(_, line)| note(line));
    lines.map(|(at, line)| (at + 1, line.trim().to_owned())).collect()
}
