//! What is sent as a body, and refused in words that name member and rule but never repeat a value.

use axum::{body::Body, http::Method};
use serde_json::json;

use crate::support::{Answer, App, PASSWORD, on_both_engines};

async fn post(app: &App, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    app.anonymous().json().send(Method::POST, path, Body::from(body.into())).await
}

on_both_engines! {
    async fn what_is_no_json_object_is_refused(db) {
        let app = db.app().await;
        let deep = format!("{{\"username\":{}", "[".repeat(5000));
        let deeper = "[".repeat(60_000);

        for path in ["/api/users", "/api/tokens", "/api/tokens/refresh"] {
            for body in [
                "{", "}", "{\"username\":", "{\"username\":\"a\",}", "{'username':'a'}", "null",
                "[]", "[null]", "\"text\"", "7", "-1", "true", "NaN", "{} {}", "{}x", " ", "\u{feff}{}",
                &deep, &deeper,
            ] {
                let answer = post(&app, path, body).await;
                assert_eq!(answer.refusal(), (400, "invalid_request"), "{path} {body:.40}");
            }
            let answer = post(&app, path, b"{\"username\":\"\xff\xfe\"}".to_vec()).await;
            assert_eq!(answer.refusal(), (400, "invalid_request"), "{path} invalid UTF-8");
        }
        assert_eq!(post(&app, "/api/users", "").await.refusal(), (400, "invalid_request"));
    }

    async fn an_array_is_no_object_though_its_items_would_fit(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let sign_up = json!(["susan", null, PASSWORD]).to_string();
        let log_in = json!(["miguel", PASSWORD, null, null]).to_string();

        assert_eq!(post(&app, "/api/users", sign_up).await.status, 400);
        assert_eq!(post(&app, "/api/tokens", log_in).await.status, 400);
        assert_eq!(db.count("users").await, 1);
    }

    async fn members_of_a_wrong_type_missing_unknown_or_repeated_are_named(db) {
        let app = db.app().await;
        let fault = async |body: &str| {
            let answer = post(&app, "/api/users", body).await;
            assert_eq!(answer.refusal(), (400, "invalid_request"), "{body}");
            answer.field().to_owned()
        };

        for value in ["7", "true", "[]", "{}", "[\"miguel\"]", "1e999"] {
            let body = format!(r#"{{"username":{value},"password":"{PASSWORD}"}}"#);
            assert_eq!(fault(&body).await, if value == "1e999" { "" } else { "username" });
        }
        assert_eq!(fault(r#"{"username":"a"}"#).await, "password");
        assert_eq!(fault(r#"{"username":"a","password":null}"#).await, "password");
        assert_eq!(fault(r#"{"username":"a","password":"b","role":"admin"}"#).await, "role");
        assert_eq!(fault(r#"{"username":"a","password":"b","password":"c"}"#).await, "password");
        assert_eq!(fault(r#"{"username":"a","username":"b","password":"c"}"#).await, "username");
    }

    async fn no_refusal_repeats_a_password(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let secret = "hunter2hunter2";

        for body in [
            json!({"username": "a", "password": [secret]}),
            json!({"username": "a", "password": {"x": secret}}),
            json!({"username": ["x"], "password": secret}),
            json!({"username": "a", "password": secret, "email": secret}),
            json!({"username": "a", "password": secret, "x": secret}),
        ] {
            for path in ["/api/users", "/api/tokens", "/api/tokens/refresh"] {
                let answer = post(&app, path, body.to_string()).await;
                assert!(answer.status >= 400 && !answer.text().contains(secret), "{answer:?}");
            }
            let answer = miguel.put("/api/me/password", &body).await;
            assert!(answer.status >= 400 && !answer.text().contains(secret), "{answer:?}");
        }
        let cut = format!(r#"{{"username":"a","password":"{secret}"#);
        assert!(!post(&app, "/api/users", cut).await.text().contains(secret));
    }

    async fn another_content_type_is_refused(db) {
        let app = db.app().await;
        let body = json!({"username": "miguel", "password": PASSWORD}).to_string();
        let send = async |kind: &str, path: &str, body: &str| {
            let caller = app.anonymous().header("content-type", kind);
            caller.send(Method::POST, path, body.to_owned().into()).await
        };

        for kind in ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonp",
            "multipart/form-data", "text/json"]
        {
            for path in ["/api/users", "/api/tokens", "/api/tokens/refresh"] {
                let answer = send(kind, path, &body).await;
                assert_eq!(answer.fault(), (415, "unsupported_media_type", "Content-Type"));
            }
        }
        let bare = app.anonymous().send(Method::POST, "/api/users", body.clone().into()).await;
        assert_eq!(bare.status, 415);
        for kind in ["application/json", "Application/JSON; charset=utf-8"] {
            assert_ne!(send(kind, "/api/users", &body).await.status, 415, "{kind}");
        }
        for path in ["/oauth/revoke"] {
            assert_eq!(send("application/json", path, "{}").await.status, 415);
        }
    }

    async fn a_body_beyond_64_kibibytes_is_refused(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let long = format!(r#"{{"username":"{}"}}"#, "a".repeat(64 * 1024));

        for path in ["/api/users", "/api/tokens", "/api/tokens/refresh"] {
            let answer = post(&app, path, long.clone()).await;
            assert_eq!(answer.refusal(), (413, "content_too_large"), "{path}");
        }
        let form = session.form("/oauth/introspect", &"a".repeat(64 * 1024)).await;
        assert_eq!(form.refusal(), (413, "content_too_large"));
        let just = post(&app, "/api/users", " ".repeat(64 * 1024 - 2) + "{}").await;
        assert_eq!(just.fault(), (400, "invalid_request", "password"));
    }

    async fn a_form_has_its_token_once(db) {
        let app = db.app().await;
        let send = async |body: &str| {
            let caller = app.anonymous().header("content-type", "application/x-www-form-urlencoded");
            caller.send(Method::POST, "/oauth/revoke", body.to_owned().into()).await
        };

        assert_eq!(send("").await.fault(), (400, "invalid_request", "token"));
        assert_eq!(send("token=a&token=b").await.fault(), (400, "invalid_request", "token"));
        assert_eq!(send("token=a&token_type_hint=access_token&x=y").await.status, 200);
        assert_eq!(send("token=%FF%00").await.status, 200);
    }

    async fn the_limits_of_a_grant_and_a_key_are_named(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let long = "x".repeat(101);

        for client_id in ["", &long, "ä", "a\0b", "a\nb"] {
            let answer = miguel.post("/api/tokens", &json!({"client_id": client_id})).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "client_id"), "{client_id:?}");
        }
        for name in ["", &long, "a\0b", "a\nb"] {
            let answer = miguel.post("/api/me/api-keys", &json!({"name": name})).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "name"), "{name:?}");
        }
        for (member, value) in [
            ("expires_in", json!(0)), ("expires_in", json!(-1)), ("expires_in", json!(1.5)),
            ("expires_in", json!("1")), ("expires_in", json!(1_u64 << 32)), ("scope", json!("a  b")),
        ] {
            let answer = miguel.post("/api/me/api-keys", &json!({"name": "k", member: value})).await;
            assert_eq!(answer.fault(), (400, "invalid_request", member), "{value}");
        }
        for half in [json!({"username": "miguel"}), json!({"password": PASSWORD})] {
            let answer = app.anonymous().post("/api/tokens", &half).await;
            assert_eq!(answer.refusal(), (400, "invalid_request"));
        }
    }
}
