//! A contestant as its `peer.toml` describes it. How the file is written is in `README.md`.

mod fill;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

pub use self::fill::{Filled, Template, Values};
use crate::job::Job;

/// A program and its arguments.
pub type Words = Vec<Template>;

/// One contestant: how it is installed, filled, started and asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// The name of its folder.
    #[serde(skip)]
    pub name: String,
    /// Where its `peer.toml` lies.
    #[serde(skip)]
    pub here: PathBuf,
    /// What tables call it.
    pub title: String,
    /// One line on what it is and how it is configured.
    #[serde(default)]
    pub description: String,
    /// Whether it is one of ours.
    #[serde(default)]
    pub ours: bool,
    /// Commands that fetch and build it into the cache.
    #[serde(default)]
    pub install: Vec<Words>,
    /// A command whose output says which versions were installed.
    #[serde(default)]
    pub versions: Words,
    /// Commands that make its users.
    #[serde(default)]
    pub seed: Vec<Words>,
    /// The command that serves.
    pub serve: Words,
    /// The environment of all of them.
    #[serde(default)]
    pub environment: BTreeMap<String, Template>,
    /// The path that answers once it serves.
    pub ready: String,
    /// The status it answers then.
    #[serde(default = "ok")]
    pub ready_status: u16,
    /// The file whose size is reported.
    pub binary: Option<Template>,
    /// What a login costs there.
    pub argon2: Option<String>,
    /// Whether more logins at once than it can take are answered 503.
    #[serde(default)]
    pub sheds: bool,
    /// Clients get their credentials one after another: several at once are too much for it.
    #[serde(default)]
    pub one_by_one: bool,
    /// The requests by which one client gets its credentials, in this order.
    #[serde(default)]
    pub begin: Vec<Step>,
    /// What it is asked in each job.
    #[serde(default)]
    pub jobs: BTreeMap<Job, Ask>,
}

/// A request that yields credentials.
#[derive(Debug, Clone, Deserialize)]
pub struct Step {
    /// The jobs that need it; none named: those that use what it takes.
    #[serde(default)]
    pub jobs: Vec<Job>,
    /// The request.
    #[serde(flatten)]
    pub ask: Ask,
}

/// One request and the answer that is expected.
#[derive(Debug, Clone, Deserialize)]
pub struct Ask {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: Template,
    /// Header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, Template>,
    /// The body.
    pub body: Option<Template>,
    /// The status that is the right one.
    #[serde(default = "ok")]
    pub status: u16,
    /// What the body has to contain.
    pub body_has: Option<Template>,
    /// Header fields the answer has to have, with these values.
    #[serde(default)]
    pub header_has: BTreeMap<String, Template>,
    /// What of the answer goes into later requests: `json:/pointer`, `cookie:name` or `header:name`.
    #[serde(default)]
    pub take: BTreeMap<String, String>,
}

fn ok() -> u16 {
    200
}

impl Peer {
    /// Reads the description in the folder `here`.
    ///
    /// # Errors
    /// When there is none, or it says something that is not understood.
    pub fn read(here: &Path) -> Result<Self> {
        let file = here.join("peer.toml");
        let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let mut peer: Self =
            toml::from_str(&text).with_context(|| format!("understand {}", file.display()))?;
        peer.name = here.file_name().unwrap_or_default().to_string_lossy().into_owned();
        peer.here = here.to_owned();
        ensure!(!peer.serve.is_empty(), "{}: `serve` names no program", file.display());
        Ok(peer)
    }

    /// Reads every contestant below `folder`, ours first, in the order of their names.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read_all(folder: &Path) -> Result<Vec<Self>> {
        let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let mut peers = Vec::new();
        for entry in entries {
            let here = entry?.path();
            if here.join("peer.toml").is_file() {
                peers.push(Self::read(&here)?);
            }
        }
        peers.sort_by_key(|peer| (!peer.ours, peer.name.clone()));
        Ok(peers)
    }

    /// The steps that yield what the request of `job` names, in order.
    pub fn steps_for(&self, job: Job) -> Vec<usize> {
        let Some(ask) = self.jobs.get(&job) else { return Vec::new() };
        let mut wanted = ask.names();
        let mut steps = Vec::new();
        for (at, step) in self.begin.iter().enumerate().rev() {
            let yields = step.ask.take.keys().any(|name| wanted.contains(name));
            if if step.jobs.is_empty() { yields } else { step.jobs.contains(&job) } {
                wanted.extend(step.ask.names());
                steps.push(at);
            }
        }
        steps.reverse();
        steps
    }
}

impl Ask {
    /// Every placeholder in it.
    fn names(&self) -> Vec<String> {
        let parts = [Some(&self.path), self.body.as_ref(), self.body_has.as_ref()];
        let parts = parts.into_iter().flatten();
        let parts = parts.chain(self.headers.values()).chain(self.header_has.values());
        parts.flat_map(Template::names).map(str::to_owned).collect()
    }

    /// Whether the placeholder `name` is in the request.
    pub fn mentions(&self, name: &str) -> bool {
        self.names().iter().any(|named| named == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = r#"
        title = "T"
        serve = ["t"]
        ready = "/"
        [[begin]]
        method = "POST"
        path = "/login"
        body = '{"user":"{user}"}'
        take = { access = "json:/a", refresh = "json:/r" }
        [[begin]]
        method = "POST"
        path = "/keys"
        headers = { authorization = "Bearer {access}" }
        take = { key = "json:/k" }
        [[begin]]
        method = "GET"
        path = "/csrf"
        jobs = ["session"]
        [jobs.login]
        method = "POST"
        path = "/login"
        [jobs.api_key]
        method = "GET"
        path = "/me"
        headers = { x-api-key = "{key}" }
        [jobs.session]
        method = "GET"
        path = "/me"
    "#;

    #[test]
    fn only_those_steps_run_that_a_job_needs() {
        let peer: Peer = toml::from_str(MANIFEST).unwrap();

        assert_eq!(peer.steps_for(Job::ApiKey), [0, 1]);
        assert_eq!(peer.steps_for(Job::Session), [2]);
        assert!(peer.steps_for(Job::Login).is_empty());
        assert!(peer.steps_for(Job::Refresh).is_empty());
    }

    #[test]
    fn a_word_that_nobody_knows_is_refused() {
        let text = MANIFEST.replacen("title", "titel", 1);

        assert!(toml::from_str::<Peer>(&text).is_err());
    }
}
