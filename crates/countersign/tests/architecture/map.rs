//! The map: which paths ARCHITECTURE.md names, and whether each is there.

use std::path::Path;

/// The folders from which the map may count its paths.
const BASES: [&str; 3] = ["", "crates/countersign", "crates/countersign/src"];

const KINDS: [&str; 8] = ["rs", "md", "toml", "sql", "html", "css", "js", "lock"];

/// Each path between backticks in `map`, with its line.
pub(crate) fn paths(root: &Path, map: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (at, line) in map.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if !fenced {
            let quoted = line.split('`').skip(1).step_by(2).filter(|quote| is_path(root, quote));
            found.extend(quoted.map(|quote| (at + 1, quote.to_owned())));
        }
    }
    found
}

/// A folder's slash at the end, a file's ending, or a beginning in the root make a path; the rest
/// (`/api/routes`, `text/html`) is not one.
fn is_path(root: &Path, quote: &str) -> bool {
    let spelled = quote.chars().all(|c| c.is_alphanumeric() || "_-./*".contains(c));
    if !spelled || quote.starts_with('/') || !quote.contains(['/', '.']) {
        return false;
    }
    let ending = quote.rsplit_once('.').map(|(_, ending)| ending);
    let begins_in_root = quote.split_once('/').is_some_and(|(first, _)| root.join(first).exists());
    quote.ends_with('/') || ending.is_some_and(|e| KINDS.contains(&e)) || begins_in_root
}

/// Whether `path` leads somewhere from one of the bases; `*` stands for any one entry.
pub(crate) fn exists(root: &Path, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    BASES.iter().any(|base| leads_on(&root.join(base), &parts))
}

fn leads_on(folder: &Path, parts: &[&str]) -> bool {
    match parts {
        [] => folder.exists(),
        ["*", rest @ ..] => {
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            entries.into_iter().any(|entry| leads_on(&entry.path(), rest))
        }
        [part, rest @ ..] => leads_on(&folder.join(part), rest),
    }
}
