//! Three real servers on one PostgreSQL, without sticky sessions: what is taken back at one is
//! refused by all of them, and what may happen once happens once.
//!
//! `COUNTERSIGN_REVOCATIONS` sets how many revocations there are (400), `COUNTERSIGN_ROUNDS` how often
//! a token is refreshed by a hundred at once (15). `COUNTERSIGN_SEED` repeats a run.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::print_stdout, reason = "the figures of a run")]

#[path = "nodes/admin.rs"]
mod admin;
#[path = "nodes/family.rs"]
mod family;
#[path = "kill/random.rs"]
mod random;
#[path = "nodes/reach.rs"]
mod reach;
#[path = "kill/schema.rs"]
mod schema;
#[path = "kill/server.rs"]
mod server;

use std::{env, time::SystemTime};

use server::{Client, Database, Server};

/// Three servers on one database.
struct Nodes {
    servers: Vec<Server>,
    database: Database,
}

impl Nodes {
    fn start() -> Self {
        let database = schema::postgres();
        let servers = (0..3).map(|_| Server::start(&database)).collect();
        Self { servers, database }
    }

    fn clients(&self) -> Vec<Client> {
        self.servers.iter().map(Server::client).collect()
    }
}

fn number(name: &str, usual: u64) -> u64 {
    let given = env::var(name).ok();
    given.map_or(usual, |text| text.parse().unwrap_or_else(|_| panic!("{name} is a number")))
}

fn seed() -> u64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("COUNTERSIGN_SEED", now.subsec_nanos().into());
    println!("COUNTERSIGN_SEED={seed}");
    seed
}
