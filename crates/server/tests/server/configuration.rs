//! Mistakes are told with their place and what was expected, with exit code 2, before anything is
//! done.

use crate::kit::{Place, agent, answer};

#[test]
fn plain_http_off_loopback_is_refused_unless_a_proxy_is_in_front() {
    let place = Place::new();

    let refused = place.run(&["serve", "--listen=0.0.0.0:0"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("flag --listen: listen: expected a loopback"), "{}", refused.err);
    assert!(refused.err.contains("--behind-proxy"), "{}", refused.err);
    assert!(!place.0.path().join("countersign.db").exists());

    let server = place.serve(&["--behind-proxy", "--listen=0.0.0.0:0"]);
    assert_eq!(server.ready["event"], "ready");
}

#[test]
fn a_wrong_key_or_value_in_the_file_is_named_with_its_line() {
    let place = Place::new();

    place.write("countersign.toml", "realm = 'x'\nlissen = '127.0.0.1:1'\n");
    let unknown = place.run(&["serve"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("countersign.toml:2: lissen: "), "{}", unknown.err);
    assert!(unknown.err.contains("is listen meant?"), "{}", unknown.err);

    place.write("countersign.toml", "[throttle]\nmode = 'sometimes'\n");
    let wrong = place.run(&["user", "list"]);
    assert_eq!(wrong.code, 2);
    assert!(
        wrong.err.contains("countersign.toml:2: throttle.mode: expected one of on, off"),
        "{}",
        wrong.err
    );

    place.write("other.toml", "access_token_seconds = 5\n");
    let limit = place.run(&["config", "show", "--config=other.toml"]);
    assert_eq!(limit.code, 2);
    assert!(limit.err.contains("other.toml:1: access_token_seconds: expected 10 to 86400"));

    assert_eq!(place.run(&["config", "show", "--config=absent.toml"]).code, 2);
}

#[test]
fn the_configuration_in_force_is_shown_with_its_sources() {
    let place = Place::new();
    place.write("countersign.toml", "realm = 'file'\n");

    let human = place.run(&["config", "show", "--hashing-queue=9"]).ok();
    let json = place.run(&["config", "show", "--json"]).ok().json();

    assert!(human.out.contains("flag --hashing-queue"), "{}", human.out);
    let realm = json.as_array().unwrap().iter().find(|s| s["name"] == "realm").unwrap();
    assert_eq!((&realm["value"], &realm["source"]), (&"file".into(), &"countersign.toml:1".into()));
    assert!(place.run(&["config", "show", "--template"]).ok().out.contains("[hashing.bound]"));
}

#[test]
fn a_wrong_secret_is_refused_without_repeating_it() {
    let place = Place::new();
    let mut command = place.command(&["user", "list"]);
    command.env("COUNTERSIGN_SECRET", "csmk_canary");

    let done = crate::kit::finish(command, "");

    assert_eq!(done.code, 2);
    assert!(
        done.err.contains("COUNTERSIGN_SECRET") && !done.err.contains("canary"),
        "{}",
        done.err
    );
}

#[test]
fn a_port_in_use_is_a_failure_that_names_it() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let done = place.run(&["serve", "--listen", &address]);

    assert_eq!(done.code, 1);
    assert!(done.err.contains(&address), "{}", done.err);
}

#[test]
fn a_profile_that_is_none_or_has_no_free_path_is_refused_before_anything_is_done() {
    let place = Place::new();

    for (profiles, expected) in [
        (&["--profile=rest-auht=/a"][..], "one of api-tokens, "),
        (&["--profile=rest-auth"], "expected NAME=PATH"),
        (&["--profile=rest-auth=/"], "expected NAME=PATH"),
        (&["--profile=rest-auth=/api"], "this server's own"),
        (&["--profile=rest-auth=/login/old"], "this server's own"),
        (&["--profile=rest-auth=/a", "--profile=api-tokens=/a"], "paths that are apart"),
        (&["--profile=rest-auth=/a", "--profile=api-tokens=/a/b"], "paths that are apart"),
    ] {
        let refused = place.run(&[&["serve", "--listen=127.0.0.1:0"], profiles].concat());
        assert_eq!(refused.code, 2, "{profiles:?}");
        assert!(refused.err.contains(expected), "{profiles:?}: {}", refused.err);
        assert!(!place.0.path().join("countersign.db").exists());
    }
    for (profile, expected) in [
        (
            "rest-auth=/a?password_policy=lax",
            "for rest-auth password_policy to be native or origin",
        ),
        ("api-tokens=/a?color=red", "for api-tokens one of the options password_policy, "),
        (
            "jwt-extended=/a?access_token_expires=900",
            "for jwt-extended access_token_expires to be at most 600, the service's \
             access_token_seconds",
        ),
        ("flask-jwt=/a?expiration_delta=601", "for flask-jwt expiration_delta to be at most 600"),
        ("flask-jwt=/a?leeway=61", "for flask-jwt leeway to be seconds, 0 to 60"),
        (
            "jwt-extended=/a?cookie_samesite=None&cookie_csrf_protect=false",
            "cookie_csrf_protect to be double submission",
        ),
    ] {
        let refused = place.run(&["serve", "--listen=127.0.0.1:0", "--profile", profile]);
        assert_eq!(refused.code, 2, "{profile}");
        assert!(refused.err.contains(expected), "{profile}: {}", refused.err);
    }
}

#[test]
fn a_shared_secret_that_cannot_be_used_is_refused_without_repeating_it() {
    let place = Place::new();
    place.write("short", "canary-of-thirty-one-characters\n");
    place.write("good", "canary-of-thirty-two-characters!\n");
    let refused = |command: &str, arguments: &[&str]| {
        let arguments = [&[command, "--listen=127.0.0.1:0"], arguments].concat();
        let done = place.run(&arguments);
        assert_eq!(done.code, 2, "{arguments:?}: {}", done.err);
        assert!(!format!("{}{}", done.out, done.err).contains("canary"), "{}", done.err);
        done.err
    };

    for command in ["serve", "demo"] {
        let short = refused(command, &["--shared-secret-file=short"]);
        let expected =
            "flag --shared-secret-file: shared_secret_file: expected a file with 32 to 512";
        assert!(short.contains(expected), "{short}");
        assert!(short.contains("not 31"), "{short}");
        let absent = refused(command, &["--shared-secret-file=absent"]);
        assert!(absent.contains("expected a file to read at absent"), "{absent}");
        assert!(!place.0.path().join("countersign.db").exists());
    }
    for command in ["serve", "demo"] {
        for profile in ["rest-auth", "flask-jwt", "jwt-extended"] {
            let profile = format!("--profile={profile}=/a?algorithm=HS256");
            let none = refused(command, &[&profile]);
            assert!(none.contains("HS256 together with the setting shared_secret_file"), "{none}");
        }
    }
    let other = refused("serve", &["--profile=flask-jwt=/a?algorithm=RS256"]);
    assert!(other.contains("for flask-jwt algorithm to be service or HS256"), "{other}");
    let shown = place.run(&["config", "show", "--shared-secret-file=good"]).ok();
    assert!(shown.out.contains("good") && !shown.out.contains("canary"), "{}", shown.out);
}

#[test]
fn a_shared_secret_comes_by_file_flag_or_environment_and_into_no_log() {
    let place = Place::new();
    place.write("secret", "canary-of-thirty-two-characters!\n");
    let profiles = "[profiles]\nflask-jwt = { path = '/old', algorithm = 'HS256' }\n";
    place.write("countersign.toml", &format!("shared_secret_file = 'secret'\n{profiles}"));
    // Tokens are of one issuer, whatever port it is at.
    let url = "--public-url=http://auth.example";
    let server = place.serve(&[url, "--log-filter=trace"]);
    let body = r#"{"username":"miguel","password":"three quiet words"}"#;
    let send = |path: &str| {
        let request = agent().post(server.url(path)).header("content-type", "application/json");
        answer(request.send(body))
    };
    assert_eq!(send("/api/users").status, 201);

    let token = send("/old/auth").json()["access_token"].as_str().unwrap().to_owned();

    assert_eq!(crate::kit::get_as(&server.url("/api/me"), &token).status, 200);
    let (_, log) = server.stop();
    assert!(!log.contains("canary") && !log.contains(&token), "{log}");

    place.write("countersign.toml", "");
    let profile = "--profile=flask-jwt=/old?algorithm=HS256";
    let by_flag = place.serve(&[url, profile, "--shared-secret-file=secret"]);
    assert_eq!(crate::kit::get_as(&by_flag.url("/api/me"), &token).status, 200, "the same key");
    drop(by_flag);
    let mut command = place.command(&["demo", "--json", "--listen=127.0.0.1:0", profile]);
    command.env("COUNTERSIGN_SHARED_SECRET_FILE", "secret");
    command.env("COUNTERSIGN_HASHING_MEMORY_KIB", "64");
    let demo = crate::kit::Server::start(command);
    assert_eq!(demo.ready["event"], "ready");
}

#[test]
fn a_secret_that_is_shared_and_makes_old_tokens_is_told_at_the_start() {
    let place = Place::new();
    place.write("secret", "canary-of-thirty-two-characters!\n");
    place.write("other", "canary-of-thirty-two-characters?\n");
    for (old, told) in [("secret", true), ("other", false)] {
        let old = format!("--legacy-secret-file={old}");
        let until = "--legacy-accept-until=2099-01-31";
        let server = place.serve(&["--shared-secret-file=secret", &old, until]);

        let (_, log) = server.stop();

        assert_eq!(log.contains("are the same secret"), told, "{log}");
        assert!(!log.contains("canary"), "{log}");
    }
}

#[test]
fn serve_mounts_what_is_named_with_the_native_policy_and_nothing_else() {
    let place = Place::new();
    place.write("countersign.toml", "[profiles]\nrest-auth = '/old/app'\n");
    let server = place.serve(&["--listen=127.0.0.1:0"]);

    let sign_up = |path: &str, password: &str| {
        let body = format!(r#"{{"username":"miguel","password":"{password}"}}"#);
        let request = agent().post(server.url(path)).header("content-type", "application/json");
        answer(request.send(body)).status
    };
    assert_eq!(server.ready["profiles"], serde_json::json!(["rest-auth=/old/app"]));
    assert_eq!(sign_up("/old/app/api/users", "python"), 400);
    assert_eq!(sign_up("/old/app/api/users", "three quiet words"), 201);
    assert_eq!(sign_up("/rest-auth/api/users", "three quiet words"), 404);
    assert_eq!(sign_up("/api-tokens/api/users", "three quiet words"), 404);
}
