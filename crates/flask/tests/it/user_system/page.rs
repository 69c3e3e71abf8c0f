//! The page, and what is at the other paths.

use axum::{body::Body, http::Method};

use super::{Tab, app};
use crate::support::on_both_engines;

on_both_engines! {
    async fn whatever_is_opened_is_the_page(db) {
        let app = app(&db).await;
        let mut browser = app.browser();
        let paths = ["", "/anything", "/a/b/c", "/api/auth/login", "/api/auth/nowhere"];
        for path in paths {
            let answer = browser.open(&format!("/user-system{path}")).await;

            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.header("content-type").starts_with("text/html"), "{path}");
            let page = answer.text();
            for part in ["logged-out-view", "logged-in-view", "signup-view", "remember_me"] {
                assert!(page.contains(part), "{path}: {part}");
            }
            assert!(page.contains(r#"src="/user-system/static/page.js""#), "{path}: {page}");
            assert!(page.contains("<button>Sign up</button>"), "{path}");
            assert!(!page.contains("{{"), "{path}");
        }
    }

    async fn the_page_loads_and_runs_nothing_from_elsewhere(db) {
        let app = app(&db).await;
        let mut browser = app.browser();

        let page = browser.open("/user-system").await;

        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cache-control"), "no-store");
        for (path, kind) in [("page.js", "text/javascript"), ("page.css", "text/css")] {
            let answer = browser.open(&format!("/user-system/static/{path}")).await;
            assert!(answer.header("content-type").starts_with(kind), "{answer:?}");
        }
    }

    async fn other_methods_are_refused(db) {
        let app = app(&db).await;
        let caller = app.anonymous();
        let cases = [
            (Method::POST, "/user-system/nowhere"),
            (Method::PUT, "/user-system/api/auth/login"),
            (Method::DELETE, "/user-system/api/auth/logout"),
            (Method::POST, "/user-system/api/auth/verify_auth"),
            (Method::PATCH, "/user-system"),
        ];
        for (method, path) in cases {
            let answer = caller.send(method.clone(), path, Body::empty()).await;

            assert_eq!(answer.status, 405, "{method} {path}");
        }
    }

    async fn the_example_says_hello(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let answer = tab.browser.get("/user-system/api/helloworld/helloworld").await;

        assert_eq!(answer.body, serde_json::json!({"message": "helloworld"}));
    }
}
