//! Time tells nobody who has an account. These rules hash at the cost of production, in a program
//! of their own and one after another: what runs beside a measurement is measured with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, unused_imports, reason = "written for all rules; these few need less of it")]
#[path = "it/support/mod.rs"]
mod support;

#[path = "timing/doors.rs"]
mod doors;
#[path = "timing/measure.rs"]
mod measure;

use countersign::{Clock, ThrottleMode, proto::password::Params};
use serde_json::json;

use measure::{assert_alike, time};
use support::{App, Database, PASSWORD, START, on_both_engines};

async fn app(db: &Database) -> App {
    db.app_at(Clock::manual(START), |config| {
        config.hashing.params = Params::default();
        config.throttle.mode = ThrottleMode::Off;
    })
    .await
}

on_both_engines! {
    async fn unknown_wrong_and_disabled_are_refused_in_the_same_bytes(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let gone = app.user("gone").await;
        app.auth.users().disable(gone.id.parse().unwrap()).await.unwrap();

        let wrong = app.basic("miguel", "wrong").get("/me").await;
        assert_eq!(app.basic("nobody", PASSWORD).get("/me").await, wrong);
        assert_eq!(gone.get("/me").await, wrong);
        assert_eq!(app.basic("nobody@example.org", PASSWORD).get("/me").await, wrong);
        assert_eq!(app.basic("no\u{200b}name", PASSWORD).get("/me").await, wrong);
        let log_in = async |username: &str, password: &str| {
            let body = json!({"username": username, "password": password});
            app.anonymous().post("/api/tokens", &body).await
        };
        let wrong = log_in("miguel", "wrong").await;
        assert_eq!(log_in("nobody", PASSWORD).await, wrong);
        assert_eq!(log_in("gone", PASSWORD).await, wrong);
        assert_eq!(log_in("a\0b", PASSWORD).await, wrong);
    }

    async fn an_unknown_or_disabled_user_takes_as_long_as_a_wrong_password(db) {
        let app = app(&db).await;
        app.user("miguel").await;
        let gone = app.user("gone").await;
        app.auth.users().disable(gone.id.parse().unwrap()).await.unwrap();

        for other in ["nobody", "gone"] {
            let app = &app;
            assert_alike(&format!("log in as {other}"), ["miguel", other], async |name, _| {
                let caller = app.basic(name, "a wrong password");
                time(caller.get("/me"), |answer| {
                    assert_eq!(answer.refusal(), (401, "invalid_credentials"));
                })
                .await
            })
            .await;
        }
    }
}
