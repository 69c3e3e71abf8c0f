//! `cargo xtask bench`: builds the released server and the harness, lends it a PostgreSQL that waits
//! for the disk, and lets it measure. What is measured is the harness's.

use std::process::Command;

use anyhow::{Result, ensure};
use clap::Args;

use crate::postgres::{Cluster, Disk};
use crate::process::{Input, Interrupt};
use crate::tools::{self, cargo, spelled, succeed};

#[derive(Args)]
pub(crate) struct BenchArgs {
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
    json: Option<String>,
    /// Write the report again, of the results that are kept
    #[arg(long)]
    report_only: bool,
}

impl BenchArgs {
    /// As one would type them.
    fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut flag = |name: &str, value: Option<String>| {
            words.push(name.to_owned());
            words.extend(value);
        };
        if self.quick {
            flag("--quick", None);
        }
        if !self.only.is_empty() {
            flag("--only", Some(self.only.join(",")));
        }
        if !self.contestant.is_empty() {
            flag("--contestant", Some(self.contestant.join(",")));
        }
        if let Some(rounds) = self.rounds {
            flag("--rounds", Some(rounds.to_string()));
        }
        if let Some(json) = &self.json {
            flag("--json", Some(json.clone()));
        }
        if self.report_only {
            flag("--report-only", None);
        }
        words
    }
}

/// Measures, and writes `docs/performance.md`.
///
/// # Errors
/// When something does not build, a contestant is missing, or an answer is wrong.
pub(crate) fn run(arguments: &BenchArgs, interrupt: &Interrupt) -> Result<()> {
    // One after the other: together, each would get the features of both.
    for package in ["countersign-server", "countersign-bench"] {
        succeed(interrupt, &mut cargo(&["build", "--release", "--package", package])?)?;
    }
    let (programs, words) = (tools::target()?.join("release"), arguments.words());
    let mut harness = Command::new(programs.join("countersign-bench"));
    harness.arg("run").args(&words).arg("--root").arg(tools::root());
    harness.arg("--cache").arg(tools::cache("countersign-bench")?);
    harness.arg("--server").arg(programs.join("countersign"));
    harness.args(["--called", format!("cargo xtask bench {}", words.join(" ")).trim_end()]);
    let cluster = (!arguments.report_only).then(|| Cluster::start(Disk::Waits)).transpose()?;
    if let Some(cluster) = &cluster {
        harness.args(["--postgres", &cluster.url()]);
        harness.args(["--postgres-process", &cluster.process().to_string()]);
    }
    let status = interrupt.run(&mut harness, Input::Closed)?;
    ensure!(status.success(), "`{}` ended with {status}", spelled(&harness));
    Ok(())
}
