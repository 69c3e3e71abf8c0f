//! Methods, headers and caching.

use axum::{body::Body, http::Method};

use crate::support::on_both_engines;

on_both_engines! {
    async fn head_is_get_without_a_body(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        for path in ["/api/me", "/.well-known/jwks.json", "/api/openapi.json", "/api/users"] {
            let get = session.get(path).await;
            let head = session.send(Method::HEAD, path, Body::empty()).await;
            assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
            assert_eq!(head.header("content-type"), get.header("content-type"));
        }
    }

    async fn a_method_a_path_does_not_take_is_refused_with_those_it_takes(db) {
        let app = db.app().await;

        for (method, path, allowed) in [
            (Method::GET, "/api/tokens/refresh", &["POST"][..]),
            (Method::PUT, "/api/users", &["GET", "POST"]),
            (Method::PUT, "/api/me", &["GET", "PATCH", "DELETE"]),
            (Method::POST, "/api/openapi.json", &["GET"]),
            (Method::POST, "/.well-known/jwks.json", &["GET"]),
            (Method::GET, "/oauth/revoke", &["POST"]),
            (Method::OPTIONS, "/api/me/password", &["PUT"]),
        ] {
            let answer = app.anonymous().send(method.clone(), path, Body::empty()).await;
            assert_eq!(answer.refusal(), (405, "method_not_allowed"), "{method} {path}");
            let allow = answer.header("allow").to_owned();
            assert!(allowed.iter().all(|method| allow.contains(method)), "{path}: {allow:?}");
        }
    }

    async fn only_the_public_keys_may_be_cached(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;

        let keys = app.anonymous().get("/.well-known/jwks.json").await;
        assert_eq!(keys.header("cache-control"), "public, max-age=300");
        assert_eq!(keys.header("content-type"), "application/jwk-set+json");
        for answer in [
            miguel.post("/api/tokens", &serde_json::json!({})).await,
            app.anonymous().refresh(&session.refresh).await,
            app.anonymous().refresh("x").await,
            session.get("/api/me").await,
            session.get("/api/me/sessions").await,
            session.get("/api/users").await,
            session.form("/oauth/introspect", "x").await,
            app.anonymous().form("/oauth/revoke", "x").await,
            app.anonymous().get("/api/openapi.json").await,
            app.anonymous().get("/api/users").await,
            app.anonymous().delete("/api/users").await,
            session.delete("/api/tokens").await,
        ] {
            assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    }

    async fn the_ready_made_routes_leave_an_embedders_own_alone(db) {
        let app = db.app().await;

        let own = app.anonymous().get("/who").await;
        let missing = app.anonymous().get("/api/nothing").await;

        assert_eq!(own.header("cache-control"), "");
        assert_eq!((missing.status, missing.bytes.len()), (404, 0), "the embedder's own 404");
    }

    async fn an_identifier_has_one_spelling(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let id = &root.id;

        for other in [id.to_uppercase(), id.replace('-', ""), format!("%7B{id}%7D"), "x".into(),
            "%FF".into(), "%00".into(), format!("{id}%20")]
        {
            let answer = root.get(&format!("/api/users/{other}")).await;
            assert_eq!(answer.refusal(), (404, "not_found"), "{other}");
        }
        for path in ["/api/users/", "//api/users", "/api//users", "/API/users", "/api/users;a=b"] {
            assert_eq!(root.get(path).await.status, 404, "{path}");
        }
    }
}
