//! Where `initdb` and `postgres` are, who may run them, and how to get them when they are missing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::run_as;
use crate::tools::{apt_install, in_path};

/// An installation of PostgreSQL and the user its server runs as.
pub(super) struct Programs {
    bin: PathBuf,
    /// Set when we are root, as which PostgreSQL refuses to run.
    pub(super) identity: Option<(u32, u32)>,
}

impl Programs {
    /// Looks in the places distributions use; as root on a Debian, installs the package.
    pub(super) fn find_or_install() -> Result<Self> {
        let bin = match find() {
            Some(bin) => bin,
            None => {
                apt_install("postgresql").context(
                    "the tests need PostgreSQL's server programs (initdb, postgres) and found none",
                )?;
                find().context("PostgreSQL is installed, yet initdb is nowhere to be found")?
            }
        };
        Ok(Self { bin, identity: unprivileged_identity()? })
    }

    /// Makes an empty cluster in `data` that trusts every local connection.
    pub(super) fn initdb(&self, data: &Path) -> Result<()> {
        let mut command = Command::new(self.bin.join("initdb"));
        command.args(["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8"]);
        command.args(["--locale=C", "-D"]).arg(data).current_dir("/");
        self.succeed(command)
    }

    /// Copies the running cluster at `port` into `data`, to be started as its standby.
    pub(super) fn base_backup(&self, port: u16, data: &Path) -> Result<()> {
        let mut command = Command::new(self.bin.join("pg_basebackup"));
        command.args(["--host=127.0.0.1", "--username=postgres", "--write-recovery-conf"]);
        command.args(["--checkpoint=fast", "--no-sync", &format!("--port={port}"), "--pgdata"]);
        command.arg(data).current_dir("/");
        self.succeed(command)
    }

    fn succeed(&self, mut command: Command) -> Result<()> {
        let name = command.get_program().to_string_lossy().into_owned();
        run_as(&mut command, self.identity);
        let output =
            command.stdin(Stdio::null()).output().with_context(|| format!("run {name}"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{name} ended with {}:\n{said}", output.status);
        Ok(())
    }

    /// The server's command, without arguments. Where util-linux is present, the kernel ends the
    /// server with us even when we are killed and no `Drop` runs.
    pub(super) fn server(&self) -> Command {
        let postgres = self.bin.join("postgres");
        let mut command = if in_path("setpriv").is_some() {
            let mut command = Command::new("setpriv");
            command.args(["--pdeathsig", "QUIT"]).arg(postgres);
            command
        } else {
            Command::new(postgres)
        };
        run_as(&mut command, self.identity);
        command.current_dir("/");
        command
    }
}

fn find() -> Option<PathBuf> {
    let complete = |bin: &PathBuf| bin.join("initdb").is_file() && bin.join("postgres").is_file();
    newest_debian().into_iter().chain(in_path("initdb")).chain(configured()).find(complete)
}

/// `/usr/lib/postgresql/VERSION/bin` of the highest version.
fn newest_debian() -> Option<PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").ok()?;
    let version = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    let newest = entries.flatten().map(|entry| entry.path()).max_by_key(version)?;
    Some(newest.join("bin"))
}

/// What `pg_config` says.
fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// Nobody special when we are nobody special; else the user `postgres`, or `nobody`.
fn unprivileged_identity() -> Result<Option<(u32, u32)>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").context("read /etc/passwd")?;
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| ids_of(&users, name))
        .map(Some)
        .context("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody`")
}

fn ids_of(users: &str, name: &str) -> Option<(u32, u32)> {
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let entry = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
    Some((entry.get(2)?.parse().ok()?, entry.get(3)?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::ids_of;

    #[test]
    fn a_user_is_found_by_the_whole_name() {
        let users = "root:x:0:0::/:/bin/sh\npostgres2:x:7:7::/:/\npostgres:x:101:104:,,,:/:/\n";

        assert_eq!(ids_of(users, "postgres"), Some((101, 104)));
        assert_eq!(ids_of(users, "gres"), None);
    }
}
