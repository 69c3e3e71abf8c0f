//! What a run measured, as it is kept in `docs/performance/results.json`. Everything in the report
//! is computed from this.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::{
    job::{Job, Pace},
    machine::Machine,
};

/// A whole run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// Where.
    pub machine: Machine,
    /// The commit it was built from.
    pub commit: String,
    /// When it began: a date, UTC.
    pub date: String,
    /// The command.
    pub command: String,
    /// How long it took, in seconds.
    pub took_seconds: u64,
    /// How often and how long.
    pub pace: Pace,
    /// Whom.
    pub contestants: Vec<About>,
    /// J1 to J6.
    pub cells: Vec<Cell>,
    /// J7.
    pub floods: Vec<Flood>,
    /// J8.
    pub growth: Vec<Grown>,
    /// J9.
    pub startups: Vec<Startup>,
    /// J10.
    pub imports: Vec<Import>,
    /// What the processors and the disk give at most.
    pub ceilings: Ceilings,
    /// J4 on a disk that is slower.
    pub slow_disk: Option<SlowDisk>,
}

/// The ceilings, one for each round.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ceilings {
    /// Password checks a second on all processors.
    pub argon2: Vec<f64>,
    /// Waits for the disk a second, one after another.
    pub fsync: Vec<f64>,
}

/// J4 where every wait for the disk is longer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SlowDisk {
    /// By so much, in milliseconds.
    pub longer_ms: f64,
    /// Waits for it a second, one after another; one for each round.
    pub fsync: Vec<f64>,
    /// Refreshes a second.
    pub rates: Vec<Rates>,
}

/// How often a second one contestant does something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rates {
    /// Who.
    pub contestant: String,
    /// One for each round.
    pub rates: Vec<f64>,
}

/// J7 of one contestant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Flood {
    /// Who.
    pub contestant: String,
    /// One for each round.
    pub rounds: Vec<FloodFigures>,
}

/// What one round of J7 measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct FloodFigures {
    /// Token checks alone.
    pub idle: Checks,
    /// Beside clients that log in; none where the contestant has no login.
    pub flood: Option<Beside>,
    /// Beside more of them than it can take, where it refuses those.
    pub overload: Option<Beside>,
    /// Logins a second that succeed beside that excess without the checks.
    pub logins_beyond: Option<Logins>,
    /// Logins a second right after it with nothing beside them, as in J3.
    pub logins_alone: Option<Logins>,
}

/// Logins that succeeded, and what whoever asked for them had of the processors.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Logins {
    /// A second.
    pub rate: f64,
    /// Share of the machine that the generator had meanwhile, in percent.
    pub generator_percent: f64,
}

impl Logins {
    /// How many there would be in a second on the processors that the generator left, were that the
    /// whole machine.
    pub fn of_what_was_left(self) -> f64 {
        self.rate / (1.0 - self.generator_percent / 100.0)
    }
}

/// Token checks at the fixed rate.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Checks {
    /// From when a request was due, in microseconds.
    pub p50_us: f64,
    /// The same.
    pub p99_us: f64,
    /// The same.
    pub p999_us: f64,
    /// Answers a second, until the last one or until it was given up.
    pub rate: f64,
    /// With an answer.
    pub answered: u64,
    /// Without one, long after.
    pub lost: u64,
    /// How late the machine itself was meanwhile: at most so much, in microseconds, for 99 of 100
    /// wake-ups of a thread that outranks all others.
    pub machine_p99_us: f64,
}

impl Checks {
    /// Whether they were answered at the rate at which they came: none was lost, and no queue grew
    /// until half of them came later than a second after they were due.
    pub fn keeps_up(&self) -> bool {
        self.lost == 0 && self.p50_us < 1e6
    }
}

/// Token checks beside logins.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Beside {
    /// The checks.
    pub checks: Checks,
    /// Logins that succeeded.
    pub logins: Logins,
    /// Logins answered 503 with a time to come back.
    pub refused: u64,
    /// How soon those were, in milliseconds.
    pub refused_p99_ms: f64,
    /// The peak of the tree's memory, in KiB.
    pub memory_kib: u64,
    /// Share of the machine that others had meanwhile, in percent.
    pub other_percent: f64,
}

/// J8: one size.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Grown {
    /// Users.
    pub users: u64,
    /// Live sessions.
    pub sessions: u64,
    /// Revoked tokens that are held.
    pub revoked: u64,
    /// Memory at rest, in KiB.
    pub idle_kib: u64,
    /// The same after many of the sessions were used.
    pub used_kib: Option<u64>,
    /// From the start to the first answer, in milliseconds.
    pub start_ms: f64,
    /// J1 to J4.
    pub cells: Vec<Cell>,
}

/// J9 of one contestant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Startup {
    /// Who.
    pub contestant: String,
    /// From the start to the first answer, in milliseconds.
    pub starts_ms: Vec<f64>,
    /// Memory at rest, in KiB.
    pub idle_kib: u64,
    /// What its program weighs, where it is one file.
    pub binary_bytes: Option<u64>,
}

/// J10 of one contestant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Import {
    /// Who.
    pub contestant: String,
    /// How many at a time.
    pub users: u64,
    /// Users a second, one for each round.
    pub rates: Vec<f64>,
}

/// A contestant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct About {
    /// Its folder.
    pub name: String,
    /// What tables call it.
    pub title: String,
    /// What it is.
    pub description: String,
    /// Whether it is one of ours.
    pub ours: bool,
    /// What was installed.
    pub versions: String,
    /// What a login costs there.
    pub argon2: Option<String>,
}

/// One job of one contestant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Cell {
    /// Who.
    pub contestant: String,
    /// What.
    pub job: Job,
    /// One for each round.
    pub rounds: Vec<Figures>,
}

/// What one round of one cell measured.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Figures {
    /// CPU of the server's process tree for one answered request, in microseconds.
    pub cpu_us: f64,
    /// The same of its database server.
    pub database_cpu_us: Option<f64>,
    /// Requests answered in a second, by connections that ask one after another.
    pub rate: f64,
    /// At the fixed rate, in microseconds from when a request was due.
    pub p50_us: f64,
    /// The same.
    pub p99_us: f64,
    /// The peak of the tree's memory, in KiB.
    pub memory_kib: u64,
    /// Share of the machine that others had meanwhile, in percent.
    pub other_percent: f64,
}

impl Results {
    /// Reads a run that was kept.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
        serde_json::from_str(&text).with_context(|| path.display().to_string())
    }

    /// Keeps it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        let text = serde_json::to_string_pretty(self)? + "\n";
        fs::write(path, text).with_context(|| path.display().to_string())
    }

    /// The figures of a contestant in a job.
    pub fn cell(&self, contestant: &str, job: Job) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.contestant == contestant && cell.job == job)
    }

    /// Adds what a round of J7 measured.
    pub fn add_flood(&mut self, contestant: &str, figures: FloodFigures) {
        match self.floods.iter_mut().find(|flood| flood.contestant == contestant) {
            Some(flood) => flood.rounds.push(figures),
            None => {
                self.floods.push(Flood { contestant: contestant.to_owned(), rounds: vec![figures] })
            }
        }
    }

    /// Adds what a round measured.
    pub fn add(&mut self, contestant: &str, job: Job, figures: Figures) {
        add(&mut self.cells, contestant, job, figures);
    }
}

/// Adds a round to the cell of that contestant and job, which is made if there is none.
pub fn add(cells: &mut Vec<Cell>, contestant: &str, job: Job, figures: Figures) {
    match cells.iter_mut().find(|cell| cell.contestant == contestant && cell.job == job) {
        Some(cell) => cell.rounds.push(figures),
        None => {
            cells.push(Cell { contestant: contestant.to_owned(), job, rounds: vec![figures] });
        }
    }
}

impl Cell {
    /// The median of the rounds.
    pub fn median(&self, of: impl Fn(&Figures) -> f64) -> f64 {
        median(self.rounds.iter().map(of))
    }
}

/// The value in the middle; between two, their mean. None is nothing: NaN.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (None, _) => f64::NAN,
        (Some(value), 1) => *value,
        (Some(value), _) => f64::midpoint(*value, values[middle - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median([9.0, 1.0, 2.0].into_iter()) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0].into_iter()) - 2.5).abs() < 1e-9);
        assert!(median(std::iter::empty()).is_nan());
    }
}
