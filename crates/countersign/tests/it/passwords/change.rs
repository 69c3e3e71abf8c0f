//! Changing a password.

use serde_json::json;

use crate::support::{Answer, PASSWORD, at_once, on_both_engines, with_status};

const NEW: &str = "quite another sentence";

fn change(current: &str, new: &str) -> serde_json::Value {
    json!({"current_password": current, "new_password": new})
}

on_both_engines! {
    async fn a_changed_password_is_the_only_one_that_works(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        assert_eq!(miguel.change_password(NEW).await, 204);

        assert_eq!(miguel.get("/me").await.status, 401);
        assert_eq!(app.basic("miguel", NEW).get("/me").await.status, 200);
    }

    async fn a_wrong_current_password_changes_nothing(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        let before = db.value("SELECT password_hash FROM users").await;

        for caller in [&*session, &*miguel] {
            for current in ["wrong password", "", "correct horse battery "] {
                let answer = caller.put("/api/me/password", &change(current, NEW)).await;
                assert_eq!(answer.fault(), (403, "access_denied", "current_password"));
            }
        }
        let absent = session.put("/api/me/password", &json!({"new_password": NEW})).await;

        assert_eq!(absent.fault(), (400, "invalid_request", "current_password"));
        assert_eq!(db.value("SELECT password_hash FROM users").await, before);
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn the_policy_holds_for_the_new_password(db) {
        let app = db.app().await;
        let grinberg = app.user("grinberg").await;

        for new in ["short", "password1", "grinberg1"] {
            let answer = grinberg.put("/api/me/password", &change(PASSWORD, new)).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "new_password"), "{new}");
        }
        assert_eq!(grinberg.get("/me").await.status, 200);
    }

    async fn a_change_ends_everything_but_the_session_that_made_it(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (own, other) = (miguel.log_in().await, miguel.log_in().await);
        let key = miguel.key("account").await;
        let susan = app.user("susan").await.log_in().await;

        let changed = own.put("/api/me/password", &change(PASSWORD, NEW)).await;

        assert_eq!(changed.status, 204);
        assert_eq!(other.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/me").await.refusal(), (401, "invalid_token"));
        assert_eq!(own.get("/me").await.status, 200, "the old access token goes on");
        let next = own.refreshed().await.refreshed().await;
        assert_eq!(next.get("/me").await.status, 200);
        assert_eq!(susan.alive().await, (200, 200));
    }

    async fn a_second_change_ends_what_the_first_spared(db) {
        let app = db.app().await;
        let first = app.user("miguel").await.log_in().await;
        first.put("/api/me/password", &change(PASSWORD, NEW)).await;
        let second = app.basic("miguel", NEW);
        let second = second.post("/api/tokens", &json!({})).await.body;
        let second = crate::support::Session::of(&app, &second);

        let changed = second.put("/api/me/password", &change(NEW, PASSWORD)).await;

        assert_eq!(changed.status, 204);
        assert_eq!(first.alive().await, (401, 400));
        assert_eq!(second.alive().await, (200, 200));
    }

    async fn a_change_by_the_password_itself_ends_every_session(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;

        miguel.change_password(NEW).await;

        assert_eq!(session.alive().await, (401, 400));
    }

    async fn of_two_racing_changes_one_wins(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let new = |n: usize| format!("quite another sentence {n}");

        let answers: Vec<Answer> = at_once(8, |n| {
            let session = session.clone();
            async move { session.put("/api/me/password", &change(PASSWORD, &new(n))).await }
        })
        .await;

        let winner = answers.iter().position(|answer| answer.status == 204).unwrap();
        assert_eq!(with_status(&answers, 204), 1);
        assert!(answers.iter().all(|answer| [204, 403, 409].contains(&answer.status)));
        assert_eq!(app.basic("miguel", &new(winner)).get("/me").await.status, 200);
    }

    async fn the_changed_password_holds_after_a_restart(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (own, other) = (miguel.log_in().await, miguel.log_in().await);
        own.put("/api/me/password", &change(PASSWORD, NEW)).await;
        drop(miguel);

        let app = app.restart().await;

        assert_eq!(app.bearer(&own.access).get("/me").await.status, 200);
        assert_eq!(app.bearer(&other.access).get("/me").await.status, 401);
        assert_eq!(app.basic("miguel", NEW).get("/me").await.status, 200);
    }
}
