//! The jobs: their names in descriptions, in reports and on the command line, and how hard each is
//! driven.

use std::time::Duration;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// What all contestants are asked, one request again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// J1: a protected GET with a signed token, revocation checked.
    Signed,
    /// J2: the same with an API key.
    ApiKey,
    /// J2: the same with a session cookie.
    Session,
    /// J3: a password becomes a token.
    Login,
    /// J4: a refresh token becomes the next one.
    Refresh,
    /// J5: what a token is worth.
    Introspect,
    /// J6: a new account.
    SignUp,
}

/// How a job is driven.
pub struct Drive {
    /// Connections that ask one request after another, for CPU and requests a second.
    pub connections: usize,
    /// Requests a second at which latencies are taken: less than almost all of them manage.
    pub rate: u32,
}

impl Job {
    /// All of them, in the order in which they run.
    pub const ALL: [Self; 7] = [
        Self::Signed,
        Self::ApiKey,
        Self::Session,
        Self::Login,
        Self::Refresh,
        Self::Introspect,
        Self::SignUp,
    ];

    /// The number by which one speaks of it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Signed => "J1",
            Self::ApiKey | Self::Session => "J2",
            Self::Login => "J3",
            Self::Refresh => "J4",
            Self::Introspect => "J5",
            Self::SignUp => "J6",
        }
    }

    /// Its name in descriptions and results.
    pub fn name(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::ApiKey => "api_key",
            Self::Session => "session",
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Introspect => "introspect",
            Self::SignUp => "sign_up",
        }
    }

    /// How hard it is driven.
    pub fn drive(self) -> Drive {
        let (connections, rate) = match self {
            Self::Signed | Self::ApiKey | Self::Session => (32, 300),
            Self::Login => (16, 15),
            Self::Refresh => (64, 200),
            Self::Introspect => (32, 200),
            Self::SignUp => (32, 15),
        };
        Drive { connections, rate }
    }
}

/// What is measured beside the jobs that all contestants share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// One of the shared jobs.
    Job(Job),
    /// J7: a flood of logins.
    Flood,
    /// J8: growth.
    Growth,
    /// J9: start-up, memory, size.
    Startup,
    /// J10: import.
    Import,
}

impl Part {
    /// What `words` choose; everything if there are none.
    ///
    /// # Errors
    /// When a word is none of J1 to J10.
    pub fn choose(words: &[String]) -> Result<Vec<Self>> {
        let all = Job::ALL.into_iter().map(Self::Job);
        let all = all.chain([Self::Flood, Self::Growth, Self::Startup, Self::Import]);
        let all: Vec<Self> = all.collect();
        for word in words {
            if !all.iter().any(|part| part.code().eq_ignore_ascii_case(word)) {
                bail!("there is no job {word}: J1 to J10");
            }
        }
        let wanted = |part: &Self| {
            words.is_empty() || words.iter().any(|word| part.code().eq_ignore_ascii_case(word))
        };
        Ok(all.into_iter().filter(wanted).collect())
    }

    fn code(self) -> &'static str {
        match self {
            Self::Job(job) => job.code(),
            Self::Flood => "J7",
            Self::Growth => "J8",
            Self::Startup => "J9",
            Self::Import => "J10",
        }
    }
}

/// How long things take, and how often they are repeated.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Pace {
    /// Rounds through all contestants.
    pub rounds: usize,
    /// Users of every contestant.
    pub users: u64,
    /// Before each measurement.
    pub warm_up: Duration,
    /// As fast as it goes, for CPU and rates.
    pub closed: Duration,
    /// At a fixed rate, for latencies.
    pub open: Duration,
    /// Each half of J7.
    pub flood: Duration,
    /// Starts measured in J9.
    pub starts: usize,
    /// The largest number of users in J8.
    pub grown: u64,
}

impl Pace {
    /// What is published.
    pub fn full() -> Self {
        Self {
            rounds: 3,
            users: 100_000,
            warm_up: Duration::from_millis(250),
            closed: Duration::from_millis(1250),
            open: Duration::from_millis(1250),
            flood: Duration::from_secs(3),
            starts: 11,
            grown: 5_000_000,
        }
    }

    /// A look.
    pub fn quick() -> Self {
        Self {
            rounds: 1,
            users: 10_000,
            warm_up: Duration::from_millis(150),
            closed: Duration::from_millis(700),
            open: Duration::from_millis(700),
            flood: Duration::from_secs(2),
            starts: 3,
            grown: 100_000,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_chooses_all_jobs_of_that_number() {
        let chosen = Part::choose(&["j2".to_owned(), "J7".to_owned()]).unwrap();

        assert_eq!(chosen, [Part::Job(Job::ApiKey), Part::Job(Job::Session), Part::Flood]);
        assert!(Part::choose(&["J11".to_owned()]).is_err());
    }
}
