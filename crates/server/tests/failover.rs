//! The primary dies under a mixed load at three servers, and its synchronous standby takes over: no
//! acknowledged write is lost, nothing that was taken back is accepted, and writes are possible again
//! without a restart.
//!
//! `COUNTERSIGN_TEST_PAIR` names the two; `cargo xtask pg --pair --` makes them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "kill/ledger.rs"]
mod ledger;
#[path = "kill/load.rs"]
mod load;
#[path = "kill/random.rs"]
mod random;
#[path = "kill/server.rs"]
mod server;

use std::{
    env,
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use ledger::Account;
use load::Worker;
use random::Random;
use server::{Client, Database, Server};

const VARIABLE: &str = "COUNTERSIGN_TEST_PAIR";

/// A primary, its standby, and the process of the first.
struct Pair {
    primary: u16,
    standby: u16,
    process: i32,
}

impl Pair {
    fn lent() -> Self {
        let words = env::var(VARIABLE).unwrap_or_else(|_| {
            panic!("{VARIABLE} names no pair of servers: run the tests with `cargo xtask test`")
        });
        let mut words = words.split(' ');
        let mut next = || words.next().unwrap().to_owned();
        Self {
            primary: next().parse().unwrap(),
            standby: next().parse().unwrap(),
            process: next().parse().unwrap(),
        }
    }

    /// Whichever of them takes writes.
    fn url(&self) -> String {
        let hosts = format!("127.0.0.1:{},127.0.0.1:{}", self.primary, self.standby);
        format!("postgres://postgres@{hosts}/postgres?target_session_attrs=read-write")
    }

    fn kill_the_primary(&self) {
        let process = rustix::process::Pid::from_raw(self.process).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    }

    fn promote_the_standby(&self) {
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", self.standby);
        let promoted = Command::new("psql")
            .args([&url, "--quiet", "-tA", "--command", "SELECT pg_promote(true, 30)"])
            .output()
            .expect("psql comes with PostgreSQL");
        assert_eq!(String::from_utf8_lossy(&promoted.stdout).trim(), "t");
    }
}

#[test]
fn a_primary_that_dies_loses_nothing_that_was_acknowledged() {
    let pair = Pair::lent();
    let database = Database::at(&pair.url());
    let servers: Vec<Server> = (0..3).map(|_| Server::start(&database)).collect();
    let clients: Vec<Client> = servers.iter().map(Server::client).collect();
    let over = Arc::new(AtomicBool::new(false));
    let workers = begin(&clients, &over);

    thread::sleep(Duration::from_secs(3));
    pair.kill_the_primary();
    let died = Instant::now();
    // Whoever watches the primary needs a moment, too.
    thread::sleep(Duration::from_secs(1));
    pair.promote_the_standby();
    for (number, client) in clients.iter().enumerate() {
        writes_again(client, &format!("after-{number}"), died);
    }
    let back = died.elapsed();
    thread::sleep(Duration::from_secs(2));
    over.store(true, Ordering::SeqCst);

    let accounts: Vec<Account> =
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
    // What was taken back at one server in the last moment is asked of another one.
    thread::sleep(Duration::from_secs(1));
    let acknowledged: usize = accounts.iter().map(Account::acknowledged).sum();
    for (number, account) in accounts.iter().enumerate() {
        let client = &clients[number % clients.len()];
        account.verify(client).unwrap_or_else(|lost| panic!("after the fail-over: {lost}"));
    }
    println!("{acknowledged} acknowledged writes held; writes were back after {back:?}");
    assert!(back < Duration::from_secs(30), "{back:?}");
    assert!(acknowledged > 50, "the load hardly wrote anything: {acknowledged}");
}

fn begin(clients: &[Client], over: &Arc<AtomicBool>) -> Vec<JoinHandle<Vec<Account>>> {
    let mut random = Random::new(7);
    (0..6)
        .map(|number: u64| {
            let client = clients[usize::try_from(number).unwrap() % clients.len()].clone();
            let mut worker = Worker::new(client, 0, number, random.fork());
            let over = Arc::clone(over);
            thread::spawn(move || {
                // What was asked when the database was lost may have happened or not.
                while !over.load(Ordering::SeqCst) {
                    worker.run(&over);
                }
                worker.accounts()
            })
        })
        .collect()
}

/// Until a sign-up is answered as done.
fn writes_again(client: &Client, name: &str, since: Instant) {
    while client.sign_up(name, "the first sentence").is_err() {
        assert!(since.elapsed() < Duration::from_secs(60), "writes are not back after a minute");
        thread::sleep(Duration::from_millis(50));
    }
}
