//! A profile below a path, its root included.

use axum::{
    Router,
    extract::Request,
    http::{Uri, uri::PathAndQuery},
    response::IntoResponse,
    routing::any,
};
use tower::ServiceExt;

/// The profile below `path`, and its root at the path with a slash as well, where `Router::nest`
/// has it without one only. Clients of an origin whose base URL was changed ask there.
///
/// # Panics
/// As `Router::nest`: when `path` does not begin with a slash, or is nothing else.
pub fn mount<S>(path: &str, profile: Router) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let at_root = profile.clone();
    let root = any(async move |mut request: Request| {
        let query = request.uri().query().map_or_else(String::new, |query| format!("?{query}"));
        let root = PathAndQuery::try_from(format!("/{query}"));
        *request.uri_mut() = root.map_or_else(|_| Uri::from_static("/"), Uri::from);
        at_root.oneshot(request).await.into_response()
    });
    Router::new().nest(path, profile).route(&format!("{path}/"), root).with_state(())
}
