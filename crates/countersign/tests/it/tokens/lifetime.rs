//! How long a token is good.

use serde_json::json;

use crate::support::{Session, on_both_engines};

const DAY: i64 = 86_400;

on_both_engines! {
    async fn an_access_token_is_good_for_ten_minutes(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        app.pass(599);
        let before = session.get("/me").await.status;
        app.pass(1);
        let after = session.get("/me").await;

        assert_eq!((before, after.refusal()), (200, (401, "invalid_token")));
    }

    async fn a_clock_that_is_behind_by_the_leeway_takes_tokens_from_its_future(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        app.pass(-5);
        let within = session.get("/me").await.status;
        app.pass(-1);

        assert_eq!((within, session.get("/me").await.status), (200, 401));
    }

    async fn a_refresh_token_is_good_for_two_weeks_and_a_session_for_thirty_days(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (idle, mut busy) = (miguel.log_in().await, miguel.log_in().await);

        app.pass(14 * DAY);
        assert_eq!(app.anonymous().refresh(&idle.refresh).await.status, 400);
        assert_eq!(app.anonymous().refresh(&busy.refresh).await.status, 400);
        busy = miguel.log_in().await;
        for _ in 0..29 {
            app.pass(DAY);
            busy = busy.refreshed().await;
        }
        app.pass(DAY);

        assert_eq!(app.anonymous().refresh(&busy.refresh).await.status, 400);
    }

    async fn no_token_outlives_its_session(db) {
        let app = db.app().await;
        let mut session = app.user("miguel").await.log_in().await;
        for _ in 0..3 {
            app.pass(10 * DAY - 20);
            session = session.refreshed().await;
        }

        let claims = session.claims();

        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
    }

    async fn an_access_token_buys_the_next_until_the_session_ends_and_never_after(db) {
        let app = db.app_with(|config| {
            config.session_seconds = 3600;
            config.refresh_token_seconds = 3600;
        }).await;
        let first = app.user("miguel").await.log_in().await;
        let mut session = first.clone();

        for _ in 0..7 {
            app.pass(500);
            let answer = session.post("/api/tokens", &json!({})).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.body.get("refresh_token"), None);
            session = Session::of(&app, &answer.body);
        }
        assert_eq!(session.claims()["auth_time"], first.claims()["auth_time"]);
        assert_eq!(session.claims()["sid"], first.claims()["sid"]);
        app.pass(101);

        assert_eq!(session.post("/api/tokens", &json!({})).await.refusal(), (401, "invalid_token"));
        assert_eq!(app.anonymous().refresh(&first.refresh).await.status, 400);
    }

    async fn an_expired_access_token_buys_none(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        app.pass(606);

        assert_eq!(session.post("/api/tokens", &json!({})).await.refusal(), (401, "invalid_token"));
    }

    async fn an_api_key_is_good_until_its_end(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let body = json!({"name": "ci", "expires_in": 100});
        let made = miguel.post("/api/me/api-keys", &body).await.body;
        let key = app.api_key(made["key"].as_str().unwrap());

        app.pass(99);
        let before = key.get("/me").await.status;
        app.pass(1);

        assert_eq!((before, key.get("/me").await.status), (200, 401));
    }

    async fn a_token_gets_the_scope_asked_for_and_keeps_it(db) {
        let app = db.app().await;
        let root = app.admin().await;

        let narrow = root.log_in_for(json!({"scope": "reports"})).await;

        assert_eq!(narrow.get("/reports").await.status, 200);
        assert_eq!(narrow.get("/api/users").await.refusal(), (403, "insufficient_scope"));
        assert_eq!(narrow.get("/api/me/sessions").await.refusal(), (403, "insufficient_scope"));
        assert_eq!(narrow.refreshed().await.claims()["scope"], "reports");
        for bad in ["a  b", " a", "a\"b", "ä", "a\\b"] {
            let answer = root.post("/api/tokens", &json!({"scope": bad})).await;
            assert_eq!(answer.fault(), (400, "invalid_scope", "scope"), "{bad}");
        }
    }

    async fn a_renewed_token_may_be_narrower_but_never_wider(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in_for(json!({"scope": "account reports"})).await;

        let narrow = session.post("/api/tokens", &json!({"scope": "reports"})).await;
        let wide = session.post("/api/tokens", &json!({"scope": "reports admin"})).await;
        let narrowed = Session::of(&app, &narrow.body);
        let back = narrowed.post("/api/tokens", &json!({"scope": "account reports"})).await;
        let same = narrowed.post("/api/tokens", &json!({})).await;

        assert_eq!((narrow.status, &narrow.body["scope"]), (200, &json!("reports")));
        assert_eq!(wide.fault(), (400, "invalid_scope", "scope"));
        assert_eq!(back.fault(), (400, "invalid_scope", "scope"));
        assert_eq!(same.body["scope"], "reports");
    }

    async fn a_token_makes_no_api_key_that_may_do_more_than_itself(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let narrow = root.log_in_for(json!({"scope": "account reports"})).await;
        let make = |scope: &str| json!({"name": "k", "scope": scope});

        let within = narrow.post("/api/me/api-keys", &make("reports")).await;
        let beyond = narrow.post("/api/me/api-keys", &make("admin")).await;
        let typed = root.post("/api/me/api-keys", &make("admin deploy")).await;

        assert_eq!(within.status, 201);
        assert_eq!(beyond.refusal(), (403, "insufficient_scope"));
        assert_eq!(typed.status, 201, "a password carries every scope");
    }
}
