//! J9: how long a start takes, what a server that does nothing holds, what its program weighs.
//! J10: how fast users are imported.

use std::{fs, sync::Arc, thread, time::Duration};

use anyhow::{Context, Result, ensure};

use crate::{
    account::shared_memory,
    contestant::Contestant,
    peer::Peer,
    place::Place,
    results::{Import, Results, Startup},
};

/// A server that has just started is given so long to come to rest.
const REST: Duration = Duration::from_millis(1500);

/// Starts every contestant again and again.
///
/// # Errors
/// When one does not start.
pub(crate) fn measure(contestants: &mut [Contestant], results: &mut Results) -> Result<()> {
    let starts = results.pace.starts;
    for contestant in &mut *contestants {
        results.startups.push(Startup {
            contestant: contestant.peer.name.clone(),
            starts_ms: Vec::new(),
            idle_kib: 0,
            binary_bytes: size(contestant)?,
        });
    }
    for round in 0..starts {
        for (contestant, startup) in contestants.iter_mut().zip(&mut results.startups) {
            let took = contestant.start()?;
            startup.starts_ms.push(took.as_secs_f64() * 1000.0);
            if round == 0 {
                thread::sleep(REST);
                startup.idle_kib = shared_memory(contestant.watch()?.server)?;
            }
            contestant.stop();
        }
    }
    for startup in &results.startups {
        let median = crate::results::median(startup.starts_ms.iter().copied());
        let idle = startup.idle_kib / 1024;
        println!("J9 {:<21} starts in {median:.0} ms, {idle} MiB at rest", startup.contestant);
    }
    Ok(())
}

fn size(contestant: &Contestant) -> Result<Option<u64>> {
    let Some(binary) = &contestant.peer.binary else { return Ok(None) };
    let path = binary.fill(&[&contestant.crowd().values])?;
    Ok(Some(fs::metadata(&path).with_context(|| path.clone())?.len()))
}

/// Imports users into every contestant that does so by our command.
///
/// # Errors
/// When not all of them are taken.
pub(crate) fn import(peers: &[Arc<Peer>], place: &Place, results: &mut Results) -> Result<()> {
    for _ in 0..results.pace.rounds {
        for peer in peers.iter().filter(|peer| imports(peer)) {
            let users = results.pace.users;
            let contestant = Contestant::new(peer, place, users)?;
            let (took, said) = contestant.last_seed();
            let said: serde_json::Value = serde_json::from_str(said)?;
            let imported = said["imported"].as_u64();
            ensure!(imported == Some(users), "{}: {users} users, imported: {said}", peer.name);
            let rate = users as f64 / took.as_secs_f64();
            println!("J10 {:<21} {rate:.0} users/s", peer.name);
            match results.imports.iter_mut().find(|import| import.contestant == peer.name) {
                Some(import) => import.rates.push(rate),
                None => results.imports.push(Import {
                    contestant: peer.name.clone(),
                    users,
                    rates: vec![rate],
                }),
            }
        }
    }
    Ok(())
}

fn imports(peer: &Peer) -> bool {
    let last = peer.seed.last().into_iter().flatten();
    let ours = last.flat_map(|word| word.names()).any(|name| name == "countersign");
    ours && peer.ours
}
