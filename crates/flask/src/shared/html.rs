//! The small HTML pages Flask answers errors with.

use axum::{
    http::StatusCode,
    response::{Html, IntoResponse, Response},
};

/// A page with the status as its title.
pub(crate) fn page(status: StatusCode, text: &str) -> Response {
    let name = status.canonical_reason().unwrap_or("Error");
    let text = escaped(text);
    let page = format!(
        "<!doctype html>\n<html lang=en>\n<title>{} {name}</title>\n<h1>{name}</h1>\n<p>{text}</p>\n",
        status.as_u16()
    );
    (status, Html(page)).into_response()
}

/// A text between tags, or between quotation marks.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&#34;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
