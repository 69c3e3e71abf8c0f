//! What is said of a password while it is chosen.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{App, on_both_engines};

async fn ask(app: &App, password: &str, names: &str) -> Value {
    let fields = [("password", password), ("names", names)];
    let answer = app.browser().submit("/password/strength", &fields).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    let members: Vec<&String> = answer.body.as_object().unwrap().keys().collect();
    assert_eq!(members, ["accepted", "score", "text"], "{answer:?}");
    assert!(answer.body["text"].is_string());
    answer.body
}

on_both_engines! {
    async fn a_password_is_rated_and_held_against_the_policy_before_it_is_sent(db) {
        let app = db.app().await;

        let good = ask(&app, "correct horse battery staple", "").await;
        let weak = ask(&app, "miguel12", "").await;
        assert_eq!((good["accepted"].as_bool(), good["score"].as_u64()), (Some(true), Some(4)));
        assert!(weak["score"].as_u64() < Some(2), "{weak}");
        for (password, names) in [
            ("", ""),
            ("short", ""),
            ("password", ""),
            ("miguel12", "miguel"),
            ("grinberg!", "mg miguel.grinberg@example.org"),
            ("countersign", ""),
        ] {
            assert_eq!(ask(&app, password, names).await["accepted"], false, "{password}");
        }
    }

    async fn what_is_accepted_is_what_a_sign_up_takes(db) {
        let app = db.app().await;

        for (n, password) in ["miguel12", "qwertzuiop", "aaaaaaaa", "\u{1f600}".repeat(8).as_str(),
            "tr0ub4dor&3", &"x y ".repeat(1025), &"z".repeat(4096)].iter().enumerate() {
            let name = format!("miguel{n}");
            let said = ask(&app, password, &name).await["accepted"] == true;
            let body = serde_json::json!({"username": name, "password": password});
            let made = app.anonymous().post("/api/users", &body).await.status == 201;
            assert_eq!(said, made, "{password}");
        }
    }

    async fn the_longest_input_costs_no_more_than_a_short_one(db) {
        let app = db.app().await;
        let begun = Instant::now();

        ask(&app, &"12/90".repeat(8_000), &"name ".repeat(1_000)).await;
        ask(&app, &"71$68577!@+1<|(03{".repeat(500), &"@(".repeat(2_000)).await;
        let mut browser = app.browser();
        let too_long = "x".repeat(70_000);
        let refused = browser.submit("/password/strength", &[("password", &too_long)]).await;

        assert_eq!(refused.status, 413);
        // A build for tests takes 20 times as long as one for use; uncapped it would be minutes.
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }

    async fn nobody_else_asks_and_nothing_is_kept(db) {
        let app = db.app().await;
        let fields = [("password", "a canary of a password")];
        let mut lured = app.browser().saying(&[("sec-fetch-site", "cross-site")]);
        assert_eq!(lured.submit("/password/strength", &fields).await.status, 403);
        assert_eq!(app.browser().submit("/password/strength", &[]).await.status, 400);
        assert_eq!(app.browser().open("/password/strength").await.status, 405);

        app.browser().submit("/password/strength", &fields).await;

        for table in ["users", "throttles", "links", "mails", "spent_proofs", "sessions"] {
            assert_eq!(db.count(table).await, 0, "{table}");
        }
    }
}
