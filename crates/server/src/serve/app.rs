//! The application: the library's routes, health and readiness, and what goes around every
//! request: its id, its time limit, its log line, its metrics.

use std::{
    any::Any,
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use countersign::{Auth, Denied, Error, PagesMode, proto::error_code::ErrorCode};
use serde_json::json;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Everything this server answers, the metrics apart.
pub(super) fn router(auth: &Auth, profiles: Router, timeout: Duration) -> Router {
    let own = Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(ready))
        .with_state(auth.clone());
    around(auth.routes().merge(own).merge(root(auth)).merge(profiles), auth, timeout)
}

/// The root leads to where somebody lands who logs in, and with that to the log-in first.
fn root(auth: &Auth) -> Router {
    let pages = &auth.config().pages;
    if pages.mode == PagesMode::Off || pages.home == "/" {
        return Router::new();
    }
    let home = pages.home.clone();
    Router::new().route("/", get(async move || Redirect::to(&home)))
}

/// Whether requests can be answered now.
async fn ready(State(auth): State<Auth>) -> Result<Json<serde_json::Value>, Error> {
    match auth.ready().await {
        Ok(()) => Ok(Json(json!({ "status": "ready" }))),
        Err(Error::Denied(denied)) => Err(denied.into()),
        Err(Error::Failed(failed)) => {
            tracing::error!(error = %failed, "not ready");
            let text = "The database cannot be used.";
            Err(Denied::new(ErrorCode::TemporarilyUnavailable, text).into())
        }
    }
}

fn around(routes: Router, auth: &Auth, timeout: Duration) -> Router {
    let auth = auth.clone();
    let nothing_here = async move |request: Request| {
        let code = ErrorCode::NotFound;
        auth.refusal(&request.into_parts().0, Denied::new(code, code.meaning()))
    };
    routes
        .fallback(nothing_here)
        .method_not_allowed_fallback(async || {
            let code = ErrorCode::MethodNotAllowed;
            Denied::new(code, code.meaning())
        })
        .layer(middleware::from_fn_with_state(timeout, within))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(observe))
}

/// Gives up on a request that takes too long, its body included.
async fn within(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        let code = ErrorCode::RequestTimeout;
        Denied::new(code, "The request was not complete in time.").into_response()
    })
}

/// A panic is a failure like others; what it says is nobody's business, where it was is logged.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    let code = ErrorCode::ServerError;
    Denied::new(code, code.meaning()).into_response()
}

/// One log line and one count for each request. Never the query, headers or bodies: they may hold
/// secrets; the path may too, so only the route it matched is named.
async fn observe(request: Request, next: Next) -> Response {
    let id = request_id(request.headers().get(REQUEST_ID));
    let method = known_method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let began = Instant::now();
    let span = tracing::info_span!("request", request_id = %id);
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    super::metrics::request((method, route), status, took);
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| tracing::info!(method, route, status, ms, "answered"));
    if let Ok(value) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The caller's id if it is harmless in a log, else one of ours.
fn request_id(given: Option<&HeaderValue>) -> String {
    const LONGEST: usize = 64;
    let harmless = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.');
    given
        .and_then(|value| value.to_str().ok())
        .filter(|text| (1..=LONGEST).contains(&text.len()) && text.bytes().all(harmless))
        .map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}

/// Methods are the caller's to invent; labels of metrics are not.
fn known_method(method: &axum::http::Method) -> &'static str {
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
        .into_iter()
        .find(|known| *known == method.as_str())
        .unwrap_or("OTHER")
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    async fn status_and_body(routes: Router, path: &str, limit: Duration) -> (u16, String) {
        let auth = Auth::open("sqlite::memory:").await.unwrap();
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = around(routes, &auth, limit).oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_panic_is_a_500_that_tells_nothing() {
        async fn broken() {
            panic!("the password was hunter2")
        }
        let routes = Router::new().route("/broken", get(broken));

        let (status, body) = status_and_body(routes, "/broken", Duration::from_secs(5)).await;

        assert_eq!(status, 500);
        assert!(body.contains("server_error") && !body.contains("hunter2"), "{body}");
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_a_408() {
        let routes = Router::new().route("/slow", get(std::future::pending::<()>));

        let (status, body) = status_and_body(routes, "/slow", Duration::from_millis(5)).await;

        assert_eq!(status, 408);
        assert!(body.contains("request_timeout"), "{body}");
    }

    #[tokio::test]
    async fn an_unknown_path_and_a_wrong_method_have_the_shape_of_every_error() {
        let routes = || Router::new().route("/thing", axum::routing::post(async || ()));
        let limit = Duration::from_secs(5);

        let (status, body) = status_and_body(routes(), "/nothing", limit).await;
        assert!(status == 404 && body.contains(r#""error":"not_found""#), "{status} {body}");

        let (status, body) = status_and_body(routes(), "/thing", limit).await;
        assert!(status == 405 && body.contains("method_not_allowed"), "{status} {body}");
    }

    #[tokio::test]
    async fn the_root_leads_home_unless_there_are_no_pages() {
        for (mode, status) in [(PagesMode::On, 303), (PagesMode::Off, 404)] {
            let auth = Auth::builder("sqlite::memory:").configure(|c| c.pages.mode = mode);
            let auth = auth.open().await.unwrap();
            let app = router(&auth, Router::new(), Duration::from_secs(5));

            let request = Request::get("/").body(Body::empty()).unwrap();
            let response = app.oneshot(request).await.unwrap();

            assert_eq!(response.status().as_u16(), status);
            let leads_to = response.headers().get("location").map(|to| to.to_str().unwrap());
            assert_eq!(leads_to, (status == 303).then_some("/account"));
        }
    }

    #[test]
    fn a_request_id_that_could_forge_a_log_line_is_replaced() {
        let of = |text: &'static str| request_id(Some(&HeaderValue::from_static(text)));

        assert_eq!(of("abc-1.2_3"), "abc-1.2_3");
        assert_ne!(of("a b"), "a b");
        assert_ne!(of("<script>"), "<script>");
        assert_eq!(request_id(None).len(), 36);
    }
}
