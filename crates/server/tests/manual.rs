//! The manual's lists of settings and commands against the binary's own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use serde_json::Value;

/// `countersign config show --json` where nothing is configured.
fn settings() -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(["config", "show", "--json"]).current_dir(folder.path());
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"COUNTERSIGN_") {
            command.env_remove(name);
        }
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The name and the default of each row of the manual's tables.
fn rows() -> BTreeMap<String, String> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, tables) = page.split_once("\n## ").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|row| {
        let (name, rest) = row.split_once("` | ")?;
        let (default, _) = rest.split_once(" | ")?;
        Some((name.to_owned(), default.trim_matches('`').to_owned()))
    })
    .collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => "unset".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(ToString::to_string).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn the_manual_lists_every_setting_with_its_default_and_no_other() {
    let known: BTreeMap<_, _> = settings()
        .iter()
        .map(|one| (one["name"].as_str().unwrap().to_owned(), written(&one["value"])))
        .collect();

    assert!(known.len() > 30, "the settings are not where this test looks");
    assert_eq!(rows(), known);
}

#[test]
fn flags_and_variables_are_named_as_the_manual_says() {
    for one in settings() {
        let name = one["name"].as_str().unwrap();

        assert_eq!(one["flag"], format!("--{}", name.replace(['.', '_'], "-")));
        let variable = name.replace('.', "_").to_uppercase();
        assert_eq!(one["variable"], format!("COUNTERSIGN_{variable}"));
    }
}

#[test]
fn every_command_and_flag_of_the_manual_is_one() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/operating.md");
    let page = fs::read_to_string(page).unwrap();
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| `countersign ")).collect();
    assert!(rows.len() > 20, "the commands are not where this test looks");

    for row in rows {
        let command = row.split('`').nth(1).unwrap();
        let words = command.split(' ').skip(1);
        let words =
            words.take_while(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == '-'));
        let words: Vec<_> = words.take_while(|word| !word.starts_with('-')).collect();
        let help =
            Command::new(env!("CARGO_BIN_EXE_countersign")).args(&words).arg("--help").output();
        let help = help.unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success() && text.contains(&words.join(" ")), "{command}: {text}");
        for flag in row.split(['`', ' ']).filter(|word| word.starts_with("--")) {
            assert!(text.contains(flag), "{command} takes no {flag}");
        }
    }
}
