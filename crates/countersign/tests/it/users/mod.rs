//! Signing up, names, and what is done once.

mod names;
mod once;
mod sign_up;
