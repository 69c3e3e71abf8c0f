//! A service that verifies tokens of an issuer elsewhere: the cases of `clients/vectors/`, and what
//! happens when keys, lists and the stream are not as they should be. It refuses, says why once, and
//! recovers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![cfg(feature = "resource-server")]

#[path = "resource_server/issuer.rs"]
mod issuer;
#[path = "resource_server/keys.rs"]
mod keys;
#[path = "resource_server/lists.rs"]
mod lists;
#[path = "resource_server/log.rs"]
mod log;
#[path = "resource_server/real.rs"]
mod real;
#[path = "resource_server/stream.rs"]
mod stream;
#[path = "resource_server/vectors.rs"]
mod vectors;
