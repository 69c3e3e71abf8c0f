//! Backups, restores and moves by command, on both engines, while servers run.

use std::{
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

use crate::kit::{Answer, Done, PASSWORD, Place, Server, agent, answer, finish, get_as};

/// A place, and a database that its commands and servers use.
struct Base<'a> {
    place: &'a Place,
    url: String,
}

impl<'a> Base<'a> {
    fn sqlite(place: &'a Place, name: &str) -> Self {
        Self { place, url: format!("sqlite://{name}.db") }
    }

    /// A schema of its own. Fails without a cluster: a test that does not run must not pass.
    fn postgres(place: &'a Place) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cluster = std::env::var("COUNTERSIGN_TEST_POSTGRES")
            .expect("a PostgreSQL: run the tests with `cargo xtask test`");
        let schema =
            format!("server_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let create = format!("CREATE SCHEMA {schema}");
        let made = Command::new("psql").args([&cluster, "--quiet", "--command", &create]).status();
        assert!(made.unwrap().success(), "psql could not make a schema");
        let mark = if cluster.contains('?') { '&' } else { '?' };
        Self { place, url: format!("{cluster}{mark}options=-c%20search_path%3D{schema}") }
    }

    fn both(place: &'a Place, name: &str) -> [Self; 2] {
        [Self::sqlite(place, name), Self::postgres(place)]
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.place.command(arguments);
        command
            .env("COUNTERSIGN_DATABASE", &self.url)
            .env("COUNTERSIGN_SECRET_FILE", "the.key")
            .env("COUNTERSIGN_PUBLIC_URL", "http://auth.test")
            .env("COUNTERSIGN_LISTEN", "127.0.0.1:0")
            .env("COUNTERSIGN_HASHING_MEMORY_KIB", "64");
        command
    }

    fn run(&self, arguments: &[&str]) -> Done {
        let arguments: Vec<_> = arguments.iter().chain(&["--json"]).copied().collect();
        finish(self.command(&arguments), &format!("{PASSWORD}\n"))
    }

    fn serve(&self) -> Server {
        Server::start(self.command(&["serve", "--json"]))
    }

    fn users(&self) -> usize {
        self.run(&["user", "list"]).ok().json().as_array().unwrap().len()
    }
}

/// Access token, refresh token and API key of somebody.
struct Held {
    tokens: Value,
    key: String,
}

impl Held {
    fn by(base: &Base<'_>, server: &Server, name: &str) -> Self {
        let tokens = log_in(server, name).json();
        let key = base.run(&["key", "add", name, "--name=ci", "--scope=account"]).ok().json();
        Self { tokens, key: key["key"].as_str().unwrap().to_owned() }
    }

    fn access(&self, server: &Server) -> u16 {
        get_as(&server.url_here("/api/me"), self.tokens["access_token"].as_str().unwrap()).status
    }

    /// The status of each; the refresh token is used up.
    fn statuses(&self, server: &Server) -> [u16; 3] {
        let body = json!({ "refresh_token": self.tokens["refresh_token"] });
        let refresh = agent().post(server.url_here("/api/tokens/refresh")).send_json(body);
        let key = get_as(&server.url_here("/api/me"), &self.key).status;
        [self.access(server), key, answer(refresh).status]
    }
}

impl Server {
    /// Where it listens, whatever its public URL.
    fn url_here(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }
}

fn log_in(server: &Server, name: &str) -> Answer {
    let body = json!({ "username": name, "password": PASSWORD });
    answer(agent().post(server.url_here("/api/tokens")).send_json(body))
}

#[test]
fn a_backup_of_either_engine_is_restored_into_either_and_nothing_issued_lives_on() {
    let place = Place::new();
    for (number, from) in Base::both(&place, "from").iter().enumerate() {
        let server = from.serve();
        from.run(&["user", "add", "alice", "--password-stdin"]).ok();
        let before = Held::by(from, &server, "alice");
        let file = format!("copy{number}.db");
        let told = from.run(&["db", "backup", &file]).ok().json();
        assert!(told["bytes"].as_u64().unwrap() > 4096, "{told}");
        let after = Held::by(from, &server, "alice");
        from.run(&["user", "add", "bob", "--password-stdin"]).ok();

        for to in Base::both(&place, &format!("to{number}")) {
            let told = to.run(&["db", "restore", &file]).ok().json();
            assert_eq!(
                (&told["rows"]["users"], &told["sessions_ended"]),
                (&json!(1), &json!(true))
            );
            assert_eq!(to.run(&["db", "restore", &file]).code, 4, "it is not empty now");
            let restored = to.serve();
            assert_eq!(before.statuses(&restored), [401, 401, 400]);
            assert_eq!(after.statuses(&restored), [401, 401, 400]);
            assert_eq!(log_in(&restored, "alice").status, 200);
            assert_eq!((log_in(&restored, "bob").status, to.users()), (401, 1));
            assert_eq!(to.run(&["db", "check"]).ok().json()["sound"], true);
        }
        assert_eq!(after.statuses(&server), [200; 3], "where it came from nothing happened");
    }
}

#[test]
fn servers_go_on_with_what_was_restored_under_them() {
    let place = Place::new();
    for base in Base::both(&place, "base") {
        let server = base.serve();
        base.run(&["user", "add", "alice", "--password-stdin"]).ok();
        let held = Held::by(&base, &server, "alice");
        let file = format!("{}.copy", if base.url.starts_with("sqlite") { "s" } else { "p" });
        base.run(&["db", "backup", &file]).ok();
        assert_eq!(held.access(&server), 200);

        base.run(&["db", "restore", &file, "--replace"]).ok();

        // They look at least twice a second.
        let begun = std::time::Instant::now();
        while held.access(&server) != 401 {
            assert!(begun.elapsed().as_secs() < 5, "the server does not notice");
        }
        assert_eq!(held.statuses(&server), [401, 401, 400]);
        assert_eq!(Held::by(&base, &server, "alice").statuses(&server), [200; 3]);

        let anew = Held::by(&base, &server, "alice");
        std::fs::remove_file(place.0.path().join(&file)).unwrap();
        base.run(&["db", "backup", &file]).ok();
        base.run(&["db", "restore", &file, "--replace", "--keep-sessions"]).ok();
        assert_eq!(anew.statuses(&server), [200; 3]);

        base.run(&["db", "restored"]).ok();
        let begun = std::time::Instant::now();
        while anew.access(&server) != 401 {
            assert!(begun.elapsed().as_secs() < 5, "the server does not notice");
        }
        assert_eq!(anew.statuses(&server), [401, 401, 400]);
        assert_eq!(log_in(&server, "alice").status, 200);
    }
}

#[test]
fn moving_to_the_other_engine_and_back_is_one_command_each_and_nobody_notices() {
    let place = Place::new();
    let [here, there] = Base::both(&place, "here");
    let server = here.serve();
    here.run(&["user", "add", "alice", "--password-stdin"]).ok();
    let (first, second) = (Held::by(&here, &server, "alice"), Held::by(&here, &server, "alice"));
    assert_eq!(server.stop().0, 0);
    place.write("there.url", &there.url);

    let told = here.run(&["db", "move", "--to-file", "there.url"]).ok().json();

    assert_eq!((&told["rows"]["users"], &told["rows"]["api_keys"]), (&json!(1), &json!(2)));
    assert_eq!(told["secret_file"], "the.key");
    let server = there.serve();
    assert_eq!(first.statuses(&server), [200; 3]);
    assert_eq!(server.stop().0, 0);
    assert_eq!(there.run(&["db", "move", "--to", &here.url]).code, 4, "there is something");

    let back = Base::sqlite(&place, "back");
    there.run(&["db", "move", "--to", &back.url]).ok();
    let server = back.serve();
    assert_eq!(second.statuses(&server), [200; 3]);
    assert_eq!(first.access(&server), 200);
}

#[test]
fn what_cannot_be_done_has_its_exit_code_and_its_words_and_loses_nothing() {
    let place = Place::new();
    let base = Base::sqlite(&place, "base");
    base.run(&["user", "add", "alice", "--password-stdin"]).ok();
    base.run(&["db", "backup", "copy.db"]).ok();
    let copy = place.0.path().join("copy.db");
    let bytes = std::fs::read(&copy).unwrap();
    std::fs::write(place.0.path().join("short.db"), &bytes[..bytes.len() / 3]).unwrap();
    place.write("text.db", &"no database at all\n".repeat(100));
    let with_password = "--to=postgres://u:canary@127.0.0.1/x";

    for (arguments, code, words) in [
        (&["db", "backup", "copy.db"][..], 4, "exists already"),
        (&["db", "backup", "nowhere/copy.db"], 1, "No such file"),
        (&["db", "restore", "copy.db"], 4, "not empty"),
        (&["db", "restore", "absent.db", "--replace"], 2, "no file"),
        (&["db", "restore", "text.db", "--replace"], 2, "no SQLite database"),
        (&["db", "restore", "short.db", "--replace"], 2, "damaged"),
        (&["db", "move"], 2, "--to"),
        (&["db", "move", with_password], 2, "--to-file"),
        (&["db", "move", "--to=mysql://127.0.0.1/x"], 1, "sqlite://"),
        (&["db", "move", "--to=postgres://127.0.0.1:1/x"], 1, "not available"),
        (&["db", "move", "--to=sqlite::memory:"], 1, "private"),
        (&["db", "move", "--to=sqlite://base.db"], 4, "not empty"),
    ] {
        let done = base.run(arguments);
        assert_eq!(done.code, code, "{arguments:?}: {}", done.err);
        assert!(done.err.contains(words) && !done.err.contains("canary"), "{}", done.err);
    }
    assert_eq!(Base::sqlite(&place, "absent").run(&["db", "backup", "new.db"]).code, 2);
    assert_eq!(Base::sqlite(&place, "absent").run(&["db", "move", "--to=sqlite://new.db"]).code, 2);

    assert_eq!(std::fs::read(&copy).unwrap(), bytes);
    assert_eq!(base.users(), 1);
    for name in ["new.db", "absent.db"] {
        assert!(!place.0.path().join(name).exists(), "{name}");
    }
    assert!(files(&place).iter().all(|name| !name.starts_with(".backup")), "{:?}", files(&place));
}

#[test]
fn a_full_disk_leaves_no_half_a_backup_and_no_half_a_restore() {
    let place = Place::new();
    let base = Base::sqlite(&place, "base");
    base.run(&["user", "add", "alice", "--password-stdin"]).ok();
    let mut users = String::from("username,password_hash\n");
    for number in 0..3000 {
        users += &format!(
            "u{number},pbkdf2:sha256:10$oldsalt$a3f25c2bc0ce92d450ee4eecf44f91df5933693e3269f989f8c2441649a8e3fb\n"
        );
    }
    place.write("users.csv", &users);
    base.run(&["user", "import", "users.csv"]).ok();
    base.run(&["db", "backup", "copy.db"]).ok();
    let before = files(&place);
    let small = Base::sqlite(&place, "small");
    small.run(&["user", "add", "bob", "--password-stdin"]).ok();

    let backup = limited(&base, "db backup second.db");
    let restore = limited(&small, "db restore copy.db --replace");

    assert_eq!((backup.code, restore.code), (1, 1), "{} {}", backup.err, restore.err);
    assert!(
        backup.err.contains("not available") && restore.err.contains("not available"),
        "{} {}",
        backup.err,
        restore.err
    );
    assert!(
        files(&place).iter().all(|name| before.contains(name) || name.starts_with("small")),
        "{:?}",
        files(&place)
    );
    assert_eq!(small.users(), 1);
    let server = small.serve();
    assert_eq!((log_in(&server, "bob").status, log_in(&server, "alice").status), (200, 401));
}

/// A command whose files cannot grow beyond 400 KiB, as on a disk with no more room.
fn limited(base: &Base<'_>, arguments: &str) -> Done {
    let program = env!("CARGO_BIN_EXE_countersign");
    let script = format!("trap '' XFSZ; ulimit -f 400; exec {program} {arguments}");
    let usual = base.command(&[]);
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(base.place.0.path()).env_clear();
    command.envs(usual.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    finish(command, "")
}

fn files(place: &Place) -> Vec<String> {
    let folder = place.0.path().read_dir().unwrap();
    folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
