//! Passwords: what may be one, changing it, and hashes made elsewhere.

mod change;
mod import;
mod policy;
mod strength;
