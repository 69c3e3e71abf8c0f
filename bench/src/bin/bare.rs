//! The ceiling: an axum handler that knows the answer. The bytes are those of Countersign's.

use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode},
    routing::get,
};
use clap::Parser;
use tokio::net::TcpListener;

const USER: &str = "u000001";

/// What Countersign answers to `GET /api/forward-auth`, beside what hyper adds.
const HEADERS: [(&str, &str); 8] = [
    ("remote-user", USER),
    ("remote-user-id", "01a2213b-873b-726a-94d6-4ea810897b3c"),
    ("remote-roles", ""),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-request-id", "01a2213b936574ba-0000000000000001"),
];

#[derive(Parser)]
struct Cli {
    /// Where to answer
    listen: String,
}

type Headers = [(HeaderName, HeaderValue); HEADERS.len()];

async fn answer() -> (StatusCode, Headers) {
    let fixed = HEADERS
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
    (StatusCode::NO_CONTENT, fixed)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app =
        Router::new().route("/api/forward-auth", get(answer)).route("/healthz", get(async || "ok"));
    axum::serve(TcpListener::bind(Cli::parse().listen).await?, app).await
}
