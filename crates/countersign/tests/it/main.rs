//! The rules of the library, each through the front door and on both engines. A folder is a
//! feature; `support` is what the rules are written with.

#![expect(clippy::unwrap_used, reason = "what a rule cannot go on without fails it")]

mod account;
mod browser;
mod credentials;
mod elsewhere;
mod embedding;
mod http;
mod keys;
pub(crate) mod mail;
mod nodes;
mod offline;
mod passwords;
mod revocation;
mod support;
mod throttle;
mod tokens;
mod users;
