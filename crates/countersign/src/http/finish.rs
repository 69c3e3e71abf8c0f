//! What goes around every route of ours: headers each answer carries, and how long a body may be.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use axum::{
    extract::{DefaultBodyLimit, Request},
    http::{HeaderValue, Method, header},
    response::Response,
    routing::{Route, future::RouteFuture},
};
use tower::{Layer, Service};

use super::error;
use crate::Auth;

/// No request of this API needs more, bytes.
pub(super) const BODY_LIMIT: usize = 64 * 1024;

/// Makes [`Finished`] of a route.
#[derive(Clone)]
pub(super) struct Finishing {
    is_https: bool,
    realm: Arc<str>,
}

impl Finishing {
    pub(super) fn new(auth: &Auth) -> Self {
        let config = auth.config();
        Self {
            is_https: config.public_url.starts_with("https://"),
            realm: config.realm.as_str().into(),
        }
    }
}

impl Layer<Route> for Finishing {
    type Service = Finished;

    fn layer(&self, route: Route) -> Finished {
        Finished { route, finishing: self.clone() }
    }
}

/// A route of ours, with the headers that all its answers carry: what a layer of
/// [`Auth::routes_within`] goes around.
#[derive(Clone)]
pub struct Finished {
    route: Route,
    finishing: Finishing,
}

impl Service<Request> for Finished {
    type Response = Response;
    type Error = Infallible;
    type Future = Finish;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        <Route as Service<Request>>::poll_ready(&mut self.route, cx)
    }

    fn call(&mut self, mut request: Request) -> Finish {
        // Where no body is read, there is nothing to note.
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            DefaultBodyLimit::max(BODY_LIMIT).apply(&mut request);
        }
        Finish { answer: self.route.call(request), finishing: self.finishing.clone() }
    }
}

/// An answer on its way.
pub struct Finish {
    answer: RouteFuture<Infallible>,
    finishing: Finishing,
}

impl Future for Finish {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let answer = ready!(Pin::new(&mut self.answer).poll(cx))?;
        Poll::Ready(Ok(finish(&self.finishing, answer)))
    }
}

/// Headers every answer of the API carries. What may be cached says so itself.
fn finish(finishing: &Finishing, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    if finishing.is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    error::complete_challenge(&mut response, &finishing.realm);
    response
}
