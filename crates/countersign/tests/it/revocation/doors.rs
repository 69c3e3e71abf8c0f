//! The ways to take something back, and who may.

use serde_json::json;

use crate::support::{at_once, on_both_engines, with_status};

on_both_engines! {
    async fn logging_out_ends_the_token_its_session_and_nothing_else(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, other) = (miguel.log_in().await, miguel.log_in().await);

        assert_eq!(session.delete("/api/tokens").await.status, 204);

        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(session.delete("/api/tokens").await.refusal(), (401, "invalid_token"));
        assert_eq!(other.alive().await, (200, 200));
    }

    async fn logging_out_with_an_api_key_ends_the_key(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("").await);
        let key = app.api_key(&key.key);

        assert_eq!(key.delete("/api/tokens").await.status, 204);

        assert_eq!(key.get("/me").await.status, 401);
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn a_password_cannot_be_logged_out(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        assert_eq!(miguel.delete("/api/tokens").await.refusal(), (403, "access_denied"));
        assert_eq!(app.anonymous().delete("/api/tokens").await.status, 401);
    }

    async fn a_token_is_revoked_by_its_id_and_its_session_goes_on(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;

        assert_eq!(miguel.delete(&format!("/api/tokens/{}", session.jti())).await.status, 204);

        assert_eq!(session.get("/me").await.status, 401);
        assert_eq!(session.refreshed().await.get("/me").await.status, 200);
    }

    async fn somebody_elses_token_is_not_found(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let root = app.admin().await;
        let session = miguel.log_in().await;
        let path = format!("/api/tokens/{}", session.jti());

        assert_eq!(susan.delete(&path).await.refusal(), (404, "not_found"));
        assert_eq!(session.get("/me").await.status, 200);
        assert_eq!(root.delete(&path).await.status, 204, "an admin may");
        assert_eq!(session.get("/me").await.status, 401);
        let unknown = format!("{}.{}", uuid::Uuid::now_v7(), "0".repeat(32));
        for jti in ["x", "a.b", &unknown, "%FF", "%00", &session.id] {
            let answer = root.delete(&format!("/api/tokens/{jti}")).await;
            assert_eq!(answer.refusal(), (404, "not_found"), "{jti}");
        }
    }

    async fn to_present_a_token_is_to_be_allowed_to_revoke_it(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (one, two, key) = (miguel.log_in().await, miguel.log_in().await, miguel.key("").await);
        let revoke = async |token: &str| app.anonymous().form("/oauth/revoke", token).await.status;

        assert_eq!(revoke(&one.access).await, 200);
        assert_eq!(one.get("/me").await.status, 401);
        assert_eq!(app.anonymous().refresh(&one.refresh).await.status, 200, "the session goes on");
        assert_eq!(revoke(&two.refresh).await, 200);
        assert_eq!(two.alive().await, (401, 400));
        assert_eq!(revoke(&key.key).await, 200);
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
        for over in [&one.access, &two.refresh, &key.key, "unknown", "", "a.b.c"] {
            assert_eq!(revoke(over).await, 200, "unknown and over are no errors");
        }
    }

    async fn a_rotated_refresh_token_still_revokes_its_session(db) {
        let app = db.app().await;
        let old = app.user("miguel").await.log_in().await;
        let new = old.refreshed().await;

        app.anonymous().form("/oauth/revoke", &old.refresh).await;

        assert_eq!(new.alive().await, (401, 400));
    }

    async fn all_who_revoke_one_token_at_once_are_answered_200(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("").await.key);

        for token in [key, session.refresh.clone(), session.access.clone()] {
            let answers = at_once(20, |_| {
                let (caller, token) = (app.anonymous(), token.clone());
                async move { caller.form("/oauth/revoke", &token).await }
            })
            .await;
            assert_eq!(with_status(&answers, 200), 20);
        }
    }

    async fn one_ends_ones_own_sessions_one_by_one_and_nobody_elses(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let (one, two) = (miguel.log_in().await, miguel.log_in().await);
        let path = format!("/api/me/sessions/{}", two.id);

        let list = one.get("/api/me/sessions").await.body;
        assert_eq!(list["items"].as_array().unwrap().len(), 2);
        assert_eq!(list["current"], one.id.as_str());
        assert_eq!(susan.delete(&path).await.refusal(), (404, "not_found"));
        assert_eq!(two.get("/me").await.status, 200);
        assert_eq!(one.delete(&path).await.status, 204);

        assert_eq!(two.alive().await, (401, 400));
        assert_eq!(one.delete(&path).await.refusal(), (404, "not_found"));
        assert_eq!(one.alive().await, (200, 200));
        let rest = miguel.get("/api/me/sessions").await.body;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        assert_eq!(rest["items"][0]["address"], "192.0.2.1");
    }

    async fn one_ends_everything_but_the_session_that_asks(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (one, two, key) = (miguel.log_in().await, miguel.log_in().await, miguel.key("").await);

        assert_eq!(one.delete("/api/me/sessions").await.status, 204);

        assert_eq!(two.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
        assert_eq!(one.alive().await, (200, 200));
    }

    async fn an_admin_ends_everything_of_a_user(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let (one, two, key) = (miguel.log_in().await, miguel.log_in().await, miguel.key("").await);
        one.delete("/api/me/sessions").await;

        let ended = root.delete(&format!("/api/users/{}/sessions", miguel.id)).await;

        assert_eq!(ended.status, 204);
        assert_eq!((one.alive().await, two.alive().await), ((401, 400), (401, 400)));
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
        assert_eq!(miguel.log_in().await.alive().await, (200, 200), "the account itself is open");
    }

    async fn one_revokes_ones_own_api_keys_and_nobody_elses(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let key = miguel.key("").await;
        let path = format!("/api/me/api-keys/{}", key.id);

        assert_eq!(susan.delete(&path).await.refusal(), (404, "not_found"));
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 200);
        assert_eq!(miguel.delete(&path).await.status, 204);

        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
        assert_eq!(miguel.delete(&path).await.refusal(), (404, "not_found"));
        assert_eq!(miguel.get("/api/me/api-keys").await.body, json!({"items": []}));
    }

    async fn of_a_key_no_more_than_a_hint_is_shown_again(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let key = miguel.key("deploy").await;

        let list = miguel.get("/api/me/api-keys").await;

        let hint = list.body["items"][0]["hint"].as_str().unwrap();
        assert!(key.key.starts_with(hint) && hint.len() < 16, "{hint}");
        assert!(!list.text().contains(&key.key));
        let nested = app.api_key(&miguel.key("account").await.key)
            .post("/api/me/api-keys", &json!({"name": "k"})).await;
        assert_eq!(nested.refusal(), (403, "access_denied"), "a key makes no keys");
    }
}
