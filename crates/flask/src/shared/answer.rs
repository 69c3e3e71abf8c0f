//! What every answer of a profile carries, and how its routes answer what they do not take.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::MethodRouter,
};
use countersign::{Auth, Denied, Error, proto::error_code::ErrorCode};

use super::Site;

/// No request to a profile needs more, bytes.
const BODY_LIMIT: usize = 64 * 1024;

/// What takes a path: the methods in `allow`, `OPTIONS` by their list as Flask answers it, and
/// anything else by `refuse`.
pub(crate) fn methods<S, R>(
    allow: &'static str,
    taken: MethodRouter<S>,
    refuse: fn() -> R,
) -> MethodRouter<S>
where
    S: Clone + Send + Sync + 'static,
    R: IntoResponse + 'static,
{
    let list = move || [(header::ALLOW, allow)];
    taken.options(async move || list()).fallback(async move || (list(), refuse()))
}

/// The routes of a profile as a router for any state.
pub(crate) fn finished<S, O>(routes: Router<Site<O>>, site: Site<O>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    routes
        .layer(middleware::from_fn_with_state(site.auth.clone(), finish))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .with_state(site)
}

/// Nothing of a profile is kept by a cache, framed, or told to other sites.
async fn finish(State(auth): State<Auth>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let unless_said = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in unless_said {
        set_default(headers, name, value);
    }
    if auth.config().public_url.starts_with("https://") {
        set_default(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    response
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// What may be told of an error; a failure is logged and says nothing.
pub(crate) fn denied(error: Error) -> Denied {
    match error {
        Error::Denied(denied) => denied,
        Error::Failed(failed) => {
            tracing::error!(error = %failed, "a request failed");
            Denied::new(ErrorCode::ServerError, ErrorCode::ServerError.meaning())
        }
    }
}

/// The status of a refusal.
pub(crate) fn status(denied: &Denied) -> StatusCode {
    StatusCode::from_u16(denied.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Says when to come back, where the refusal knows.
pub(crate) fn retry_after(denied: &Denied, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    if let Some(seconds) = denied.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
