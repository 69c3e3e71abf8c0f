//! The pure part of Countersign: formats, parsing and cryptography.
//!
//! Bytes and a clock reading go in, a verdict comes out. Nothing here opens a socket or a file,
//! reads the clock or waits; the only thing taken from the system is randomness. So every function
//! can be tested with a table of values and fuzzed with arbitrary bytes, and a reviewer of the
//! cryptography has one crate to read.
//!
//! A parser here never panics, bounds its input before it works on it, and returns a type that
//! cannot hold anything else: whoever has a [`name::Username`] or a [`secret::PlainToken`] need not
//! check it again. An error says what was wrong and never repeats what was presented.

pub mod credential;
pub mod error_code;
pub mod jose;
pub mod legacy;
pub mod name;
pub mod password;
pub mod proof;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod status_list;
pub mod target;
