//! Programs that are run and servers that are started: they end when this process does.

use std::{
    fs::File,
    io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

const POLL: Duration = Duration::from_millis(5);
const GRACE: Duration = Duration::from_secs(10);
/// How much of a log is shown when something fails.
const SHOWN: usize = 2000;

/// Whether somebody asked for the end.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to watch for SIGINT, SIGTERM and SIGHUP.
    ///
    /// # Errors
    /// When the system does not let one watch.
    pub fn watch() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    /// An error once somebody asked.
    ///
    /// # Errors
    /// Then.
    pub fn check(&self) -> Result<()> {
        ensure!(!self.0.load(Ordering::Relaxed), "interrupted");
        Ok(())
    }

    /// Comes to an end once somebody asks.
    pub async fn raised(&self) {
        while self.check().is_ok() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A server and its children, a group of their own.
#[derive(Debug)]
pub struct Running(Child);

impl Running {
    /// Starts `command`; what it says goes to `log`.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Result<Self> {
        let out = File::options().create(true).append(true).open(log)?;
        command.stdin(Stdio::null()).stdout(out.try_clone()?).stderr(out).process_group(0);
        Ok(Self(command.spawn()?))
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    /// An error if it has ended.
    ///
    /// # Errors
    /// Then.
    pub fn check(&mut self) -> Result<()> {
        match self.0.try_wait()? {
            Some(status) => bail!("it has ended with {status}"),
            None => Ok(()),
        }
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        Ok(kill_process_group(Pid::from_child(&self.0), signal)?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let begun = Instant::now();
        let mut asked = false;
        while matches!(self.0.try_wait(), Ok(None)) {
            if !asked {
                // An error means that it has just ended.
                let _ = self.signal(Signal::TERM);
                asked = true;
            }
            if begun.elapsed() > GRACE {
                let _ = self.signal(Signal::KILL);
            }
            thread::sleep(POLL);
        }
        if asked {
            // A worker that its parent did not take along.
            let _ = self.signal(Signal::KILL);
        }
    }
}

/// Runs `command` to its end and returns what it printed. What it says beside goes to `log`.
///
/// # Errors
/// When it fails: with its name and the end of the log.
pub fn run(command: &mut Command, log: &Path, interrupt: &Interrupt) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = tempfile::NamedTempFile::new()?;
    let errors = File::options().create(true).append(true).open(log)?;
    command.stdin(Stdio::null()).stdout(out.reopen()?).stderr(errors).process_group(0);
    let mut child = Running(command.spawn().with_context(|| format!("run {name}"))?);
    let status = loop {
        if let Some(status) = child.0.try_wait()? {
            break status;
        }
        interrupt.check()?;
        thread::sleep(POLL);
    };
    let printed = String::from_utf8_lossy(&std::fs::read(out.path())?).into_owned();
    ensure!(status.success(), "{name} ended with {status}: {}{}", end_of(log), printed);
    Ok(printed)
}

/// The last words of a log.
pub fn end_of(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    String::from_utf8_lossy(&text[text.len().saturating_sub(SHOWN)..]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_fails_says_what_it_said() {
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::watch().unwrap();
        let mut command = Command::new("sh");

        let failure = run(
            command.args(["-c", "echo why >&2; exit 3"]),
            &folder.path().join("log"),
            &interrupt,
        );

        let failure = failure.unwrap_err().to_string();
        assert!(failure.contains("why") && failure.contains('3'), "{failure}");
    }
}
