//! The pages in a real Chromium: what people do on them, with JavaScript and without, and how they
//! look.
//!
//! The scenarios are ES modules for Node's own test runner, in `browser/`; their packages are
//! pinned beside them.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::demo::Demo;
use crate::node;
use crate::process::Interrupt;
use crate::steps::Verdict;
use crate::tools::{self, succeed};

const SCENARIOS: &str = "browser";

/// Names the servers to the scenarios: the ready line of each, by name.
const SERVERS: &str = "COUNTERSIGN_BROWSER";
/// Where the packages and the browser are.
const PACKAGES: &str = "COUNTERSIGN_NODE_PACKAGES";
const CHROMIUM: &str = "COUNTERSIGN_CHROMIUM";

/// One server for each way in which pages differ.
const FORMS: [(&str, &[&str]); 5] = [
    ("plain", &["--sign-up-proof", "off"]),
    ("guarded", &["--sign-up-proof", "on", "--confirmation", "required"]),
    ("invited", &["--sign-up-proof", "off", "--sign-up-mode", "invitation"]),
    ("brief", &["--sign-up-proof", "off", "--browser-fresh-seconds", "30"]),
    ("closed", &["--sign-up-mode", "closed", "--mail-transport", "off", "--confirmation", "off"]),
];

/// All visitors come from one address, so it is not limited what one may do. Browsers are known by
/// what slows guessing down.
const MANY: [&str; 8] = [
    "--sign-up-per-address-hour",
    "0",
    "--mail-per-hour",
    "1000000",
    "--throttle-mode",
    "on",
    "--throttle-address-failures",
    "1000000",
];

/// Runs the scenarios: all, or those whose sentence contains a word of `filter`.
pub(crate) fn run(filter: &[OsString], interrupt: &Interrupt) -> Result<Verdict> {
    let stage = Stage::set(interrupt)?;
    let mut node = stage.node();
    node.arg("--test-reporter=spec");
    for word in filter {
        node.arg("--test-name-pattern").arg(word);
    }
    stage.judge(succeed(interrupt, node.arg("run.mjs")))?;
    Ok(Verdict::Passed)
}

/// Takes a picture of every page in light, dark and on a phone, and lays them out on one page.
pub(crate) fn screenshots(folder: &Path, interrupt: &Interrupt) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let folder = folder.canonicalize()?;
    let stage = Stage::set(interrupt)?;
    let mut node = stage.node();
    stage.judge(succeed(interrupt, node.arg("screenshots.mjs").arg(folder)))
}

/// Everything that has to be there before a scenario can begin.
struct Stage {
    packages: PathBuf,
    chromium: PathBuf,
    servers: Vec<(&'static str, Demo)>,
    /// Keeps the servers' output, and goes last.
    _work: tempfile::TempDir,
}

impl Stage {
    /// Installs what is missing, builds the server and starts it in each form.
    fn set(interrupt: &Interrupt) -> Result<Self> {
        let packages = node::packages(interrupt, "browser", &tools::root().join(SCENARIOS))?;
        let chromium = chromium()?;
        Demo::build(interrupt)?;
        let work = tempfile::Builder::new().prefix("countersign-browser-").tempdir()?;
        let start = |(name, flags): &(&'static str, &[&str])| {
            let flags = [flags, &MANY[..]].concat();
            Ok((*name, Demo::start(&work.path().join(name), &flags)?))
        };
        let servers = FORMS.iter().map(start).collect::<Result<Vec<_>>>()?;
        Ok(Self { packages, chromium, servers, _work: work })
    }

    /// Node beside the scenarios, told where everything is.
    fn node(&self) -> Command {
        let ready = self.servers.iter();
        let ready = ready.map(|(name, demo)| ((*name).to_owned(), demo.ready().clone()));
        let ready = Value::Object(ready.collect::<Map<_, _>>());
        let mut node = Command::new("node");
        node.current_dir(tools::root().join(SCENARIOS));
        node.env(SERVERS, ready.to_string());
        node.env(PACKAGES, &self.packages).env(CHROMIUM, &self.chromium);
        node
    }

    /// A failure with what the servers had to say about it.
    fn judge(&self, outcome: Result<()>) -> Result<()> {
        self.servers.iter().fold(outcome, |outcome, (name, demo)| {
            if outcome.is_err() {
                println!("server {name}:");
            }
            demo.explain(outcome)
        })
    }
}

/// Debian's Chromium, installed now if there is none.
fn chromium() -> Result<PathBuf> {
    let find = || tools::in_path("chromium").map(|folder| folder.join("chromium"));
    if let Some(program) = find() {
        return Ok(program);
    }
    tools::apt_install("chromium").context("the pages are tried in Chromium")?;
    find().context("chromium was installed and is not in PATH")
}
