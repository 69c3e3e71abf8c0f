//! What holds for every profile: who is refused, alike for all; that nobody is nobody; what every
//! answer carries. A profile is added by its line in `doors`.

use std::sync::Arc;

use axum::{body::Body, http::Method};
use countersign::{Config, Confirmation};
use countersign_flask::{PasswordPolicy, api_tokens, request_loader, rest_auth};
use serde_json::json;

use crate::support::{Answer, App, Caller, Database, PASSWORD, on_both_engines};

/// How somebody comes in by a password, and what whoever is let in is answered.
struct Door {
    profile: &'static str,
    method: Method,
    path: &'static str,
    /// The request with this name and password.
    with: fn(&App, &str, &str) -> Caller,
    /// The request with none.
    without: Vec<fn(&App) -> Caller>,
}

fn nothing() -> Vec<fn(&App) -> Caller> {
    vec![
        |app| app.anonymous(),
        |app| app.basic("", ""),
        |app| app.anonymous().header("authorization", ""),
        |app| app.anonymous().header("authorization", "Basic"),
        |app| app.anonymous().header("authorization", "Basic Og=="),
        |app| app.anonymous().header("authorization", "Bearer"),
        |app| app.anonymous().header("authorization", ":"),
        |app| app.anonymous().header("x-auth-token", ""),
    ]
}

fn doors() -> Vec<Door> {
    let basic: fn(&App, &str, &str) -> Caller = |app, name, password| app.basic(name, password);
    let raw: fn(&App, &str, &str) -> Caller =
        |app, name, password| app.anonymous().header("authorization", format!("{name}:{password}"));
    let door =
        |profile, method, path, with| Door { profile, method, path, with, without: nothing() };
    vec![
        door("rest-auth", Method::GET, "/rest-auth/api/resource", basic),
        door("rest-auth", Method::GET, "/rest-auth/api/token", basic),
        door("api-tokens", Method::POST, "/api-tokens/api/tokens", basic),
        door("request-loader", Method::GET, "/request-loader/protected/", raw),
    ]
}

async fn app(db: &Database, change: impl FnOnce(&mut Config)) -> App {
    let app = db.app_with(change).await;
    let mut rest = rest_auth::Options::default();
    rest.password_policy = PasswordPolicy::Origin;
    let mut tokens = api_tokens::Options::default();
    tokens.password_policy = PasswordPolicy::Origin;
    let mut loader = request_loader::Options::default();
    loader.naive_tokens = request_loader::NaiveTokens::Accepted;
    let (rest, tokens) = (rest_auth(&app.auth, rest), api_tokens(&app.auth, tokens));
    let loader = request_loader(&app.auth, loader);
    app.with("/rest-auth", rest).with("/api-tokens", tokens).with("/request-loader", loader)
}

impl Door {
    async fn knock(&self, caller: &Caller) -> Answer {
        caller.send(self.method.clone(), self.path, Body::empty()).await
    }

    async fn open(&self, app: &App, name: &str, password: &str) -> Answer {
        self.knock(&(self.with)(app, name, password)).await
    }
}

on_both_engines! {
    async fn nobody_is_let_in_who_shows_nothing_even_where_empty_names_were_tried(db) {
        let app = app(&db, |_| {}).await;
        let empty = json!({"username": "", "email": "", "password": ""});
        for path in ["/rest-auth/api/users", "/api-tokens/api/users", "/api/users"] {
            assert_eq!(app.anonymous().post(path, &empty).await.status, 400, "{path}");
        }
        assert_eq!(db.count("users").await, 0);

        for door in doors() {
            for without in &door.without {
                let answer = door.knock(&without(&app)).await;
                assert_eq!(answer.status, 401, "{}: {answer:?}", door.path);
            }
        }
    }

    async fn unknown_wrong_and_locked_have_one_answer(db) {
        let app = app(&db, |_| {}).await;
        let (_, locked) = (app.user("miguel").await, app.user("susan").await);
        app.auth.users().disable(locked.id.parse().unwrap()).await.unwrap();

        for door in doors() {
            assert_eq!(door.open(&app, "miguel", PASSWORD).await.status, 200, "{}", door.path);
            let wrong = door.open(&app, "miguel", "wrong").await;
            let unknown = door.open(&app, "nobody", "wrong").await;
            let locked = door.open(&app, "susan", PASSWORD).await;
            assert_eq!(wrong.status, 401, "{}: {wrong:?}", door.path);
            assert_eq!(wrong, unknown, "{}", door.path);
            assert_eq!(wrong, locked, "{}", door.path);
        }
    }

    async fn an_unknown_user_costs_as_much_time_as_a_wrong_password(db) {
        let app = app(&db, |config| {
            config.hashing.params = countersign::proto::password::Params::new(32_768, 2, 1).unwrap();
            config.throttle.mode = countersign::ThrottleMode::Off;
        }).await;
        app.user("miguel").await;

        for door in doors() {
            let mut least = [std::time::Duration::MAX; 2];
            for _ in 0..3 {
                for (least, name) in least.iter_mut().zip(["miguel", "nobody"]) {
                    let begun = std::time::Instant::now();
                    assert_eq!(door.open(&app, name, "wrong").await.status, 401);
                    *least = begun.elapsed().min(*least);
                }
            }
            // Other tests run beside this one. Without a hash it would be a hundredth.
            assert!(least[1] * 10 > least[0] && least[0] * 10 > least[1], "{} {least:?}", door.path);
        }
    }

    async fn a_flood_of_wrong_passwords_is_paused_in_the_envelope(db) {
        for door in doors() {
            let app = app(&db, |config| config.throttle.address_failures = 3).await;
            app.user(&format!("miguel-{}", door.path.len())).await;
            let from = |app: &App| (door.with)(app, "nobody", "wrong").from([203, 0, 113, 9]);
            let mut last = door.knock(&from(&app)).await;
            for _ in 0..10 {
                last = door.knock(&from(&app)).await;
            }
            assert_eq!(last.status, 429, "{}: {last:?}", door.path);
            assert!(last.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
            app.pass(4000);
            db.execute("DELETE FROM throttles").await;
            db.execute("DELETE FROM users").await;
        }
    }

    async fn an_account_that_is_not_confirmed_or_leaves_is_refused_in_the_envelope(db) {
        let app = app(&db, |config| config.confirmation = Confirmation::Required).await;
        let body = json!({"username": "waits", "password": PASSWORD});
        assert_eq!(app.anonymous().post("/api/users", &body).await.status, 201);
        assert_eq!(app.anonymous().post("/api/users", &json!({"username": "leaves", "password": PASSWORD})).await.status, 201);
        let leaver = app.auth.users().find("leaves").await.unwrap().id;
        app.auth.users().confirm(leaver).await.unwrap();
        let left = app.basic("leaves", PASSWORD).delete("/api/me").await;
        assert!((200..300).contains(&left.status), "{left:?}");

        for door in doors() {
            for name in ["waits", "leaves"] {
                let answer = door.open(&app, name, PASSWORD).await;
                assert_eq!(answer.status, 403, "{name} {}: {answer:?}", door.path);
                assert!(answer.challenges().is_empty());
            }
        }
    }

    async fn a_session_cookie_is_no_credential_of_a_profile(db) {
        let app = app(&db, |_| {}).await;
        app.user("miguel").await;
        let form = app.anonymous().header("origin", "http://127.0.0.1:8080")
            .header("host", "127.0.0.1:8080").header("content-type", "application/x-www-form-urlencoded");
        let body = format!("login=miguel&password={}", PASSWORD.replace(' ', "+"));
        let answer = form.send(Method::POST, "/login", body.into()).await;
        let cookie = answer.headers.get_all("set-cookie").iter()
            .map(|value| value.to_str().unwrap().split(';').next().unwrap())
            .collect::<Vec<_>>().join("; ");
        let caller = app.anonymous().header("cookie", &cookie);
        assert_eq!(caller.get("/api/me").await.status, 200, "{answer:?}");

        for door in doors() {
            assert_eq!(door.knock(&caller).await.status, 401, "{}", door.path);
        }
    }

    async fn no_answer_is_kept_framed_or_told_to_others(db) {
        let app = app(&db, |_| {}).await;
        app.user("miguel").await;

        for door in doors() {
            for answer in [door.open(&app, "miguel", PASSWORD).await, door.knock(&app.anonymous()).await] {
                for (name, value) in [
                    ("cache-control", "no-store"),
                    ("referrer-policy", "no-referrer"),
                    ("x-content-type-options", "nosniff"),
                    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
                ] {
                    assert_eq!(answer.header(name), value, "{}", door.path);
                }
            }
        }
    }

    async fn whoever_signs_up_by_one_profile_comes_in_by_every_other(db) {
        let app = app(&db, |_| {}).await;
        let one = json!({"username": "one", "password": "python"});
        let two = json!({"username": "two", "email": "two@example.com", "password": "python"});
        assert_eq!(app.anonymous().post("/rest-auth/api/users", &one).await.status, 201);
        assert_eq!(app.anonymous().post("/api-tokens/api/users", &two).await.status, 201);

        for door in doors() {
            for name in ["one", "two"] {
                let answer = door.open(&app, name, "python").await;
                assert_eq!(answer.status, 200, "{name} {} {answer:?}", door.profile);
            }
        }
        assert_eq!(app.basic("one", "python").get("/api/me").await.status, 200);
    }

    async fn a_hundred_at_once_get_one_account_and_no_failure(db) {
        let app = Arc::new(app(&db, |_| {}).await);
        let body = json!({"username": "miguel", "password": "python"});

        let answers = crate::support::at_once(20, |_| {
            let (app, body) = (Arc::clone(&app), body.clone());
            async move { app.anonymous().post("/rest-auth/api/users", &body).await }
        }).await;

        assert_eq!(crate::support::with_status(&answers, 201), 1);
        assert_eq!(crate::support::with_status(&answers, 400), 19);
    }
}
