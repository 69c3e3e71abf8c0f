//! The application: the library's routes, health and readiness, with what goes around every request.

use axum::{
    Json, Router,
    extract::{Request, State},
    response::Redirect,
    routing::get,
};
use countersign::{Auth, Denied, Error, PagesMode, proto::error_code::ErrorCode};
use serde_json::json;

use super::around::Around;

/// Everything this server answers, the metrics apart.
pub(super) fn router(auth: &Auth, profiles: Router, around: Around) -> Router {
    let own = Router::new()
        .route("/healthz", get(async || Json(json!({ "status": "ok" }))))
        .route("/readyz", get(ready))
        .with_state(auth.clone());
    let others = own.merge(root(auth)).merge(profiles);
    surrounded(others, auth, &around).merge(auth.routes_within(around))
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

/// Routes that are not the library's, and what is answered where there is none.
fn surrounded(routes: Router, auth: &Auth, around: &Around) -> Router {
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
        .layer(*around)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::body::Body;
    use tower::ServiceExt;

    use super::*;

    async fn status_and_body(routes: Router, path: &str, limit: Duration) -> (u16, String) {
        let auth = Auth::open("sqlite::memory:").await.unwrap();
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response =
            surrounded(routes, &auth, &Around::new(limit, None)).oneshot(request).await.unwrap();
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
            let around = Around::new(Duration::from_secs(5), None);
            let app = router(&auth, Router::new(), around);

            let request = Request::get("/").body(Body::empty()).unwrap();
            let response = app.oneshot(request).await.unwrap();

            assert_eq!(response.status().as_u16(), status);
            let leads_to = response.headers().get("location").map(|to| to.to_str().unwrap());
            assert_eq!(leads_to, (status == 303).then_some("/account"));
        }
    }
}
