//! How many instructions a request costs the released server, counted by valgrind and held against
//! the record in `xtask/instructions.toml`. A count is the same on a busy machine as on an idle one.
//!
//! The server runs twice, the second time with more requests of one kind: the difference is theirs,
//! whatever the start costs. What a server does by the clock is more on a busy machine, where a run
//! takes longer: how much that is, a run that only waits tells, and it is taken off.

mod record;
mod server;

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::process::Interrupt;
use crate::steps::Verdict;
use crate::tools::{self, cargo, succeed};

use record::{Judgement, Record};
use server::{Requests, Server};

/// Requests of every kind before those that count: whatever is made on first use is there.
const WARM: u32 = 50;
/// What is taken off for the clock is not exact: a count that is over the limit is taken again.
const ROUNDS: usize = 5;
/// How long a server does nothing, to see what that costs.
const IDLE: Duration = Duration::from_secs(30);

/// One kind of request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Job {
    /// `GET /api/me` with an access token.
    SignedToken,
    /// `GET /api/forward-auth` with an access token, as proxies ask.
    ForwardAuth,
    /// `GET /api/me` with an API key.
    ApiKey,
    /// `GET /api/me` with the cookie of a session.
    Session,
    /// `POST /api/tokens/refresh`.
    Refresh,
}

impl Job {
    const ALL: [Self; 5] =
        [Self::SignedToken, Self::ForwardAuth, Self::ApiKey, Self::Session, Self::Refresh];

    /// Its name in the record.
    const fn name(self) -> &'static str {
        match self {
            Self::SignedToken => "signed_token",
            Self::ForwardAuth => "forward_auth",
            Self::ApiKey => "api_key",
            Self::Session => "session",
            Self::Refresh => "refresh",
        }
    }

    /// How many requests make the difference between two runs.
    const fn many(self) -> u32 {
        match self {
            // What a start costs differs from one to the next by millions.
            Self::SignedToken | Self::ForwardAuth | Self::ApiKey | Self::Session => 5000,
            // Each waits for the disk.
            Self::Refresh => 500,
        }
    }
}

/// The step: builds, counts, compares.
///
/// # Errors
/// When a count is over that of the record.
pub(crate) fn check(interrupt: &Interrupt) -> Result<Verdict> {
    let record = Record::read()?;
    if let Some(why) = record.does_not_apply() {
        return Ok(Verdict::Partly(format!("instructions: not counted, {why}")));
    }
    let here = prepare(interrupt)?;
    let base = Base::run(interrupt)?;
    let mut verdicts = Vec::new();
    for job in Job::ALL {
        let known = record.of(job)?;
        let is_enough = |count| Judgement::of(known, count) != Judgement::More;
        let best = base.least(interrupt, job, is_enough)?;
        println!("{}", record::line(job, known, best));
        verdicts.push((job, known, best));
    }
    record.conclude(&verdicts, &here)
}

/// Counts and writes the record anew.
///
/// # Errors
/// When it cannot be counted or written.
pub(crate) fn write(interrupt: &Interrupt) -> Result<()> {
    let counts = count_all(interrupt)?;
    record::write(&counts.counts, &counts.made_by)
}

/// Counts, and says so.
///
/// # Errors
/// When it cannot be counted.
pub(crate) fn show(interrupt: &Interrupt) -> Result<()> {
    count_all(interrupt).map(drop)
}

struct Counts {
    counts: Vec<(Job, u64)>,
    made_by: String,
}

fn count_all(interrupt: &Interrupt) -> Result<Counts> {
    let made_by = prepare(interrupt)?;
    println!("{made_by}");
    let base = Base::run(interrupt)?;
    let mut counts = Vec::new();
    for job in Job::ALL {
        // All rounds: a record that is high by chance would let a request grow unseen.
        let count = base.least(interrupt, job, |_| false)?;
        println!("{:<14}{count:>10} instructions a request", job.name());
        counts.push((job, count));
    }
    Ok(Counts { counts, made_by })
}

/// Builds the server as it is released and installs valgrind; says by what is counted.
fn prepare(interrupt: &Interrupt) -> Result<String> {
    if tools::in_path("valgrind").is_none() {
        tools::apt_install("valgrind").context("instructions are counted by valgrind")?;
    }
    succeed(interrupt, &mut cargo(&["build", "--release", "--package", "countersign-server"])?)?;
    record::made_by()
}

/// What a run costs: instructions, and the time in which the server was up.
#[derive(Clone, Copy)]
struct Spent {
    instructions: u64,
    ms: u64,
}

/// What a run costs in which nothing is asked many times.
struct Base {
    spent: Spent,
    /// Instructions that the clock alone causes in a second.
    by_the_second: u64,
}

impl Base {
    fn run(interrupt: &Interrupt) -> Result<Self> {
        let spent = run(interrupt, None, Duration::ZERO)?;
        let mut base = Self { spent, by_the_second: 0 };
        let (idle, ms) = base.beyond(run(interrupt, None, IDLE)?)?;
        base.by_the_second = idle * 1000 / ms.max(1);
        Ok(base)
    }

    /// The least of several counts, of no more than are needed until one `is_enough`.
    fn least(
        &self,
        interrupt: &Interrupt,
        job: Job,
        is_enough: impl Fn(u64) -> bool,
    ) -> Result<u64> {
        let mut least = u64::MAX;
        for _ in 0..ROUNDS {
            least = least.min(self.count(interrupt, job)?);
            if is_enough(least) {
                break;
            }
        }
        Ok(least)
    }

    /// Instructions of one request.
    fn count(&self, interrupt: &Interrupt, job: Job) -> Result<u64> {
        let (more, ms) = self.beyond(run(interrupt, Some(job), Duration::ZERO)?)?;
        Ok(more.saturating_sub(self.by_the_second * ms / 1000) / u64::from(job.many()))
    }

    /// Instructions and milliseconds that a run took longer.
    fn beyond(&self, run: Spent) -> Result<(u64, u64)> {
        let more = run.instructions.checked_sub(self.spent.instructions);
        let more = more.context("a longer run took fewer instructions")?;
        Ok((more, run.ms.saturating_sub(self.spent.ms)))
    }
}

/// A whole run of the server: a few requests of every kind, many of one, and a rest.
fn run(interrupt: &Interrupt, many: Option<Job>, rest: Duration) -> Result<Spent> {
    let folder = tempfile::tempdir()?;
    let server = Server::start(folder.path())?;
    let begun = Instant::now();
    let requests = Requests::prepare(server.url());
    let mut requests = server.explain(requests)?;
    for job in Job::ALL {
        let count = if many == Some(job) { WARM + job.many() } else { WARM };
        for _ in 0..count {
            ensure!(!interrupt.raised(), "interrupted");
            let sent = requests.send(job);
            server.explain(sent)?;
        }
    }
    thread::sleep(rest);
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Spent { instructions: server.count()?, ms })
}
