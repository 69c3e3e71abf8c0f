//! "Flask-Login token-based authentication basics": what its clients send and are answered.

use axum::{body::Body, http::Method};
use countersign_flask::request_loader::{self, NaiveTokens};

use crate::support::{Answer, App, Database, PASSWORD, on_both_engines};

const PROTECTED: &str = "/request-loader/protected/";

async fn app(db: &Database, naive: NaiveTokens) -> App {
    let app = db.app().await;
    let mut options = request_loader::Options::default();
    options.naive_tokens = naive;
    let routes = countersign_flask::request_loader(&app.auth, options);
    app.with("/request-loader", routes)
}

/// A page without a redirect, a challenge or a cookie.
fn is_unauthorized(answer: &Answer) {
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    for name in ["www-authenticate", "location", "set-cookie"] {
        assert!(!answer.headers.contains_key(name), "{answer:?}");
    }
}

fn is_let_in(answer: &Answer) {
    assert_eq!((answer.status, answer.text().as_str()), (200, "Hello Protected World!"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert!(!answer.headers.contains_key("set-cookie"), "{answer:?}");
}

on_both_engines! {
    async fn the_root_greets_everybody(db) {
        let app = app(&db, NaiveTokens::Refused).await;

        for path in ["/request-loader", "/request-loader/"] {
            let answer = app.anonymous().get(path).await;
            assert_eq!((answer.status, answer.text().as_str()), (200, "Hello World!"), "{path}");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
            assert_eq!(app.anonymous().delete(path).await.status, 405);
        }
    }

    async fn the_whole_header_is_the_token_and_without_a_header_the_query_has_it(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let session = app.user("JohnDoe").await.log_in().await;
        let token = &session.access;

        is_let_in(&app.anonymous().header("authorization", token).get(PROTECTED).await);
        is_let_in(&app.anonymous().get(&format!("{PROTECTED}?token={token}")).await);
        let key = app.basic("JohnDoe", PASSWORD);
        let key = key.post("/api/me/api-keys", &serde_json::json!({"name": "k"})).await;
        let key = key.body["key"].as_str().unwrap();
        is_let_in(&app.anonymous().header("authorization", key).get(PROTECTED).await);
    }

    async fn nobody_is_answered_401_without_a_redirect_or_a_challenge(db) {
        let app = app(&db, NaiveTokens::Refused).await;

        is_unauthorized(&app.anonymous().get(PROTECTED).await);
    }

    async fn a_bad_header_is_not_rescued_by_a_good_query(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let token = app.user("JohnDoe").await.log_in().await.access;
        let path = format!("{PROTECTED}?token={token}");

        is_unauthorized(&app.anonymous().header("authorization", "bad").get(&path).await);
        is_unauthorized(&app.anonymous().header("authorization", "").get(&path).await);
    }

    async fn of_two_tokens_in_the_query_the_first_counts(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let token = app.user("JohnDoe").await.log_in().await.access;

        is_let_in(&app.anonymous().get(&format!("{PROTECTED}?token={token}&token=bad")).await);
        is_unauthorized(&app.anonymous().get(&format!("{PROTECTED}?token=bad&token={token}")).await);
    }

    async fn a_path_without_its_slash_leads_to_the_one_with_it(db) {
        let app = app(&db, NaiveTokens::Refused).await;

        let answer = app.anonymous().get("/request-loader/protected?token=a%20b").await;

        assert_eq!(answer.status, 308);
        let place = "http://127.0.0.1:8080/request-loader/protected/?token=a%20b";
        assert_eq!(answer.header("location"), place);
    }

    async fn what_made_the_original_fail_is_refused(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let token = app.user("JohnDoe").await.log_in().await.access;
        let anonymous = app.anonymous();

        for caller in [
            anonymous.header("authorization", "JohnDoe"),
            anonymous.header("authorization", ""),
            anonymous.header("authorization", "a:b:c"),
            anonymous.header("authorization", b"\xff:\xfe"),
            anonymous.header("authorization", "x".repeat(9000)),
            anonymous.header("authorization", format!("Bearer {token}")),
            anonymous.header("authorization", &token).header("authorization", "other"),
            app.basic("JohnDoe", PASSWORD),
        ] {
            is_unauthorized(&caller.get(PROTECTED).await);
        }
        for query in ["?token", "?token=", "?token=%ff%00", "?token=a:b:c", "?TOKEN=x", "?=%"] {
            is_unauthorized(&anonymous.get(&format!("{PROTECTED}{query}")).await);
        }
    }

    async fn a_name_with_a_password_is_no_token_unless_that_is_chosen(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        app.user("JohnDoe").await;
        let naive = format!("JohnDoe:{PASSWORD}");

        is_unauthorized(&app.anonymous().header("authorization", &naive).get(PROTECTED).await);
        let path = format!("{PROTECTED}?token=JohnDoe:correct%20horse%20battery");
        is_unauthorized(&app.anonymous().get(&path).await);
    }

    async fn where_it_is_chosen_it_is_one_in_the_header_and_in_the_query(db) {
        let app = app(&db, NaiveTokens::Accepted).await;
        app.user("JohnDoe").await;
        let with = |value: &str| app.anonymous().header("authorization", value);

        is_let_in(&with(&format!("JohnDoe:{PASSWORD}")).get(PROTECTED).await);
        let path = format!("{PROTECTED}?token=JohnDoe:correct%20horse%20battery");
        is_let_in(&app.anonymous().get(&path).await);
        for value in ["JohnDoe:wrong", "Nobody:wrong", ":", "JohnDoe:", ":John", "a:b:c"] {
            is_unauthorized(&with(value).get(PROTECTED).await);
        }
    }

    async fn nothing_is_remembered(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let token = app.user("JohnDoe").await.log_in().await.access;

        is_let_in(&app.anonymous().header("authorization", &token).get(PROTECTED).await);
        is_unauthorized(&app.anonymous().get(PROTECTED).await);
    }

    async fn an_expired_and_a_revoked_token_are_nobody(db) {
        let app = app(&db, NaiveTokens::Refused).await;
        let user = app.user("JohnDoe").await;
        let (one, other) = (user.log_in().await, user.log_in().await);

        one.delete("/api/tokens").await;
        is_unauthorized(&app.anonymous().header("authorization", &one.access).get(PROTECTED).await);
        app.pass(606);
        is_unauthorized(&app.anonymous().header("authorization", &other.access).get(PROTECTED).await);
    }

    async fn options_needs_no_login_and_other_methods_are_405(db) {
        let app = app(&db, NaiveTokens::Refused).await;

        let options = app.anonymous().send(Method::OPTIONS, PROTECTED, Body::empty()).await;
        assert_eq!((options.status, options.header("allow")), (200, "GET, HEAD, OPTIONS"));
        assert_eq!(app.anonymous().post(PROTECTED, &serde_json::json!({})).await.status, 405);
        assert_eq!(app.anonymous().get("/request-loader/nothing").await.status, 404);
    }
}
