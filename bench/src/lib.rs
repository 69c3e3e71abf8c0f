//! Countersign and others side by side: the harness behind `cargo xtask bench`.
//!
//! `contestant` runs what `peer` describes, `load` asks it, `account` reads what that cost,
//! `hiccups` how late the machine itself was, and `rank` says which threads go first. The parts J1
//! to J10 are in `shared`, `flood`, `growth`, `startup` and `import`; `results` is what is kept, and
//! `report` makes pages of it. Nothing here ships.

#![expect(clippy::print_stdout, reason = "what a task has to say is its standard output")]

pub mod account;
mod ceiling;
mod cli;
pub mod contestant;
mod flood;
mod growth;
mod hiccups;
pub mod job;
pub mod load;
mod machine;
pub mod peer;
pub mod place;
mod probe;
mod rank;
mod report;
pub mod results;
pub mod running;
pub mod shared;
mod slow;
mod stamp;
mod startup;
mod users;

pub use cli::{Cli, run};

use std::future::Future;

use anyhow::{Result, bail};

use crate::running::Interrupt;

/// Runs `work` to its end on one thread; an interruption ends it.
///
/// # Errors
/// Those of `work`, and when interrupted.
pub fn block_on<T>(work: impl Future<Output = Result<T>>, interrupt: &Interrupt) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        tokio::select! {
            done = work => done,
            () = interrupt.raised() => bail!("interrupted"),
        }
    })
}
