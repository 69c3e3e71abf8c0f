//! A token is good for the one thing it was made for.

use countersign::proto::secret::{PlainToken, TokenKind};
use serde_json::json;

use crate::support::{App, on_both_engines};

/// Where a bearer token opens something.
const BEARER_PLACES: [&str; 4] = ["/api/me", "/me", "/who", "/api/me/sessions"];

async fn is_refused_as_bearer(app: &App, token: &str) {
    for path in BEARER_PLACES {
        for caller in [app.bearer(token), app.api_key(token), app.basic(token, "x")] {
            let answer = caller.get(path).await;
            assert_eq!(answer.refusal(), (401, "invalid_token"), "{path} {token:.8}");
        }
    }
}

async fn is_refused_as_refresh_token(app: &App, token: &str) {
    let answer = app.anonymous().refresh(token).await;
    assert_eq!(answer.fault(), (400, "invalid_grant", "refresh_token"), "{token:.8}");
}

on_both_engines! {
    async fn a_refresh_token_is_good_for_nothing_but_refreshing(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        is_refused_as_bearer(&app, &session.refresh).await;

        let renewal = app.bearer(&session.refresh).post("/api/tokens", &json!({})).await;
        assert_eq!(renewal.status, 401);
        assert_eq!(session.alive().await, (200, 200), "the attempts harmed nothing");
    }

    async fn access_tokens_and_api_keys_do_not_refresh(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        is_refused_as_refresh_token(&app, &session.access).await;
        is_refused_as_refresh_token(&app, &key.key).await;

        assert_eq!(app.api_key(&key.key).get("/api/me").await.status, 200);
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn no_other_kind_of_token_is_good_at_any_place(db) {
        let app = db.app().await;
        app.user("miguel").await;

        for kind in TokenKind::ALL {
            let unknown = PlainToken::generate(kind);
            is_refused_as_bearer(&app, unknown.reveal()).await;
            is_refused_as_refresh_token(&app, unknown.reveal()).await;
            let revoked = app.anonymous().form("/oauth/revoke", unknown.reveal()).await;
            assert_eq!(revoked.status, 200, "revoking what is unknown is no error");
        }
    }

    async fn an_api_key_is_no_password_and_a_password_no_token(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let key = miguel.key("account admin").await;

        let as_password = app.basic("miguel", &key.key).get("/me").await;
        let renewal = app.api_key(&key.key).post("/api/tokens", &json!({})).await;

        assert_eq!(as_password.refusal(), (401, "invalid_credentials"));
        assert_eq!(renewal.refusal(), (403, "access_denied"), "an API key buys no token");
    }

    async fn a_token_that_was_tampered_with_is_refused(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let parts: Vec<&str> = session.access.split('.').collect();
        let [head, body, signature] = parts[..] else { panic!("three parts") };
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        let mut forged = signature.to_owned();
        forged.replace_range(..1, if forged.starts_with('A') { "B" } else { "A" });

        for token in [
            format!("{head}.{body}."), format!("{none}.{body}."), format!("{head}.{body}"),
            format!("{none}.{body}.{signature}"), format!("{head}.{body}.{forged}"),
            format!("{}.", session.access), format!(".{}", session.access), "..".into(),
            "a.b.c".into(), ".".repeat(5000),
        ] {
            let answer = app.bearer(&token).get("/who").await;
            assert_eq!(answer.refusal(), (401, "invalid_token"), "{token:.60}");
        }
    }

    async fn a_token_says_who_for_whom_and_how(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        let session = miguel.log_in_for(json!({"client_id": "cli", "scope": "account"})).await;

        let claims = session.claims();
        let url = "http://127.0.0.1:8080";
        assert_eq!((&claims["iss"], &claims["aud"]), (&json!(url), &json!(url)));
        assert_eq!(claims["sub"], miguel.id.as_str());
        assert_eq!((&claims["client_id"], &claims["scope"]), (&json!("cli"), &json!("account")));
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
        assert_eq!(claims["sid"], session.id.as_str());
        assert_eq!(claims["amr"], json!(["pwd"]));
        assert_eq!(claims["auth_time"], crate::support::START);
    }
}
