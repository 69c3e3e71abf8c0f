//! SIGKILL at random moments under a mixed write load: what was acknowledged holds after the
//! restart, in the secure direction; what was not may have happened or not.
//!
//! `COUNTERSIGN_KILLS` sets the number of kills on each engine (50), `COUNTERSIGN_SEED` repeats a run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "the seed repeats a run")]

#[path = "kill/ledger.rs"]
mod ledger;
#[path = "kill/load.rs"]
mod load;
#[path = "kill/random.rs"]
mod random;
#[path = "kill/schema.rs"]
mod schema;
#[path = "kill/server.rs"]
mod server;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use ledger::Account;
use load::Worker;
use server::{Database, Server};

const WORKERS: u64 = 8;

#[test]
fn no_acknowledged_write_is_lost_on_sqlite() {
    survive(&Database::at("sqlite://{folder}/kill.db"));
}

#[test]
fn no_acknowledged_write_is_lost_on_postgres() {
    survive(&schema::postgres());
}

fn survive(database: &Database) {
    let kills = number("COUNTERSIGN_KILLS").unwrap_or(50);
    let seed = number("COUNTERSIGN_SEED").unwrap_or_else(|| {
        let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
        u64::from(now.subsec_nanos())
    });
    println!("{kills} kills, COUNTERSIGN_SEED={seed}");
    let mut random = random::Random::new(seed);
    let mut accounts = Vec::new();
    let mut acknowledged = 0;
    for round in 0..kills {
        let server = Server::start(database);
        let made = load_until_killed(server, round, &mut random);
        acknowledged += made.iter().map(Account::acknowledged).sum::<usize>();
        accounts.extend(made);

        let server = Server::start(database);
        // All of this round, and a few of the rounds before.
        let old = accounts.len().saturating_sub(40).min(accounts.len());
        for account in accounts.drain(old..) {
            account.verify(&server.client()).unwrap_or_else(|lost| {
                panic!("round {round}, COUNTERSIGN_SEED={seed}: {lost}");
            });
        }
        drop(server);
    }
    let server = Server::start(database);
    for account in accounts {
        account.verify(&server.client()).unwrap_or_else(|lost| panic!("at the end: {lost}"));
    }
    drop(server);
    println!("{acknowledged} acknowledged writes held");
    assert!(acknowledged as u64 > kills, "the load hardly wrote anything");
}

/// Runs the workers until the server dies under them.
fn load_until_killed(server: Server, round: u64, random: &mut random::Random) -> Vec<Account> {
    let over = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> = (0..WORKERS)
        .map(|number| {
            let mut worker = Worker::new(server.client(), round, number, random.fork());
            let over = Arc::clone(&over);
            thread::spawn(move || {
                worker.run(&over);
                worker.accounts()
            })
        })
        .collect();
    // The moment is what the test is about: anywhere in the load.
    thread::sleep(Duration::from_millis(20 + random.below(400)));
    drop(server);
    over.store(true, Ordering::SeqCst);
    workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}
