//! The project's own commands: `cargo xtask --help` lists them.
//!
//! This file reads the command line and hands over. What a check does is in `steps`, what a
//! PostgreSQL cluster is in `postgres`; nothing here is part of the product.

#![expect(clippy::print_stdout, reason = "what a task has to say is its standard output")]

mod bench;
mod browser;
mod clients;
mod demo;
mod instructions;
mod node;
mod pace;
mod peers;
mod postgres;
mod process;
mod python;
mod schemathesis;
mod steps;
mod tools;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Result, ensure};
use clap::{Args, Parser, Subcommand};

use crate::bench::BenchArgs;
use crate::postgres::{Cluster, Disk, Pair};
use crate::process::{Input, Interrupt};
use crate::steps::Step;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Checks Countersign and lends a database to its tests")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check, stop at the first that fails
    Test(TestArgs),
    /// Start a private PostgreSQL until Ctrl-C or the end of input, or for the length of a command
    Pg(PgArgs),
    /// Count the instructions that a request costs the released server
    Instructions(InstructionsArgs),
    /// Take a picture of every page in light, dark and on a phone, with a page that shows them all
    Screenshots(ScreenshotsArgs),
    /// Measure Countersign and others side by side, and write docs/performance.md
    Bench(BenchArgs),
}

#[derive(Args)]
struct TestArgs {
    /// Run these steps alone (repeat, or part with commas)
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    only: Vec<Step>,
    /// Leave these steps out
    #[arg(long, value_name = "STEP", value_delimiter = ',')]
    skip: Vec<Step>,
    /// Arguments for `cargo test` in the step `test`; without that step, which scenarios to run
    #[arg(last = true)]
    filter: Vec<OsString>,
}

#[derive(Args)]
struct PgArgs {
    /// Wait for the disk at each commit, as a production cluster does
    #[arg(long)]
    durable: bool,
    /// Beside it, lend a primary with a synchronous standby that a test may kill
    #[arg(long)]
    pair: bool,
    /// Run this with the cluster's address in the environment, then stop the cluster
    #[arg(last = true)]
    command: Vec<OsString>,
}

#[derive(Args)]
struct InstructionsArgs {
    /// Make the record anew that the step `instructions` compares with
    #[arg(long)]
    write: bool,
}

#[derive(Args)]
struct ScreenshotsArgs {
    /// Where the pictures go; it is made when missing
    folder: PathBuf,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("error: {failure:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    let interrupt = Interrupt::watch()?;
    match cli.task {
        Task::Test(args) => {
            let chosen = Step::choose(&args.only, &args.skip);
            steps::run(&chosen, &args.filter, &interrupt)
        }
        Task::Instructions(InstructionsArgs { write: true }) => instructions::write(&interrupt),
        Task::Instructions(_) => instructions::show(&interrupt),
        Task::Pg(args) => lend_postgres(&args, &interrupt),
        Task::Bench(args) => bench::run(&args, &interrupt),
        Task::Screenshots(args) => browser::screenshots(&args.folder, &interrupt),
    }
}

fn lend_postgres(args: &PgArgs, interrupt: &Interrupt) -> Result<()> {
    let disk = if args.durable { Disk::Waits } else { Disk::Lags };
    let cluster = Cluster::start(disk)?;
    let Some((program, rest)) = args.command.split_first() else {
        println!("export {}={}", postgres::VARIABLE, cluster.url());
        interrupt.wait_for_end_of_input();
        return Ok(());
    };
    let mut command = Command::new(program);
    command.args(rest).env(postgres::VARIABLE, cluster.url());
    let pair = args.pair.then(Pair::start).transpose()?;
    if let Some(pair) = &pair {
        command.env(postgres::PAIR, pair.words());
    }
    tools::keep_builds_outside(&mut command)?;
    let status = interrupt.run(&mut command, Input::Shared)?;
    ensure!(status.success(), "{} ended with {status}", program.to_string_lossy());
    Ok(())
}
