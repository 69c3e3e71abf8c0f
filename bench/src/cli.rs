//! The command line of the harness, and a run from its beginning to the report.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;

use crate::{
    ceiling,
    contestant::{Contestant, WHO},
    flood, growth,
    job::{Job, Pace, Part},
    machine::{self, Machine},
    peer::Peer,
    place::Place,
    report,
    results::{About, Ceilings, Results},
    running::Interrupt,
    shared, slow, startup, users,
};

/// Measures Countersign and others side by side.
#[derive(Debug, Parser)]
#[command(name = "countersign-bench")]
pub struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure, and write the report
    Run(RunArgs),
    /// Write a file with users for an import
    Users {
        /// The file
        path: PathBuf,
        /// How many
        count: u64,
        /// The hash all of them have
        hash: String,
    },
    /// Wait for the disk again and again, and print how often a second
    Syncs {
        /// For so long
        milliseconds: u64,
    },
}

/// What to measure, and where things are.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// One short round of everything
    #[arg(long)]
    quick: bool,
    /// These jobs alone, J1 to J10 (repeat, or part with commas)
    #[arg(long, value_name = "JOB", value_delimiter = ',')]
    only: Vec<String>,
    /// These contestants alone, by the names of their folders in bench/peers
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    contestant: Vec<String>,
    /// So many rounds
    #[arg(long, value_name = "COUNT")]
    rounds: Option<usize>,
    /// Keep the results here and write no report
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the report again, of the results that are kept
    #[arg(long)]
    report_only: bool,
    /// The root of the source tree
    #[arg(long, hide = true)]
    root: PathBuf,
    /// The folder of the contestants, instead of the tree's
    #[arg(long, hide = true)]
    peers: Option<PathBuf>,
    /// Where contestants are installed
    #[arg(long, hide = true)]
    cache: PathBuf,
    /// The released server
    #[arg(long, hide = true)]
    server: PathBuf,
    /// An administrator's URL of a PostgreSQL cluster
    #[arg(long, hide = true, requires = "postgres_process")]
    postgres: Option<String>,
    /// The cluster's process
    #[arg(long, hide = true)]
    postgres_process: Option<u32>,
    /// How it was called
    #[arg(long, hide = true, default_value = "cargo xtask bench")]
    called: String,
}

/// Does what was asked for.
///
/// # Errors
/// When a contestant is missing or answers wrongly: then there is no report.
pub fn run(cli: Cli) -> Result<()> {
    match cli.task {
        Task::Users { path, count, hash } => users::write(&path, count, &hash),
        Task::Syncs { milliseconds } => {
            println!("{}", ceiling::fsync(Duration::from_millis(milliseconds))?);
            Ok(())
        }
        Task::Run(arguments) => bench(&arguments),
    }
}

fn bench(arguments: &RunArgs) -> Result<()> {
    let kept = arguments.root.join("docs/performance/results.json");
    let kept = arguments.json.clone().unwrap_or(kept);
    if !arguments.report_only {
        measure(arguments)?.write(&kept)?;
    }
    if arguments.json.is_none() || arguments.report_only {
        report::write(&Results::read(&kept)?, &arguments.root.join("docs"))?;
    }
    Ok(())
}

fn measure(arguments: &RunArgs) -> Result<Results> {
    let begun = Instant::now();
    let parts = Part::choose(&arguments.only)?;
    let mut pace = if arguments.quick { Pace::quick() } else { Pace::full() };
    pace.rounds = arguments.rounds.unwrap_or(pace.rounds).max(1);
    let interrupt = Interrupt::watch()?;
    let postgres = arguments.postgres.clone().zip(arguments.postgres_process);
    let place = Place::new(&arguments.server, &arguments.cache, postgres, interrupt)?;
    let peers = chosen(arguments)?;
    let mut results = Results {
        machine: Machine::look()?,
        commit: machine::commit(&arguments.root),
        date: Timestamp::now().strftime("%Y-%m-%d").to_string(),
        command: arguments.called.clone(),
        took_seconds: 0,
        pace,
        contestants: Vec::new(),
        cells: Vec::new(),
        floods: Vec::new(),
        growth: Vec::new(),
        startups: Vec::new(),
        imports: Vec::new(),
        ceilings: Ceilings::default(),
        slow_disk: None,
    };
    for peer in &peers {
        results.contestants.push(about(peer, &place)?);
    }
    parts_of(&parts, &peers, &place, &mut results)?;
    results.took_seconds = begun.elapsed().as_secs();
    Ok(results)
}

fn chosen(arguments: &RunArgs) -> Result<Vec<Arc<Peer>>> {
    let folder = arguments.root.join("bench/peers");
    let all = Peer::read_all(arguments.peers.as_ref().unwrap_or(&folder))?;
    for name in &arguments.contestant {
        ensure!(all.iter().any(|peer| peer.name == *name), "there is no contestant {name}");
    }
    let names = &arguments.contestant;
    let wanted = |peer: &Peer| names.is_empty() || names.contains(&peer.name);
    Ok(all.into_iter().filter(wanted).map(Arc::new).collect())
}

fn about(peer: &Peer, place: &Place) -> Result<About> {
    println!("installing {}", peer.name);
    let mut versions = place.install(peer)?;
    if peer.ours {
        versions = place.server_version()?;
    }
    Ok(About {
        name: peer.name.clone(),
        title: peer.title.clone(),
        description: peer.description.clone(),
        ours: peer.ours,
        versions,
        argon2: peer.argon2.clone(),
    })
}

fn parts_of(
    parts: &[Part],
    peers: &[Arc<Peer>],
    place: &Place,
    results: &mut Results,
) -> Result<()> {
    let jobs: Vec<_> = parts
        .iter()
        .filter_map(|part| if let Part::Job(job) = part { Some(*job) } else { None })
        .collect();
    let together = !jobs.is_empty() || parts.contains(&Part::Flood);
    let together = together || parts.contains(&Part::Startup);
    let mut contestants = Vec::new();
    for peer in peers.iter().filter(|_| together) {
        println!("making {} users of {}", results.pace.users, peer.name);
        contestants.push(Contestant::new(peer, place, results.pace.users)?);
    }
    if !jobs.is_empty() {
        shared::measure(&mut contestants, &jobs, results, &place.interrupt)?;
    }
    if jobs.contains(&Job::Refresh) {
        slow::measure(&mut contestants, place, results)?;
    }
    if parts.contains(&Part::Flood) {
        flood::measure(&mut contestants, results, &place.interrupt)?;
    }
    if parts.contains(&Part::Startup) {
        startup::measure(&mut contestants, results)?;
    }
    drop(contestants);
    if parts.contains(&Part::Import) {
        startup::import(peers, place, results)?;
    }
    match peers.iter().find(|peer| peer.name == WHO) {
        Some(peer) if parts.contains(&Part::Growth) => growth::measure(peer, place, results),
        _ => Ok(()),
    }
}
