//! The manual against the code: what it says of endpoints, error codes, numbers, tests and files
//! is so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "docs/pages.rs"]
mod pages;

use std::{collections::BTreeSet, fs, path::Path};

use countersign::{
    Config,
    proto::{error_code::ErrorCode, password::Bound},
};
use pages::{cells, prose, quoted, read, root};

#[test]
fn the_manual_has_every_endpoint_and_no_other() {
    let document = serde_json::to_value(countersign::openapi()).unwrap();
    let mut served = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            served.insert(format!("{} {path}", method.to_uppercase()));
        }
    }

    let api = read("docs/api.md");
    let headings = api.lines().filter_map(|line| line.strip_prefix("### `"));
    let described: BTreeSet<_> =
        headings.filter_map(|rest| rest.strip_suffix('`')).map(str::to_owned).collect();

    assert!(served.len() > 20, "the document of the API is not where this test looks");
    assert_eq!(described, served);
}

#[test]
fn the_manual_has_every_error_code_with_its_status() {
    let known: BTreeSet<_> =
        ErrorCode::ALL.iter().map(|code| (code.to_string(), code.status().to_string())).collect();

    let api = read("docs/api.md");
    let (_, errors) = api.split_once("\n## Errors\n").unwrap();
    let rows = errors.lines().map(cells).filter(|row| row.len() == 3 && row[0].starts_with('`'));
    let listed: BTreeSet<_> =
        rows.map(|row| (row[0].trim_matches('`').to_owned(), row[1].to_owned())).collect();

    assert_eq!(listed, known);
}

#[test]
fn the_codes_an_endpoint_names_are_codes() {
    let known: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    let api = read("docs/api.md");
    let (before_errors, _) = api.split_once("\n## Errors\n").unwrap();

    for part in before_errors.split("Errors: ").skip(1) {
        let sentence = part.split("\n\n").next().unwrap();
        let fields = ["field", "current_password", "new_password", "Retry-After"];
        for code in quoted(sentence).filter(|word| !fields.contains(word)) {
            assert!(known.contains(&code), "docs/api.md: {code} is no error code");
        }
    }
}

#[test]
fn the_numbers_of_the_manual_are_the_defaults() {
    for (page, sentence) in all_numbers() {
        let text = read(&format!("docs/{page}")).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&sentence), "docs/{page} does not say: {sentence}");
    }
}

fn all_numbers() -> Vec<(&'static str, String)> {
    [tokens(), sessions(), passwords(), throttling(), account(), sign_up()].concat()
}

fn sign_up() -> Vec<(&'static str, String)> {
    let s = Config::default().sign_up;
    vec![
        ("sign-up.md", format!("at most {} accounts", s.per_address_hour)),
        ("sign-up.md", format!("begin with {} zero bits", s.proof_bits)),
    ]
}

fn tokens() -> Vec<(&'static str, String)> {
    let c = Config::default();
    let days = |seconds: u32| seconds / 86_400;
    vec![
        ("tokens.md", format!("| access token | {} |", c.access_token_seconds)),
        (
            "tokens.md",
            format!("{0} ({1} days)", c.refresh_token_seconds, days(c.refresh_token_seconds)),
        ),
        ("tokens.md", format!("{0} ({1} days)", c.session_seconds, days(c.session_seconds))),
        ("tokens.md", format!("shown again | {} |", c.refresh_replay_seconds)),
        ("tokens.md", format!("`max_lag_seconds` (default {})", c.max_lag_seconds)),
        ("tokens.md", format!("`status_list_ttl_seconds`, default {}", c.status_list_ttl_seconds)),
        ("tokens.md", format!("`heartbeat_seconds` (default {})", c.heartbeat_seconds)),
        ("api.md", format!("public, max-age={}`; 304", c.status_list_ttl_seconds)),
        ("tokens.md", format!("`key_publish_seconds` (default {})", c.key_publish_seconds)),
        ("tokens.md", format!("`algorithm` chooses {} (Ed25519, the default)", c.algorithm)),
        ("api.md", format!("within {} seconds", c.idempotency_seconds)),
        ("api.md", format!("absent: `{}`", c.default_scope)),
        ("api.md", format!("\"expires_in\": {}", c.access_token_seconds)),
        ("faq.md", format!("`cached_identities`, default {}", c.cached_identities)),
        ("faq.md", format!("good for {} days after", days(c.refresh_token_seconds))),
        ("faq.md", format!("for {} days in all", days(c.session_seconds))),
    ]
}

fn sessions() -> Vec<(&'static str, String)> {
    let Config { browser, .. } = Config::default();
    let row = |what: &str, most: u32, words: &str| {
        ("sessions.md", format!("| {what} | {most} ({words}) |"))
    };
    let (hour, day) = (3600, 86_400);
    vec![
        row("not used", browser.idle_seconds, &format!("{} hours", browser.idle_seconds / hour)),
        row("however much it is used", browser.cookie_seconds, "1 day"),
        row(
            "a remembered browser, from the password on",
            browser.remember_seconds,
            &format!("{} days", browser.remember_seconds / day),
        ),
        ("sessions.md", format!("`browser.fresh_seconds` (default {})", browser.fresh_seconds)),
    ]
}

fn passwords() -> Vec<(&'static str, String)> {
    let Config { password_policy: policy, hashing, .. } = Config::default();
    let (params, bound) = (hashing.params, Bound::default());
    let row = |what: &str, most: u64| ("passwords.md", format!("| {what} | {most} |"));
    vec![
        ("passwords.md", format!("at least {} characters", policy.min_chars)),
        ("passwords.md", format!("at most {} bytes", policy.max_bytes)),
        ("passwords.md", format!("{} KiB of memory", params.memory_kib)),
        ("passwords.md", format!("{} passes, {} lane", params.iterations, params.lanes)),
        ("passwords.md", format!("a queue of {}", hashing.queue)),
        ("passwords.md", format!("in {} milliseconds", hashing.deadline_ms)),
        row("Argon2 memory, KiB", bound.argon2_memory_kib),
        row("Argon2 memory times passes, KiB", bound.argon2_kib_passes),
        row("bcrypt cost", bound.bcrypt_cost),
        row("PBKDF2 iterations", bound.pbkdf2_iterations),
        row("scrypt memory, bytes", bound.scrypt_bytes),
        row("scrypt work, N·r·p", bound.scrypt_work),
        row("rounds of `$1$`, `$5$`, `$6$`, phpass", bound.digest_rounds),
        row("password, bytes", bound.password_bytes),
    ]
}

fn throttling() -> Vec<(&'static str, String)> {
    let Config { throttle: t, hashing, .. } = Config::default();
    let row = |account: &str, free: u32, memory: u32| {
        ("throttling.md", format!("| {account} | {free} | {memory} |"))
    };
    vec![
        row("the account", t.account_failures, t.account_memory_seconds),
        row("the address", t.address_failures, t.address_memory_seconds),
        row(
            "this account on this device, nothing else",
            t.account_failures,
            t.account_memory_seconds,
        ),
        ("throttling.md", format!("{} at most", t.longest_pause_seconds)),
        ("throttling.md", format!("At most {} guesses", t.account_failures)),
        ("throttling.md", format!("the last {} seconds", t.device_seconds)),
        ("throttling.md", format!("{} milliseconds at most", hashing.deadline_ms)),
    ]
}

fn account() -> Vec<(&'static str, String)> {
    let Config { browser, retention, .. } = Config::default();
    vec![
        ("account.md", format!("(default {})", browser.fresh_seconds)),
        ("account.md", format!("(default {}, two weeks)", retention.deletion_grace_seconds)),
    ]
}

#[test]
fn every_relative_link_leads_somewhere() {
    let mut found = Vec::new();
    pages::files(root(), "md", &mut found);
    assert!(found.len() > 10, "the manual is not where this test looks");

    let lost: Vec<String> = found.iter().flat_map(|page| lost_links(page)).collect();

    assert!(lost.is_empty(), "\n{}\n", lost.join("\n"));
}

fn lost_links(page: &Path) -> Vec<String> {
    let text = fs::read_to_string(page).unwrap();
    let leads = |link: &str| {
        let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
        let target = page.parent().unwrap().join(path);
        let target = if path.is_empty() { page } else { target.as_path() };
        let has_anchor = || pages::anchors(&fs::read_to_string(target).unwrap()).contains(anchor);
        target.exists() && (anchor.is_empty() || has_anchor())
    };
    let lines = prose(&text);
    let links =
        lines.iter().flat_map(|(at, line)| pages::links(line).into_iter().map(move |l| (at, l)));
    links
        .filter(|(_, link)| !link.contains("://") && !leads(link))
        .map(|(at, link)| format!("{}:{at}: {link}", page.display()))
        .collect()
}

#[test]
fn every_test_that_is_named_exists() {
    let mut sources = Vec::new();
    pages::files(&root().join("crates"), "rs", &mut sources);
    let sources: String = sources.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    let is_test = |word: &&str| {
        let snake = word.bytes().all(|b| b == b'_' || b.is_ascii_lowercase() || b.is_ascii_digit());
        snake && word.matches('_').count() >= 3
    };

    for page in ["docs/threats.md", "docs/from-flask.md", "ARCHITECTURE.md"] {
        let text = read(page);
        let lines = prose(&text);
        let tests: Vec<_> = lines
            .iter()
            .flat_map(|(at, line)| quoted(line).filter(is_test).map(move |t| (at, t)))
            .collect();
        assert!(tests.len() > 10, "{page} names tests in backticks");
        for (at, test) in tests {
            assert!(sources.contains(&format!("fn {test}(")), "{page}:{at}: there is no {test}");
        }
    }
}

#[test]
fn the_guide_shows_the_example_as_it_is() {
    let example = read("crates/countersign/examples/hello.rs");
    let (_, code) = example.split_once('\n').unwrap();

    assert!(example.lines().count() < 25);
    assert!(read("docs/embedding.md").contains(code));
}
