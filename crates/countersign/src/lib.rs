//! Placeholder.

mod store;
