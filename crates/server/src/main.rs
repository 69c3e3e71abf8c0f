//! The `countersign` binary: configuration, commands, TLS and telemetry around the library. It
//! holds no authentication logic: what it does, an embedder can do.

mod cli;
mod commands;
mod exit;
mod open;
mod output;
mod prompt;
mod secret;
mod serve;
mod settings;

use std::process::ExitCode;

use clap::FromArgMatches;
use tokio::runtime;

use crate::{
    cli::{Cli, Command},
    exit::Problem,
    output::{Output, Style, note},
    settings::{Effective, Environment},
};

fn main() -> ExitCode {
    let matches = cli::command().get_matches();
    match Cli::from_arg_matches(&matches) {
        Err(error) => error.exit(),
        Ok(cli) => {
            let out = Output(if cli.json { Style::Json } else { Style::Human });
            match run(cli.command, cli::leaf(&matches), out) {
                Ok(()) => ExitCode::SUCCESS,
                Err(problem) => {
                    note(&problem.told(out));
                    problem.exit_code()
                }
            }
        }
    }
}

fn run(command: Command, flags: &clap::ArgMatches, out: Output) -> Result<(), Problem> {
    if let Command::Completions { shell } = command {
        return commands::completions(shell, out);
    }
    let effective = Effective::resolve(flags, &Environment::of_process())?;
    let workers = effective.workers();
    let runtime =
        runtime::Builder::new_multi_thread().worker_threads(workers).enable_all().build()?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve => serve::serve(effective, out).await,
            Command::Demo => serve::demo(effective, out).await,
            other => commands::run(other, &effective, out).await,
        }
    });
    // Nothing that is still going on in the background is waited for.
    runtime.shutdown_background();
    done
}
