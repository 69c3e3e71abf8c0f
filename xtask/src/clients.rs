//! The verifiers in other languages, `clients/`: by themselves with an issuer that breaks in every
//! way, then with the real server, alone, in frameworks and behind proxies.
//!
//! The tests are Python and JavaScript; their packages are pinned beside the clients.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::demo::Demo;
use crate::node;
use crate::process::Interrupt;
use crate::python;
use crate::steps::Verdict;
use crate::tools::{self, succeed};

const CLIENTS: &str = "clients";

/// Where packages of npm are.
const PACKAGES: &str = "COUNTERSIGN_NODE_PACKAGES";
/// Where programs are that tests start.
const PROGRAM: &str = "COUNTERSIGN_PROGRAM";
const NGINX: &str = "COUNTERSIGN_NGINX";
const CADDY: &str = "COUNTERSIGN_CADDY";

/// Builds the server and runs all tests of the clients.
pub(crate) fn run(interrupt: &Interrupt) -> Result<Verdict> {
    let clients = tools::root().join(CLIENTS);
    let requirements = fs::read_to_string(clients.join("requirements.txt")).context(CLIENTS)?;
    let python = python::environment(interrupt, "clients", &requirements)?;
    let packages = node::packages(interrupt, "clients", &clients)?;
    let nginx = tools::unpacked("nginx", "usr/sbin/nginx")?;
    let caddy = tools::unpacked("caddy", "usr/bin/caddy")?;
    Demo::build(interrupt)?;
    succeed(interrupt, &mut pytest(&python, &clients.join("python/tests")))?;
    succeed(interrupt, javascript(&clients)?.env(PACKAGES, &packages))?;
    let mut recipes = pytest(&python, &clients.join("recipes/tests"));
    recipes.env(PROGRAM, tools::target()?.join("debug/countersign")).env(PACKAGES, &packages);
    recipes.env(NGINX, nginx).env(CADDY, caddy);
    succeed(interrupt, &mut recipes)?;
    Ok(Verdict::Passed)
}

/// Neither pytest nor Python writes into the source tree.
fn pytest(programs: &Path, tests: &Path) -> Command {
    let mut command = Command::new(programs.join("pytest"));
    command.args(["-q", "--color=no", "-p", "no:cacheprovider", "-p", "no:warnings"]).arg(tests);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    // The clients ask by whatever proxy the environment names.
    command.env("no_proxy", "*").env_remove("PYTEST_ADDOPTS");
    command
}

/// Node's own test runner. Named one by one: older ones do not look into folders.
fn javascript(clients: &Path) -> Result<Command> {
    let tests = clients.join("js/tests");
    let is_test = |file: &PathBuf| file.to_string_lossy().ends_with(".test.mjs");
    let mut files =
        fs::read_dir(&tests)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<PathBuf>>>()?;
    files.retain(is_test);
    files.sort();
    let mut node = Command::new("node");
    node.args(["--import", "./packages.mjs", "--test", "--test-reporter=dot"]).args(files);
    node.current_dir(tests);
    Ok(node)
}
