//! The contracts of the origins, each rule through HTTP and on both engines. A file is an origin;
//! `support` is what the library's own rules are written with.

#![expect(clippy::unwrap_used, reason = "what a rule cannot go on without fails it")]

mod api_tokens;
mod flask_jwt;
mod jwt_extended;
mod old_tokens;
mod request_loader;
mod rest_auth;
mod shared;
mod shared_secret;
#[expect(dead_code, unused_imports, reason = "the library's rules need more of it")]
#[path = "../../../countersign/tests/it/support/mod.rs"]
mod support;
mod user_system;

use axum::Router;

impl support::App {
    /// The same application with a profile below `path`.
    fn with(mut self, path: &str, profile: Router) -> Self {
        self.router = self.router.merge(countersign_flask::mount(path, profile));
        self
    }
}
