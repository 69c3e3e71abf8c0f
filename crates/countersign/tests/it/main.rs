//! The rules of the library, each through the front door and on both engines. A folder is a
//! feature; `support` is what the rules are written with.

mod credentials;
mod http;
mod passwords;
mod revocation;
mod support;
mod tokens;
mod users;
