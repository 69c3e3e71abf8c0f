//! The account over HTTP.

pub(crate) mod page;
