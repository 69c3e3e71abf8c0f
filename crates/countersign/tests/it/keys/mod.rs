//! Signing keys: rotation, algorithms, and the secret they are sealed with.

mod algorithms;
mod rotation;
mod schedule;
mod secret;
