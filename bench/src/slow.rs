//! J4 once more, on a disk that needs a real time to write through. A virtual disk may answer within
//! a fraction of a millisecond, and then processors alone decide; there, what counts is how many
//! refreshes share one wait.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result, ensure};

use crate::{
    block_on,
    contestant::Contestant,
    job::{Job, Pace},
    load::closed,
    place::Place,
    results::{Rates, Results, SlowDisk},
    running::run,
};

/// By so much each wait for the disk is longer.
const LONGER: Duration = Duration::from_millis(2);
const SOURCE: &str = include_str!("../slow-disk/slow.c");
const OBJECT: &str = "slow-disk.so";

/// Measures how many refreshes a second everybody with files of its own manages there, and the
/// ceiling beside it, round after round.
///
/// # Errors
/// When there is no C compiler, and at the first wrong answer.
pub(crate) fn measure(
    contestants: &mut [Contestant],
    place: &Place,
    results: &mut Results,
) -> Result<()> {
    let has_refresh = |c: &&mut Contestant| c.peer.jobs.contains_key(&Job::Refresh);
    let mut slowed: Vec<_> =
        contestants.iter_mut().filter(|c| !c.has_database_server()).filter(has_refresh).collect();
    let object = build(place)?;
    let mut slow = SlowDisk { longer_ms: ms(LONGER), fsync: Vec::new(), rates: Vec::new() };
    for contestant in &mut slowed {
        contestant.preload(Some(object.clone()));
        contestant.start()?;
        let maps = fs::read_to_string(format!("/proc/{}/maps", contestant.watch()?.server))?;
        ensure!(maps.contains(OBJECT), "{} does not load {OBJECT}", contestant.peer.name);
        slow.rates.push(Rates { contestant: contestant.peer.name.clone(), rates: Vec::new() });
    }
    for _ in 0..results.pace.rounds {
        slow.fsync.push(ceiling(&object, results.pace, place)?);
        for (contestant, rates) in slowed.iter_mut().zip(&mut slow.rates) {
            let rate = refreshes(contestant, results.pace, place)?;
            println!("J4 on a slow disk {:<21} {rate:>9.1}/s", rates.contestant);
            rates.rates.push(rate);
        }
    }
    for contestant in slowed {
        contestant.stop();
        contestant.preload(None);
    }
    results.slow_disk = Some(slow);
    Ok(())
}

/// Compiles what makes a disk slow.
fn build(place: &Place) -> Result<PathBuf> {
    let folder = place.cache("slow-disk")?;
    let (source, object) = (folder.join("slow.c"), folder.join(OBJECT));
    fs::write(&source, SOURCE)?;
    let mut command = Command::new("cc");
    command.args(["-O2", "-shared", "-fPIC", &format!("-DSLOWER_US={}", LONGER.as_micros())]);
    command.arg("-o").arg(&object).arg(&source).arg("-ldl");
    run(&mut command, &folder.join("log"), &place.interrupt)?;
    Ok(object)
}

/// This program, waiting for the same disk.
fn ceiling(object: &Path, pace: Pace, place: &Place) -> Result<f64> {
    let mut command = Command::new(env::current_exe()?);
    command.args(["syncs", &pace.closed.as_millis().to_string()]).env("LD_PRELOAD", object);
    let log = object.with_file_name("log");
    let rate: f64 = run(&mut command, &log, &place.interrupt)?.trim().parse()?;
    let most = 1.0 / LONGER.as_secs_f64();
    ensure!(rate < most, "{OBJECT} does nothing: {rate:.0} waits for the disk a second");
    Ok(rate)
}

fn refreshes(contestant: &mut Contestant, pace: Pace, place: &Place) -> Result<f64> {
    let work = async {
        let clients = contestant.clients(Job::Refresh, Job::Refresh.drive().connections).await?;
        let (clients, _) = closed(clients, Job::Refresh, pace.warm_up).await?;
        let (clients, tally) = closed(clients, Job::Refresh, pace.closed).await?;
        contestant.keep(clients);
        Ok(tally.rate())
    };
    block_on(work, &place.interrupt).context("J4 on a slow disk stops the run")
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
