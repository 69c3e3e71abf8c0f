//! Generated requests against the server's own description of its API: no 5xx, no answer that the
//! description does not foresee.
//!
//! The tool is a Python package, pinned here.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::demo::Demo;
use crate::process::Interrupt;
use crate::python;
use crate::steps::Verdict;
use crate::tools::succeed;

const PACKAGE: &str = "schemathesis==4.32.5";
const REPORT: &str = "report.json";
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,ignored_auth";

/// Fewer generated requests than this prove too little and fail the step.
const REQUESTS_AT_LEAST: u64 = 2_000;
/// Upper bound for each operation; a small one runs out of ideas earlier.
const EXAMPLES_PER_OPERATION: &str = "150";
/// The same requests on every run, so that a failure can be seen again.
const SEED: &str = "20261122";

/// Builds the server, starts it with sample data, and lets the tool loose on it.
pub(crate) fn run(interrupt: &Interrupt) -> Result<Verdict> {
    let programs = python::environment(interrupt, "schemathesis", PACKAGE)?;
    Demo::build(interrupt)?;
    let work = tempfile::Builder::new().prefix("countersign-schemathesis-").tempdir()?;
    let server = Demo::start(work.path(), &[])?;
    let mut requests = requests(&programs, server.text("openapi")?, work.path());
    // Most of the API answers nobody but an administrator.
    requests.args(["--header", &authorization(server.text("admin_password")?)]);
    server.explain(succeed(interrupt, &mut requests))?;
    let sent = generated(&fs::read_to_string(work.path().join(REPORT))?)?;
    println!("{sent} requests, at least {REQUESTS_AT_LEAST} are due");
    ensure!(sent >= REQUESTS_AT_LEAST, "only {sent} requests: raise EXAMPLES_PER_OPERATION");
    Ok(Verdict::Passed)
}

fn authorization(admin_password: &str) -> String {
    format!("Authorization: Basic {}", STANDARD.encode(format!("admin:{admin_password}")))
}

/// The tool's command line. It runs in `work`, where its report and its own files go.
fn requests(programs: &Path, description: &str, work: &Path) -> Command {
    let mut command = Command::new(programs.join("schemathesis"));
    command.args(["run", description]).current_dir(work);
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
