//! The master secret: from a file, the environment or a command, and from one of them.

use crate::kit::{Done, PASSWORD, Place, Server, finish, get_as, sign_in};

/// The command line with a secret in its environment.
fn with_secret(place: &Place, secret: &str, arguments: &[&str]) -> Done {
    let mut command = place.command(arguments);
    command.env("COUNTERSIGN_SECRET", secret).env("PATH", "/usr/bin:/bin");
    finish(command, "")
}

/// The same, with a command that gives one.
fn with_command(place: &Place, text: &str) -> Done {
    let mut command = place.command(&["keys", "list", "--json"]);
    command.env("COUNTERSIGN_SECRET_COMMAND", text).env("PATH", "/usr/bin:/bin");
    finish(command, "")
}

fn kid(done: &Done) -> String {
    done.json()[0]["kid"].as_str().unwrap().to_owned()
}

#[test]
fn the_same_secret_may_come_from_a_file_the_environment_or_a_command() {
    let place = Place::new();
    let by_file = place.run(&["keys", "list", "--json"]).ok();
    let file = place.0.path().join("countersign.db.key");
    let secret = std::fs::read_to_string(&file).unwrap();
    std::fs::rename(&file, place.0.path().join("moved")).unwrap();

    let by_environment = with_secret(&place, secret.trim(), &["keys", "list", "--json"]).ok();
    let by_command = with_command(&place, "cat moved").ok();
    place.write("countersign.toml", "secret_command = ['/bin/cat', 'moved']\n");
    let by_list = place.run(&["keys", "list", "--json"]).ok();

    for done in [&by_environment, &by_command, &by_list] {
        assert_eq!(kid(done), kid(&by_file));
    }
    assert!(!file.exists(), "and none was made");
}

#[test]
fn a_server_runs_on_the_secret_of_a_command_and_says_where_it_is_from() {
    let place = Place::new();
    let secret = place.run(&["config", "secret"]).ok().out;
    place.write("kept", &secret);
    place.write("countersign.toml", "secret_command = ['/bin/cat', 'kept']\n");
    place.run_with(&["user", "add", "alice"], PASSWORD).ok();

    let server: Server = place.serve(&[]);

    assert_eq!(server.ready["secret"], "output of /bin/cat");
    let access = sign_in(&server, "alice", PASSWORD).json()["access_token"].clone();
    assert_eq!(get_as(&server.url("/api/me"), access.as_str().unwrap()).status, 200);
    assert_ne!(place.run(&["config", "secret"]).ok().out, secret, "a new one each time");
}

#[test]
fn two_secrets_are_refused_and_both_are_named() {
    let place = Place::new();
    let secret = place.run(&["config", "secret"]).ok().out;

    let file_too = with_secret(&place, secret.trim(), &["keys", "list", "--secret-file=a"]);
    let command_too = with_secret(&place, secret.trim(), &["keys", "list", "--secret-command=b"]);
    let both = place.run(&["keys", "list", "--secret-file=a", "--secret-command=b"]);

    for (done, names) in [
        (&file_too, ["secret_file", "COUNTERSIGN_SECRET"]),
        (&command_too, ["secret_command", "COUNTERSIGN_SECRET"]),
        (&both, ["secret_command", "secret_file (flag --secret-file)"]),
    ] {
        assert_eq!(done.code, 2, "{}", done.err);
        assert!(names.iter().all(|name| done.err.contains(name)), "{}", done.err);
    }
    assert!(!place.0.path().join("countersign.db").exists());
}

#[test]
fn a_command_that_gives_no_secret_is_refused_with_its_own_words_and_never_its_output() {
    let place = Place::new();
    place.write("fails", "echo canary-out; echo the store is locked >&2; exit 3");
    place.write("long", "head -c 2000 /dev/zero | tr '\\0' x");

    for (command, expected) in [
        ("sh fails", "secret_command: sh: it failed: exit status: 3"),
        ("sh fails", "the store is locked"),
        ("true", "its output is empty"),
        ("sh long", "longer than 1024 bytes"),
        ("echo canary-out", "a master key begins with csmk_"),
        ("absent-program x", "absent-program: it cannot be run"),
    ] {
        let done = with_command(&place, command);
        assert_eq!(done.code, 2, "{command}: {}", done.err);
        assert!(done.err.contains(expected), "{command}: {}", done.err);
        assert!(!(done.err + &done.out).contains("canary"), "{command}");
    }
    assert!(!place.0.path().join("countersign.db").exists());
}
