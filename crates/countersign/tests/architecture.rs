//! The house rules of ARCHITECTURE.md, held against every source file below `crates/`.
//!
//! A stray fails with file, line and the rule in words. `architecture/made_up.rs` shows that each
//! rule can fail.

#[path = "architecture/globals.rs"]
mod globals;
#[path = "architecture/lexer.rs"]
mod lexer;
#[path = "architecture/made_up.rs"]
mod made_up;
#[path = "architecture/map.rs"]
mod map;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/source.rs"]
mod source;

use std::path::Path;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[test]
fn every_source_keeps_the_rules_of_the_house() {
    let sources = source::sources(root());
    assert!(sources.len() > 3, "the crates' sources are not where this test looks");

    let strays: Vec<String> = rules::strays(&sources)
        .iter()
        .map(|stray| format!("{}:{}: {}: {}", stray.path, stray.line, stray.what, stray.rule))
        .collect();

    assert!(strays.is_empty(), "\n{}\n", strays.join("\n"));
}

#[test]
fn every_path_that_architecture_md_names_exists() {
    let map = std::fs::read_to_string(root().join("ARCHITECTURE.md"))
        .expect("ARCHITECTURE.md, the map of the project, lies at its root");
    let paths = map::paths(root(), &map);
    assert!(paths.len() > 5, "ARCHITECTURE.md is a map: it names the project's paths in backticks");

    let lost: Vec<String> = paths
        .iter()
        .filter(|(_, path)| !map::exists(root(), path))
        .map(|(line, path)| format!("ARCHITECTURE.md:{line}: `{path}` does not exist"))
        .collect();

    assert!(lost.is_empty(), "\n{}\n", lost.join("\n"));
}
