//! How long after an answered revocation another node still accepts what was revoked.

use std::{
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{Nodes, number, random::Random, seed, server::Client};

/// As many revoke at once.
const WORKERS: u64 = 6;

/// What was revoked, and for how long another node went on accepting it.
struct Revoked {
    token: String,
    heard_after: Vec<Duration>,
}

#[test]
fn what_is_revoked_at_one_node_is_refused_by_all_within_a_second_and_for_good() {
    let nodes = Nodes::start();
    let slowest = revoke(&nodes, number("COUNTERSIGN_REVOCATIONS", 400));
    assert!(slowest <= Duration::from_secs(1), "{slowest:?}");
}

#[test]
fn without_being_told_the_nodes_find_out_within_five_seconds() {
    let nodes = Nodes::start();
    let silence = Silence::over(nodes.database.url());
    let slowest = revoke(&nodes, number("COUNTERSIGN_REVOCATIONS", 400) / 4);
    drop(silence);
    assert!(slowest <= Duration::from_secs(5), "{slowest:?}");
}

/// Cuts every connection that listens, again and again.
struct Silence(Child);

impl Silence {
    fn over(url: &str) -> Self {
        let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE application_name = current_schema() AND pid <> pg_backend_pid()
            AND (query LIKE 'LISTEN%' OR query LIKE '%pg_notify%')
            \\watch 0.05";
        let mut psql = Command::new("psql")
            .args([url, "--quiet", "--file", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = psql.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, cut.as_bytes()).unwrap();
        drop(input);
        Self(psql)
    }
}

impl Drop for Silence {
    fn drop(&mut self) {
        let running = self.0.try_wait().unwrap().is_none();
        let _ = self.0.kill();
        let _ = self.0.wait();
        if !thread::panicking() {
            assert!(running, "psql ended before the test did");
        }
    }
}

/// Revokes by every means, and answers the longest that another node did not know.
fn revoke(nodes: &Nodes, count: u64) -> Duration {
    let (mut random, left) = (Random::new(seed()), AtomicU64::new(count));
    let revoked: Vec<Revoked> = thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|number| {
                let (clients, left, random) = (nodes.clients(), &left, random.fork());
                scope.spawn(move || work(number, &clients, left, random))
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    for client in nodes.clients() {
        for one in &revoked {
            assert!(!client.accepts(&one.token), "what was refused is accepted again");
        }
    }
    let mut times: Vec<Duration> = revoked.iter().flat_map(|one| one.heard_after.clone()).collect();
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 1000];
    println!(
        "{} revocations, from the answer to the last acceptance elsewhere: median {:?}, 99 % {:?}, \
         99.9 % {:?}, most {:?}",
        revoked.len(),
        at(500),
        at(990),
        at(999),
        at(1000)
    );
    at(1000)
}

fn work(number: u64, clients: &[Client], left: &AtomicU64, mut random: Random) -> Vec<Revoked> {
    let mut done = Vec::new();
    let take = |n: u64| n.checked_sub(1);
    while left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take).is_ok() {
        let name = format!("w{number}-{}", done.len());
        done.push(revoke_one(&name, clients, &mut random));
    }
    done
}

fn revoke_one(name: &str, clients: &[Client], random: &mut Random) -> Revoked {
    let mut any = || &clients[usize::try_from(random.below(3)).unwrap()];
    any().sign_up(name, "the first sentence").unwrap();
    let (access, _) = any().login(name, "the first sentence").unwrap();
    let (id, key) = any().make_key(name, "the first sentence").unwrap();
    for client in clients {
        assert!(client.accepts(&access) && client.accepts(&key), "good at every node");
    }
    let here = any();
    let token = match random.below(3) {
        0 => {
            here.log_out(&access).unwrap();
            access
        }
        1 => {
            here.change_password(name, "the first sentence", "another sentence").unwrap();
            access
        }
        _ => {
            here.revoke_key(name, "the first sentence", &id).unwrap();
            key
        }
    };
    let answered = Instant::now();
    let heard_after = clients.iter().map(|client| last_acceptance(client, &token, answered));
    Revoked { heard_after: heard_after.collect(), token }
}

/// When the last request was sent that was accepted.
fn last_acceptance(client: &Client, token: &str, answered: Instant) -> Duration {
    let mut last = Duration::ZERO;
    loop {
        let sent = answered.elapsed();
        if !client.accepts(token) {
            return last;
        }
        last = sent;
        assert!(last < Duration::from_secs(20), "never heard of");
    }
}
