//! What a browser meets: sessions in cookies, requests from elsewhere, pages.

mod csrf;
mod headers;
mod links;
mod look;
mod next;
mod remember;
mod sessions;
