//! Requests that other people's pages make a browser send: they change nothing.

use axum::http::Method;
use serde_json::json;

use crate::{
    http::document::{document, filled, operations},
    support::{Browser, PASSWORD, on_both_engines},
};

/// What a browser says of a page from elsewhere, one way or another.
const ELSEWHERE: [&[(&str, &str)]; 6] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("sec-fetch-site", "same-site"), ("origin", "http://evil.127.0.0.1")],
    &[("origin", "https://evil.example"), ("host", "127.0.0.1:8080")],
    &[("origin", "http://127.0.0.1:8081"), ("host", "127.0.0.1:8080")],
    &[("origin", "null")],
    &[],
];

const FORM: &str = "application/x-www-form-urlencoded";

on_both_engines! {
    async fn no_route_of_the_api_is_moved_by_a_page_from_elsewhere(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let mut browser = app.browser();
        browser.log_in("root").await;
        let document = document(&app).await;

        for (method, path) in operations(&document) {
            if method == Method::GET || is_for_credentials(&path) {
                continue;
            }
            for site in ELSEWHERE {
                let mut lured = browser.saying(site);
                let answer = lured.fetch(method.clone(), &filled(&path), Some("{}")).await;
                assert_eq!(answer.fault(), (403, "access_denied", "csrf_token"), "{method} {path} {site:?}");
            }
        }
        assert_eq!(browser.who().await, "root");
        assert_eq!(root.get("/api/me/sessions").await.body["items"].as_array().unwrap().len(), 1);
    }

    async fn json_in_a_body_that_says_it_is_text_is_refused(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let body = json!({"name": "a key"}).to_string();

        for kind in ["text/plain", FORM, "multipart/form-data", "application/octet-stream"] {
            let answer = browser.post_as(kind, "/api/me/api-keys", &body).await;
            assert_eq!(answer.fault(), (415, "unsupported_media_type", "Content-Type"));
        }
        assert_eq!(browser.get("/api/me/api-keys").await.body["items"], json!([]));
    }

    async fn no_page_from_elsewhere_logs_anybody_in(db) {
        let app = db.app().await;
        app.user("mallory").await;

        for site in ELSEWHERE {
            let mut victim = app.browser().saying(site);
            let answer = victim.log_in("mallory").await;
            assert_eq!(answer.status, 403, "{site:?}");
            assert!(answer.text().contains("id=\"error-code\""), "{answer:?}");
            assert_eq!(victim.session(), None);
            assert_eq!(victim.who().await, "nobody");
        }
        assert_eq!(app.db.count("sessions").await, 0);
    }

    async fn no_page_from_elsewhere_logs_anybody_out(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        for site in ELSEWHERE {
            assert_eq!(browser.saying(site).submit("/logout", &[]).await.status, 403, "{site:?}");
        }
        browser.saying(ELSEWHERE[0]).open("/logout").await;
        assert_eq!(browser.who().await, "miguel");
    }

    async fn a_browser_that_says_nothing_is_believed_by_the_token_of_the_form(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut silent = app.browser().saying(&[]);

        let token = silent.csrf_token("/login").await;
        let form = [("login", "miguel"), ("password", PASSWORD), ("csrf_token", &token)];
        assert_eq!(silent.submit("/login", &form).await.location(), "/account");

        assert_eq!(silent.who().await, "miguel");
        let token = silent.csrf_token("/logout").await;
        assert_eq!(silent.submit("/logout", &[("csrf_token", &token)]).await.status, 303);
        assert_eq!(silent.who().await, "nobody");
    }

    async fn a_script_brings_the_token_in_a_header(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let mut silent = browser.saying(&[]);
        let token = silent.csrf_token("/logout").await;
        let key = json!({"name": "a key"}).to_string();

        let refused = silent.fetch(Method::POST, "/api/me/api-keys", Some(&key)).await;
        let mut script = silent.header("x-csrf-token", &token);
        let made = script.fetch(Method::POST, "/api/me/api-keys", Some(&key)).await;

        assert_eq!(refused.status, 403);
        assert_eq!(made.status, 201, "{made:?}");
    }

    async fn a_token_is_good_in_its_own_browser_and_session_only(db) {
        let app = db.app().await;
        app.user("miguel").await;
        app.user("mallory").await;
        let (mut mallory, mut miguel) = (app.browser().saying(&[]), app.browser());
        miguel.log_in("miguel").await;
        let mut own = miguel.saying(&[]);
        let logged_out = mallory.csrf_token("/login").await;
        let mut known = app.browser();
        known.log_in("mallory").await;
        let logged_in = known.saying(&[]).csrf_token("/logout").await;

        for token in [logged_out.as_str(), &logged_in, "", "0", &"0".repeat(64)] {
            let answer = own.submit("/logout", &[("csrf_token", token)]).await;
            assert_eq!(answer.status, 403, "{token}");
        }
        assert_eq!(miguel.who().await, "miguel");
    }

    async fn an_origin_is_ours_if_it_is_the_host_that_was_asked(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let ours: [&[(&str, &str)]; 3] = [
            &[("origin", "http://127.0.0.1:8080")],
            &[("origin", "http://app.example:3000"), ("host", "app.example:3000")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        ];

        for site in ours {
            let mut browser = app.browser().saying(site);
            assert_eq!(browser.log_in("miguel").await.status, 303, "{site:?}");
        }
    }

    async fn a_page_that_came_in_the_clear_is_not_ours_where_we_are_https(db) {
        let app = db.app_with(|config| config.public_url = "https://auth.example".into()).await;
        app.user("miguel").await;
        let host = ("host", "auth.example");

        let clear = app.browser().saying(&[("origin", "http://auth.example"), host]).log_in("miguel").await;
        let sealed = app.browser().saying(&[("origin", "https://auth.example"), host]).log_in("miguel").await;

        assert_eq!((clear.status, sealed.status), (403, 303));
    }

    async fn a_guarded_form_of_the_application_finds_the_token_in_its_field(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let mut silent: Browser = browser.saying(&[]);
        let token = silent.csrf_token("/logout").await;

        assert_eq!(silent.submit("/orders", &[("item", "7")]).await.status, 403);
        let sent = silent.submit("/orders", &[("item", "7"), ("csrf_token", &token)]).await;
        assert_eq!((sent.status, sent.text().as_str()), (200, "item=7"));
    }

    async fn a_long_form_of_a_program_reaches_the_application_whole(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let item = "7".repeat(100_000);
        let key = miguel.key("account").await.key;
        let session = miguel.log_in().await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let mut script = browser.saying(&[]);
        let token = script.csrf_token("/logout").await;
        script = script.header("x-csrf-token", &token);
        let kind = "application/x-www-form-urlencoded";

        for caller in [session.header("content-type", kind), app.api_key(&key).header("content-type", kind)] {
            let sent = caller.send(Method::POST, "/orders", item.clone().into()).await;
            assert_eq!((sent.status, sent.bytes.len()), (200, 100_000));
        }
        let sent = script.post_as(kind, "/orders", &item).await;
        assert_eq!((sent.status, sent.bytes.len()), (200, 100_000));
    }
}

/// Where a password or a token is the credential, and a cookie never is.
fn is_for_credentials(path: &str) -> bool {
    matches!(path, "/api/users" | "/api/tokens" | "/api/tokens/refresh" | "/oauth/revoke")
        || path.starts_with("/api/recovery")
        || path.starts_with("/api/confirmation")
        || matches!(path, "/api/me/email/confirm" | "/api/sign-up/challenge")
}
