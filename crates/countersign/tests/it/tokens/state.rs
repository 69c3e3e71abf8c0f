//! What happens to an account is felt by everything that was issued to it, at the next request.

use countersign::{Confirmation, NewApiKey};
use serde_json::json;

use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn a_role_withdrawn_is_missing_at_the_next_request(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let second = app.user("second").await;
        let role = format!("/api/users/{}/roles/admin", second.id);
        let (session, key) = (second.log_in().await, second.key("admin").await);
        let key = app.api_key(&key.key);

        assert_eq!(session.get("/api/users").await.refusal(), (403, "access_denied"));
        assert_eq!(root.put(&role, &json!({})).await.body["roles"], json!(["admin"]));
        assert_eq!(session.get("/api/users").await.status, 200);
        assert_eq!(key.get("/api/users").await.status, 200);
        assert_eq!(root.delete(&role).await.body["roles"], json!([]));

        assert_eq!(session.get("/api/users").await.refusal(), (403, "access_denied"));
        assert_eq!(key.get("/api/users").await.refusal(), (403, "access_denied"));
        assert_eq!(second.get("/api/users").await.refusal(), (403, "access_denied"));
    }

    async fn roles_granted_at_once_are_all_there(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        let grants = (0..10).map(|n| {
            let (auth, id) = (app.auth.clone(), miguel.id.parse().unwrap());
            tokio::spawn(async move { auth.roles().grant(id, &format!("role{n}")).await.unwrap() })
        });
        for grant in grants.collect::<Vec<_>>() {
            grant.await.unwrap();
        }

        assert_eq!(miguel.get("/api/me").await.body["roles"].as_array().unwrap().len(), 10);
    }

    async fn a_name_that_is_no_role_is_refused(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let at = |role: &str| format!("/api/users/{}/roles/{role}", root.id);

        for role in ["Admin", "a%20b", "1a", "%C3%A4"] {
            assert_eq!(root.put(&at(role), &json!({})).await.fault().0, 400, "{role}");
        }
        assert_eq!(root.put(&at("%FF"), &json!({})).await.refusal(), (404, "not_found"));
        let nobody = "/api/users/0190163d-8694-739b-aea5-966c26f8ad91/roles/x";
        assert_eq!(root.put(nobody, &json!({})).await.refusal(), (404, "not_found"));
    }

    async fn a_disabled_user_is_refused_with_every_credential_at_once(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        let disabled = root.post(&format!("/api/users/{}/disable", miguel.id), &json!({})).await;

        assert_eq!(disabled.status, 200);
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/who").await.refusal(), (401, "invalid_token"));
        assert_eq!(session.post("/api/tokens", &json!({})).await.status, 401);
        let wrong = app.basic("root", "wrong password").get("/me").await;
        assert_eq!(miguel.get("/me").await, wrong, "in the words of a wrong password");
        assert_eq!(app.basic("nobody", PASSWORD).get("/me").await, wrong);
        let login = json!({"username": "miguel", "password": PASSWORD});
        let wrong_login = json!({"username": "root", "password": "wrong password"});
        assert_eq!(
            app.anonymous().post("/api/tokens", &login).await,
            app.anonymous().post("/api/tokens", &wrong_login).await,
        );
    }

    async fn enabling_an_account_revives_nothing_that_was_ended(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);
        root.post(&format!("/api/users/{}/disable", miguel.id), &json!({})).await;

        root.post(&format!("/api/users/{}/enable", miguel.id), &json!({})).await;

        assert_eq!(miguel.get("/me").await.status, 200);
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
    }

    async fn where_confirmation_is_required_every_credential_waits_for_it(db) {
        let lax = db.app().await;
        let miguel = lax.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);
        let app = db.app_with(|config| config.confirmation = Confirmation::Required).await;
        let unconfirmed = (403, "unconfirmed");
        let login = json!({"username": "miguel", "password": PASSWORD});

        assert_eq!(app.basic("miguel", PASSWORD).get("/who").await.refusal(), unconfirmed);
        assert_eq!(app.anonymous().post("/api/tokens", &login).await.refusal(), unconfirmed);
        assert_eq!(app.bearer(&session.access).get("/who").await.refusal(), unconfirmed);
        assert_eq!(app.api_key(&key.key).get("/who").await.refusal(), unconfirmed);
        assert_eq!(app.anonymous().refresh(&session.refresh).await.refusal(), unconfirmed);
        let renewal = app.bearer(&session.access).post("/api/tokens", &json!({})).await;
        assert_eq!(renewal.refusal(), unconfirmed);
        assert_eq!(app.basic("miguel", "wrong password").get("/me").await.status, 401);

        app.auth.users().confirm(miguel.id.parse().unwrap()).await.unwrap();
        app.pass(60);
        assert_eq!(app.basic("miguel", PASSWORD).get("/me").await.status, 200);
        assert_eq!(app.bearer(&session.access).get("/me").await.status, 200);
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 200);
        let refreshed = app.anonymous().refresh(&session.refresh).await;
        assert_eq!(refreshed.status, 200, "being refused cost the client nothing");
    }

    async fn everything_of_a_deleted_user_is_refused(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        assert_eq!(root.delete(&format!("/api/users/{}", miguel.id)).await.status, 204);

        assert_eq!(miguel.get("/me").await.refusal(), (401, "invalid_credentials"));
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/me").await.status, 401);
        for table in ["sessions", "refresh_tokens", "api_keys"] {
            assert_eq!(db.count(table).await, 0, "{table}");
        }
    }
    async fn an_account_has_a_thousand_api_keys_at_most(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let user = miguel.id.parse().unwrap();
        let first = miguel.key("").await;
        let named = || NewApiKey { name: "k".into(), ..NewApiKey::default() };
        let many = (1..999).map(|_| app.auth.api_keys().create(user, named()));
        futures_util::future::try_join_all(many).await.unwrap();
        let repeatable = miguel.header("idempotency-key", "one");
        let last = repeatable.post("/api/me/api-keys", &json!({"name": "k"})).await;
        assert_eq!(last.status, 201);

        let refused = miguel.post("/api/me/api-keys", &json!({"name": "k"})).await;

        assert_eq!(refused.refusal(), (409, "conflict"));
        let repeated = repeatable.post("/api/me/api-keys", &json!({"name": "k"})).await;
        assert_eq!((repeated.status, &repeated.body), (201, &last.body));
        assert_eq!(miguel.delete(&format!("/api/me/api-keys/{}", first.id)).await.status, 204);
        miguel.key("").await;
    }
}
