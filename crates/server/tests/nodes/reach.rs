//! How long after an answered revocation another node still accepts what was revoked.

use std::{
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Nodes, number,
    random::Random,
    seed,
    server::{Client, No, Server, bearer},
};

/// As many revoke at once.
const WORKERS: u64 = 6;

/// What was taken back, and for how long each node went on allowing it.
struct Revoked {
    token: String,
    path: &'static str,
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
    crate::admin::make(&nodes.database);
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
            assert!(!client.allows(&one.token, one.path), "what was refused is accepted again");
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

const FIRST: &str = "the first sentence";
const OWN: &str = "/api/me";

fn revoke_one(name: &str, clients: &[Client], random: &mut Random) -> Revoked {
    let mut any = || &clients[usize::try_from(random.below(3)).unwrap()];
    any().sign_up(name, FIRST).unwrap();
    let (access, _) = any().login(name, FIRST).unwrap();
    let (key_id, key) = any().make_key(name, FIRST).unwrap();
    let id = any().id_of(&access);
    for client in clients {
        assert!(client.accepts(&access) && client.accepts(&key), "good at every node");
    }
    let here = any();
    let (token, path) = match random.below(5) {
        0 => (here.log_out(&access).map(|()| access).unwrap(), OWN),
        1 => (here.change_password(name, FIRST, "another sentence").map(|()| access).unwrap(), OWN),
        2 => (here.revoke_key(name, FIRST, &key_id).map(|()| key).unwrap(), OWN),
        3 => {
            here.disable(&id);
            (access, OWN)
        }
        _ => {
            here.make_admin(&id);
            let token = here.login_with_scope(name, FIRST);
            while clients.iter().any(|client| !client.allows(&token, "/api/users")) {}
            here.unmake_admin(&id);
            (token, "/api/users")
        }
    };
    let answered = Instant::now();
    let heard_after = clients.iter().map(|client| last_allowance(client, (&token, path), answered));
    Revoked { heard_after: heard_after.collect(), token, path }
}

/// When the last request was sent that was allowed.
fn last_allowance(client: &Client, (token, path): (&str, &str), answered: Instant) -> Duration {
    let mut last = Duration::ZERO;
    loop {
        let sent = answered.elapsed();
        if !client.allows(token, path) {
            return last;
        }
        last = sent;
        assert!(last < Duration::from_secs(20), "never heard of");
    }
}

/// A node that is stopped, as a machine is that sleeps, has the benefit of no doubt.
#[test]
fn a_node_that_slept_accepts_nothing_that_was_revoked_meanwhile() {
    let nodes = Nodes::start();
    let clients = nodes.clients();
    clients[0].sign_up("sleepy", FIRST).unwrap();
    let (access, _) = clients[0].login("sleepy", FIRST).unwrap();
    assert!(clients[2].accepts(&access));

    nodes.servers[2].signal(rustix::process::Signal::STOP);
    clients[0].log_out(&access).unwrap();
    // Longer than a node may go without news.
    thread::sleep(Duration::from_secs(6));
    nodes.servers[2].signal(rustix::process::Signal::CONT);

    let first = clients[2].call("GET", OWN, Some(&bearer(&access)), None);
    assert!(matches!(first, Err(No::Refused(401 | 503, _))), "{first:?}");
    while matches!(
        clients[2].call("GET", OWN, Some(&bearer(&access)), None),
        Err(No::Refused(503, _))
    ) {}
    assert!(!clients[2].accepts(&access));
}

impl Server {
    fn signal(&self, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(process, signal).unwrap();
    }
}
