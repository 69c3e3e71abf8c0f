//! Compares the two Argon2 engines on random input until told to stop; the first difference ends
//! it with status 1 and the case. `--cases N`, `--seconds N`, `--seed N`; a line of progress every
//! ten seconds, the count at the end. `--cost N` measures instead what a hash costs, in N rounds.

mod case;
mod compare;
mod cost;
mod engines;
mod forced;
#[cfg(feature = "engines")]
mod product;
mod strings;

use compare::Comparison;
use fastrand::Rng;
use std::process::ExitCode;
use std::time::{Duration, Instant};

struct Limits {
    cases: u64,
    seconds: u64,
    seed: u64,
    cost: u64,
}

fn main() -> ExitCode {
    let limits = match limits(std::env::args().skip(1)) {
        Ok(limits) => limits,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::from(2);
        }
    };
    if limits.cost > 0 {
        println!("{}", cost::report(limits.cost));
        return ExitCode::SUCCESS;
    }
    match run(&limits) {
        Ok(report) => {
            println!("{report}");
            ExitCode::SUCCESS
        }
        Err(difference) => {
            eprintln!("seed {}: {difference}", limits.seed);
            ExitCode::FAILURE
        }
    }
}

fn limits(mut arguments: impl Iterator<Item = String>) -> Result<Limits, String> {
    let mut limits = Limits { cases: 100_000, seconds: u64::MAX, seed: 1, cost: 0 };
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        let value = value.ok_or_else(|| format!("{name} needs a number"))?;
        match name.as_str() {
            "--cases" => limits.cases = value,
            "--seconds" => limits.seconds = value,
            "--seed" => limits.seed = value,
            "--cost" => limits.cost = value,
            _ => return Err(format!("{name}: only --cases, --seconds, --seed and --cost")),
        }
    }
    Ok(limits)
}

fn run(limits: &Limits) -> Result<String, String> {
    let mut comparison = Comparison::default();
    let mut rng = Rng::with_seed(limits.seed);
    let begun = Instant::now();
    let mut reported = begun;
    while comparison.cases < limits.cases && begun.elapsed().as_secs() < limits.seconds {
        comparison.next(&mut rng)?;
        if comparison.cases % 256 == 0 && reported.elapsed() > Duration::from_secs(10) {
            reported = Instant::now();
            eprintln!(
                "{} of {} cases, {} s",
                comparison.cases,
                limits.cases,
                begun.elapsed().as_secs()
            );
        }
    }
    Ok(format!("seed {}\n{comparison}", limits.seed))
}
