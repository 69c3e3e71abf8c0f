//! The machine a run was made on, and what ran there.

use std::{fs, path::Path, process::Command, thread};

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::rank;

/// The machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Machine {
    /// Processors.
    pub cores: usize,
    /// Their model, with features that matter to hashing.
    pub cpu: String,
    /// The kernel.
    pub kernel: String,
    /// Memory in MiB.
    pub memory_mib: u64,
    /// The file system of the databases.
    pub file_system: String,
    /// Whether the generator went before the servers where times were taken.
    pub generator_first: bool,
}

impl Machine {
    /// Looks at this one.
    ///
    /// # Errors
    /// When it does not say how many processors it has.
    pub fn look() -> Result<Self> {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |text: &str, name: &str| {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let cpus = read("/proc/cpuinfo");
        let flags = field(&cpus, "flags");
        let known = ["avx2", "avx512f", "sha_ni"];
        let has = known.iter().filter(|flag| flags.split_whitespace().any(|f| f == **flag));
        let has: Vec<&str> = has.copied().collect();
        let memory = field(&read("/proc/meminfo"), "MemTotal");
        let kib: u64 = memory.trim_end_matches(" kB").parse().unwrap_or(0);
        Ok(Self {
            cores: thread::available_parallelism()?.get(),
            cpu: format!("{} ({})", field(&cpus, "model name"), has.join(", ")),
            kernel: read("/proc/sys/kernel/osrelease").trim().to_owned(),
            memory_mib: kib / 1024,
            file_system: file_system(&std::env::temp_dir()),
            generator_first: rank::may(),
        })
    }
}

/// The type of the file system that holds `folder`.
fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mounts = mounts.lines().filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    });
    let holding = mounts.filter(|(at, _)| folder.starts_with(at));
    holding.max_by_key(|(at, _)| at.len()).map(|(_, kind)| kind).unwrap_or_default()
}

/// The commit of the source tree, marked when it has changes.
pub(crate) fn commit(root: &Path) -> String {
    let git = |arguments: &[&str]| {
        let out = Command::new("git").args(arguments).current_dir(root).output();
        let out = out.ok().filter(|out| out.status.success());
        out.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    };
    let Some(commit) = git(&["rev-parse", "--short=12", "HEAD"]) else { return String::new() };
    let changed = git(&["status", "--porcelain", "--", "crates", "bench", "Cargo.lock"]);
    let changed = changed.is_some_and(|text| !text.is_empty());
    if changed { format!("{commit} with changes") } else { commit }
}
