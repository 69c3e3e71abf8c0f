//! The language of the pages, chosen by whoever looks at them.

use axum::{Router, response::Response, routing::post};
use serde::Deserialize;

use super::{Posted, Visit};
use crate::{Auth, http::cookie::Jar, render::Language};

/// So long a choice holds, seconds: a year.
const SECONDS: u32 = 31_536_000;

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/language", post(choose))
}

#[derive(Deserialize)]
struct Choice {
    language: String,
    next: Option<String>,
}

async fn choose(Posted { mut visit, form }: Posted<Choice>) -> Response {
    if let Some(language) = Language::parse(&form.language) {
        keep(&mut visit, language);
    }
    visit.go_on(form.next.as_deref())
}

fn keep(visit: &mut Visit, language: Language) {
    let kind = visit.auth.config().browser.cookies;
    visit.set_cookie(Jar::Language.set(kind, language.as_str(), Some(SECONDS)));
}
