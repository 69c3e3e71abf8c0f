//! Generated requests against the server's own description of its API: no 5xx, no answer that the
//! description does not foresee.
//!
//! The tool is a Python package in a virtual environment of our cache, pinned here.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::process::{Input, Interrupt, Running};
use crate::steps::Verdict;
use crate::tools::{self, cargo, succeed};

const VERSION: &str = "4.32.5";
const DESCRIPTION: &str = "/api/openapi.json";
const REPORT: &str = "report.json";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,ignored_auth";
const START_LIMIT: Duration = Duration::from_secs(30);

/// Fewer generated requests than this prove too little and fail the step.
const REQUESTS_AT_LEAST: u64 = 2_000;
/// Upper bound for each operation; a small one runs out of ideas earlier.
const EXAMPLES_PER_OPERATION: &str = "150";
/// The same requests on every run, so that a failure can be seen again.
const SEED: &str = "20261122";

/// Builds the server, starts it with sample data, and lets the tool loose on it.
pub(crate) fn run(interrupt: &Interrupt) -> Result<Verdict> {
    let schemathesis = installed(interrupt)?;
    succeed(interrupt, &mut cargo(&["build", "--package", "countersign-server"])?)?;
    let work = tempfile::Builder::new().prefix("countersign-schemathesis-").tempdir()?;
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut server = Command::new(tools::target()?.join("debug/countersign"));
    // The API is what is tried here: cheap hashes, no pauses.
    server.args(["demo", "--json", "--listen", &address.to_string()]).current_dir(work.path());
    server.args(["--hashing-memory-kib", "8", "--hashing-iterations", "1"]);
    server.args(["--throttle-mode", "off", "--hashing-queue", "1000"]);
    server.stdout(fs::File::create(work.path().join("stdout"))?);
    server.stderr(fs::File::create(work.path().join("stderr"))?);
    let mut server = Running::start(&mut server, Input::Closed).context("start the server")?;
    let outcome = wait_until_ready(&mut server, &work.path().join("stdout")).and_then(|admin| {
        let mut requests = requests(&schemathesis, address, work.path());
        succeed(interrupt, requests.args(["--header", &authorization(&admin)]))
    });
    if let Err(failure) = outcome {
        let log = fs::read_to_string(work.path().join("stderr")).unwrap_or_default();
        let tail = log.lines().rev().take(30).collect::<Vec<_>>();
        println!("the server's last words, if it had any:");
        tail.iter().rev().for_each(|line| println!("  {line}"));
        return Err(failure);
    }
    let sent = generated(&fs::read_to_string(work.path().join(REPORT))?)?;
    println!("{sent} requests, at least {REQUESTS_AT_LEAST} are due");
    ensure!(sent >= REQUESTS_AT_LEAST, "only {sent} requests: raise EXAMPLES_PER_OPERATION");
    Ok(Verdict::Passed)
}

/// The tool's program, put into its environment first where it is missing. Takes a minute once.
fn installed(interrupt: &Interrupt) -> Result<PathBuf> {
    let place = tools::cache("countersign-tools")?.join(format!("schemathesis-{VERSION}"));
    let program = place.join("bin/schemathesis");
    if program.is_file() {
        return Ok(program);
    }
    println!("installing schemathesis {VERSION} once");
    let environment = || {
        let mut command = Command::new("python3");
        command.args(["-m", "venv", "--clear"]).arg(&place);
        succeed(interrupt, &mut command)
    };
    // Debian parts the module from the interpreter.
    if environment().is_err() {
        tools::apt_install("python3-venv").context("python3 makes no virtual environment")?;
        environment()?;
    }
    let mut pip = Command::new(place.join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    succeed(interrupt, pip.arg(format!("schemathesis=={VERSION}")))?;
    Ok(program)
}

/// Waits for the line that says where everything is, and takes the administrator's password from it:
/// most of the API answers nobody else.
fn wait_until_ready(server: &mut Running, stdout: &Path) -> Result<String> {
    let begun = Instant::now();
    loop {
        let said = fs::read_to_string(stdout)?;
        if let Some((line, _)) = said.split_once('\n') {
            return admin_password(line);
        }
        if let Some(status) = server.ended()? {
            bail!("the server ended with {status}");
        }
        ensure!(begun.elapsed() < START_LIMIT, "the server is not ready after {START_LIMIT:?}");
        thread::sleep(Duration::from_millis(50));
    }
}

fn admin_password(ready: &str) -> Result<String> {
    let ready: serde_json::Value = serde_json::from_str(ready)?;
    let password = ready["admin_password"].as_str().map(str::to_owned);
    password.context("the server's ready line has no admin_password")
}

fn authorization(admin_password: &str) -> String {
    format!("Authorization: Basic {}", STANDARD.encode(format!("admin:{admin_password}")))
}

/// The tool's command line. It runs in `work`, where its report and its own files go.
fn requests(schemathesis: &Path, address: SocketAddr, work: &Path) -> Command {
    let mut command = Command::new(schemathesis);
    command.arg("run").arg(format!("http://{address}{DESCRIPTION}")).current_dir(work);
    command.args(["--no-color", "--seed", SEED, "--max-examples", EXAMPLES_PER_OPERATION]);
    command.args(["--checks", CHECKS, "--generation-database", "none"]);
    command.args(["--report-json-path", REPORT]);
    command
}

/// How many requests a report counts.
fn generated(report: &str) -> Result<u64> {
    let report: serde_json::Value = serde_json::from_str(report)?;
    let count = report.pointer("/test_cases/generated").and_then(serde_json::Value::as_u64);
    count.context("the report does not say how many requests were generated")
}

#[cfg(test)]
mod tests {
    use super::generated;

    #[test]
    fn a_report_without_a_count_is_an_error_not_a_zero() {
        assert_eq!(generated(r#"{"test_cases":{"generated":2104}}"#).unwrap(), 2104);
        assert!(generated("{}").is_err());
    }
}
