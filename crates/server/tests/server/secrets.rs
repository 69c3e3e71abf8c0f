//! A secret that passes through leaves no trace where others can read.

use crate::kit::{PASSWORD, Place, Server, agent, answer, get, get_as, sign_in};

#[test]
fn no_password_and_no_token_reaches_a_log_a_metric_an_argument_or_the_database() {
    let place = Place::new();
    let server = place.serve(&["--metrics-listen=127.0.0.1:0", "--log-filter=trace"]);

    let (arguments, added) = add_alice(&place);
    let tokens = sign_in(&server, "alice", PASSWORD).json();
    let (access, refresh) = (text(&tokens["access_token"]), text(&tokens["refresh_token"]));
    let key = place.run(&["key", "add", "alice", "--name=ci", "--scope=account"]).ok().out;
    assert_eq!(get_as(&server.url("/api/me"), key.trim()).status, 200);
    assert_eq!(get_as(&server.url(&format!("/api/me?token={access}")), &access).status, 200);
    misuse(&server, &refresh);
    let metrics = get(server.ready["metrics"].as_str().unwrap()).body;
    let listed = place.run(&["key", "list"]).ok().out + &place.run(&["token", "list"]).ok().out;
    let database = database(&place);
    let (code, log) = server.stop();

    assert_eq!(code, 0);
    assert!(log.contains("route=\"/api/tokens\""), "{log}");
    let told: [(&str, &[u8]); 6] = [
        ("arguments", &arguments),
        ("log", log.as_bytes()),
        ("log of the command", &added),
        ("metrics", metrics.as_bytes()),
        ("lists", listed.as_bytes()),
        ("database", &database),
    ];
    for (place, bytes) in told {
        assert!(!bytes.is_empty() || place == "log of the command", "{place}");
        for secret in [PASSWORD, access.as_str(), refresh.as_str(), key.trim()] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in the {place}");
        }
    }
}

#[test]
fn metrics_count_requests_and_logins_on_a_listener_of_their_own() {
    let place = Place::new();
    let server = place.serve(&["--metrics-listen=127.0.0.1:0"]);
    place.run_with(&["user", "add", "alice"], PASSWORD).ok();
    sign_in(&server, "alice", PASSWORD);
    sign_in(&server, "alice", "wrong-wrong-wrong");

    let metrics = get(server.ready["metrics"].as_str().unwrap()).body;

    for line in [
        r#"countersign_http_requests_total{method="POST",route="/api/tokens",status="2xx"} 1"#,
        r#"countersign_http_requests_total{method="POST",route="/api/tokens",status="4xx"} 1"#,
        r#"countersign_logins_total{outcome="granted"} 1"#,
        r#"countersign_logins_total{outcome="refused"} 1"#,
        "countersign_http_request_duration_seconds_bucket",
        "countersign_revocations 0",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    assert_eq!(get(&server.url("/metrics")).status, 404);
}

#[test]
fn a_request_id_is_returned_and_logged() {
    let place = Place::new();
    let server = place.serve(&["--log-format=json", "--log-filter=debug"]);

    let given = answer(
        agent().get(server.url("/healthz?secret=canary")).header("x-request-id", "abc-123").call(),
    );
    let made = get(&server.url("/healthz"));
    let (_, log) = server.stop();

    assert_eq!(given.request_id, "abc-123");
    assert_eq!(made.request_id.len(), 33);
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(log.contains("abc-123") && log.contains(&made.request_id), "{log}");
    assert!(!log.contains("canary"), "{log}");
}

/// The arguments others could see meanwhile, and the command's log.
fn add_alice(place: &Place) -> (Vec<u8>, Vec<u8>) {
    let mut adding = place.command(&["user", "add", "alice", "--json", "--log-filter=trace"]);
    let mut child = adding.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, PASSWORD.as_bytes()).unwrap();
    // Empty for a moment while the process becomes ours; it waits for its input's end.
    let arguments =
        std::iter::repeat_with(|| std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap())
            .find(|arguments| !arguments.is_empty())
            .unwrap();
    drop(stdin);
    let added = child.wait_with_output().unwrap();
    assert!(added.status.success());
    (arguments, added.stderr)
}

/// A wrong password, a secret in a path, and a refresh token shown twice.
fn misuse(server: &Server, refresh: &str) {
    assert_eq!(sign_in(server, "alice", &format!("{PASSWORD}x")).status, 401);
    assert_eq!(get(&server.url(&format!("/{PASSWORD}"))).status, 404);
    let refreshed = |_| {
        let body = serde_json::json!({ "refresh_token": refresh });
        answer(agent().post(server.url("/api/tokens/refresh")).send_json(body)).status
    };
    assert_eq!([0; 2].map(refreshed), [200; 2]);
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn database(place: &Place) -> Vec<u8> {
    ["countersign.db", "countersign.db-wal"]
        .iter()
        .flat_map(|name| std::fs::read(place.0.path().join(name)).unwrap_or_default())
        .collect()
}
