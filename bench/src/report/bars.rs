//! The bars Countersign is held to, and whether this run is above or below them.

use serde::Serialize;

use super::{
    table::{CEILING, cpu},
    words::{count, figure, mebibytes, time, times},
};
use crate::{
    contestant::WHO,
    job::Job,
    results::{FloodFigures, Grown, Logins, Results, median},
};

const MIB: f64 = 1024.0;
/// So many refreshes are to share a wait for the disk.
const SHARED: f64 = 10.0;

/// One line.
#[derive(Serialize)]
pub(super) struct Bar {
    job: &'static str,
    what: &'static str,
    bar: String,
    stretch: String,
    measured: String,
    verdict: String,
}

/// What is asked for: no more than this, or no less.
#[derive(Clone, Copy)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
}

impl Limit {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(limit) => value <= limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    fn words(self, unit: fn(f64) -> String) -> String {
        match self {
            Self::AtMost(limit) => format!("at most {}", unit(limit)),
            Self::AtLeast(limit) => format!("at least {}", unit(limit)),
        }
    }
}

/// What is asked for, and what would be better still.
struct Asked {
    job: &'static str,
    what: &'static str,
    bar: Limit,
    stretch: Option<Limit>,
    /// What is said where it is missed and cannot be met here.
    excuse: Option<String>,
    unit: fn(f64) -> String,
}

impl Asked {
    /// None where nothing was measured.
    fn of(self, value: f64) -> Option<Bar> {
        let verdict = match (self.bar.holds(value), self.stretch, self.excuse) {
            (false, _, Some(excuse)) => excuse,
            (false, _, None) => "**missed**".to_owned(),
            (true, Some(stretch), _) if stretch.holds(value) => "met, and the stretch".to_owned(),
            (true, ..) => "met".to_owned(),
        };
        value.is_finite().then(|| Bar {
            job: self.job,
            what: self.what,
            bar: self.bar.words(self.unit),
            stretch: self.stretch.map(|limit| limit.words(self.unit)).unwrap_or_default(),
            measured: (self.unit)(value),
            verdict,
        })
    }
}

const fn asked(
    job: &'static str,
    what: &'static str,
    unit: fn(f64) -> String,
    bar: Limit,
) -> Asked {
    Asked { job, what, bar, stretch: None, excuse: None, unit }
}

impl Asked {
    const fn or(mut self, stretch: Limit) -> Self {
        self.stretch = Some(stretch);
        self
    }

    fn unless(mut self, excuse: Option<String>) -> Self {
        self.excuse = excuse;
        self
    }
}

/// All bars for which there is a figure.
pub(super) fn of(results: &Results) -> Vec<Bar> {
    let all = checks(results).into_iter().chain(writes(results)).chain(flood(results));
    all.chain(growth(results)).chain(rest(results)).flatten().collect()
}

fn checks(results: &Results) -> Vec<Option<Bar>> {
    let against_bare = |job: Job| {
        let of = |who: &str| results.cell(who, job).map_or(f64::NAN, cpu);
        of(WHO) / of(CEILING)
    };
    let what = ["CPU against bare axum", "the same, API key", "the same, session cookie"];
    let at_most = Limit::AtMost;
    vec![
        asked("J1", what[0], times, at_most(1.5)).or(at_most(1.2)).of(against_bare(Job::Signed)),
        asked("J2", what[1], times, at_most(1.6)).or(at_most(1.3)).of(against_bare(Job::ApiKey)),
        asked("J2", what[2], times, at_most(1.8)).or(at_most(1.3)).of(against_bare(Job::Session)),
    ]
}

fn writes(results: &Results) -> Vec<Option<Bar>> {
    // Of each round by itself: the machine is not as fast in all of them.
    let share = |job, ceilings: &[f64]| {
        let rounds = results.cell(WHO, job).map_or(&[][..], |cell| &cell.rounds);
        median(rounds.iter().zip(ceilings).map(|(ours, ceiling)| ours.rate / ceiling))
    };
    let refresh = results.cell(WHO, Job::Refresh).map_or(f64::NAN, cpu);
    let logins = "logins/s against raw Argon2id on all cores";
    let slow = results.slow_disk.as_ref().map_or(f64::NAN, |slow| {
        let of = |rates: &[f64]| median(rates.iter().copied());
        let ours = slow.rates.iter().find(|rates| rates.contestant == WHO);
        ours.map_or(f64::NAN, |ours| of(&ours.rates)) / of(&slow.fsync)
    });
    vec![
        asked("J3", logins, figure, Limit::AtLeast(0.9))
            .or(Limit::AtLeast(0.97))
            .of(share(Job::Login, &results.ceilings.argon2)),
        asked("J4", "refreshes/s against one fsync each", times, Limit::AtLeast(SHARED))
            .or(Limit::AtLeast(20.0))
            .unless(too_fast(results, refresh))
            .of(share(Job::Refresh, &results.ceilings.fsync)),
        asked("J4", "the same on a disk that needs 2 ms more", times, Limit::AtLeast(SHARED))
            .or(Limit::AtLeast(20.0))
            .of(slow),
        asked("J4", "CPU of a refresh", time, Limit::AtMost(80.0))
            .or(Limit::AtMost(50.0))
            .of(refresh),
    ]
}

/// Where the disk is so fast that as many refreshes as are asked for, at what one costs, take more
/// processors than there are.
fn too_fast(results: &Results, refresh_us: f64) -> Option<String> {
    let each = median(results.ceilings.fsync.iter().copied());
    let wanted = SHARED * each * refresh_us / 1e6;
    let there = results.machine.cores as f64;
    let words = || format!("processors decide: it would take {wanted:.1} of {there:.0}");
    (wanted > there).then(words)
}

fn flood(results: &Results) -> Vec<Option<Bar>> {
    let Some(flood) = results.floods.iter().find(|flood| flood.contestant == WHO) else {
        return Vec::new();
    };
    let of = |figure: &dyn Fn(&FloodFigures) -> Option<f64>| {
        median(flood.rounds.iter().filter_map(figure))
    };
    let growth = of(&|f| Some(f.flood?.checks.p99_us / f.idle.p99_us));
    let lost = of(&|f| Some((f.idle.lost + f.flood?.checks.lost) as f64));
    let share = |part: Logins, whole: Logins| part.of_what_was_left() / whole.of_what_was_left();
    let kept = of(&|f| Some(f.logins_beyond?.rate / f.logins_alone?.rate));
    let kept_beside = of(&|f| Some(share(f.overload?.logins, f.logins_alone?)));
    let refused = of(&|f| Some(f.overload?.refused_p99_ms * 1000.0));
    let memory = of(&|f| Some(f.overload?.memory_kib.max(f.flood?.memory_kib) as f64));
    let at_most = Limit::AtMost;
    let logins = [
        "accepted logins/s beyond capacity against J3 right after",
        "the same beside 1,000 checks a second, of the processors that the generator left",
    ];
    vec![
        asked("J7", "p99 of J1 in the flood against alone", times, at_most(2.0))
            .or(at_most(1.2))
            .of(growth),
        asked("J7", "checks lost", count, at_most(0.0)).of(lost),
        asked("J7", "p99 of a refusal beyond capacity", time, at_most(50_000.0)).of(refused),
        asked("J7", logins[0], figure, Limit::AtLeast(0.9)).of(kept),
        asked("J7", logins[1], figure, Limit::AtLeast(0.9)).of(kept_beside),
        asked("J7", "memory in the flood and beyond", mebibytes, at_most(90.0 * MIB))
            .or(at_most(60.0 * MIB))
            .of(memory),
    ]
}

fn growth(results: &Results) -> Vec<Option<Bar>> {
    let (Some(few), Some(many)) = (results.growth.first(), results.growth.last()) else {
        return Vec::new();
    };
    let of = |grown: &Grown, job: Job| {
        grown.cells.iter().find(|cell| cell.job == job).map_or(f64::NAN, cpu)
    };
    let ratio = |job| of(many, job) / of(few, job);
    let row =
        |code, what, limit, job| asked(code, what, times, Limit::AtMost(limit)).of(ratio(job));
    vec![
        row("J8", "CPU of J1, most users against fewest", 1.05, Job::Signed),
        row("J8", "the same of J2, API key", 1.05, Job::ApiKey),
        row("J8", "the same of J2, session cookie", 1.05, Job::Session),
        row("J8", "the same of J3", 1.15, Job::Login),
        row("J8", "the same of J4", 1.15, Job::Refresh),
    ]
}

fn rest(results: &Results) -> Vec<Option<Bar>> {
    let loaded = results.growth.iter().rfind(|grown| grown.sessions > 0);
    let loaded = loaded
        .map_or(f64::NAN, |grown| grown.idle_kib.max(grown.used_kib.unwrap_or_default()) as f64);
    let startup = results.startups.iter().find(|startup| startup.contestant == WHO);
    let idle = startup.map_or(f64::NAN, |startup| startup.idle_kib as f64);
    let start = startup.map_or(f64::NAN, |s| median(s.starts_ms.iter().copied()) * 1000.0);
    let at_most = Limit::AtMost;
    let many = "memory with 1 M sessions and 1 M revocations";
    vec![
        asked("J9", "memory at rest", mebibytes, at_most(20.0 * MIB))
            .or(at_most(12.0 * MIB))
            .of(idle),
        asked("J9", many, mebibytes, at_most(250.0 * MIB)).or(at_most(150.0 * MIB)).of(loaded),
        asked("J9", "cold start", time, at_most(100_000.0)).or(at_most(40_000.0)).of(start),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_met_or_missed_by_the_figure_alone() {
        let judge = |value| {
            let bar = asked("J1", "", times, Limit::AtMost(1.5)).or(Limit::AtMost(1.2)).of(value);
            bar.map(|bar| bar.verdict)
        };

        assert_eq!(judge(1.51).unwrap(), "**missed**");
        assert_eq!(judge(1.5).unwrap(), "met");
        assert_eq!(judge(1.2).unwrap(), "met, and the stretch");
        assert_eq!(judge(f64::NAN), None);
        assert!(Limit::AtLeast(0.9).holds(0.9) && !Limit::AtLeast(0.9).holds(0.89));
    }

    #[test]
    fn a_bar_beyond_all_processors_says_so_where_it_is_missed_and_is_met_where_it_is_met() {
        let judge = |value| {
            let bar = asked("J4", "", times, Limit::AtLeast(10.0)).unless(Some("why".to_owned()));
            bar.of(value).unwrap().verdict
        };

        assert_eq!(judge(4.0), "why");
        assert_eq!(judge(10.0), "met");
    }
}
