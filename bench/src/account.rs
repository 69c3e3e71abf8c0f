//! What processes cost, as `/proc` tells it: CPU of a whole tree, memory, the machine as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use anyhow::{Context, Result};
use rustix::param::clock_ticks_per_second;

/// One line of `/proc/PID/stat`, as far as it matters here. Times are in ticks.
struct Stat {
    parent: u32,
    own: u64,
    waited_for: u64,
}

/// The process `root` and all its descendants.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn tree(root: u32) -> Result<BTreeSet<u32>> {
    let mut parents = BTreeMap::new();
    for entry in fs::read_dir("/proc").context("read /proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // Whoever has ended meanwhile is in the times of its parent.
        if let Some(stat) = stat(pid) {
            parents.insert(pid, stat.parent);
        }
    }
    let mut found = BTreeSet::from([root]);
    loop {
        let children = parents.iter().filter(|(_, parent)| found.contains(parent));
        let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
        let before = found.len();
        found.extend(children);
        if found.len() == before {
            return Ok(found);
        }
    }
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name of a program, in brackets, may itself have blanks and brackets.
fn parse(line: &str) -> Option<Stat> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        own: number(11)? + number(12)?,
        waited_for: number(13)? + number(14)?,
    })
}

/// Ticks that the tree of `root` has used so far, children it has waited for included.
fn ticks_of_tree(root: u32) -> Result<u64> {
    let stats = tree(root)?.into_iter().filter_map(stat);
    Ok(stats.map(|stat| stat.own + stat.waited_for).sum())
}

/// Ticks that all processors together have spent on work of any kind, and in all.
fn machine() -> Result<(u64, u64)> {
    let text = fs::read_to_string("/proc/stat").context("read /proc/stat")?;
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<u64> = line.split_whitespace().skip(1).filter_map(|t| t.parse().ok()).collect();
    let all: u64 = ticks.iter().take(8).sum();
    let idle: u64 = ticks.iter().skip(3).take(2).sum();
    Ok((all - idle, all))
}

/// Memory of the tree of `root` in KiB: what it has at most had since [`forget_peaks`].
///
/// # Errors
/// When `/proc` cannot be read.
pub fn peak_memory(root: u32) -> Result<u64> {
    memory(root, "VmHWM:")
}

fn memory(root: u32, field: &str) -> Result<u64> {
    let of = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(field))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    Ok(tree(root)?.into_iter().filter_map(of).sum())
}

/// Memory of the tree of `root` in KiB, now; what several processes share is counted once.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn shared_memory(root: u32) -> Result<u64> {
    let of = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()
    };
    Ok(tree(root)?.into_iter().filter_map(of).sum())
}

/// Lets the peaks of the tree's memory begin anew.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn forget_peaks(root: u32) -> Result<()> {
    for pid in tree(root)? {
        // Whoever has ended meanwhile has no peak.
        let _ = fs::write(format!("/proc/{pid}/clear_refs"), "5");
    }
    Ok(())
}

/// Whose CPU is told apart: the server's, its database's, the generator's, and everybody else's.
#[derive(Debug, Clone, Copy)]
pub struct Watch {
    /// The process of the server.
    pub server: u32,
    /// The process of a database server that works for it.
    pub database: Option<u32>,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    server: u64,
    database: Option<u64>,
    generator: u64,
    busy: u64,
    all: u64,
}

/// What happened between two readings.
#[derive(Debug, Clone, Copy)]
pub struct Spent {
    /// CPU of the server's tree, in microseconds.
    pub server_us: f64,
    /// CPU of the database's tree, in microseconds.
    pub database_us: Option<f64>,
    /// Share of the machine that went to anybody else, in percent.
    pub other_percent: f64,
    /// Share of the machine that the generator had, in percent.
    pub generator_percent: f64,
}

impl Watch {
    /// Reads the counters.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn read(&self) -> Result<Reading> {
        let (busy, all) = machine()?;
        Ok(Reading {
            server: ticks_of_tree(self.server)?,
            database: self.database.map(ticks_of_tree).transpose()?,
            // Children of the generator are the servers.
            generator: stat(std::process::id()).map_or(0, |stat| stat.own),
            busy,
            all,
        })
    }
}

impl Reading {
    /// What happened since `before`.
    pub fn since(&self, before: &Self) -> Spent {
        let server = self.server.saturating_sub(before.server);
        let database =
            self.database.zip(before.database).map(|(now, then)| now.saturating_sub(then));
        let generator = self.generator - before.generator;
        let known = server + database.unwrap_or(0) + generator;
        let other = (self.busy - before.busy).saturating_sub(known);
        let all = (self.all - before.all).max(1) as f64;
        Spent {
            server_us: microseconds(server),
            database_us: database.map(microseconds),
            other_percent: 100.0 * other as f64 / all,
            generator_percent: 100.0 * generator as f64 / all,
        }
    }
}

fn microseconds(ticks: u64) -> f64 {
    ticks as f64 * 1e6 / clock_ticks_per_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_and_brackets_does_not_shift_the_fields() {
        let line = "7 (a) b) (c) S 3 7 7 0 -1 4194560 1 2 3 4 50 6 70 8 20 0 1 0 9 10";

        let stat = parse(line).unwrap();

        assert_eq!((stat.parent, stat.own, stat.waited_for), (3, 56, 78));
    }

    #[test]
    fn work_of_ours_is_in_our_tree() {
        let watch = Watch { server: std::process::id(), database: None };
        let before = watch.read().unwrap();
        let mut sum = 0_u64;
        while watch.read().unwrap().since(&before).server_us < 30_000.0 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }

        assert!(peak_memory(std::process::id()).unwrap() > 1000);
        assert!(shared_memory(std::process::id()).unwrap() > 1000);
        assert!(tree(std::process::id()).unwrap().contains(&std::process::id()));
    }
}
