//! Python packages in a virtual environment of our cache, and what runs them. Which packages, and
//! what for, is said where they are used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Interrupt;
use crate::tools::{self, succeed};

/// Names what was installed, once all of it is there.
const INSTALLED: &str = "installed.txt";

/// The directory of the programs of an environment that holds exactly `requirements`, one pinned
/// package a line. Made on first use and when they change, which takes a minute.
pub(crate) fn environment(
    interrupt: &Interrupt,
    name: &str,
    requirements: &str,
) -> Result<PathBuf> {
    let place = tools::cache("countersign-tools")?.join(format!("python-{name}"));
    let installed = place.join(INSTALLED);
    if fs::read_to_string(&installed).is_ok_and(|there| there == requirements) {
        return Ok(place.join("bin"));
    }
    println!("installing once: {}", requirements.split_whitespace().collect::<Vec<_>>().join(" "));
    // Debian parts the module from the interpreter.
    if make(interrupt, &place).is_err() {
        tools::apt_install("python3-venv").context("no python3 that makes environments is here")?;
        make(interrupt, &place)?;
    }
    let mut pip = Command::new(place.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    succeed(interrupt, pip.args(requirements.split_whitespace()))
        .context("pip cannot install them: is the package index in reach?")?;
    fs::write(&installed, requirements)?;
    Ok(place.join("bin"))
}

fn make(interrupt: &Interrupt, place: &Path) -> Result<()> {
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(place);
    succeed(interrupt, &mut command)
}
