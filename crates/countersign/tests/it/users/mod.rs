//! Signing up, names, and what is done once.

mod names;
mod once;
mod page;
mod sign_up;
