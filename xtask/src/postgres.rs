//! A private PostgreSQL cluster for one run: made in a temporary directory, gone afterwards.
//!
//! Finding the programs is in `postgres::programs`. There is no way to go on without a cluster: a
//! machine that cannot have one fails the run, it does not skip the tests.

mod pair;
mod programs;

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

pub(crate) use self::pair::{Pair, VARIABLE as PAIR};
use self::programs::Programs;
use crate::process::{Input, Running};

/// The environment variable in which the tests look for the cluster.
pub(crate) const VARIABLE: &str = "COUNTERSIGN_TEST_POSTGRES";

const START_LIMIT: Duration = Duration::from_secs(60);
const START_ATTEMPTS: u32 = 5;

/// Whether a commit waits for the disk.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disk {
    /// Commits wait, as in production. Needed to measure, or to cut the power.
    Waits,
    /// Commits do not wait. A killed *process* loses nothing by that, the kernel still has every
    /// page, so kill tests are honest on such a cluster too; only a dead machine would lose data.
    Lags,
}

/// A running cluster. Dropping it stops the server and removes its directory.
pub(crate) struct Cluster {
    // Order matters: fields drop from the top, and the server must end before its files do.
    server: Running,
    _directory: TempDir,
    port: u16,
}

impl Cluster {
    /// Finds or installs PostgreSQL, makes a cluster on a free port of 127.0.0.1, and returns when
    /// it answers. Costs about two seconds. Everyone on this machine may connect as `postgres`.
    pub(crate) fn start(disk: Disk) -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let directory = directory(&programs)?;
        programs.initdb(&directory.path().join("data"))?;
        for _ in 1..START_ATTEMPTS {
            // Another process may take the port between our look and the server's bind.
            if let Ok((server, port)) = serve(&programs, directory.path(), disk) {
                return Ok(Self { server, _directory: directory, port });
            }
        }
        let (server, port) = serve(&programs, directory.path(), disk)?;
        Ok(Self { server, _directory: directory, port })
    }

    /// The number of the server's process.
    pub(crate) fn process(&self) -> u32 {
        self.server.id()
    }

    /// Where the tests connect: a superuser, who makes a database for each test.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// A folder that belongs to whom the server runs as.
fn directory(programs: &Programs) -> Result<TempDir> {
    let directory = tempfile::Builder::new().prefix("countersign-pg-").tempdir()?;
    if let Some((uid, gid)) = programs.identity {
        chown(directory.path(), Some(uid), Some(gid))?;
    }
    fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o700))?;
    Ok(directory)
}

fn serve(programs: &Programs, directory: &Path, disk: Disk) -> Result<(Running, u16)> {
    let (data, log) = (directory.join("data"), directory.join("log"));
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let address = Address { data: &data, sockets: directory, log: &log, port };
    let all: Vec<&str> = settings(disk).collect();
    Ok((start_server(programs, &address, &all)?, port))
}

/// Where a server keeps and says things.
struct Address<'a> {
    data: &'a Path,
    sockets: &'a Path,
    log: &'a Path,
    port: u16,
}

fn start_server(programs: &Programs, address: &Address<'_>, settings: &[&str]) -> Result<Running> {
    let mut command = programs.server();
    command.arg("-D").arg(address.data).arg("-k").arg(address.sockets).args(["-h", "127.0.0.1"]);
    command.args(["-p", &address.port.to_string()]);
    for setting in settings {
        command.args(["-c", setting]);
    }
    command.stdout(Stdio::null()).stderr(fs::File::create(address.log)?);
    let mut server = Running::start(&mut command, Input::Closed).context("start postgres")?;
    match wait_until_ready(&mut server, address.data) {
        Ok(()) => Ok(server),
        Err(failure) => {
            server.stop(Signal::QUIT);
            let log = fs::read_to_string(address.log).unwrap_or_default();
            Err(failure.context(format!("PostgreSQL does not start; it says:\n{log}")))
        }
    }
}

/// The run's settings beside those that name its address.
fn settings(disk: Disk) -> impl Iterator<Item = &'static str> {
    let common = ["max_connections=400", "autovacuum_naptime=10min", "max_wal_size=2GB"];
    let for_disk: &[&str] = match disk {
        Disk::Waits => &[],
        Disk::Lags => &["fsync=off", "synchronous_commit=off", "full_page_writes=off"],
    };
    common.into_iter().chain(for_disk.iter().copied())
}

/// The server writes `ready` into the eighth line of its pid file once it takes connections, a
/// standby `standby`.
fn wait_until_ready(server: &mut Running, data: &Path) -> Result<()> {
    let begun = Instant::now();
    loop {
        if let Some(status) = server.ended()? {
            bail!("the server ended with {status}");
        }
        let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
        let word = pid_file.lines().nth(7).unwrap_or_default().trim();
        if ["ready", "standby"].contains(&word) {
            return Ok(());
        }
        ensure!(begun.elapsed() < START_LIMIT, "not ready after {START_LIMIT:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Gives `command` the identity the server may run under.
fn run_as(command: &mut Command, identity: Option<(u32, u32)>) {
    if let Some((uid, gid)) = identity {
        command.uid(uid).gid(gid);
    }
}
