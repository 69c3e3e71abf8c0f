//! HTTP: what the features' `http.rs` files share, and the router they make together. Only this
//! folder and files named `http.rs` know axum.

mod answer;
mod client;
mod cookie;
mod credential;
mod csrf;
mod error;
mod extract;
mod finish;
mod forward_auth;
mod json;
mod openapi;
pub(crate) mod page;
mod params;
mod require;
mod serve;

use std::convert::Infallible;

use axum::{
    Router,
    extract::{FromRef, Request},
    response::Response,
};
use countersign_proto::error_code::ErrorCode;
use tower::{Layer, Service, layer::util::Identity};
use utoipa_axum::router::OpenApiRouter;

pub use csrf::CsrfToken;
pub use finish::{Finish, Finished};
pub use openapi::openapi;
pub use page::UserAgent;
pub use require::{RequireLayer, Requirement, ViaKind, fresh, role, scope, signed_in};
pub use serve::serve;

use finish::Finishing;

pub(crate) use answer::Answer;
pub(crate) use cookie::session_cookies;
pub(crate) use csrf::is_own_name;
pub(crate) use extract::{Account, Admin, Caller, Credential, Leaver, Listener};
pub(crate) use json::{Form, Json, OptionalJson};
pub(crate) use params::{Id, IdempotencyKey, Paging, Words};

use crate::{
    Auth, account, api_key, attribute, config::PagesMode, device, email, error::Denied, mail,
    password, proof, recovery, role as role_feature, session, sign_in, signing_key, status_list,
    stream, token, user,
};

impl Auth {
    /// The native API, ready to merge or nest: users, tokens, sessions, API keys, JWKS, OpenAPI.
    ///
    /// Takes any state: the router brings its own.
    pub fn routes<S>(&self) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
    {
        self.routes_within(Identity::new())
    }

    /// The same with a layer of yours around each route and each refusal, inside of the routing: it
    /// finds the [`MatchedPath`](axum::extract::MatchedPath). [`Router::layer`] does so too, at the
    /// price of one more box around every route and every request.
    pub fn routes_within<S, L>(&self, layer: L) -> Router<S>
    where
        S: Clone + Send + Sync + 'static,
        L: Layer<Finished> + Clone + Send + Sync + 'static,
        L::Service: Service<Request, Error = Infallible, Response = Response>,
        L::Service: Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let (router, _) = api().split_for_parts();
        let pages = match self.config().pages.mode {
            PagesMode::On => pages(),
            PagesMode::Off => Router::new(),
        };
        router
            .merge(openapi::route())
            .merge(pages)
            .method_not_allowed_fallback(method_not_allowed)
            .layer((layer, Finishing::new(self)))
            .with_state(self.clone())
    }
}

/// Every documented route. A feature lists its own in its `http.rs`.
fn api() -> OpenApiRouter<Auth> {
    OpenApiRouter::new()
        .merge(user::http::routes())
        .merge(forward_auth::routes())
        .merge(account::http::routes())
        .merge(attribute::http::routes())
        .merge(role_feature::http::routes())
        .merge(password::http::routes())
        .merge(proof::http::routes())
        .merge(recovery::http::routes())
        .merge(email::http::routes())
        .merge(token::http::routes())
        .merge(session::http::routes())
        .merge(device::http::routes())
        .merge(api_key::http::routes())
        .merge(signing_key::http::routes())
        .merge(status_list::http::routes())
        .merge(stream::http::routes())
}

/// Every page. A feature lists its own in its `http.rs`.
fn pages() -> Router<Auth> {
    Router::new()
        .merge(sign_in::http::pages())
        .merge(recovery::http::page::pages())
        .merge(email::http::page::pages())
        .merge(account::http::page::pages())
        .merge(account::http::data::pages())
        .merge(password::http::change::pages())
        .merge(password::http::strength::pages())
        .merge(session::http::page::pages())
        .merge(device::http::page::pages())
        .merge(api_key::http::page::pages())
        .merge(mail::http::pages())
        .merge(page::asset::pages())
        .merge(user::http::page::pages())
        .merge(page::language::pages())
}

async fn method_not_allowed() -> crate::Error {
    Denied::new(ErrorCode::MethodNotAllowed, "This path does not take this method.").into()
}

/// So that handlers of the API find their `Auth` as handlers of an embedder do.
fn auth_of<S>(state: &S) -> Auth
where
    Auth: FromRef<S>,
{
    Auth::from_ref(state)
}
