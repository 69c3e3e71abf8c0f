//! "API Authentication with Tokens" and the API it quotes: what its clients send and are answered.

mod users;

use axum::{body::Body, http::Method};
use countersign_flask::{PasswordPolicy, api_tokens};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database, on_both_engines};

const TOKENS: &str = "/api-tokens/api/tokens";
const USERS: &str = "/api-tokens/api/users";

async fn app(db: &Database) -> App {
    let app = db.app().await;
    let mut options = api_tokens::Options::default();
    options.password_policy = PasswordPolicy::Origin;
    let routes = api_tokens(&app.auth, options);
    app.with("/api-tokens", routes)
}

async fn sign_up(app: &App, name: &str) -> Value {
    let body = json!({
        "username": name, "email": format!("{name}@example.com"), "password": "cat",
    });
    let answer = app.anonymous().post(USERS, &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body
}

async fn token(app: &App, name: &str) -> String {
    let answer = app.basic(name, "cat").send(Method::POST, TOKENS, Body::empty()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body.as_object().unwrap().len(), 1, "{answer:?}");
    answer.body["token"].as_str().unwrap().to_owned()
}

/// Signed up, with the id, calling by token.
async fn susan(app: &App) -> (String, Caller) {
    let id = sign_up(app, "susan").await["id"].as_str().unwrap().to_owned();
    (id, app.bearer(&token(app, "susan").await))
}

fn is_unauthorized(answer: &Answer, scheme: &str) {
    assert_eq!((answer.status, &answer.body), (401, &json!({"error": "Unauthorized"})));
    let challenge = format!(r#"{scheme} realm="Authentication Required""#);
    assert_eq!(answer.challenges(), [challenge.as_str()]);
}

/// Status, name of the status, message.
fn is_error(answer: &Answer, status: u16, name: &str, message: &str) {
    assert_eq!((answer.status, &answer.body["error"]), (status, &json!(name)), "{answer:?}");
    assert_eq!(answer.body["message"].as_str().unwrap_or_default(), message, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
}

on_both_engines! {
    async fn the_password_buys_a_random_token_which_stays_the_same(db) {
        let app = app(&db).await;
        sign_up(&app, "susan").await;

        let first = token(&app, "susan").await;
        app.pass(3539);
        let same = token(&app, "susan").await;
        app.pass(1);
        let next = token(&app, "susan").await;

        assert!(!first.contains('.') && first.len() > 32);
        assert_eq!(first, same);
        assert_ne!(first, next);
        is_unauthorized(&app.bearer(&first).get(USERS).await, "Bearer");
        assert_eq!(app.bearer(&next).get(USERS).await.status, 200);
    }

    async fn of_any_number_of_racers_all_get_the_one_token(db) {
        let app = app(&db).await;
        let options = api_tokens::Options::default();
        let there = app.neighbour().await;
        let there = there.clone().with("/api-tokens", api_tokens(&there.auth, options));

        for round in 0..10 {
            let name = format!("racer-{round}");
            sign_up(&app, &name).await;
            let answers = crate::support::at_once(12, |n| {
                let caller = if n % 2 == 0 { &app } else { &there }.basic(&name, "cat");
                async move { caller.send(Method::POST, TOKENS, Body::empty()).await }
            }).await;
            assert_eq!(crate::support::with_status(&answers, 200), 12, "{answers:?}");
            assert!(answers.iter().all(|answer| answer.body == answers[0].body), "{answers:?}");
        }
    }

    async fn only_basic_with_a_password_buys_a_token(db) {
        let app = app(&db).await;
        let (_, bearer) = susan(&app).await;
        let held = token(&app, "susan").await;

        let anonymous = app.anonymous();
        for caller in [
            anonymous.clone(),
            bearer,
            app.basic("susan", "wrong"),
            app.basic("nobody", "cat"),
            app.basic("", ""),
            app.basic("susan", ""),
            app.basic("", "cat"),
            app.basic(&held, ""),
            app.api_key(&held),
            anonymous.header("authorization", "Basic ???"),
            anonymous.header("authorization", "Basic"),
            anonymous.header("authorization", ""),
            anonymous.header("authorization", b"\xff"),
        ] {
            is_unauthorized(&caller.send(Method::POST, TOKENS, Body::empty()).await, "Basic");
        }
        let by_email = app.basic("susan@example.com", "cat");
        let by_email = by_email.send(Method::POST, TOKENS, Body::empty()).await;
        assert_eq!(by_email.body["token"], json!(held));
    }

    async fn a_token_is_taken_back_at_once_and_only_once(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;

        let answer = susan.delete(TOKENS).await;

        assert_eq!((answer.status, answer.bytes.len()), (204, 0));
        is_unauthorized(&susan.get(USERS).await, "Bearer");
        is_unauthorized(&susan.delete(TOKENS).await, "Bearer");
        assert_eq!(app.bearer(&token(&app, "susan").await).get(USERS).await.status, 200);
    }

    async fn only_a_bearer_token_is_taken_back(db) {
        let app = app(&db).await;
        sign_up(&app, "susan").await;

        is_unauthorized(&app.anonymous().delete(TOKENS).await, "Bearer");
        is_unauthorized(&app.basic("susan", "cat").delete(TOKENS).await, "Bearer");
    }

    async fn the_database_has_a_digest_of_the_token_and_another_process_knows_it(db) {
        let app = app(&db).await;
        sign_up(&app, "susan").await;
        let token = token(&app, "susan").await;

        assert!(!db.dump("sessions").await.contains(&token));
        let elsewhere = app.neighbour().await.bearer(&token).get("/api/me").await;
        assert_eq!((elsewhere.status, &elsewhere.body["username"]), (200, &json!("susan")));
    }

    async fn a_random_token_is_looked_into_and_taken_back_as_the_standards_have_it(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;
        let held = token(&app, "susan").await;

        let looked = susan.form("/oauth/introspect", &held).await;
        assert_eq!((&looked.body["active"], &looked.body["client_id"]), (&json!(true), &json!("api-tokens")));
        assert_eq!(app.anonymous().form("/oauth/revoke", &held).await.status, 200);
        is_unauthorized(&susan.get(USERS).await, "Bearer");
        assert_eq!(app.anonymous().form("/oauth/revoke", &held).await.status, 200);
    }

    async fn a_random_token_ends_with_a_change_of_the_password_and_a_lock(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;

        let change = json!({"current_password": "cat", "new_password": "three quiet words"});
        assert_eq!(app.basic("susan", "cat").put("/api/me/password", &change).await.status, 204);
        is_unauthorized(&susan.get(USERS).await, "Bearer");

        let caller = app.basic("susan", "three quiet words");
        let again = caller.send(Method::POST, TOKENS, Body::empty()).await;
        let again = app.bearer(again.body["token"].as_str().unwrap());
        assert_eq!(again.get(USERS).await.status, 200);
        app.auth.users().disable(id.parse().unwrap()).await.unwrap();
        is_unauthorized(&again.get(USERS).await, "Bearer");
        is_unauthorized(&caller.send(Method::POST, TOKENS, Body::empty()).await, "Basic");
    }

    async fn every_error_inside_the_api_is_json_and_outside_what_the_client_prefers(db) {
        let app = app(&db).await;

        is_error(&app.anonymous().get("/api-tokens/api/nothing").await, 404, "Not Found", "");
        let wrong = app.anonymous().send(Method::PATCH, USERS, Body::empty()).await;
        is_error(&wrong, 405, "Method Not Allowed", "");
        assert_eq!(wrong.header("allow"), "GET, HEAD, OPTIONS, POST");
        let outside = async |accept: &str| {
            let caller = app.anonymous().header("accept", accept);
            caller.get("/api-tokens/nothing").await.header("content-type").to_owned()
        };
        assert_eq!(outside("text/html,application/xhtml+xml,*/*;q=0.8").await, "text/html; charset=utf-8");
        for accept in ["application/json", "*/*", "text/html;q=0.5,application/json;q=0.5", "image/png", ""] {
            assert_eq!(outside(accept).await, "application/json", "{accept}");
        }
        let html = app.anonymous().header("accept", "text/html").get("/api-tokens/api/x").await;
        is_error(&html, 404, "Not Found", "");
    }

    async fn options_needs_no_login(db) {
        let app = app(&db).await;

        let answer = app.anonymous().send(Method::OPTIONS, TOKENS, Body::empty()).await;

        assert_eq!((answer.status, answer.header("allow")), (200, "DELETE, OPTIONS, POST"));
    }

    async fn an_account_of_the_profile_is_an_account_everywhere(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;

        assert_eq!(susan.get("/api/me").await.body["username"], "susan");
        assert_eq!(app.basic("susan", "cat").get("/api/me").await.status, 200);
        let native = app.user("bob").await.log_in().await;
        assert_eq!(native.get(USERS).await.status, 200);
        assert_eq!(native.delete(TOKENS).await.status, 204);
        assert_eq!(native.get("/api/me").await.status, 401);
    }
}
