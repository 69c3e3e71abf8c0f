//! Every template, every text, and what they weigh.

mod replaced;
mod samples;

use std::{collections::BTreeSet, fs, path::Path, time::Instant};

use countersign_proto::error_code::ErrorCode;

use super::*;

fn renderer() -> Renderer {
    Renderer::open(&Pages::default()).unwrap()
}

/// Paths and contents of the files below a folder of this crate.
fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let (mut found, mut folders) = (Vec::new(), vec![root.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(&root).unwrap().display().to_string();
                found.push((name, fs::read_to_string(path).unwrap()));
            }
        }
    }
    found
}

fn is_key(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[test]
fn every_template_is_built_in_and_can_be_rendered_in_every_language() {
    let renderer = renderer();
    let built_in: BTreeSet<&str> =
        built_in::PAGES.iter().chain(built_in::MAILS).map(|(name, _)| *name).collect();

    for (name, _) in files("templates") {
        assert!(built_in.contains(name.as_str()), "{name} is not built in");
    }
    for (name, language) in built_in.iter().flat_map(|name| Language::ALL.map(|l| (*name, l))) {
        let page = renderer.page(name, language, check::sample(name));
        assert!(page.is_ok(), "{name}: {}", page.unwrap_err());
    }
}

#[test]
fn every_text_that_a_template_or_the_code_names_is_there() {
    let renderer = renderer();
    let mut named = BTreeSet::new();
    for (name, text) in built_in::PAGES.iter().chain(built_in::MAILS) {
        named.extend(
            check::keys(text).map(|(line, key)| (key.to_owned(), format!("{name}:{line}"))),
        );
    }
    for (name, text) in files("src").iter().filter(|(name, _)| !name.contains("tests")) {
        for (before, to) in [("because(\"", ""), ("words(\"", ""), ("?notice=", "notice-")] {
            let keys = text.split(before).skip(1).filter_map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-')?;
                // What ends otherwise is a sentence for the log, or put together.
                rest[end..].starts_with(['"', '&']).then(|| &rest[..end])
            });
            named
                .extend(keys.filter(|key| is_key(key)).map(|k| (format!("{to}{k}"), name.clone())));
        }
    }
    for code in ErrorCode::ALL {
        let key = format!("error-{}", code.as_str().replace('_', "-"));
        named.insert((key, code.as_str().to_owned()));
    }

    assert!(named.len() > 150, "{named:?}");
    for (key, place) in named {
        assert!(renderer.texts.has(&key), "{place}: there is no text {key}");
    }
}

/// A language that has no text at all yet is read in English.
#[test]
fn every_language_has_every_text_with_the_same_variables() {
    let [english, others @ ..] = built_in::TEXTS;
    for (files, number) in others.iter().zip(1..) {
        for ((_, wanted), (name, text)) in english.iter().zip(*files) {
            let texts = |text| {
                let texts = check::texts(text).into_iter();
                texts.map(|(_, key, names)| (key, names)).collect::<BTreeSet<_>>()
            };
            let (wanted, found) = (texts(wanted), texts(text));
            let differ: Vec<_> = wanted.symmetric_difference(&found).collect();
            let language = Language::ALL[number];
            assert!(found.is_empty() || differ.is_empty(), "{name} ({language:?}): {differ:?}");
        }
    }
}

#[test]
fn every_key_stands_once() {
    for (name, text) in built_in::TEXTS.into_iter().flatten() {
        let mut seen = BTreeSet::new();
        for (line, key, _) in check::texts(text) {
            assert!(seen.insert(key), "{name}:{line}: {key} once more");
        }
    }
}

#[test]
fn every_page_weighs_less_than_30_kb_with_one_style_sheet_and_one_script() {
    let renderer = renderer();
    let (css, script) = (renderer.css.text.len(), renderer.script.text.len());
    assert!(css < 12_000 && script < 8_000, "{css} {script}");

    for (name, own) in samples::account().into_iter().chain(samples::outside()) {
        let page = renderer.page(name, Language::En, samples::with("en", &own)).unwrap();
        let all = page.len() + css + script;
        assert!(all < 30_000, "{name}: {all}");
        assert_eq!(page.matches("<script").count(), 1, "{name}");
        assert_eq!(page.matches("rel=\"stylesheet\"").count(), 1, "{name}");
        assert_eq!(page.matches("<h1>").count(), 1, "{name}");
        let handler = |rest: &str| rest.split_once('=').is_some_and(|(name, _)| is_key(name));
        let inline = page.contains(" style=") || page.split(" on").skip(1).any(handler);
        assert!(!inline, "{name}: something inline");
        let ids: Vec<&str> =
            page.split(" id=\"").skip(1).map(|r| &r[..r.find('"').unwrap()]).collect();
        let once: BTreeSet<&&str> = ids.iter().collect();
        assert_eq!(ids.len(), once.len(), "{name}: {ids:?}");
        for form in page.split("method=\"post\"").skip(1) {
            let form = form.split("</form>").next().unwrap();
            assert_eq!(form.matches("name=\"csrf_token\"").count(), 1, "{name}: {form}");
        }
    }
}

/// Prints what a page costs; in a build for release the target is far below a millisecond.
#[test]
fn a_page_costs_next_to_nothing() {
    let renderer = renderer();
    for (name, own) in samples::account().into_iter().chain(samples::outside()) {
        let mut times: Vec<_> = (0..51)
            .map(|_| {
                let began = Instant::now();
                renderer.page(name, Language::En, samples::with("en", &own)).unwrap();
                began.elapsed()
            })
            .collect();
        times.sort();
        eprintln!("{name}: median {:?}", times[25]);
        assert!(times[25].as_millis() < 50, "{name}: {times:?}");
    }
}
