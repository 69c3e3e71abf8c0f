//! A source file as the rules see it: which layer it belongs to, and what it names.

use std::path::Path;

use crate::lexer::{Token, tokens};
use crate::names::{Name, names};

/// The layers of ARCHITECTURE.md, and the places outside them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Proto,
    Store,
    Live,
    /// A feature's rules: its folder without what is HTTP in it.
    Feature,
    Http,
    /// The library's files beside the folders.
    Root,
    Flask,
    Server,
    /// Tests, examples, benchmarks.
    Elsewhere,
}

/// One file.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) place: Place,
    /// The file's module inside its crate.
    pub(crate) module: Vec<String>,
    pub(crate) tokens: Vec<(usize, Token)>,
    pub(crate) names: Vec<Name>,
    pub(crate) text: String,
}

impl Source {
    /// Reads `text`, the content of the file at `path` below the root, parted by slashes.
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let module = module(path);
        let tokens = tokens(text);
        let names = names(&tokens, &module);
        Self {
            path: path.to_owned(),
            place: place(path),
            module,
            tokens,
            names,
            text: text.to_owned(),
        }
    }
}

/// Every Rust file below `root`/crates.
pub(crate) fn sources(root: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let below = path.strip_prefix(root).expect("a path below the root");
                let name = below.to_string_lossy().replace('\\', "/");
                let text = std::fs::read_to_string(&path).expect("a readable source");
                found.push(Source::new(&name, &text));
            }
        }
    }
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn place(path: &str) -> Place {
    let Some((krate, inner)) = path.strip_prefix("crates/").and_then(|p| p.split_once("/src/"))
    else {
        return Place::Elsewhere;
    };
    match krate {
        "proto" => Place::Proto,
        "flask" => Place::Flask,
        "server" => Place::Server,
        "countersign" => library_place(inner),
        _ => Place::Elsewhere,
    }
}

fn library_place(inner: &str) -> Place {
    let parts: Vec<&str> = inner.split('/').collect();
    match parts[..] {
        ["store", ..] | ["store.rs"] => Place::Store,
        ["live", ..] | ["live.rs"] => Place::Live,
        _ if parts.iter().any(|part| *part == "http" || *part == "http.rs") => Place::Http,
        [_] => Place::Root,
        _ => Place::Feature,
    }
}

fn module(path: &str) -> Vec<String> {
    let inner = path.split_once("/src/").map_or(path, |(_, inner)| inner);
    let inner = inner.trim_end_matches(".rs");
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    let last = module.last().map(String::as_str);
    if matches!(last, Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}
