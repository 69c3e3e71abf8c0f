//! What a browser meets: sessions in cookies, requests from elsewhere, pages.

mod csrf;
pub(crate) mod headers;
mod links;
mod look;
mod next;
mod remember;
mod sessions;
