//! The examples, as built, driven over HTTP: what they show is what they do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "examples/app.rs"]
mod app;

use std::process::Command;

use app::App;
use axum::http::header;
use serde_json::json;

const PASSWORD: &str = "four quiet words here";
/// `miguel`, `reader` and `manager` with that password.
const MIGUEL: &str = "Basic bWlndWVsOmZvdXIgcXVpZXQgd29yZHMgaGVyZQ==";
const READER: &str = "Basic cmVhZGVyOmZvdXIgcXVpZXQgd29yZHMgaGVyZQ==";
const MANAGER: &str = "Basic bWFuYWdlcjpmb3VyIHF1aWV0IHdvcmRzIGhlcmU=";

const PASSWORDS: [(&str, &str); 2] =
    [("READER_PASSWORD", PASSWORD), ("MANAGER_PASSWORD", PASSWORD)];

/// The issuer every example has unless configured.
const ISSUER: &str = "http://127.0.0.1:8080";

async fn sign_up(app: &App) -> String {
    let miguel = json!({ "username": "miguel", "password": PASSWORD });
    let made = app.post("/api/users", "", miguel).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.text_of("id")
}

async fn token(app: &App) -> String {
    let tokens = app.post("/api/tokens", MIGUEL, json!({})).await;
    assert_eq!(tokens.status, 200, "{}", tokens.text);
    format!("Bearer {}", tokens.text_of("access_token"))
}

#[tokio::test]
async fn hello_knows_a_stranger_from_a_user_and_a_user_from_an_admin() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start("hello", folder.path(), &[]);
    sign_up(&app).await;
    let bearer = token(&app).await;

    assert_eq!(app.get("/", "").await.text, "Hello, stranger!");
    assert_eq!(app.get("/", &bearer).await.text, "Hello, miguel!");
    assert_eq!(app.get("/", "Bearer wrong").await.status, 401);
    assert_eq!(app.get("/me", MIGUEL).await.text, "miguel");
    assert_eq!(app.get("/me", "").await.status, 401);
    assert_eq!(app.get("/admin", "").await.status, 401);
    assert_eq!(app.get("/admin", &bearer).await.status, 403);
}

#[tokio::test]
async fn hello_refuses_a_token_from_the_request_after_its_logout() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start("hello", folder.path(), &[]);
    sign_up(&app).await;
    let bearer = token(&app).await;

    assert_eq!(app.delete("/api/tokens", &bearer).await.status, 204);

    assert_eq!(app.get("/me", &bearer).await.status, 401);
}

#[tokio::test]
async fn basic_and_role_gives_everybody_the_stock_and_managers_the_sales() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start("basic_and_role", folder.path(), &PASSWORDS);

    assert_eq!(app.get("/stock", READER).await.json()["for"], "reader");
    assert_eq!(app.get("/stock", MANAGER).await.status, 200);
    assert_eq!(app.get("/sales", READER).await.status, 403);
    assert_eq!(app.get("/sales", MANAGER).await.json()["today"], 42);
    assert_eq!(app.get("/stock", MIGUEL).await.status, 401);
}

#[tokio::test]
async fn basic_and_role_asks_for_basic_and_has_no_other_door() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start("basic_and_role", folder.path(), &PASSWORDS);

    let asked = app.get("/stock", "").await;

    assert_eq!(asked.status, 401);
    let challenges = asked.headers.get_all(header::WWW_AUTHENTICATE);
    assert!(challenges.iter().any(|value| value.as_bytes().starts_with(b"Basic ")));
    for door in ["/api/users", "/api/tokens"] {
        assert_eq!(app.post(door, READER, json!({})).await.status, 404);
    }
}

#[tokio::test]
async fn basic_and_role_needs_the_passwords_at_its_first_start_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = Command::new(app::program("basic_and_role"));
    let first = first.current_dir(folder.path()).output().unwrap();
    drop(App::start("basic_and_role", folder.path(), &PASSWORDS));

    let again = App::start("basic_and_role", folder.path(), &[]);

    assert!(!first.status.success());
    assert!(String::from_utf8_lossy(&first.stderr).contains("READER_PASSWORD"));
    assert_eq!(again.get("/stock", READER).await.status, 200);
}

#[tokio::test]
async fn pages_send_a_stranger_to_the_login_and_back_and_take_forms_of_their_own_only() {
    let folder = tempfile::tempdir().unwrap();
    let app = App::start("pages", folder.path(), &[]);
    sign_up(&app).await;
    let own = app.url.clone();
    let form = format!("login=miguel&password={}", PASSWORD.replace(' ', "+"));

    let lost = app.browse("/notes", "", None).await;
    let signed = app.browse("/login?next=%2Fnotes", "", Some((&own, &form))).await;
    let cookies = signed.cookies();
    let add = async |origin: &str| app.browse("/notes", &cookies, Some((origin, "count=1"))).await;

    assert_eq!(lost.location(), "/login?next=%2Fnotes");
    assert_eq!(signed.location(), "/notes");
    assert_eq!(add(&own).await.location(), "/notes");
    assert_eq!(add("http://evil.example").await.status, 403);
    assert!(app.browse("/notes", &cookies, None).await.text.contains("<p>1 notes</p>"));
    assert_eq!(app.browse("/secrets", &cookies, None).await.text, "secrets");
}

#[tokio::test]
async fn a_resource_server_takes_the_tokens_of_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let issuer = App::start("hello", folder.path(), &[]);
    let user = sign_up(&issuer).await;
    let settings = [("REACH_AT", issuer.url.as_str()), ("ISSUER", ISSUER)];
    let orders = App::start("resource_server", folder.path(), &settings);

    let answer = orders.get("/orders", &token(&issuer).await).await;

    assert_eq!((answer.status, answer.text), (200, format!("Orders of {user}, roles: ")));
    assert_eq!(orders.get("/orders", "").await.status, 401);
    assert_eq!(orders.get("/orders", MIGUEL).await.status, 401);
    assert_eq!(orders.get("/admin", &token(&issuer).await).await.status, 403);
}
