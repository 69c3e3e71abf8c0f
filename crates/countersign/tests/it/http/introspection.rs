//! Introspection (RFC 7662).

use serde_json::json;

use crate::support::{Caller, on_both_engines};

async fn ask(caller: &Caller, token: &str) -> serde_json::Value {
    let answer = caller.form("/oauth/introspect", token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body
}

async fn is_inactive(caller: &Caller, token: &str) -> bool {
    ask(caller, token).await == json!({"active": false})
}

on_both_engines! {
    async fn one_may_ask_about_ones_own_tokens(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("deploy").await);

        let access = ask(&session, &session.access).await;
        let refresh = ask(&session, &session.refresh).await;
        let api_key = ask(&app.api_key(&key.key), &key.key).await;

        for answer in [&access, &refresh, &api_key] {
            assert_eq!((&answer["active"], &answer["sub"]), (&json!(true), &json!(miguel.id)));
            assert_eq!(answer["username"], "miguel");
        }
        assert_eq!((&access["token_type"], &access["scope"]), (&json!("Bearer"), &json!("account admin")));
        assert_eq!(access["exp"], session.claims()["exp"]);
        assert_eq!(access["jti"], session.jti());
        assert_eq!(refresh["token_type"], "refresh_token");
        assert_eq!(refresh["sid"], session.id.as_str());
        assert_eq!((&api_key["scope"], &api_key["jti"]), (&json!("deploy"), &json!(key.id)));
    }

    async fn other_peoples_tokens_are_inactive_but_to_introspectors(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let (session, key) = (miguel.log_in().await, miguel.key("").await);
        let tokens = [&session.access, &session.refresh, &key.key];

        for token in tokens {
            assert!(is_inactive(&susan, token).await);
        }
        app.auth.roles().grant(susan.id.parse().unwrap(), "introspector").await.unwrap();
        let service = app.api_key(&susan.key("introspector").await.key);
        let narrow = app.api_key(&susan.key("account").await.key);
        for token in tokens {
            assert_eq!(ask(&susan, token).await["active"], true);
            assert_eq!(ask(&service, token).await["active"], true);
            assert!(is_inactive(&narrow, token).await, "the key lacks the scope");
        }
        assert_eq!(app.anonymous().form("/oauth/introspect", &key.key).await.status, 401);
    }

    async fn what_would_be_refused_is_inactive_and_tells_nothing_else(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let (ended, rotated, key) =
            (miguel.log_in().await, miguel.log_in().await, miguel.key("").await);
        ended.delete("/api/tokens").await;
        rotated.refreshed().await;
        miguel.delete(&format!("/api/me/api-keys/{}", key.id)).await;
        let live = miguel.log_in().await;

        for token in [&ended.access, &ended.refresh, &rotated.refresh, &key.key, "x", "", "a.b.c"] {
            assert!(is_inactive(&root, token).await, "{token:.10}");
        }
        root.post(&format!("/api/users/{}/disable", miguel.id), &json!({})).await;
        for token in [&live.access, &live.refresh, &rotated.access] {
            assert!(is_inactive(&root, token).await, "{token:.10}");
        }
    }

    async fn an_expired_token_is_inactive(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;

        app.pass(600);
        assert!(is_inactive(&miguel, &session.access).await);
        assert_eq!(ask(&miguel, &session.refresh).await["active"], true);
        app.pass(14 * 86_400 - 600);

        assert!(is_inactive(&miguel, &session.refresh).await);
    }

    async fn a_refresh_token_that_waits_for_confirmation_is_inactive(db) {
        let lax = db.app().await;
        let root = lax.admin().await;
        let session = lax.user("miguel").await.log_in().await;
        lax.auth.users().confirm(root.id.parse().unwrap()).await.unwrap();

        let app = db.app_with(|c| c.confirmation = countersign::Confirmation::Required).await;

        let root = app.basic("root", crate::support::PASSWORD);
        assert!(is_inactive(&root, &session.access).await);
        assert!(is_inactive(&root, &session.refresh).await);
    }
}
