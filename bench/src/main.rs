//! The harness as `cargo xtask bench` runs it. What it can do is in the library beside it.

#![expect(clippy::print_stdout, reason = "what a task has to say is its standard output")]

use std::process::ExitCode;

use clap::Parser;
use countersign_bench::Cli;

fn main() -> ExitCode {
    match countersign_bench::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            println!("error: {failure:#}");
            ExitCode::FAILURE
        }
    }
}
