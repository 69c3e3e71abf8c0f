//! A server with sample data for checks that talk to it from outside. What they ask is theirs.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::process::{Input, Interrupt, Running};
use crate::tools::{self, cargo, succeed};

const START_LIMIT: Duration = Duration::from_secs(30);

/// A `countersign demo` that does not outlive this value.
pub(crate) struct Demo {
    running: Running,
    folder: PathBuf,
    ready: Value,
}

impl Demo {
    /// Builds the server as it stands.
    pub(crate) fn build(interrupt: &Interrupt) -> Result<()> {
        succeed(interrupt, &mut cargo(&["build", "--package", "countersign-server"])?)
    }

    /// Starts what was built, on a free port, with these further flags, and waits until it
    /// answers. It runs in `folder`, made here, which keeps its output.
    pub(crate) fn start(folder: &Path, flags: &[&str]) -> Result<Self> {
        Self::start_program("debug/countersign", folder, flags)
    }

    /// The same, as it was built for release.
    pub(crate) fn start_released(folder: &Path, flags: &[&str]) -> Result<Self> {
        Self::start_program("release/countersign", folder, flags)
    }

    fn start_program(program: &str, folder: &Path, flags: &[&str]) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let mut server = Command::new(tools::target()?.join(program));
        server.args(["demo", "--json", "--listen", &address.to_string()]).current_dir(folder);
        // The API is what is tried: cheap hashes, and no pauses but where they are asked for.
        server.args(["--hashing-memory-kib", "8", "--hashing-iterations", "1"]);
        server.args(["--hashing-queue", "1000"]).args(flags);
        if !flags.contains(&"--throttle-mode") {
            server.args(["--throttle-mode", "off"]);
        }
        server.stdout(fs::File::create(folder.join("stdout"))?);
        server.stderr(fs::File::create(folder.join("stderr"))?);
        let running = Running::start(&mut server, Input::Closed).context("start the server")?;
        let mut demo = Self { running, folder: folder.to_owned(), ready: Value::Null };
        let ready = demo.wait_until_ready();
        demo.ready = demo.explain(ready)?;
        Ok(demo)
    }

    /// The line in which the server says where everything is.
    pub(crate) fn ready(&self) -> &Value {
        &self.ready
    }

    /// One member of that line.
    pub(crate) fn text(&self, member: &str) -> Result<&str> {
        let text = self.ready[member].as_str();
        text.with_context(|| format!("the server's ready line has no {member}"))
    }

    /// Prints the end of the server's log where `outcome` is an error, and gives it back.
    pub(crate) fn explain<T>(&self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            let log = fs::read_to_string(self.folder.join("stderr")).unwrap_or_default();
            let tail = log.lines().rev().take(30).collect::<Vec<_>>();
            println!("the server's last words, if it had any:");
            tail.iter().rev().for_each(|line| println!("  {line}"));
        }
        outcome
    }

    fn wait_until_ready(&mut self) -> Result<Value> {
        let begun = Instant::now();
        loop {
            let said = fs::read_to_string(self.folder.join("stdout"))?;
            if let Some((line, _)) = said.split_once('\n') {
                return Ok(serde_json::from_str(line)?);
            }
            if let Some(status) = self.running.ended()? {
                bail!("the server ended with {status}");
            }
            ensure!(begun.elapsed() < START_LIMIT, "the server is not ready after {START_LIMIT:?}");
            thread::sleep(Duration::from_millis(50));
        }
    }
}
