//! A database that fails never turns into a decision.

use crate::support::on_both_engines;

on_both_engines! {
    async fn a_revocation_that_cannot_be_stored_is_never_answered_as_done(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("").await);
        let by_id = format!("/api/tokens/{}", session.jti());
        let by_session = format!("/api/me/sessions/{}", session.id);
        db.execute("ALTER TABLE changes RENAME TO changes_away").await;

        for answer in [
            session.delete("/api/tokens").await,
            session.delete(&by_id).await,
            session.delete(&by_session).await,
            session.delete("/api/me/sessions").await,
            app.anonymous().form("/oauth/revoke", &session.access).await,
            app.anonymous().form("/oauth/revoke", &session.refresh).await,
        ] {
            assert_eq!(answer.refusal(), (500, "server_error"));
            assert!(!answer.text().contains("changes"), "the cause is for the log: {answer:?}");
        }
        db.execute("ALTER TABLE changes_away RENAME TO changes").await;

        assert_eq!(session.alive().await, (200, 200), "and nothing was half done");
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 200);
        assert_eq!(session.delete("/api/tokens").await.status, 204);
    }

    async fn a_process_that_has_not_heard_of_revocations_for_long_refuses_to_judge(db) {
        let app = db.app_with(|config| config.max_lag_seconds = 1).await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("").await);
        let (token, key) = (app.bearer(&session.access), app.api_key(&key.key));
        db.execute("ALTER TABLE lanes RENAME TO lanes_away").await;

        crate::support::becomes(&token, "/me", 503).await;
        let (refused, key_refused) = (token.get("/me").await, key.get("/me").await);
        db.execute("ALTER TABLE lanes_away RENAME TO lanes").await;

        assert_eq!(refused.refusal(), (503, "temporarily_unavailable"));
        assert_eq!(refused.header("retry-after"), "5");
        assert_eq!(key_refused.refusal(), (503, "temporarily_unavailable"), "roles may be old");
        crate::support::becomes(&token, "/me", 200).await;
        assert!(app.auth.ready().await.is_ok());
    }

    async fn a_role_check_that_cannot_be_made_grants_nothing(db) {
        let app = db.app().await;
        let root = app.admin().await.log_in().await;
        let key = app.basic("root", crate::support::PASSWORD)
            .post("/api/me/api-keys", &serde_json::json!({"name": "k", "scope": "admin"})).await;
        let key = app.api_key(key.body["key"].as_str().unwrap());
        db.execute("ALTER TABLE users RENAME TO users_away").await;
        let fresh = db.app_at(countersign::Clock::manual(crate::support::START), |_| {}).await;

        for caller in [fresh.bearer(&root.access), fresh.basic("root", crate::support::PASSWORD)] {
            assert_eq!(caller.get("/keys").await.refusal(), (500, "server_error"));
            assert_eq!(caller.get("/who").await.refusal(), (500, "server_error"));
        }
        db.execute("ALTER TABLE users_away RENAME TO users").await;
        assert_eq!(key.get("/api/users").await.status, 200);
    }
}
