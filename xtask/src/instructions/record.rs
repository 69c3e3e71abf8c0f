//! The record of instruction counts: read, compared, written.

use std::env::consts::ARCH;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use toml::Table;

use super::Job;
use crate::steps::Verdict;
use crate::tools;

/// Percent that a count may be off the record.
const TOLERANCE: u64 = 5;

const AGAIN: &str = "cargo xtask instructions --write";

/// What the file says.
pub(super) struct Record(Table);

/// A count beside that of the record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Judgement {
    /// Within the tolerance.
    Same,
    /// Over it.
    More,
    /// Under it.
    Less,
}

impl Judgement {
    /// What `counted` is, held against `known`.
    pub(super) fn of(known: u64, counted: u64) -> Self {
        let (known, counted) = (u128::from(known), u128::from(counted));
        let tolerance = u128::from(TOLERANCE);
        if counted * 100 > known * (100 + tolerance) {
            Self::More
        } else if counted * 100 < known * (100 - tolerance) {
            Self::Less
        } else {
            Self::Same
        }
    }
}

impl Record {
    pub(super) fn read() -> Result<Self> {
        let text = fs::read_to_string(path()).with_context(|| format!("make one: `{AGAIN}`"))?;
        Ok(Self(text.parse().with_context(|| path().display().to_string())?))
    }

    /// Why nothing here can be compared with it, if so.
    pub(super) fn does_not_apply(&self) -> Option<String> {
        let made = self.0.get("machine").and_then(|machine| machine.as_str()).unwrap_or("?");
        (made != ARCH).then(|| format!("the record is of {made}, this is {ARCH}"))
    }

    pub(super) fn of(&self, job: Job) -> Result<u64> {
        let known = self.0.get("instructions").and_then(|counts| counts.get(job.name()));
        let known = known.and_then(|count| u64::try_from(count.as_integer()?).ok());
        known.with_context(|| format!("the record has no {}: `{AGAIN}`", job.name()))
    }

    /// What follows from all counts: each with its job and what is on record. `here` is what they
    /// were counted by.
    pub(super) fn conclude(&self, counts: &[(Job, u64, u64)], here: &str) -> Result<Verdict> {
        let made_by = self.0.get("made_by").and_then(|by| by.as_str()).unwrap_or("?");
        let off = |wanted: Judgement| {
            let off = counts.iter().filter(|(_, known, at)| Judgement::of(*known, *at) == wanted);
            off.map(|(job, known, at)| line(*job, *known, *at)).collect::<Vec<_>>().join("; ")
        };
        let (more, less) = (off(Judgement::More), off(Judgement::Less));
        let other = match made_by == here {
            true => String::new(),
            false => format!(
                "\nCounted with {here}; the record was made with {made_by}. That alone may be why."
            ),
        };
        if !more.is_empty() {
            bail!(
                "a request costs more than {TOLERANCE} % more instructions than on record: {more}\n\
                 If it is worth that, say so in the same commit: `{AGAIN}` makes the record anew.\n\
                 Where they go: build with `--profile measure`, then `callgrind_annotate`.{other}"
            );
        }
        if less.is_empty() {
            return Ok(Verdict::Passed);
        }
        Ok(Verdict::Partly(format!(
            "instructions: less than on record: {less}; `{AGAIN}` keeps it so{other}"
        )))
    }
}

/// A count in words.
pub(super) fn line(job: Job, known: u64, counted: u64) -> String {
    let (known_f, counted_f) = (as_float(known), as_float(counted));
    let percent = (counted_f / known_f - 1.0) * 100.0;
    format!("{}: {counted} instructions, {known} on record ({percent:+.1} %)", job.name())
}

#[expect(clippy::cast_precision_loss, reason = "for a percentage")]
fn as_float(count: u64) -> f64 {
    count as f64
}

/// Writes the record anew.
pub(super) fn write(counts: &[(Job, u64)], made_by: &str) -> Result<()> {
    let mut text = format!(
        "# Instructions that one request costs the released server on SQLite, counted by valgrind.\n\
         # `cargo xtask test` fails when one is {TOLERANCE} % over. Made by `{AGAIN}`:\n\
         # not edited by hand.\n\
         machine = \"{ARCH}\"\nmade_by = \"{made_by}\"\n\n[instructions]\n"
    );
    for (job, count) in counts {
        writeln!(text, "{} = {count}", job.name())?;
    }
    fs::write(path(), text).with_context(|| path().display().to_string())
}

/// What a count depends on besides the source: the compiler, valgrind, and the processor, by which
/// cryptography chooses its code.
pub(super) fn made_by() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let rustc = said(Command::new(rustc).arg("--version").current_dir(tools::root()))?;
    let rustc = rustc.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let valgrind = said(Command::new("valgrind").arg("--version"))?.replace('-', " ");
    let libc = said(Command::new("getconf").arg("GNU_LIBC_VERSION"))?;
    Ok(format!("{rustc}, {valgrind}, {libc}, processor with {}", processor()))
}

#[cfg(target_arch = "x86_64")]
fn processor() -> String {
    let has = [
        ("avx2", is_x86_feature_detected!("avx2")),
        ("bmi2", is_x86_feature_detected!("bmi2")),
        ("adx", is_x86_feature_detected!("adx")),
    ];
    let has = has.iter().filter(|(_, has)| *has).map(|(name, _)| *name).collect::<Vec<_>>();
    if has.is_empty() { "nothing special".to_owned() } else { has.join(" ") }
}

#[cfg(not(target_arch = "x86_64"))]
fn processor() -> String {
    ARCH.to_owned()
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("run {}", tools::spelled(command)))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn path() -> PathBuf {
    tools::root().join("xtask/instructions.toml")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(made_by: &str) -> Record {
        let text = format!("made_by = '{made_by}'\n[instructions]\nrefresh = 1000");
        Record(text.parse().unwrap())
    }

    #[test]
    fn a_twentieth_more_or_less_is_the_same_and_beyond_is_not() {
        assert_eq!(Judgement::of(1000, 1050), Judgement::Same);
        assert_eq!(Judgement::of(1000, 950), Judgement::Same);
        assert_eq!(Judgement::of(1000, 1051), Judgement::More);
        assert_eq!(Judgement::of(1000, 949), Judgement::Less);
    }

    #[test]
    fn more_is_a_failure_that_names_job_share_and_remedy() {
        let counts = [(Job::Refresh, 1000, 1100), (Job::ApiKey, 1000, 1001)];

        let failure = record("A").conclude(&counts, "A").err().unwrap().to_string();

        assert!(failure.contains("refresh: 1100 instructions, 1000 on record (+10.0 %)"));
        assert!(failure.contains(AGAIN) && !failure.contains("api_key"), "{failure}");
        assert!(!failure.contains("made with"), "{failure}");
    }

    #[test]
    fn another_compiler_is_named_and_excuses_less_but_not_more() {
        let more = record("rustc 1").conclude(&[(Job::Refresh, 1000, 1100)], "rustc 2");
        let less = record("rustc 1").conclude(&[(Job::Refresh, 1000, 900)], "rustc 2");

        let failure = more.err().unwrap().to_string();
        assert!(failure.contains("with rustc 2; the record was made with rustc 1"), "{failure}");
        assert!(matches!(less, Ok(Verdict::Partly(note)) if note.contains("-10.0 %")));
    }

    #[test]
    fn less_with_the_same_tools_asks_for_a_new_record() {
        let less = record("A").conclude(&[(Job::Refresh, 1000, 900)], "A");

        assert!(matches!(less, Ok(Verdict::Partly(note)) if note.contains(AGAIN)));
        assert_eq!(record("A").of(Job::Refresh).unwrap(), 1000);
        assert!(record("A").of(Job::Session).is_err());
    }
}
