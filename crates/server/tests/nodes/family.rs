//! One refresh token shown a hundred times at once, at three nodes.

use std::{
    process::Command,
    sync::{Barrier, Mutex},
    thread,
};

use crate::{
    Nodes, number,
    server::{Client, No},
};

const AT_ONCE: usize = 102;

#[test]
fn a_hundred_refreshes_at_three_nodes_begin_one_line_and_a_late_one_ends_the_family() {
    let (nodes, rounds) = (Nodes::start(), number("COUNTERSIGN_ROUNDS", 15));
    let clients = nodes.clients();
    for round in 0..rounds {
        let name = format!("r{round}");
        clients[0].sign_up(&name, "the first sentence").unwrap();
        let (access, first) = clients[0].login(&name, "the first sentence").unwrap();

        let successors = all_at_once(&clients, &first);
        assert!(successors.iter().all(|one| *one == successors[0]), "the same answer for all");

        let (latest, third) = clients[1].refresh(&successors[0]).unwrap();
        assert!(clients[2].refresh(&first).is_err(), "the successor was used: this is a replay");
        assert!(clients[2].refresh(&third).is_err(), "so the family is dead");
        assert!(!clients[2].accepts(&latest) && !clients[2].accepts(&access));
    }
    let rows = rows(nodes.database.url());
    assert_eq!(rows, 3 * rounds, "two successors a round: one line");
    println!("{rounds} rounds of {AT_ONCE} refreshes at once: one line each");
}

fn all_at_once(clients: &[Client], token: &str) -> Vec<String> {
    let (start, successors) = (Barrier::new(AT_ONCE), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for n in 0..AT_ONCE {
            let (client, start, successors) = (&clients[n % clients.len()], &start, &successors);
            scope.spawn(move || {
                start.wait();
                let (_, refresh) = answered(|| client.refresh(token)).unwrap();
                successors.lock().unwrap().push(refresh);
            });
        }
    });
    successors.into_inner().unwrap()
}

/// Asks again while the database is too busy: that is no answer.
fn answered<T>(ask: impl Fn() -> Result<T, No>) -> Result<T, No> {
    loop {
        match ask() {
            Err(No::Refused(503, _)) => {}
            answer => return answer,
        }
    }
}

fn rows(url: &str) -> u64 {
    let output = Command::new("psql")
        .args([url, "-qtA", "--command", "SELECT COUNT(*) FROM refresh_tokens"])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
