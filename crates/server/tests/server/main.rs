//! The binary as its users meet it: started, asked over HTTP, commanded, stopped.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backups;
mod commands;
mod configuration;
mod imports;
mod kit;
mod life;
mod master;
mod secrets;
mod tls;
