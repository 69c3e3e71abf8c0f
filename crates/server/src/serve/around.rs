//! What goes around every request: its id, its time limit, its log line, its metrics. One layer, as
//! each costs every request.

use std::{
    any::Any,
    convert::Infallible,
    future::ready,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::Pin,
    sync::atomic::{AtomicU64, Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use countersign::{Denied, proto::error_code::ErrorCode};
use futures_util::{FutureExt, future::Either};
use tower::{Layer, Service};

use super::{
    limited::{Late, Limited},
    log,
    metrics::Requests,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request an id, gives up on one that takes too long, its body included, answers for
/// one that panics, and tells of each in the log and the metrics.
/// As long as the process: it is copied for every request, by all processors at once, and to count
/// who holds it costs more than to keep it.
#[derive(Clone, Copy)]
pub(super) struct Around(&'static Shared);

struct Shared {
    limit: Duration,
    ids: Ids,
    requests: Option<Requests>,
}

impl Around {
    /// `requests` where somebody reads how many there were.
    pub(super) fn new(limit: Duration, requests: Option<Requests>) -> Self {
        Self(Box::leak(Box::new(Shared { limit, ids: Ids::new(), requests })))
    }
}

impl<S> Layer<S> for Around {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner, around: *self }
    }
}

/// A service with what goes around it.
#[derive(Clone)]
pub(super) struct Watched<S> {
    inner: S,
    around: Around,
}

impl<S> Service<Request> for Watched<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + Unpin + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let shared = self.around.0;
        let seen = Seen::of(&request);
        let id = shared.ids.of(request.headers().get(REQUEST_ID));
        let call = AssertUnwindSafe(|| self.inner.call(request));
        let called = log::REQUEST.sync_scope(id.clone(), || catch_unwind(call));
        // One future in another, without blocks: each block would hold what it awaits twice.
        let answer = match called {
            Ok(answer) => Either::Left(AssertUnwindSafe(answer).catch_unwind()),
            Err(panic) => Either::Right(ready(Err(panic))),
        };
        let shown = id.clone();
        let answer = Limited::new(shared.limit, answer).map(move |answer| {
            let mut response = match answer {
                Ok(Ok(Ok(response))) => response,
                Ok(Err(panic)) => panicked(panic),
                Err(Late) => too_late(),
            };
            seen.tell(response.status(), shared.requests.as_ref());
            response.headers_mut().insert(REQUEST_ID, shown);
            Ok(response)
        });
        Box::pin(log::REQUEST.scope(id, answer))
    }
}

/// A panic is a failure like others; what it says is nobody's business, where it was is logged.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    let code = ErrorCode::ServerError;
    Denied::new(code, code.meaning()).into_response()
}

fn too_late() -> Response {
    let code = ErrorCode::RequestTimeout;
    Denied::new(code, "The request was not complete in time.").into_response()
}

/// What is told of a request. Never the query, headers or bodies: they may hold secrets; the path
/// may too, so only the route it matched is named.
struct Seen {
    method: &'static str,
    route: Option<MatchedPath>,
    began: Instant,
}

impl Seen {
    fn of(request: &Request) -> Self {
        Self {
            method: known_method(request.method()),
            route: request.extensions().get().cloned(),
            began: Instant::now(),
        }
    }

    /// One count and one log line. What only read something and was answered is nothing to keep the
    /// log of: of such requests there are thousands a second.
    fn tell(&self, status: StatusCode, requests: Option<&Requests>) {
        let (method, took) = (self.method, self.began.elapsed());
        let route = self.route.as_ref().map_or("(none)", MatchedPath::as_str);
        if let Some(requests) = requests {
            requests.count((method, route), status.as_u16(), took);
        }
        let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        let read = matches!(method, "GET" | "HEAD" | "OPTIONS");
        let status = status.as_u16();
        if read && status < 400 {
            tracing::debug!(method, route, status, ms, "answered");
        } else {
            tracing::info!(method, route, status, ms, "answered");
        }
    }
}

/// Methods are the caller's to invent; labels of metrics are not.
fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}

/// Names of requests: sixteen digits that this process drew, and the number of the request.
struct Ids {
    process: u64,
    next: AtomicU64,
}

impl Ids {
    fn new() -> Self {
        let (process, _) = uuid::Uuid::new_v4().as_u64_pair();
        Self { process, next: AtomicU64::new(1) }
    }

    /// The caller's id if it is harmless in a log, else one of ours.
    fn of(&self, given: Option<&HeaderValue>) -> HeaderValue {
        const LONGEST: usize = 64;
        let harmless = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
        let is_harmless = |value: &&HeaderValue| {
            let bytes = value.as_bytes();
            (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(harmless)
        };
        given.filter(is_harmless).cloned().unwrap_or_else(|| self.make())
    }

    fn make(&self) -> HeaderValue {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut text = [b'-'; 33];
        hexadecimal(self.process, &mut text[..16]);
        hexadecimal(number, &mut text[17..]);
        // Digits and a hyphen.
        HeaderValue::from_bytes(&text).unwrap_or(HeaderValue::from_static("-"))
    }
}

fn hexadecimal(mut number: u64, text: &mut [u8]) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[(number % 16) as usize];
        number /= 16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_replaced() {
        let ids = Ids::new();
        let of = |text: &'static str| ids.of(Some(&HeaderValue::from_static(text)));

        assert_eq!(of("abc-1.2_3"), "abc-1.2_3");
        assert_ne!(of("a b"), "a b");
        assert_ne!(of("<script>"), "<script>");
        assert_eq!(ids.of(None).len(), 33);
        assert_ne!(ids.of(None), ids.of(None));
    }
}
