//! Where the project is, where its caches are, and the tools it brings itself.
//!
//! Everything built or downloaded lands outside the source tree.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::process::{Input, Interrupt};

const TARGET: &str = "CARGO_TARGET_DIR";

/// The root of the source tree.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A directory of ours in the user's cache, made on first use.
pub(crate) fn cache(name: &str) -> Result<PathBuf> {
    let base = match env::var_os("XDG_CACHE_HOME") {
        Some(base) => PathBuf::from(base),
        None => PathBuf::from(env::var_os("HOME").context("HOME is not set")?).join(".cache"),
    };
    let path = base.join(name);
    fs::create_dir_all(&path).with_context(|| format!("make {}", path.display()))?;
    Ok(path)
}

/// Where cargo builds: what the user chose, or our cache.
pub(crate) fn target() -> Result<PathBuf> {
    match env::var_os(TARGET) {
        Some(chosen) => Ok(PathBuf::from(chosen)),
        None => cache("countersign-target"),
    }
}

/// Tells a command that may call cargo where to build.
pub(crate) fn keep_builds_outside(command: &mut Command) -> Result<()> {
    command.env(TARGET, target()?);
    Ok(())
}

/// Cargo with `arguments`, in the root of the tree.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    keep_builds_outside(&mut command)?;
    Ok(command)
}

/// Runs `command` to its end; anything but success is an error that names it.
pub(crate) fn succeed(interrupt: &Interrupt, command: &mut Command) -> Result<()> {
    let status = interrupt.run(command, Input::Closed)?;
    ensure!(status.success(), "`{}` ended with {status}", spelled(command));
    Ok(())
}

/// The command as one would type it.
pub(crate) fn spelled(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The program of a tool that cargo can install, from the cache or installed there now.
pub(crate) fn installed(interrupt: &Interrupt, package: &str, version: &str) -> Result<PathBuf> {
    let place = cache("countersign-tools")?;
    let program = place.join("bin").join(package);
    if !program.is_file() {
        println!("installing {package} {version} once; this compiles for some minutes");
        let mut install =
            cargo(&["install", "--quiet", "--locked", package, "--version", version])?;
        install.arg("--root").arg(&place).arg("--target-dir").arg(place.join("build"));
        succeed(interrupt, &mut install)?;
        fs::remove_dir_all(place.join("build"))?;
    }
    Ok(program)
}

/// The directory of `PATH` that holds `program`.
pub(crate) fn in_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).find(|directory| directory.join(program).is_file())
}

/// A program, from `PATH`, or out of a Debian package that is unpacked in the cache: some packages
/// start a service when they are installed.
pub(crate) fn unpacked(package: &str, program: &str) -> Result<PathBuf> {
    let name = Path::new(program).file_name().unwrap_or_default();
    if let Some(folder) = name.to_str().and_then(in_path) {
        return Ok(folder.join(name));
    }
    let place = cache("countersign-tools")?.join(format!("deb-{package}"));
    let there = place.join(program);
    if there.is_file() {
        return Ok(there);
    }
    println!("{package} is missing: unpacking it");
    fs::create_dir_all(&place)?;
    let download =
        || Command::new("apt-get").args(["download", "-q", package]).current_dir(&place).status();
    if !download().is_ok_and(|status| status.success()) {
        apt_get(&["update", "-q"])?;
        let status = download().context("run apt-get")?;
        ensure!(status.success(), "{package}: install it and run this again");
    }
    for entry in fs::read_dir(&place)? {
        let file = entry?.path();
        if file.extension().is_some_and(|end| end == "deb") {
            let status = Command::new("dpkg").arg("-x").arg(&file).arg(&place).status()?;
            ensure!(status.success(), "dpkg cannot unpack {}", file.display());
            fs::remove_file(&file)?;
        }
    }
    ensure!(there.is_file(), "{package} has no {program}");
    Ok(there)
}

/// Installs a Debian package; anyone but root on a Debian is told what to install instead.
pub(crate) fn apt_install(package: &str) -> Result<()> {
    let possible = rustix::process::geteuid().is_root() && in_path("apt-get").is_some();
    ensure!(possible, "install it, e.g. `sudo apt-get install {package}`, and run this again");
    println!("{package} is missing: installing it with apt-get");
    apt_get(&["update", "-q"])?;
    apt_get(&["install", "-y", "-q", package])
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = Command::new("apt-get");
    command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    let status = command.status().context("run apt-get")?;
    ensure!(status.success(), "apt-get {} ended with {status}", arguments.join(" "));
    Ok(())
}
