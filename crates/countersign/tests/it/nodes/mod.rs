//! Several processes on one database.

mod feed;
mod keys;
mod outage;
mod visits;
mod ways;
