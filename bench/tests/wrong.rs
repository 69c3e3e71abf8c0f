//! A contestant that is missing, answers wrongly or dies ends the run, is named, and leaves no
//! report.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use tempfile::TempDir;

const REQUEST: &str = r#"
method = "GET"
path = "/me"
body_has = "u000001"
"#;

/// A tree with one contestant, whose server is `serve`, and what else its description says.
fn tree(serve: &str, rest: &str) -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    let peer = tree.path().join("bench/peers/odd");
    fs::create_dir_all(&peer).unwrap();
    fs::create_dir_all(tree.path().join("docs/performance")).unwrap();
    let text = format!("title = 'Odd'\nserve = {serve}\nready = '/healthz'\n{rest}\n");
    fs::write(peer.join("peer.toml"), text).unwrap();
    tree
}

fn fake(way: &str, after: u32) -> String {
    format!("['{}', '127.0.0.1:{{port}}', '{way}', '{after}']", env!("CARGO_BIN_EXE_fake"))
}

fn bench(tree: &Path, only: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign-bench"));
    command.args(["run", "--quick", "--only", only, "--server", "/nowhere/countersign"]);
    command.arg("--root").arg(tree).arg("--cache").arg(tree.join("cache"));
    command.output().unwrap()
}

/// What a run that must fail says.
#[track_caller]
fn fails(serve: &str, rest: &str) -> String {
    let tree = tree(serve, rest);
    let out = bench(tree.path(), "J1");
    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(!tree.path().join("docs/performance.md").exists(), "there is a report: {said}");
    assert!(!tree.path().join("docs/performance/results.json").exists());
    said.split_once("error: ").unwrap().1.to_owned()
}

fn signed() -> String {
    format!("[jobs.signed]{REQUEST}")
}

#[test]
fn an_answer_of_another_status_ends_the_run_and_is_shown() {
    let said = fails(&fake("fails", 50), &signed());

    for part in ["odd", "J1", "signed", "GET /me", "500", "200", "it broke"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
fn another_body_ends_the_run_and_is_shown() {
    let said = fails(&fake("wrong", 50), &signed());

    for part in ["odd", "J1", "GET /me", "u000001", "this is nobody"] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[test]
fn a_server_that_dies_half_way_ends_the_run() {
    let said = fails(&fake("dies", 50), &signed());

    assert!(said.contains("odd") && said.contains("GET /me"), "{said}");
}

#[test]
fn a_refusal_where_nothing_is_too_much_ends_the_run() {
    let said = fails(&fake("refuses", 8), &signed());

    assert!(said.contains("503") && said.contains("too much"), "{said}");
}

#[test]
fn a_server_that_does_not_start_ends_the_run_with_its_last_words() {
    let said = fails("['sh', '-c', 'echo no licence; exit 3']", &signed());

    assert!(said.contains("odd does not start") && said.contains("no licence"), "{said}");
    assert!(said.contains("exit status: 3"), "{said}");
}

#[test]
fn a_program_that_is_not_there_ends_the_run() {
    let said = fails("['/nowhere/at/all']", &signed());

    assert!(said.contains("odd") && said.contains("cannot be started"), "{said}");
}

#[test]
fn a_contestant_that_cannot_be_installed_is_missing_and_ends_the_run() {
    let install = "install = [['sh', '-c', 'echo no network >&2; exit 4']]\n";

    let said = fails(&fake("right", 0), &format!("{install}{}", signed()));

    assert!(said.contains("odd is missing") && said.contains("no network"), "{said}");
}

#[test]
fn users_that_cannot_be_made_end_the_run() {
    let seed = "seed = [['sh', '-c', 'echo disk full >&2; exit 5']]\n";

    let said = fails(&fake("right", 0), &format!("{seed}{}", signed()));

    assert!(said.contains("odd") && said.contains("disk full"), "{said}");
}

#[test]
fn credentials_that_are_not_given_end_the_run() {
    let begin = format!("[[begin]]{REQUEST}take = {{ token = 'json:/token' }}\n");
    let job = "[jobs.signed]\nmethod = 'GET'\npath = '/me'\nheaders = { x = '{token}' }\n";

    let said = fails(&fake("right", 0), &format!("{begin}{job}"));

    assert!(said.contains("odd") && said.contains("json:/token"), "{said}");
}

/// Every client of the fake is the same user.
fn steady() -> String {
    "[jobs.signed]\nmethod = 'GET'\npath = '/steady'\nbody_has = 'u000001'\n".to_owned()
}

#[test]
fn a_right_run_writes_a_report_with_its_figures() {
    let tree = tree(&fake("right", 0), &steady());

    let out = bench(tree.path(), "J1,J9");

    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{said}");
    let page = fs::read_to_string(tree.path().join("docs/performance.md")).unwrap();
    assert!(page.contains("## J1 ") && page.contains("| Odd | "), "{page}");
    assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    assert!(tree.path().join("docs/performance/cpu-signed.svg").exists());
    let kept = fs::read_to_string(tree.path().join("docs/performance/results.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    assert!(kept["cells"][0]["rounds"][0]["cpu_us"].as_f64().unwrap() > 0.1);
    assert!(kept["startups"][0]["starts_ms"][0].as_f64().unwrap() > 0.0);
}

#[test]
fn logins_beyond_capacity_may_be_refused_and_are_counted_apart() {
    let login = "[jobs.login]\nmethod = 'POST'\npath = '/login'\nbody_has = 'u000001'\n";
    let tree = tree(&fake("refuses", 40), &format!("sheds = true\n{}{login}", steady()));

    let out = bench(tree.path(), "J7");

    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{said}");
    let kept = fs::read_to_string(tree.path().join("docs/performance/results.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let round = &kept["floods"][0]["rounds"][0];
    assert!(round["flood"]["refused"].as_u64().unwrap() > 0, "{round}");
    assert_eq!(round["flood"]["checks"]["lost"], 0);
    assert_eq!(round["idle"]["answered"], 2000);
}

#[test]
fn a_contestant_that_cannot_keep_up_is_said_to_and_the_run_goes_on() {
    let login = "[jobs.login]\nmethod = 'POST'\npath = '/login'\nbody_has = 'u000001'\n";
    let tree = tree(&fake("queues", 0), &format!("{}{login}", signed()));

    let out = bench(tree.path(), "J7,J9");

    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(0), "{said}");
    let page = fs::read_to_string(tree.path().join("docs/performance.md")).unwrap();
    assert!(page.contains("| Odd | cannot keep up: "), "{page}");
    let kept = fs::read_to_string(tree.path().join("docs/performance/results.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let round = &kept["floods"][0]["rounds"][0];
    for checks in [&round["idle"], &round["flood"]["checks"]] {
        assert!(checks["lost"].as_u64().unwrap() > 1000, "{round}");
        let seen = checks["lost"].as_u64().unwrap() + checks["answered"].as_u64().unwrap();
        assert_eq!(seen, 2000, "{round}");
    }
}

#[test]
fn a_login_that_fails_in_the_flood_ends_the_run() {
    let login = "[jobs.login]\nmethod = 'POST'\npath = '/login'\nbody_has = 'u000001'\n";
    let tree = tree(&fake("fails", 40), &format!("{}{login}", steady()));

    let out = bench(tree.path(), "J7");

    let said = String::from_utf8(out.stdout).unwrap();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("POST /login answered 500"), "{said}");
}
