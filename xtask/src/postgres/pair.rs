//! A primary with a synchronous standby, for a test that kills the primary.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result};

use super::programs::Programs;
use super::{Address, Disk, settings, start_server};
use crate::process::Running;

/// The environment variable in which the test looks for the pair: the ports of the primary and of
/// the standby, and the number of the primary's process.
pub(crate) const VARIABLE: &str = "COUNTERSIGN_TEST_PAIR";

/// Two running servers. Dropping it stops what still runs and removes the directory.
pub(crate) struct Pair {
    // Fields drop from the top, and the servers must end before their files do.
    primary: Running,
    _standby: Running,
    _directory: tempfile::TempDir,
    ports: [u16; 2],
}

impl Pair {
    /// A commit on the primary waits for its own disk and for the standby's.
    pub(crate) fn start() -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let directory = super::directory(&programs)?;
        let (first, second) = (directory.path().join("data"), directory.path().join("standby"));
        programs.initdb(&first)?;
        let ports = [free_port()?, free_port()?];
        let waits = ["synchronous_standby_names=*"];
        let primary = serve(&programs, &first, ports[0], &waits).context("the primary")?;
        programs.base_backup(ports[0], &second)?;
        let alone = ["synchronous_standby_names="];
        let standby = serve(&programs, &second, ports[1], &alone).context("the standby")?;
        Ok(Self { primary, _standby: standby, _directory: directory, ports })
    }

    /// What the variable says.
    pub(crate) fn words(&self) -> String {
        format!("{} {} {}", self.ports[0], self.ports[1], self.primary.id())
    }
}

fn serve(programs: &Programs, data: &Path, port: u16, more: &[&'static str]) -> Result<Running> {
    let folder = data.parent().context("the data have a folder")?;
    let log = folder.join(format!("log-{port}"));
    let all: Vec<&str> = settings(Disk::Waits).chain(more.iter().copied()).collect();
    start_server(programs, &Address { data, sockets: folder, log: &log, port }, &all)
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
