//! Signing up, names, and what is done once.

mod attributes;
mod claimed;
mod invitations;
mod modes;
mod names;
mod once;
mod page;
mod proof;
mod robots;
mod sign_up;
