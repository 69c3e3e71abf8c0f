//! The load generator: clients with credentials, driven as fast as they go or at a fixed rate.
//!
//! It shares the processors with the server, so it does little: one thread, connections that are
//! kept, requests that are made once. Every answer is looked at; the first that is not as expected
//! ends the run.

mod client;
mod connection;
mod drive;
mod pacer;
mod tally;

pub use client::{Client, Crowd, Later};
pub use drive::{closed, hammer, open};
pub use tally::{Tally, refusals};
