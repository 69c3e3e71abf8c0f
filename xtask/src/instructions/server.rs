//! The released server under valgrind, and who asks it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use serde_json::{Value, json};
use ureq::http::Response;
use ureq::{Agent, Body};

use super::Job;
use crate::process::{Input, Running};
use crate::tools;

const START_LIMIT: Duration = Duration::from_secs(300);
const PASSWORD: &str = "correct horse battery staple";
const NAME: &str = "miguel";

/// A server whose instructions are counted.
pub(super) struct Server {
    running: Running,
    folder: PathBuf,
    url: String,
}

impl Server {
    /// Starts it on an empty SQLite file in `folder` and waits until it answers.
    pub(super) fn start(folder: &Path) -> Result<Self> {
        let mut command = Command::new("valgrind");
        // Nothing of this shell: the environment of the counted program is in the count.
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path);
        command.args(["--tool=callgrind", "--callgrind-out-file=counts", "--log-file=valgrind"]);
        command.arg(tools::target()?.join("release/countersign"));
        command.args(["serve", "--json", "--listen", "127.0.0.1:0", "--database", "sqlite://a.db"]);
        // One worker: how two of them share the work is nobody's doing.
        command.args(["--throttle-mode", "off", "--hashing-threads", "1", "--worker-threads", "1"]);
        command.args(["--hashing-memory-kib", "8", "--hashing-iterations", "1"]);
        // All is slow under valgrind, and slower on a busy machine.
        command.args(["--hashing-deadline-ms", "60000", "--request-timeout-seconds", "600"]);
        command.args(["--header-timeout-seconds", "600", "--max-lag-seconds", "600"]);
        command.current_dir(folder);
        command.stdout(fs::File::create(folder.join("stdout"))?);
        command.stderr(fs::File::create(folder.join("stderr"))?);
        let running = Running::start(&mut command, Input::Closed).context("start valgrind")?;
        let mut server = Self { running, folder: folder.to_owned(), url: String::new() };
        let url = server.wait_until_ready();
        server.url = server.explain(url)?;
        Ok(server)
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Stops it; all instructions it ever took.
    pub(super) fn count(mut self) -> Result<u64> {
        self.running.stop(Signal::TERM);
        let counts = fs::read_to_string(self.folder.join("counts"));
        let counts = self.explain(counts.context("valgrind left no counts"))?;
        let total = counts.lines().find_map(|line| line.strip_prefix("totals: "));
        Ok(total.context("valgrind's counts have no total")?.trim().parse()?)
    }

    /// Prints what the server and valgrind said where `outcome` is an error, and gives it back.
    pub(super) fn explain<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            for name in ["valgrind", "stderr"] {
                let said = fs::read_to_string(self.folder.join(name)).unwrap_or_default();
                let tail = said.lines().rev().take(10).collect::<Vec<_>>();
                tail.iter().rev().for_each(|line| println!("  {line}"));
            }
        }
        outcome
    }

    fn wait_until_ready(&mut self) -> Result<String> {
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(self.folder.join("stdout"))?;
            if let Some((line, _)) = said.split_once('\n') {
                let ready: Value = serde_json::from_str(line)?;
                return text(&ready, "url");
            }
            if let Some(status) = self.running.ended()? {
                bail!("the server ended with {status}");
            }
            ensure!(begun.elapsed() < START_LIMIT, "the server is not ready after {START_LIMIT:?}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}

/// Somebody with a credential of every kind, on one connection.
pub(super) struct Requests {
    agent: Agent,
    url: String,
    access: String,
    refresh: String,
    api_key: String,
    cookie: String,
}

impl Requests {
    /// Signs up and gets the credentials.
    pub(super) fn prepare(url: &str) -> Result<Self> {
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        let (agent, url) = (Agent::from(agent), url.to_owned());
        let user = json!({ "username": NAME, "password": PASSWORD });
        let made = agent.post(format!("{url}/api/users")).send_json(&user)?;
        answered(made, 201)?;
        let tokens = answered(agent.post(format!("{url}/api/tokens")).send_json(&user)?, 200)?;
        let access = format!("Bearer {}", text(&tokens, "access_token")?);
        let keys = agent.post(format!("{url}/api/me/api-keys")).header("authorization", &access);
        let key = answered(keys.send_json(json!({ "name": "k", "scope": "account" }))?, 201)?;
        let form = agent.post(format!("{url}/login")).header("origin", &url);
        let page = form.send_form([("login", NAME), ("password", PASSWORD)])?;
        Ok(Self {
            refresh: text(&tokens, "refresh_token")?,
            api_key: format!("Bearer {}", text(&key, "key")?),
            cookie: cookies(&page)?,
            access,
            agent,
            url,
        })
    }

    /// Sends one, and makes sure that it was answered as it should be.
    pub(super) fn send(&mut self, job: Job) -> Result<()> {
        match job {
            Job::SignedToken => self.me("authorization", &self.access),
            Job::ForwardAuth => self.forward_auth(),
            Job::ApiKey => self.me("authorization", &self.api_key),
            Job::Session => self.me("cookie", &self.cookie),
            Job::Refresh => {
                let body = json!({ "refresh_token": self.refresh });
                let answer = self.agent.post(format!("{}/api/tokens/refresh", self.url));
                self.refresh = text(&answered(answer.send_json(body)?, 200)?, "refresh_token")?;
                Ok(())
            }
        }
    }

    fn me(&self, header: &str, value: &str) -> Result<()> {
        let me = self.agent.get(format!("{}/api/me", self.url)).header(header, value);
        let name = text(&answered(me.call()?, 200)?, "username")?;
        ensure!(name == NAME, "/api/me is about {name}");
        Ok(())
    }

    fn forward_auth(&self) -> Result<()> {
        let question = self.agent.get(format!("{}/api/forward-auth", self.url));
        let answer = question.header("authorization", &self.access).call()?;
        ensure!(answer.status() == 204, "{} instead of 204", answer.status());
        let name = answer.headers().get("remote-user").context("nobody is named")?;
        ensure!(name == NAME, "/api/forward-auth is about {name:?}");
        Ok(())
    }
}

fn answered(mut answer: Response<Body>, status: u16) -> Result<Value> {
    let body = answer.body_mut().read_to_string()?;
    ensure!(answer.status() == status, "{} instead of {status}: {body}", answer.status());
    Ok(serde_json::from_str(&body)?)
}

fn text(value: &Value, member: &str) -> Result<String> {
    let text = value[member].as_str().map(str::to_owned);
    text.with_context(|| format!("an answer has no {member}"))
}

fn cookies(answer: &Response<Body>) -> Result<String> {
    let set = answer.headers().get_all("set-cookie").iter();
    let pairs = set.filter_map(|value| value.to_str().ok()?.split(';').next());
    let cookies = pairs.collect::<Vec<_>>().join("; ");
    cookies.contains("session=").then_some(cookies).context("nobody was logged in")
}
