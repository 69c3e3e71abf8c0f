//! Mistakes are told with their place and what was expected, with exit code 2, before anything is
//! done.

use crate::kit::Place;

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
