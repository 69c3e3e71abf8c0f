//! Twenty rotations under load: real servers, clients that sign up, log in, use, renew and take back
//! without a pause, one node after the other, and not one valid request that fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "the figures of a run")]

#[path = "kill/random.rs"]
mod random;
#[path = "kill/schema.rs"]
mod schema;
#[path = "kill/server.rs"]
mod server;

use std::{
    collections::BTreeSet,
    fs,
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use random::Random;
use server::{Client, Database, No, Server};

const ROTATIONS: usize = 20;

/// As many clients ask without a pause.
const WORKERS: u64 = 4;

/// New keys sign after a second, where they are published first.
const CONFIGURATION: &str = "key_publish_seconds = 1\n";

#[test]
fn twenty_rotations_at_three_servers_fail_no_valid_request() {
    let database = schema::postgres();
    rotate_under_load(&database, 3);
}

#[test]
fn twenty_rotations_at_one_server_on_a_file_fail_no_valid_request() {
    let database = Database::at("sqlite://{folder}/countersign.db");
    rotate_under_load(&database, 1);
}

fn rotate_under_load(database: &Database, count: usize) {
    fs::write(database.folder.path().join("countersign.toml"), CONFIGURATION).unwrap();
    let servers: Vec<Server> = (0..count).map(|_| Server::start(database)).collect();
    let clients: Vec<Client> = servers.iter().map(Server::client).collect();
    let (over, mut random) = (AtomicBool::new(false), Random::new(11));
    let begun = Instant::now();

    let done = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|number| {
                let (clients, random, over) = (&clients, random.fork(), &over);
                scope.spawn(move || {
                    Worker { number, clients, random, done: Done::default() }.run(over)
                })
            })
            .collect();
        for number in 0..ROTATIONS {
            rotate(database, number % 2 == 0);
            thread::sleep(Duration::from_millis(400));
        }
        over.store(true, Ordering::SeqCst);
        let done = workers.into_iter().map(|worker| worker.join().unwrap());
        done.fold(Done::default(), Done::and)
    });

    println!(
        "{ROTATIONS} rotations, servers: {count}, in {:?}: {} requests with tokens of {} keys, none failed",
        begun.elapsed(),
        done.requests,
        done.kids.len()
    );
    assert!(done.kids.len() > ROTATIONS / 2, "{:?}", done.kids);
}

/// By command, as an operator does it.
fn rotate(database: &Database, at_once: bool) {
    let rotated = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["keys", "rotate", "--json", "--log-filter", "error"])
        .args(at_once.then_some("--at-once"))
        .arg("--secret-file")
        .arg(database.folder.path().join("secret.key"))
        .env("COUNTERSIGN_DATABASE", database.url())
        .current_dir(database.folder.path())
        .output()
        .unwrap();
    assert!(rotated.status.success(), "{}", String::from_utf8_lossy(&rotated.stderr));
}

/// What was asked, and answered with a success.
#[derive(Default)]
struct Done {
    requests: u64,
    kids: BTreeSet<String>,
}

impl Done {
    fn and(mut self, other: Self) -> Self {
        self.requests += other.requests;
        self.kids.extend(other.kids);
        self
    }
}

struct Worker<'a> {
    number: u64,
    clients: &'a [Client],
    random: Random,
    done: Done,
}

impl Worker<'_> {
    fn run(mut self, over: &AtomicBool) -> Done {
        let mut round = 0;
        while !over.load(Ordering::SeqCst) {
            let name = format!("w{}-{round}", self.number);
            self.live(&name).unwrap_or_else(|no| panic!("{name}: a valid request failed: {no}"));
            round += 1;
        }
        self.done
    }

    /// Any node: nothing sticks to one.
    fn any(&mut self) -> Client {
        self.done.requests += 1;
        let count = u64::try_from(self.clients.len()).unwrap();
        self.clients[usize::try_from(self.random.below(count)).unwrap()].clone()
    }

    fn live(&mut self, name: &str) -> Result<(), No> {
        const FIRST: &str = "the first sentence";
        const SECOND: &str = "another sentence";
        self.any().sign_up(name, FIRST)?;
        let (mut access, mut refresh) = self.any().login(name, FIRST)?;
        for _ in 0..5 {
            self.is_good_everywhere(&access);
            (access, refresh) = self.any().refresh(&refresh)?;
        }
        self.is_good_everywhere(&access);
        self.any().change_password(name, FIRST, SECOND)?;
        let (access, _) = self.any().login(name, SECOND)?;
        self.is_good_everywhere(&access);
        let (id, key) = self.any().make_key(name, SECOND)?;
        self.is_good_everywhere(&key);
        self.any().revoke_key(name, SECOND, &id)?;
        self.any().log_out(&access)
    }

    fn is_good_everywhere(&mut self, token: &str) {
        self.done.kids.extend(kid(token));
        for client in self.clients {
            self.done.requests += 1;
            assert!(client.accepts(token), "a good token was refused");
        }
    }
}

/// The key of a signed token.
fn kid(token: &str) -> Option<String> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split_once('.')?.0).ok()?;
    let header: serde_json::Value = serde_json::from_slice(&header).ok()?;
    Some(header["kid"].as_str()?.to_owned())
}
