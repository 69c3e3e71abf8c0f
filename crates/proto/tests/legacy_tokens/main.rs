//! Tokens of the old applications: what their libraries made is read, and what a forger, another
//! purpose or a strange clock makes is refused for its own reason.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod attacks;
mod bench;
mod vectors;
