//! Node.js and packages from npm in a folder of our cache. What for is said where they are used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::Interrupt;
use crate::tools::{self, succeed};

/// Names what was installed, once all of it is there.
const INSTALLED: &str = "installed.json";

/// The folder that holds exactly the packages that `package-lock.json` in `source` names. Made on
/// first use and when that file changes.
pub(crate) fn packages(interrupt: &Interrupt, name: &str, source: &Path) -> Result<PathBuf> {
    for (program, package) in [("node", "nodejs"), ("npm", "npm")] {
        if tools::in_path(program).is_none() {
            tools::apt_install(package).with_context(|| format!("{program} is missing"))?;
        }
    }
    let place = tools::cache("countersign-tools")?.join(format!("node-{name}"));
    let installed = place.join(INSTALLED);
    let wanted = fs::read_to_string(source.join("package-lock.json"))?;
    if fs::read_to_string(&installed).is_ok_and(|there| there == wanted) {
        return Ok(place);
    }
    println!("installing once: the packages of {}", source.display());
    fs::create_dir_all(&place)?;
    fs::copy(source.join("package.json"), place.join("package.json"))?;
    fs::write(place.join("package-lock.json"), &wanted)?;
    let mut npm = Command::new("npm");
    // None of them has anything to build, or to download besides.
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    succeed(interrupt, npm.current_dir(&place))
        .context("npm cannot install them: is the package registry in reach?")?;
    fs::write(&installed, &wanted)?;
    Ok(place)
}
