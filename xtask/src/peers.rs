//! Other people's clients and JWT libraries against running servers: what they send is understood,
//! what the server signs they verify, what they forge is refused.
//!
//! The tests are Python, in `crates/server/tests/peers`; their packages are pinned beside them.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::demo::Demo;
use crate::process::Interrupt;
use crate::python;
use crate::steps::Verdict;
use crate::tools::{self, succeed};

const TESTS: &str = "crates/server/tests/peers";

/// Names the servers to the tests: the ready line of each, by name.
const VARIABLE: &str = "COUNTERSIGN_PEERS";

/// Where the server is, for tests that start it with settings of their own.
const PROGRAM: &str = "COUNTERSIGN_PROGRAM";

/// The secret that one server shares with services, for those to read it.
const SECRET_VARIABLE: &str = "COUNTERSIGN_SHARED_SECRET";
const SECRET: &str = "what the services of the tests verify by";
const SECRET_FILE: &str = "shared-secret";

/// One server for each algorithm whose keys are published, one whose tokens soon expire, and one
/// whose profiles sign under a secret that services have.
const SERVERS: [(&str, &[&str]); 5] = [
    ("EdDSA", &["--algorithm", "EdDSA"]),
    ("ES256", &["--algorithm", "ES256"]),
    ("RS256", &["--algorithm", "RS256"]),
    ("brief", &["--access-token-seconds", "10", "--leeway-seconds", "0"]),
    (
        "shared",
        &[
            "--shared-secret-file",
            SECRET_FILE,
            "--profile=rest-auth=/rest-auth?algorithm=HS256",
            "--profile=flask-jwt=/flask-jwt?algorithm=HS256",
            "--profile=jwt-extended=/jwt-extended?algorithm=HS256",
        ],
    ),
];

/// Builds the server, starts it in each form, and runs the tests.
pub(crate) fn run(interrupt: &Interrupt) -> Result<Verdict> {
    let tests = tools::root().join(TESTS);
    let requirements = fs::read_to_string(tests.join("requirements.txt")).context(TESTS)?;
    let programs = python::environment(interrupt, "peers", &requirements)?;
    Demo::build(interrupt)?;
    let work = tempfile::Builder::new().prefix("countersign-peers-").tempdir()?;
    let start = |(name, flags): &(&'static str, &[&str])| {
        let folder = work.path().join(name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(SECRET_FILE), format!("{SECRET}\n"))?;
        Ok((*name, Demo::start(&folder, flags)?))
    };
    let servers = SERVERS.iter().map(start).collect::<Result<Vec<_>>>()?;
    let ready = servers.iter().map(|(name, demo)| ((*name).to_owned(), demo.ready().clone()));
    let ready = Value::Object(ready.collect::<Map<_, _>>());
    let mut pytest = pytest(&programs, &tests, &ready);
    pytest.env(PROGRAM, tools::target()?.join("debug/countersign"));
    let outcome = succeed(interrupt, &mut pytest);
    outcome.map(|()| Verdict::Passed)
}

/// The tests' command line. Neither pytest nor Python writes into the source tree.
fn pytest(programs: &Path, tests: &Path, ready: &Value) -> Command {
    let mut command = Command::new(programs.join("pytest"));
    command.args(["-q", "--color=no", "-p", "no:cacheprovider", "-p", "no:warnings"]).arg(tests);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env(VARIABLE, ready.to_string());
    command.env(SECRET_VARIABLE, SECRET);
    // PyJWT asks by whatever proxy the environment names.
    command.env("no_proxy", "*").env_remove("PYTEST_ADDOPTS");
    command
}
