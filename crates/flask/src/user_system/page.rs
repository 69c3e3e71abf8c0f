//! The page: three views, one script, no library.

use axum::{
    extract::State,
    http::{header, request::Parts},
    response::{Html, IntoResponse, Response},
};

use super::{Here, envelope::Refusal};
use crate::shared::{
    html::escaped,
    location::{self, Prefix},
};

const PAGE: &str = include_str!("../../assets/user-system/page.html");
const SCRIPT: &str = include_str!("../../assets/user-system/page.js");
const STYLE: &str = include_str!("../../assets/user-system/page.css");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; form-action 'self'; img-src 'self' data:; \
                      frame-ancestors 'none'; base-uri 'none'";

/// The page, at whatever path.
pub(super) async fn page(
    State(site): State<Here>,
    Prefix(prefix): Prefix,
    parts: Parts,
) -> Result<Response, Refusal> {
    let agent = site.auth.user_agent(&parts).await?;
    let prefix = location::path(&site.auth, &prefix);
    let page = PAGE
        .replace("{{ prefix }}", &escaped(&prefix))
        .replace("{{ csrf }}", &escaped(&agent.csrf_token()));
    // Over HTTPS the page has to say where a request of its comes from.
    let headers =
        [(header::CONTENT_SECURITY_POLICY, POLICY), (header::REFERRER_POLICY, "same-origin")];
    Ok(agent.answer((headers, Html(page))))
}

pub(super) async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}
