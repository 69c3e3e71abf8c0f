//! Users for your application: sign-up, passwords, sessions, tokens that can be taken back, API
//! keys and roles, as a library for axum.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use countersign::{Auth, CurrentUser, role};
//!
//! # #[tokio::main] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let auth = Auth::open("sqlite://app.db").await?;
//! let app = Router::new()
//!     .route("/admin", get(async || "keys").route_layer(auth.require(role("admin"))))
//!     .route("/me", get(async |user: CurrentUser| user.username))
//!     .merge(auth.routes())
//!     .with_state(auth);
//! # let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//! countersign::serve(listener, app).await?;
//! # Ok(()) }
//! ```
//!
//! To name a [`CurrentUser`] in a handler is to have checked them: absent and false credentials
//! never reach it. `Option<CurrentUser>` is `None` for absent ones only; false ones are 401.
//!
//! `ARCHITECTURE.md` in the repository has the map of this crate.

mod account;
mod api_key;
mod attribute;
mod auth;
mod backup;
mod client;
mod clock;
mod config;
mod device;
mod email;
mod error;
mod http;
mod idempotency;
mod ids;
mod import;
mod legacy;
mod link;
mod live;
mod mail;
mod master;
mod password;
mod proof;
mod recovery;
mod render;
mod role;
mod session;
mod sign_in;
mod signing_key;
mod status_list;
mod store;
mod stream;
mod throttle;
mod token;
mod user;
#[cfg(feature = "resource-server")]
mod verifier;

pub use account::{
    Accounts, Export, ExportedApiKey, ExportedLink, ExportedMail, ExportedSession, Leaving,
    NewNames,
};
pub use api_key::{ApiKey, ApiKeys, CreatedApiKey, NewApiKey};
pub use attribute::{AttributeChanges, Attributes};
pub use auth::{Auth, Builder, Purged};
pub use backup::{Copied, Database, Issued, Present, Restore};
pub use client::Client;
pub use clock::Clock;
pub use config::{
    Browser, Config, ConfigError, Confirmation, Cookies, Hashing, InboxReaders, Legacy, Mail,
    Pages, PagesMode, ProofMode, Retention, SignUp, SignUpMode, Throttle, ThrottleMode, Transport,
};
pub use device::{Device, Devices};
pub use email::Emails;
pub use error::{Denied, Error, Failed, Needs, Result, TokenFault};
pub use http::{
    CsrfToken, Finish, Finished, RequireLayer, Requirement, UserAgent, ViaKind, fresh, openapi,
    role, scope, serve, signed_in,
};
pub use ids::{ApiKeyId, DeviceId, NotAnId, SessionId, UserId};
pub use import::{ForeignTable, ForeignUser, Import, ImportMode, ImportOptions, Imported};
pub use legacy::LegacyTokens;
pub use link::{Asked, Links, OneTimeLink, Peek, Proof, Purpose};
pub use mail::{InboxMail, MailInfo, MailState, Mails};
pub use password::Passwords;
pub use proof::{Challenge, Effort, Proofs, Wait};
pub use recovery::Recovery;
pub use role::{ADMIN, Roles};
pub use session::{Remember, Session, Sessions};
pub use sign_in::{CurrentUser, Via};
pub use signing_key::{KeyInfo, Rotate, SigningKeys};
pub use status_list::{PublishedList, StatusLists};
pub use stream::{REVOCATIONS, Streams};
pub use token::{
    Grant, Introspection, Renewal, ReservedClaim, Shape, Signature, Spent, TokenSet, Tokens,
    UserClaims,
};
pub use user::{
    Confirmed, NewUser, Page, PasswordRule, SignedUp, TakenAddress, Toll, User, Users, Visitor,
};

/// For a service that takes the access tokens of a Countersign elsewhere: it verifies them by the
/// published keys, and knows of revocations by status lists or the stream.
///
/// ```no_run
/// use axum::{Router, routing::get};
/// use countersign::resource_server::{ResourceServer, Verified};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = ResourceServer::new("https://id.example", "https://api.example")?;
/// let app: Router = Router::new()
///     .route("/orders", get(async |user: Verified| user.0.sub))
///     .with_state(server);
/// # Ok(()) }
/// ```
#[cfg(feature = "resource-server")]
pub mod resource_server {
    pub use crate::verifier::{
        Issuer, NoIssuer, Refusal,
        http::{ResourceServer, Verified},
    };
}

/// The pure part: formats, parsing and cryptography, for those who verify tokens elsewhere.
pub use countersign_proto as proto;

/// The code blocks of the manual, compiled with the doc tests.
#[cfg(doctest)]
mod manual {
    #[doc = include_str!("../../../README.md")]
    struct Readme;

    #[doc = include_str!("../../../docs/embedding.md")]
    struct Embedding;

    #[doc = include_str!("../../../docs/pages.md")]
    struct Pages;
}
