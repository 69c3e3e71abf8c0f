//! The steps of `cargo xtask test`, in the order in which they run: the cheap ones first.

use std::ffi::OsString;
use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;

use crate::browser;
use crate::clients;
use crate::instructions;
use crate::pace;
use crate::peers;
use crate::postgres::{self, Cluster, Disk, Pair};
use crate::process::Interrupt;
use crate::schemathesis;
use crate::tools::{self, cargo, succeed};

/// What the released server may weigh.
const SERVER_LIMIT_MIB: u64 = 30;

const DENY_VERSION: &str = "^0.20";

/// One check.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Step {
    /// The sources are formatted
    Fmt,
    /// No lint fires
    Clippy,
    /// Unit, property, architecture and integration tests, on SQLite and PostgreSQL
    Test,
    /// Every example in the documentation compiles and holds
    Doctest,
    /// The documentation builds, and each link in it leads somewhere
    Doc,
    /// Licences, bans and sources of the dependencies; advisories where the database is in reach
    Deny,
    /// Thousands of generated requests against a running server's description of itself
    Schemathesis,
    /// Clients, JWT libraries and an SMTP server of others with running servers, forgeries included
    Peers,
    /// The Python and the JavaScript verifier, and the recipes, with broken issuers and a real one
    Clients,
    /// The pages in a real Chromium, with JavaScript and without
    Browser,
    /// The server builds for release, stays small, and answers each page in under a millisecond
    Release,
    /// A request costs the released server no more instructions than on record
    Instructions,
}

/// How a step that did not fail ended.
pub(crate) enum Verdict {
    /// All of it was checked.
    Passed,
    /// Something could not be checked, and this says what.
    Partly(String),
}

impl Step {
    /// The steps to run, in order: those named in `only`, or all, without those in `skip`.
    pub(crate) fn choose(only: &[Self], skip: &[Self]) -> Vec<Self> {
        let wanted = |step: &Self| only.is_empty() || only.contains(step);
        let all = Self::value_variants().iter().copied();
        all.filter(|step| wanted(step) && !skip.contains(step)).collect()
    }

    fn name(self) -> String {
        format!("{self:?}").to_lowercase()
    }

    /// What of `filter` this step goes by: a word for the tests chooses no scenarios.
    fn words_of<'a>(self, filter: &'a [OsString], steps: &[Self]) -> &'a [OsString] {
        if self == Self::Browser && steps.contains(&Self::Test) { &[] } else { filter }
    }

    fn run(self, filter: &[OsString], interrupt: &Interrupt) -> Result<Verdict> {
        match self {
            Self::Fmt => simple(interrupt, &["fmt", "--all", "--check"]),
            Self::Clippy => simple(
                interrupt,
                &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
            ),
            Self::Test => test(filter, interrupt),
            Self::Doctest => simple(interrupt, &["test", "--doc", "--workspace"]),
            Self::Doc => doc(interrupt),
            Self::Deny => deny(interrupt),
            Self::Schemathesis => schemathesis::run(interrupt),
            Self::Peers => peers::run(interrupt),
            Self::Clients => clients::run(interrupt),
            Self::Browser => browser::run(filter, interrupt),
            Self::Release => release(interrupt),
            Self::Instructions => instructions::check(interrupt),
        }
    }
}

/// Runs `steps` in turn. The first failure is the last step.
pub(crate) fn run(steps: &[Step], filter: &[OsString], interrupt: &Interrupt) -> Result<()> {
    ensure!(!steps.is_empty(), "no step is left to run");
    let begun = Instant::now();
    let mut notes = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        println!("\n==== {}", step.name());
        let step_begun = Instant::now();
        let verdict = step.run(step.words_of(filter, steps), interrupt);
        let time = seconds(step_begun.elapsed());
        let close = |word: &str| println!("==== {}: {word}, {time}", step.name());
        match verdict {
            Ok(Verdict::Passed) => close("ok"),
            Ok(Verdict::Partly(note)) => {
                close("ok in part");
                println!("NOTE: {note}");
                notes.push(note);
            }
            Err(failure) => {
                close("FAILED");
                let rest = &steps[at + 1..];
                let rest = if rest.is_empty() { "none".to_owned() } else { names(rest) };
                println!("{at} of {} steps ok; not run: {rest}", steps.len());
                return Err(failure.context(format!("step {} failed", step.name())));
            }
        }
    }
    println!();
    notes.iter().for_each(|note| println!("NOTE: {note}"));
    let count = steps.len();
    println!("{count} of {count} steps ok ({}), {}", names(steps), seconds(begun.elapsed()));
    Ok(())
}

fn names(steps: &[Step]) -> String {
    steps.iter().map(|step| step.name()).collect::<Vec<_>>().join(", ")
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn simple(interrupt: &Interrupt, arguments: &[&str]) -> Result<Verdict> {
    succeed(interrupt, &mut cargo(arguments)?)?;
    Ok(Verdict::Passed)
}

/// `cargo test` with a cluster beside it. Doc tests are a step of their own.
fn test(filter: &[OsString], interrupt: &Interrupt) -> Result<Verdict> {
    // `--all-targets` builds examples as tests of themselves; a test drives their programs.
    succeed(interrupt, &mut cargo(&["build", "--workspace", "--examples"])?)?;
    if tools::in_path("curl").is_none() {
        tools::apt_install("curl").context("the lines of the README need curl")?;
    }
    let (cluster, pair) = (Cluster::start(Disk::Lags)?, Pair::start()?);
    let mut command = cargo(&["test", "--workspace", "--all-targets"])?;
    command.args(filter);
    command.env(postgres::VARIABLE, cluster.url()).env(postgres::PAIR, pair.words());
    succeed(interrupt, &mut command)?;
    if filter.is_empty() {
        portable(interrupt)?;
    }
    Ok(Verdict::Passed)
}

/// Passwords in a build without `fast-argon2`, which has nothing of `argon2-rust` in it.
fn portable(interrupt: &Interrupt) -> Result<()> {
    let tests = ["--lib", "--test", "password_hashing", "--test", "password_vectors"];
    let mut command = cargo(&["test", "-p", "countersign-proto", "--no-default-features"])?;
    succeed(interrupt, command.args(tests))?;
    let mut tree = cargo(&["tree", "-p", "countersign-server", "--no-default-features"])?;
    let tree = tree.args(["-e", "normal", "--prefix", "none"]).output()?;
    ensure!(tree.status.success(), "cargo tree failed");
    let has = |name: &str| String::from_utf8_lossy(&tree.stdout).contains(name);
    ensure!(has("argon2 v"), "the server's tree lacks argon2, or was not understood");
    ensure!(!has("argon2-rust v"), "argon2-rust is in the tree without `fast-argon2`");
    Ok(())
}

fn doc(interrupt: &Interrupt) -> Result<Verdict> {
    let mut command = cargo(&["doc", "--no-deps", "--workspace"])?;
    succeed(interrupt, command.env("RUSTDOCFLAGS", "-D warnings"))?;
    Ok(Verdict::Passed)
}

fn deny(interrupt: &Interrupt) -> Result<Verdict> {
    let program = tools::installed(interrupt, "cargo-deny", DENY_VERSION)?;
    let deny = |arguments: &[&str]| {
        let mut command = Command::new(&program);
        command.arg("--workspace").args(arguments).current_dir(tools::root());
        command
    };
    succeed(interrupt, &mut deny(&["check", "licenses", "bans", "sources"]))?;
    // A connection that stalls counts as out of reach.
    let mut fetch = deny(&["fetch", "db"]);
    fetch.env("GIT_HTTP_LOW_SPEED_LIMIT", "1000").env("GIT_HTTP_LOW_SPEED_TIME", "30");
    if succeed(interrupt, fetch.env("GIT_TERMINAL_PROMPT", "0")).is_err() {
        let note = "advisories: not checked, database out of reach";
        return Ok(Verdict::Partly(note.to_owned()));
    }
    succeed(interrupt, &mut deny(&["--offline", "check", "advisories"]))?;
    Ok(Verdict::Passed)
}

fn release(interrupt: &Interrupt) -> Result<Verdict> {
    succeed(interrupt, &mut cargo(&["build", "--release", "--package", "countersign-server"])?)?;
    let program = tools::target()?.join("release/countersign");
    let size = fs::metadata(&program).with_context(|| program.display().to_string())?.len();
    let size = size.div_ceil(1024 * 1024);
    println!("the server weighs {size} MiB of at most {SERVER_LIMIT_MIB}");
    ensure!(size <= SERVER_LIMIT_MIB, "the server has outgrown {SERVER_LIMIT_MIB} MiB: {size}");
    let work = tempfile::tempdir()?;
    pace::check(&work.path().join("server"))?;
    Ok(Verdict::Passed)
}

#[cfg(test)]
mod tests {
    use super::Step;

    #[test]
    fn steps_keep_their_order_whatever_order_they_are_asked_in() {
        assert_eq!(Step::choose(&[Step::Test, Step::Fmt], &[]), [Step::Fmt, Step::Test]);
    }

    #[test]
    fn a_skipped_step_does_not_run_even_when_asked_for() {
        assert_eq!(Step::choose(&[Step::Fmt, Step::Doc], &[Step::Doc]), [Step::Fmt]);
        assert!(!Step::choose(&[], &[Step::Release]).contains(&Step::Release));
    }
}
