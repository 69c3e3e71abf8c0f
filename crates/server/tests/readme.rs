//! The README's story, and the old articles' own lines, typed into a shell against a demo server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "readme/console.rs"]
mod console;

use std::{
    fs::{self, File},
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use console::{Step, matches, steps};

/// Where the README's server listens.
const README_ADDRESS: &str = "127.0.0.1:8080";

/// Printed between two commands.
const MARK: &str = "\u{1e}";

/// A slow machine that builds beside the tests must not fail them.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn every_line_of_the_story_does_what_the_readme_says() {
    tell("README.md", 8);
}

#[test]
fn every_line_of_the_old_articles_is_answered_by_the_profiles() {
    tell("docs/from-flask.md", 20);
}

/// Types in the lines of a page, which are more than `least`.
fn tell(page: &str, least: usize) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(page);
    let story = steps(&fs::read_to_string(path).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let server = Demo::start(folder.path());

    let outputs = run(&story, server.address, folder.path());

    assert!(story.len() > least, "the story of {page} is not where this test looks");
    assert_eq!(outputs.len(), story.len(), "the shell ended early: {outputs:?}");
    for (step, output) in story.iter().zip(&outputs) {
        let (command, expected) = (&step.command, &step.output);
        assert!(
            matches(expected, output),
            "{page}:{}\n$ {command}\nexpected: {expected}\n     got: {output}\n",
            step.line
        );
    }
}

/// What each command printed, in one session of bash.
fn run(story: &[Step], address: SocketAddr, folder: &Path) -> Vec<String> {
    let curl = Command::new("curl").arg("--version").stdout(Stdio::null()).status();
    assert!(curl.is_ok(), "the README's lines need curl: install it and run this again");
    let mut script = String::new();
    for step in story {
        let command = step.command.replace(README_ADDRESS, &address.to_string());
        script.push_str(&format!("{command}\nprintf '{MARK}'\n"));
    }
    let mut bash = Command::new("bash");
    bash.arg("-s").current_dir(folder).env_remove("http_proxy").env("no_proxy", "*");
    // On a terminal curl shows no progress.
    fs::write(folder.join(".curlrc"), "silent\n").unwrap();
    bash.env("CURL_HOME", folder);
    bash.stdin(Stdio::piped()).stdout(Stdio::piped());
    bash.stderr(File::create(folder.join("bash.stderr")).unwrap());
    let mut bash = bash.spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let said = String::from_utf8(bash.wait_with_output().unwrap().stdout).unwrap();
    // Header lines end as HTTP has them.
    let said = said.replace('\r', "");
    assert_eq!(fs::read_to_string(folder.join("bash.stderr")).unwrap(), "");
    let parts = said.split_terminator(MARK);
    parts.map(|part| part.trim_end_matches('\n').to_owned()).collect()
}

/// `countersign demo` on a free port, ended when dropped.
struct Demo {
    process: Child,
    address: SocketAddr,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let log = folder.join("demo.log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.args(["demo", "--listen", &address.to_string()]).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(File::create(&log).unwrap());
        let mut demo = Self { process: command.spawn().unwrap(), address };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let said = || fs::read_to_string(&log).unwrap();
            assert!(demo.process.try_wait().unwrap().is_none(), "the demo ended: {}", said());
            assert!(begun.elapsed() < PATIENCE, "the demo does not listen: {}", said());
            thread::sleep(Duration::from_millis(10));
        }
        demo
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
