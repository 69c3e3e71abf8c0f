//! J1 to J6: every contestant, one after another, in every round.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::{
    account::{forget_peaks, peak_memory},
    block_on, ceiling,
    contestant::Contestant,
    job::{Job, Pace},
    load::{closed, open},
    results::{Figures, Results},
    running::Interrupt,
};

/// What has no answer so long after the last request was due is lost.
const GRACE: Duration = Duration::from_secs(20);
/// A connection of the fixed rate does not rest for long: some servers close it then.
const LEAST_CONNECTIONS: usize = 8;

/// Measures `jobs` of all contestants, round after round.
///
/// # Errors
/// At the first wrong answer.
pub fn measure(
    contestants: &mut [Contestant],
    jobs: &[Job],
    results: &mut Results,
    interrupt: &Interrupt,
) -> Result<()> {
    let pace = results.pace;
    contestants.iter_mut().try_for_each(|contestant| contestant.start().map(drop))?;
    for round in 1..=pace.rounds {
        for job in jobs {
            raise_ceiling(*job, results)?;
            for contestant in &mut *contestants {
                if !contestant.peer.jobs.contains_key(job) {
                    continue;
                }
                let figures = cell(contestant, *job, pace, interrupt)?;
                say(round, *job, contestant, &figures);
                results.add(&contestant.peer.name, *job, figures);
            }
        }
    }
    contestants.iter_mut().for_each(Contestant::stop);
    Ok(())
}

/// What the machine gives at most to `job`, measured beside it.
fn raise_ceiling(job: Job, results: &mut Results) -> Result<()> {
    let time = results.pace.closed;
    match job {
        Job::Login => results.ceilings.argon2.push(ceiling::argon2(time)?),
        Job::Refresh => results.ceilings.fsync.push(ceiling::fsync(time)?),
        _ => {}
    }
    Ok(())
}

fn say(round: usize, job: Job, contestant: &Contestant, figures: &Figures) {
    println!(
        "round {round} {} {:<11} {:<21} {:>9.1} us CPU {:>9.1}/s p50 {:>7.0} us p99 {:>8.0} us \
         {:>6} MiB, others {:.0} %",
        job.code(),
        job.name(),
        contestant.peer.name,
        figures.cpu_us,
        figures.rate,
        figures.p50_us,
        figures.p99_us,
        figures.memory_kib / 1024,
        figures.other_percent,
    );
}

/// One job of one contestant: as fast as it goes, then at a fixed rate.
///
/// # Errors
/// At the first wrong answer.
pub fn cell(
    contestant: &mut Contestant,
    job: Job,
    pace: Pace,
    interrupt: &Interrupt,
) -> Result<Figures> {
    let drive = job.drive();
    let watch = contestant.watch()?;
    let work = async {
        let clients = contestant.clients(job, drive.connections).await?;
        let (clients, _) = closed(clients, job, pace.warm_up).await?;
        forget_peaks(watch.server)?;
        let before = watch.read()?;
        let (mut clients, fast) = closed(clients, job, pace.closed).await?;
        let spent = watch.read()?.since(&before);
        let connections = (drive.rate as usize / 8).clamp(LEAST_CONNECTIONS, drive.connections);
        let resting = clients.split_off(connections.min(clients.len()));
        let (clients, timed) = open(clients, job, drive.rate, (pace.open, GRACE)).await?;
        contestant.keep(clients);
        contestant.keep(resting);
        let (name, lost) = (&contestant.peer.name, timed.lost);
        ensure!(lost == 0, "{name}, {}: {lost} requests had no answer", job.name());
        let answered = fast.answered().max(1) as f64;
        Ok(Figures {
            cpu_us: spent.server_us / answered,
            database_cpu_us: spent.database_us.map(|time| time / answered),
            rate: fast.rate(),
            p50_us: timed.percentile(50.0),
            p99_us: timed.percentile(99.0),
            memory_kib: peak_memory(watch.server)?,
            other_percent: spent.other_percent,
        })
    };
    block_on(work, interrupt).with_context(|| format!("{} stops the run", job.code()))
}
