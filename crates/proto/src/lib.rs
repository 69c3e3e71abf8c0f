//! Placeholder.

pub mod jose;
pub mod seal;
