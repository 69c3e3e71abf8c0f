//! Commands, also while a server runs on the same database.

use crate::kit::{PASSWORD, Place, agent, answer, comes_to_refuse, get_as, sign_in};

const INPUT: &str = "canary-Vx93-horse-staple\n";

fn add(place: &Place, name: &str, more: &[&str]) -> serde_json::Value {
    let arguments: Vec<_> = ["user", "add", name, "--json"].iter().chain(more).copied().collect();
    place.run_with(&arguments, INPUT).ok().json()
}

#[test]
fn a_user_made_by_command_signs_in_and_is_locked_out_by_command_while_the_server_runs() {
    let place = Place::new();
    let server = place.serve(&[]);
    assert_eq!(server.ready["users"], 0);

    let user = add(&place, "alice", &["--role=admin"]);
    assert_eq!(user["roles"], serde_json::json!(["admin"]));
    let signed_in = sign_in(&server, "alice", PASSWORD);
    assert_eq!(signed_in.status, 200, "{}", signed_in.body);
    let token = signed_in.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(get_as(&server.url("/api/me"), &token).status, 200);

    place.run(&["user", "disable", "alice"]).ok();

    assert!(comes_to_refuse(&server, &token));
    assert_eq!(sign_in(&server, "alice", PASSWORD).status, 401);
    place.run(&["user", "enable", "alice"]).ok();
    assert_eq!(sign_in(&server, "alice", PASSWORD).status, 200);
    assert_eq!(get_as(&server.url("/api/me"), &token).status, 401);
}

#[test]
fn sessions_tokens_and_api_keys_are_listed_and_taken_back() {
    let place = Place::new();
    let server = place.serve(&[]);
    add(&place, "alice", &[]);
    let tokens = sign_in(&server, "alice", PASSWORD).json();
    let key = place.run(&["key", "add", "alice", "--name=ci", "--scope=account"]).ok().out;
    assert_eq!(get_as(&server.url("/api/me"), key.trim()).status, 200);

    let sessions = place.run(&["token", "list", "--json"]).ok().json();
    assert_eq!(sessions[0]["id"], tokens["session_id"]);
    let session = sessions[0]["id"].as_str().unwrap();
    place.run(&["token", "revoke", session]).ok();
    let keys = place.run(&["key", "list", "--user=alice", "--json"]).ok().json();
    place.run_with(&["token", "revoke", "--stdin"], &key).ok();

    assert_eq!(place.run(&["key", "revoke", keys[0]["id"].as_str().unwrap()]).code, 3);
    assert_eq!(place.run(&["token", "list", "--json"]).ok().json(), serde_json::json!([]));
    assert!(comes_to_refuse(&server, key.trim()));
    assert!(comes_to_refuse(&server, tokens["access_token"].as_str().unwrap()));
}

const IMPORT: &str = r#"{"username":"carol","password_hash":"$2b$04$abcdefghijklmnopqrstuuK4Fy4bM7yVvU3ZlX4sm3QfVxk7hY1Tm"}"#;

#[test]
fn every_command_prints_json_that_parses() {
    let place = Place::new();
    let user = add(&place, "alice", &["--email=alice@example.org"]);
    let id = user["id"].as_str().unwrap();
    let key = place.run(&["key", "add", id, "--name=ci", "--json"]).ok().json();
    let key = key["id"].as_str().unwrap();
    place.write("users.jsonl", IMPORT);
    let commands: &[&[&str]] = &[
        &["user", "list"],
        &["user", "show", "alice@example.org"],
        &["user", "role", id, "--grant=editor", "--withdraw=editor"],
        &["user", "confirm", "alice"],
        &["user", "set-password", "alice", "--password-stdin"],
        &["user", "reset-link", "alice"],
        &["user", "invite", "dora@example.org", "--print"],
        &["mail", "list"],
        &["user", "disable", id],
        &["user", "enable", id],
        &["user", "import", "users.jsonl"],
        &["token", "list", "--user=alice"],
        &["token", "revoke", "--user=alice"],
        &["token", "purge"],
        &["key", "list"],
        &["keys", "list"],
        &["keys", "rotate", "--at-once"],
        &["db", "migrate"],
        &["db", "check"],
        &["db", "backup", "copy.db"],
        &["config", "show"],
        &["config", "show", "--template"],
        &["completions", "bash"],
        &["user", "delete", "alice", "--yes"],
    ];
    assert_eq!(place.run(&["key", "revoke", key, "--json"]).ok().json()["revoked"], key);

    for command in commands {
        let arguments: Vec<_> = command.iter().chain(&["--json"]).copied().collect();
        let done = place.run_with(&arguments, INPUT);
        assert_eq!(done.code, 0, "{command:?}: {}", done.err);
        done.json();
    }
}

#[test]
fn exit_codes_tell_bad_input_absence_and_conflict_apart_and_nothing_is_lost() {
    let place = Place::new();
    add(&place, "alice", &[]);
    let code = |arguments: &[&str], input| place.run_with(arguments, input).code;

    assert_eq!(code(&["user", "add", "alice"], INPUT), 4);
    assert_eq!(code(&["user", "add", "bob"], "short\n"), 2);
    assert_eq!(code(&["user", "add", "bob"], ""), 2);
    assert_eq!(code(&["user", "show", "nobody"], ""), 3);
    assert_eq!(code(&["token", "revoke", "nonsense"], ""), 2);
    assert_eq!(code(&["token", "revoke"], ""), 2);
    assert_eq!(code(&["user", "delete", "alice"], ""), 2);
    assert_eq!(code(&["user", "frobnicate"], ""), 2);
    let told = place.run(&["user", "show", "nobody", "--json"]).err;
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["exit_code"], 3);
    place.write("bad.jsonl", "{\"username\":\"dora\",\"password_hash\":\"x\"}\nnonsense\n");
    let import = place.run(&["user", "import", "bad.jsonl"]);
    assert_eq!(import.code, 2);
    assert!(import.err.contains("bad.jsonl:2:"), "{}", import.err);
    place.write("copy.db", "precious");
    assert_ne!(code(&["db", "backup", "copy.db"], ""), 0);

    assert_eq!(place.run(&["user", "list", "--json"]).ok().json().as_array().unwrap().len(), 1);
    let kept = std::fs::read_to_string(place.0.path().join("copy.db")).unwrap();
    assert_eq!(kept, "precious");
}

#[test]
fn without_mail_a_link_is_handed_over_and_sets_a_new_password_once() {
    let place = Place::new();
    let server = place.serve(&[]);
    add(&place, "alice", &[]);

    let link = place.run(&["user", "reset-link", "alice"]).ok().out;
    let (_, token) = link.trim().split_once("/reset-password?token=").unwrap();
    let reset = || {
        let body = serde_json::json!({ "token": token, "new_password": "quite another phrase" });
        answer(agent().post(server.url("/api/recovery/reset")).send_json(body))
    };

    assert_eq!(reset().status, 204);
    assert_eq!(reset().status, 400);
    assert_eq!(sign_in(&server, "alice", PASSWORD).status, 401);
    assert_eq!(sign_in(&server, "alice", "quite another phrase").status, 200);
    assert_eq!(place.run(&["user", "reset-link", "nobody"]).code, 3);
    place.run(&["user", "disable", "alice"]).ok();
    assert_eq!(place.run(&["user", "reset-link", "alice"]).code, 2);
}

#[test]
fn what_needs_mail_says_what_to_do_without() {
    let place = Place::new();

    let invite = place.run(&["user", "invite", "dora@example.org"]);
    let test = place.run(&["mail", "test", "dora@example.org"]);

    assert_eq!((invite.code, test.code), (3, 3));
    assert!(invite.err.contains("--print"), "{}", invite.err);
    assert!(test.err.contains("mail.transport"), "{}", test.err);
}

#[test]
fn a_test_mail_tells_what_is_wrong_with_the_server() {
    let place = Place::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}?tls=none", port.local_addr().unwrap());
    drop(port);

    let flags = ["--mail-transport=smtp", "--mail-from=a@example.org", "--mail-smtp-url", &url];
    let arguments: Vec<_> =
        ["mail", "test", "dora@example.org"].iter().chain(&flags).copied().collect();
    let test = place.run(&arguments);

    assert_eq!(test.code, 1);
    assert!(test.err.contains("dora@example.org: ") && test.err.contains("onnect"), "{}", test.err);
}

#[test]
fn completions_are_made_for_the_usual_shells() {
    let place = Place::new();

    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).ok().out;
        assert!(script.contains("set-password"), "{shell}");
    }
}
