//! `cargo xtask bench`: builds the released server and the harness, lends it a PostgreSQL that waits
//! for the disk, and lets it measure. What is measured is the harness's.

use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::postgres::{Cluster, Disk};
use crate::process::{Input, Interrupt};
use crate::tools::{self, cargo, spelled, succeed};

/// Words for the harness, which knows what they mean.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct BenchArgs {
    /// What to measure: `--help` lists it
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "OPTION")]
    words: Vec<String>,
}

/// Words with which nothing is measured, so that no database is needed.
const NOTHING_MEASURED: [&str; 3] = ["--report-only", "--help", "-h"];

/// Measures, and writes `docs/performance.md`.
///
/// # Errors
/// When something does not build, a contestant is missing, or an answer is wrong.
pub(crate) fn run(arguments: &BenchArgs, interrupt: &Interrupt) -> Result<()> {
    // One after the other: together, each would get the features of both.
    for package in ["countersign-server", "countersign-bench"] {
        succeed(interrupt, &mut cargo(&["build", "--release", "--package", package])?)?;
    }
    let (programs, words) = (tools::target()?.join("release"), &arguments.words);
    let mut harness = Command::new(programs.join("countersign-bench"));
    harness.arg("run").args(words).arg("--root").arg(tools::root());
    harness.arg("--cache").arg(tools::cache("countersign-bench")?);
    harness.arg("--server").arg(programs.join("countersign"));
    harness.args(["--called", format!("cargo xtask bench {}", words.join(" ")).trim_end()]);
    let measures = !words.iter().any(|word| NOTHING_MEASURED.contains(&word.as_str()));
    let cluster = measures.then(|| Cluster::start(Disk::Waits)).transpose()?;
    if let Some(cluster) = &cluster {
        harness.args(["--postgres", &cluster.url()]);
        harness.args(["--postgres-process", &cluster.process().to_string()]);
    }
    let status = interrupt.run(&mut harness, Input::Closed)?;
    ensure!(status.success(), "`{}` ended with {status}", spelled(&harness));
    Ok(())
}
