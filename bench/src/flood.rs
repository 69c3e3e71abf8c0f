//! J7: what those who are already in feel while others log in. Token checks at a fixed rate, alone
//! and beside clients that log in without pause; then beside more of them than can be served.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow};

use crate::{
    account::{forget_peaks, peak_memory},
    block_on,
    contestant::{Contestant, WHO},
    hiccups::Hiccups,
    job::{Job, Pace},
    load::{Client, Later, Tally, closed, hammer, open, refusals},
    results::{Beside, Checks, FloodFigures, Logins, Results},
    running::Interrupt,
};

/// Token checks a second.
pub(crate) const RATE: u32 = 1000;
/// Connections they come over.
const CONNECTIONS: usize = 64;
/// Clients that log in without pause.
pub(crate) const FLOOD: usize = 64;
/// Clients that log in where more of them are to be refused than served.
pub(crate) const OVERLOAD: usize = 256;
/// Whoever is told to come back later comes back after so long, which is sooner than told.
pub(crate) const PAUSE: Duration = Duration::from_millis(250);
/// The flood is there before anybody is timed.
const LEAD: Duration = Duration::from_millis(500);
/// A check that has no answer so long after the last one was due is lost.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Whoever is held to bars is measured so often in each round: the slowest of a hundred checks differ
/// from one time to the next by more than half.
pub(crate) const TURNS: usize = 3;

/// Measures all contestants that can be asked for both, round after round.
///
/// # Errors
/// At the first answer that is neither right nor 503 with a time to come back.
pub(crate) fn measure(
    contestants: &mut [Contestant],
    results: &mut Results,
    interrupt: &Interrupt,
) -> Result<()> {
    for round in 1..=results.pace.rounds {
        for contestant in &mut *contestants {
            let jobs = &contestant.peer.jobs;
            if !jobs.contains_key(&Job::Signed) {
                continue;
            }
            let name = contestant.peer.name.clone();
            let turns = if name == WHO { TURNS } else { 1 };
            for _ in 0..turns {
                let figures = one(contestant, results.pace, interrupt)
                    .with_context(|| format!("J7 stops the run at {name}"))?;
                say(round, &name, &figures);
                results.add_flood(&name, figures);
            }
        }
    }
    Ok(())
}

fn say(round: usize, name: &str, figures: &FloodFigures) {
    let p99 = |checks: Option<Checks>| match checks {
        Some(checks) if checks.keeps_up() => format!("{:.2} ms", checks.p99_us / 1000.0),
        Some(checks) => format!("{:.0}/s and {} lost", checks.rate, checks.lost),
        None => "–".to_owned(),
    };
    println!(
        "round {round} J7 {name:<21} p99 {}, in the flood {}, beyond {}; {:.0} logins/s, {} \
         refused within {:.1} ms, {} MiB; the machine itself {:.2} and {:.2} ms",
        p99(Some(figures.idle)),
        p99(figures.flood.map(|flood| flood.checks)),
        p99(figures.overload.map(|overload| overload.checks)),
        figures.flood.map_or(0.0, |flood| flood.logins.rate),
        figures.overload.map_or(0, |overload| overload.refused),
        figures.overload.map_or(0.0, |overload| overload.refused_p99_ms),
        figures.flood.map_or(0, |flood| flood.memory_kib / 1024),
        figures.idle.machine_p99_us / 1000.0,
        figures.flood.map_or(0.0, |flood| flood.checks.machine_p99_us / 1000.0),
    );
}

/// One contestant, freshly started, so that the memory of the flood is the flood's.
fn one(contestant: &mut Contestant, pace: Pace, interrupt: &Interrupt) -> Result<FloodFigures> {
    contestant.start()?;
    let floods = contestant.peer.jobs.contains_key(&Job::Login);
    let sheds = contestant.peer.sheds;
    let mut checkers = block_on(
        async {
            let clients = contestant.clients(Job::Signed, CONNECTIONS).await?;
            closed(clients, Job::Signed, pace.warm_up).await
        },
        interrupt,
    )?
    .0;
    let idle = timed(checkers, (pace.flood, interrupt))?;
    checkers = idle.0;
    let beside = |clients: usize, checkers: Vec<Client>| {
        beside(contestant, clients, checkers, (pace.flood, interrupt))
    };
    let mut flood = None;
    let mut overload = None;
    if floods {
        let (back, figures) = beside(FLOOD, checkers)?;
        (checkers, flood) = (back, Some(figures));
    }
    if floods && sheds {
        let (back, figures) = beside(OVERLOAD, checkers)?;
        (checkers, overload) = (back, Some(figures));
    }
    contestant.keep(checkers);
    let alone = overload.map(|_| without_checks(contestant, pace, interrupt)).transpose()?;
    contestant.stop();
    Ok(FloodFigures {
        idle: idle.1,
        flood,
        overload,
        logins_beyond: alone.map(|(beyond, _)| beyond),
        logins_alone: alone.map(|(_, alone)| alone),
    })
}

/// Logins with more clients than can be served, and then J3 once more: with what the machine could do
/// minutes ago they are not compared.
fn without_checks(
    contestant: &mut Contestant,
    pace: Pace,
    interrupt: &Interrupt,
) -> Result<(Logins, Logins)> {
    let crowd = crowd(contestant, OVERLOAD);
    let end = Instant::now() + LEAD + pace.flood;
    let later = Later::After(PAUSE);
    let work = hammer(crowd, Job::Login, later, move || Instant::now() >= end);
    let beyond = logins(contestant, work, interrupt)?;
    let warm_up = async {
        let clients = contestant.clients(Job::Login, Job::Login.drive().connections).await?;
        closed(clients, Job::Login, pace.warm_up).await
    };
    let clients = block_on(warm_up, interrupt)?.0;
    let alone = logins(contestant, closed(clients, Job::Login, pace.closed), interrupt)?;
    Ok((beyond, alone))
}

/// What logins come to, and what it cost to ask for them.
fn logins(
    contestant: &Contestant,
    work: impl Future<Output = Result<(Vec<Client>, Tally)>>,
    interrupt: &Interrupt,
) -> Result<Logins> {
    let watch = contestant.watch()?;
    let before = watch.read()?;
    let rate = block_on(work, interrupt)?.1.rate();
    let generator_percent = watch.read()?.since(&before).generator_percent;
    Ok(Logins { rate, generator_percent })
}

/// Clients that are not those of the checks.
fn crowd(contestant: &Contestant, many: usize) -> Vec<Client> {
    let far = 1_000_000;
    (0..many as u64).map(|n| Client::new(contestant.crowd(), far + n)).collect()
}

/// Checks at the fixed rate.
fn timed(
    checkers: Vec<Client>,
    (time, interrupt): (Duration, &Interrupt),
) -> Result<(Vec<Client>, Checks)> {
    let machine = Hiccups::watch()?;
    let work = open(checkers, Job::Signed, RATE, (time, GRACE));
    let (checkers, tally) = block_on(work, interrupt)?;
    Ok((checkers, checks(&tally, machine.p99_us()?)))
}

/// Checks beside so many clients that log in.
fn beside(
    contestant: &Contestant,
    flood: usize,
    checkers: Vec<Client>,
    (time, interrupt): (Duration, &Interrupt),
) -> Result<(Vec<Client>, Beside)> {
    let watch = contestant.watch()?;
    let clients = crowd(contestant, flood);
    let over = Arc::new(AtomicBool::new(false));
    let (stop, stopped) = (Arc::clone(&over), interrupt.clone());
    // A runtime of its own: whoever waits for logins must not make the checks wait.
    let logins = thread::spawn(move || {
        let is_over = move || stop.load(Ordering::Relaxed);
        block_on(hammer(clients, Job::Login, Later::After(PAUSE), is_over), &stopped)
    });
    thread::sleep(LEAD);
    forget_peaks(watch.server)?;
    let before = watch.read()?;
    let timed = timed(checkers, (time, interrupt));
    let spent = watch.read()?.since(&before);
    let memory_kib = peak_memory(watch.server)?;
    over.store(true, Ordering::Relaxed);
    let logins = logins.join().map_err(|_| anyhow!("the flood panicked"))?;
    let ((checkers, timed), (_, logins)) = (timed?, logins?);
    let (refused, refused_p99_ms) = refusals(&logins);
    let figures = Beside {
        checks: timed,
        logins: Logins { rate: logins.rate(), generator_percent: spent.generator_percent },
        refused,
        refused_p99_ms,
        memory_kib,
        other_percent: spent.other_percent,
    };
    Ok((checkers, figures))
}

fn checks(tally: &Tally, machine_p99_us: f64) -> Checks {
    Checks {
        p50_us: tally.percentile(50.0),
        p99_us: tally.percentile(99.0),
        p999_us: tally.percentile(99.9),
        rate: tally.rate(),
        answered: tally.answered(),
        lost: tally.lost,
        machine_p99_us,
    }
}
