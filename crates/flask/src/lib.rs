//! The HTTP contracts of the five Flask applications Countersign grew from, as routers to mount: a
//! client written for one of them moves by changing its base URL.
//!
//! ```no_run
//! use axum::Router;
//! use countersign::Auth;
//! use countersign_flask::{mount, request_loader, rest_auth};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::open("sqlite://app.db").await?;
//! let app = Router::new()
//!     .nest("/rest-auth", rest_auth(&auth, rest_auth::Options::default()))
//!     .merge(mount("/old", request_loader(&auth, request_loader::Options::default())))
//!     .merge(auth.routes())
//!     .with_state(auth);
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! countersign::serve(listener, app).await?;
//! # Ok(()) }
//! ```
//!
//! A profile has its origin's paths, statuses, bodies and challenges, and decides nothing: who may
//! do what is asked of the library, so that all profiles and the native API have the same users.
//! Where an original was unsafe, the profile keeps its shape and does the safe thing;
//! `docs/from-flask.md` lists where.
//!
//! Each function has a module of the same name beside it, with the options of the profile.

pub mod api_tokens;
pub mod flask_jwt;
pub mod jwt_extended;
pub mod request_loader;
pub mod rest_auth;
mod shared;
pub mod user_system;

pub use api_tokens::api_tokens;
pub use flask_jwt::flask_jwt;
pub use jwt_extended::jwt_extended;
pub use request_loader::request_loader;
pub use rest_auth::rest_auth;
pub use shared::Guard;
pub use shared::mount::mount;
pub use shared::options::{ByName, NoSuchOption, PasswordPolicy};
pub use user_system::user_system;
