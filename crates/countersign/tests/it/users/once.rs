//! What may happen only once: a name is taken once, a request with an `Idempotency-Key` done once.

use serde_json::{Value, json};

use crate::support::{App, PASSWORD, at_once, on_both_engines, with_status};

fn body() -> Value {
    json!({"username": "miguel", "password": PASSWORD})
}

async fn sign_up(app: &App, key: &str, body: &Value) -> crate::support::Answer {
    app.anonymous().header("idempotency-key", key).post("/api/users", body).await
}

on_both_engines! {
    async fn of_a_hundred_sign_ups_of_one_name_one_gets_it(db) {
        let app = db.app().await;

        let answers = at_once(100, |n| {
            let (app, spelling) = (app.clone(), if n % 2 == 0 { "miguel" } else { "MIGUEL" });
            let body = json!({"username": spelling, "password": PASSWORD});
            async move { app.anonymous().post("/api/users", &body).await }
        })
        .await;

        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 99));
        assert_eq!(db.count("users").await, 1);
    }

    async fn of_racing_sign_ups_with_one_e_mail_address_one_gets_it(db) {
        let app = db.app().await;

        let answers = at_once(20, |n| {
            let app = app.clone();
            let body = json!({"username": format!("user{n}"), "email": "m@example.org",
                "password": PASSWORD});
            async move { app.anonymous().post("/api/users", &body).await }
        })
        .await;

        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 19));
        assert!(answers.iter().all(|a| a.status == 201 || a.field() == "email"));
    }

    async fn a_sign_up_repeated_with_its_key_is_done_once_and_answered_alike(db) {
        let app = db.app().await;

        let first = sign_up(&app, "k1", &body()).await;
        let second = sign_up(&app, "k1", &body()).await;

        assert_eq!((first.status, second.status), (201, 201));
        assert_eq!(first.bytes, second.bytes);
        assert_eq!(first.header("location"), second.header("location"));
        assert_eq!(db.count("users").await, 1);
    }

    async fn twenty_sign_ups_at_once_with_one_key_make_one_user(db) {
        let app = db.app().await;

        let answers = at_once(20, |_| {
            let app = app.clone();
            async move { sign_up(&app, "k1", &body()).await }
        })
        .await;

        let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!made.is_empty());
        assert!(made.iter().all(|answer| answer.bytes == made[0].bytes));
        assert_eq!(made.len() + with_status(&answers, 409), 20, "{answers:?}");
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_key_used_for_another_request_is_refused(db) {
        let app = db.app().await;
        sign_up(&app, "k1", &body()).await;

        for other in [
            json!({"username": "susan", "password": PASSWORD}),
            json!({"username": "miguel", "password": "another good password"}),
            json!({"username": "miguel", "email": "m@example.org", "password": PASSWORD}),
        ] {
            let answer = sign_up(&app, "k1", &other).await;
            assert_eq!(answer.fault(), (422, "idempotency_mismatch", "Idempotency-Key"));
        }
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_key_is_forgotten_after_its_day(db) {
        let app = db.app().await;
        sign_up(&app, "k1", &body()).await;
        app.pass(86_401);

        let answer = sign_up(&app, "k1", &json!({"username": "susan", "password": PASSWORD})).await;

        assert_eq!(answer.status, 201);
    }

    async fn a_sign_up_that_was_refused_may_be_mended_under_its_key(db) {
        let app = db.app().await;
        let refused = sign_up(&app, "k1", &json!({"username": "miguel", "password": "short"})).await;

        let mended = sign_up(&app, "k1", &body()).await;

        assert_eq!((refused.status, mended.status), (400, 201));
    }

    async fn a_key_of_other_than_visible_ascii_is_refused(db) {
        let app = db.app().await;
        let long = "k".repeat(256);

        for key in ["", "a b", "ü", &long] {
            let answer = sign_up(&app, key, &body()).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "Idempotency-Key"), "{key}");
        }
        let twice = app.anonymous().header("idempotency-key", "a").header("idempotency-key", "b");
        assert_eq!(twice.post("/api/users", &body()).await.status, 400);
    }

    async fn an_api_key_made_twice_under_one_key_is_one_and_the_same(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let body = json!({"name": "ci", "scope": "deploy"});

        let first = miguel.header("idempotency-key", "k").post("/api/me/api-keys", &body).await;
        let second = miguel.header("idempotency-key", "k").post("/api/me/api-keys", &body).await;
        let hers = susan.header("idempotency-key", "k").post("/api/me/api-keys", &body).await;

        assert_eq!((first.status, &first.bytes), (201, &second.bytes));
        assert_eq!(hers.status, 201);
        assert_ne!(first.body["key"], hers.body["key"]);
        assert_eq!(db.count("api_keys").await, 2);
    }
}
