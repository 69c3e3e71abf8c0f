//! Running a program so that Ctrl-C, a closed terminal and `kill` end it and us in good order.
//!
//! A signal only raises a flag; whoever waits sees it, returns an error, and every `Drop` on the
//! way out does its work. No path leaves by `exit`.

use std::io::{self, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

const POLL: Duration = Duration::from_millis(20);
const GRACE: Duration = Duration::from_secs(10);

/// What a program reads from, and with it, who receives the terminal's signals.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// Nothing. The program and its children form a group of their own, ended as one.
    Closed,
    /// Our own input, so that an interactive program works.
    Shared,
}

/// Remembers whether the user asked us to stop.
#[derive(Clone)]
pub(crate) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to watch for SIGINT, SIGTERM and SIGHUP.
    pub(crate) fn watch() -> Result<Self> {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&flag))?;
        }
        Ok(Self(flag))
    }

    /// Whether the user has asked us to stop.
    pub(crate) fn raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Runs `command` to its end. An interruption ends the command too and is an error.
    pub(crate) fn run(&self, command: &mut Command, input: Input) -> Result<ExitStatus> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut running = Running::start(command, input).with_context(|| format!("run {name}"))?;
        loop {
            if let Some(status) = running.child.try_wait()? {
                return Ok(status);
            }
            if self.raised() {
                bail!("interrupted");
            }
            thread::sleep(POLL);
        }
    }

    /// Waits until standard input is closed or the user asks us to stop.
    pub(crate) fn wait_for_end_of_input(&self) {
        let reader = thread::spawn(|| io::stdin().lock().read_to_end(&mut Vec::new()));
        while !self.raised() && !reader.is_finished() {
            thread::sleep(POLL);
        }
    }
}

/// A child process that does not outlive this value.
pub(crate) struct Running {
    child: Child,
    input: Input,
}

impl Running {
    /// Starts `command`.
    pub(crate) fn start(command: &mut Command, input: Input) -> io::Result<Self> {
        if input == Input::Closed {
            command.stdin(Stdio::null()).process_group(0);
        }
        Ok(Self { child: command.spawn()?, input })
    }

    /// The number of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended of itself.
    pub(crate) fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Sends `signal` and waits for the end; what has not ended in ten seconds is killed.
    pub(crate) fn stop(&mut self, signal: Signal) {
        let begun = Instant::now();
        self.send(signal);
        while matches!(self.child.try_wait(), Ok(None)) {
            if begun.elapsed() > GRACE {
                self.send(Signal::KILL);
            }
            thread::sleep(POLL);
        }
    }

    fn send(&mut self, signal: Signal) {
        // A child that has been waited for no longer owns its number: never signal that.
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        let pid = Pid::from_child(&self.child);
        // The only error left is that it has just ended, which is what was asked for.
        let _ = match self.input {
            Input::Closed => kill_process_group(pid, signal),
            Input::Shared => kill_process(pid, signal),
        };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop(Signal::TERM);
    }
}
