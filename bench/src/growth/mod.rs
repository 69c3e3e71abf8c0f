//! J8: the same jobs with more and more users, live sessions and revoked tokens. What is too many
//! to make through the front door is written into the SQLite file.

mod rows;

use std::{
    iter,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use crate::{
    account::shared_memory,
    block_on,
    contestant::{Contestant, WHO},
    job::{Job, Pace},
    load::Later,
    peer::Peer,
    place::Place,
    results::{Grown, Results, add},
    shared,
};

/// Users that are imported; the rest are copies.
const IMPORTED: u64 = 1000;
/// Live sessions, and revoked tokens, but with the fewest users.
const SESSIONS: u64 = 1_000_000;
/// So many of the sessions are used: more than a server keeps in memory.
pub(crate) const SHOWN: u64 = 100_000;
/// How often a token check is measured in each round.
pub(crate) const TURNS: usize = 5;
/// A server that has just been busy is given so long to come to rest.
const REST: Duration = Duration::from_secs(1);

/// Measures J1 to J4 at each size, all sizes in each round.
///
/// # Errors
/// At the first wrong answer, and when the schema is not as expected.
pub(crate) fn measure(peer: &Arc<Peer>, place: &Place, results: &mut Results) -> Result<()> {
    let pace = results.pace;
    let mut sizes = Vec::new();
    for users in [IMPORTED, 100_000, pace.grown] {
        if sizes.iter().all(|(_, grown): &(Contestant, Grown)| grown.users != users) {
            println!("J8: making {users} users");
            sizes.push(grow(peer, place, users)?);
        }
    }
    // The table is of CPU alone.
    let cpu_alone = Pace { open: Duration::ZERO, ..pace };
    for job in (0..pace.rounds).flat_map(|_| turns()) {
        for (contestant, grown) in &mut sizes {
            let figures = shared::cell(contestant, job, cpu_alone, &place.interrupt)?;
            let (users, name, cpu) = (grown.users, job.name(), figures.cpu_us);
            println!("J8 {users:>8} users, {name:<8} {cpu:>9.1} us CPU");
            add(&mut grown.cells, WHO, job, figures);
        }
    }
    for (contestant, grown) in sizes.iter_mut().filter(|(_, grown)| grown.sessions > 0) {
        block_on(show(contestant, grown.users), &place.interrupt)
            .context("J8 stops the run where it uses sessions")?;
        thread::sleep(REST);
        let used = shared_memory(contestant.watch()?.server)?;
        println!("J8 {:>8} users, {SHOWN} sessions used: {} MiB", grown.users, used / 1024);
        grown.used_kib = Some(used);
    }
    results.growth = sizes.into_iter().map(|(_, grown)| grown).collect();
    Ok(())
}

/// The jobs of one round. Those that are to cost the same within 5 percent are done several times: two
/// measurements of the same differ by as much.
fn turns() -> impl Iterator<Item = Job> {
    let jobs = Job::ALL.into_iter().filter(|job| *job <= Job::Refresh);
    jobs.flat_map(|job| iter::repeat_n(job, if job < Job::Login { TURNS } else { 1 }))
}

fn grow(peer: &Arc<Peer>, place: &Place, users: u64) -> Result<(Contestant, Grown)> {
    let mut contestant = Contestant::new(peer, place, users.min(IMPORTED))?;
    let many = if users > IMPORTED { SESSIONS } else { 0 };
    if many > 0 {
        // One session of each kind of row, by the front door.
        contestant.start()?;
        for job in [Job::Refresh, Job::Session] {
            block_on(contestant.clients(job, 1), &place.interrupt)?;
        }
        contestant.stop();
        contestant.forget_clients();
        let (file, begun) = (contestant.data().join("countersign.db"), Instant::now());
        rows::fill(&file, users, many).with_context(|| file.display().to_string())?;
        let mib = file.metadata()?.len() / 1024 / 1024;
        println!("J8: {mib} MiB written in {:.0?}", begun.elapsed());
        contestant.set_users(users);
    }
    let start = contestant.start()?;
    thread::sleep(REST);
    let grown = Grown {
        users,
        sessions: many,
        revoked: many,
        idle_kib: shared_memory(contestant.watch()?.server)?,
        used_kib: None,
        start_ms: start.as_secs_f64() * 1000.0,
        cells: Vec::new(),
    };
    Ok((contestant, grown))
}

/// Shows the cookies of many sessions once each, over a few connections.
async fn show(contestant: &mut Contestant, users: u64) -> Result<()> {
    let clients = contestant.clients(Job::Session, Job::Session.drive().connections).await?;
    let (apart, mut showing) = (clients.len(), JoinSet::new());
    for (first, mut client) in (0..).zip(clients) {
        showing.spawn(async move {
            for number in (first..SHOWN).step_by(apart) {
                client.pose_as(rows::holder(number, users));
                client.ask(Job::Session, Later::Never).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(shown) = showing.join_next().await {
        shown??;
    }
    Ok(())
}
