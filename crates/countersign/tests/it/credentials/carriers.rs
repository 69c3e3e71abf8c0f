//! Where a request may carry what proves its caller.

use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn the_scheme_basic_is_known_in_any_case(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let pair = format!("miguel:{PASSWORD}");

        for scheme in ["Basic", "basic", "BASIC", "bAsIc"] {
            let answer = app.anonymous().basic_bytes(scheme, pair.as_bytes()).get("/me").await;
            assert_eq!(answer.text(), "miguel", "{scheme}");
        }
    }

    async fn the_password_begins_after_the_first_colon(db) {
        let app = db.app().await;
        let password = "a:sentence:with:colons:";
        let body = serde_json::json!({"username": "miguel", "password": password});
        app.sign_up(body).await;

        assert_eq!(app.basic("miguel", password).get("/me").await.status, 200);
        assert_eq!(app.basic("miguel:a", "sentence:with:colons:").get("/me").await.status, 200);
        assert_eq!(app.basic("miguel", "a").get("/me").await.status, 401);
    }

    async fn names_and_passwords_come_in_utf_8_and_in_latin_1(db) {
        let app = db.app().await;
        let body = serde_json::json!({"username": "josé", "password": "contraseña größer"});
        app.sign_up(body).await;
        let latin1: Vec<u8> = "josé:contraseña größer".chars().map(|c| c as u8).collect();

        assert_eq!(app.basic("josé", "contraseña größer").get("/me").await.text(), "josé");
        let answer = app.anonymous().basic_bytes("Basic", &latin1).get("/me").await;
        assert_eq!(answer.text(), "josé");
    }

    async fn a_token_may_stand_in_the_place_of_the_user_name(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        for token in [&session.access, &key.key] {
            for password in ["", "unused", "x:y"] {
                let answer = app.basic(token, password).get("/me").await;
                assert_eq!(answer.text(), "miguel", "{password}");
            }
        }
    }

    async fn tokens_come_by_header_too(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        for token in [&session.access, &key.key] {
            for header in ["x-api-key", "X-Auth-Token"] {
                let answer = app.anonymous().header(header, token).get("/me").await;
                assert_eq!(answer.text(), "miguel", "{header}");
            }
            assert_eq!(app.anonymous().header("x-token", token).get("/me").await.status, 401);
        }
    }

    async fn schemes_and_headers_can_be_configured(db) {
        let app = db.app_with(|config| {
            config.carriers.schemes.push("Token".into());
            config.carriers.headers = vec!["X-My-Token".into()];
        }).await;
        let session = app.user("miguel").await.log_in().await;
        let with = |name, value: &str| app.anonymous().header(name, value);

        let scheme = with("authorization", &format!("token {}", session.access));
        assert_eq!(scheme.get("/me").await.text(), "miguel");
        assert_eq!(with("x-my-token", &session.access).get("/me").await.text(), "miguel");
        assert_eq!(with("x-api-key", &session.access).get("/me").await.status, 401);
        let unknown = with("authorization", &format!("JWT {}", session.access));
        assert_eq!(unknown.get("/who").await.refusal(), (401, "authentication_required"));
    }

    async fn a_token_in_the_address_is_believed_only_where_the_route_says_so(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let query = format!("token={}", session.access);

        let stream = app.anonymous().get(&format!("/stream?x=1&{query}")).await;
        let elsewhere = app.anonymous().get(&format!("/me?{query}")).await;
        let ignored = app.anonymous().get(&format!("/who?{query}")).await;
        let api = app.anonymous().get(&format!("/api/me?{query}")).await;
        let refused = app.anonymous().get("/stream?token=abc").await;

        assert_eq!(stream.text(), "miguel");
        assert_eq!((elsewhere.status, ignored.text().as_str(), api.status), (401, "nobody", 401));
        assert_eq!(refused.refusal(), (401, "invalid_token"));
        for answer in [stream, refused] {
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(answer.header("referrer-policy"), "no-referrer");
        }
    }

    async fn two_different_credentials_are_refused_and_the_same_one_twice_is_one(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (one, two) = (miguel.log_in().await, miguel.log_in().await);
        let key = miguel.key("account").await.key;

        for caller in [
            one.header("x-api-key", &two.access),
            one.header("x-api-key", &key),
            one.header("authorization", format!("Bearer {}", two.access)),
            miguel.header("x-auth-token", &one.access),
            miguel.basic("miguel", "another password"),
            app.api_key(&key).header("x-auth-token", &one.access),
        ] {
            for path in ["/who", "/me", "/api/me"] {
                assert_eq!(caller.get(path).await.refusal(), (400, "invalid_request"));
            }
        }
        let same = one.header("x-auth-token", &one.access).header("x-api-key", &one.access);
        assert_eq!(same.get("/me").await.text(), "miguel");
        let query = app.api_key(&key).get(&format!("/stream?token={}", one.access)).await;
        assert_eq!(query.status, 400);
        let login = serde_json::json!({"username": "miguel", "password": PASSWORD});
        assert_eq!(one.post("/api/tokens", &login).await.refusal(), (400, "invalid_request"));
    }

    async fn an_empty_name_or_password_is_refused_and_is_no_guess(db) {
        let app = db.app_with(|config| config.throttle.account_failures = 1).await;
        let miguel = app.user("miguel").await;
        let counted = db.count("throttles").await;

        for (name, password) in [("miguel", ""), ("", PASSWORD), ("", "")] {
            for path in ["/who", "/me", "/api/me"] {
                let answer = app.basic(name, password).get(path).await;
                assert_eq!(answer.refusal(), (401, "invalid_credentials"));
            }
            let body = serde_json::json!({"username": name, "password": password});
            let answer = app.anonymous().post("/api/tokens", &body).await;
            assert_eq!(answer.refusal(), (401, "invalid_credentials"));
        }

        assert_eq!(db.count("throttles").await, counted);
        assert_eq!(miguel.get("/me").await.status, 200);
    }

    async fn false_credentials_are_refused_where_none_would_do(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let with = |value: &[u8]| app.anonymous().header("authorization", value);

        assert_eq!(app.anonymous().get("/who").await.text(), "nobody");
        for (value, status) in [
            (&b"Bearer x"[..], 401), (b"Bearer", 401), (b"Bearer ", 401), (b"Basic", 401),
            (b"Basic !!!", 400), (b"Basic bm9jb2xvbg==", 400), (b"Digest x", 401), (b"", 401),
            (b"Bearer a b", 400), (b"Bearer \xff", 400),
        ] {
            assert_eq!(with(value).get("/who").await.refusal().0, status, "{value:?}");
        }
        assert_eq!(app.basic("miguel", "wrong").get("/who").await.status, 401);
        assert_eq!(app.api_key("x").get("/who").await.status, 401);
        let long = with(format!("Bearer {}", "a".repeat(9000)).as_bytes()).get("/who").await;
        assert_eq!(long.refusal(), (400, "invalid_request"));
    }
}
