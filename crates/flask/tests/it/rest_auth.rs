//! "RESTful Authentication with Flask": what its clients send and are answered.

use axum::{body::Body, http::Method};
use countersign::proto::legacy::LegacySecret;
use countersign_flask::{PasswordPolicy, rest_auth};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database, on_both_engines};

const USERS: &str = "/rest-auth/api/users";
const TOKEN: &str = "/rest-auth/api/token";
const RESOURCE: &str = "/rest-auth/api/resource";

/// Of user 7, good for 500 seconds: with the dates in the header, as itsdangerous has them, and as
/// the later version made them by PyJWT.
const OLD: [&str; 2] = [
    "eyJhbGciOiJIUzI1NiIsImlhdCI6MTc5OTk5OTkwMCwiZXhwIjoxODAwMDAwNTAwfQ.eyJpZCI6N30.5MX_UzJht3xcIQx_SQ9aKypr_YYPb6hYkbgKzbe5sBE",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6NywiZXhwIjoxODAwMDAwNTAwLjI1fQ.bPsFUYemELfSmo0J-rLbbA0UgNgnBhwKvei-bNAN_7U",
];

async fn app(db: &Database) -> App {
    app_with(db, PasswordPolicy::Origin, rest_auth::TokenRenewal::default()).await
}

async fn app_with(
    db: &Database,
    passwords: PasswordPolicy,
    renewal: rest_auth::TokenRenewal,
) -> App {
    let app = db.app().await;
    let mut options = rest_auth::Options::default();
    options.password_policy = passwords;
    options.token_renewal = renewal;
    let routes = rest_auth(&app.auth, options);
    app.with("/rest-auth", routes)
}

/// Signed up through the profile.
async fn miguel(app: &App) -> Caller {
    let body = json!({"username": "miguel", "password": "python"});
    assert_eq!(app.anonymous().post(USERS, &body).await.status, 201);
    app.basic("miguel", "python")
}

async fn token(caller: &Caller) -> String {
    let answer = caller.get(TOKEN).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["token"].as_str().unwrap().to_owned()
}

/// The one answer to every false credential.
fn is_unauthorized(answer: &Answer) {
    assert_eq!((answer.status, answer.text().as_str()), (401, "Unauthorized Access"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(answer.challenges(), [r#"Basic realm="Authentication Required""#]);
}

/// A small HTML page.
fn is_page(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    assert!(answer.text().contains(&format!("<title>{status} ")), "{answer:?}");
}

on_both_engines! {
    async fn whoever_signs_up_is_answered_their_name_and_an_absolute_address(db) {
        let app = app(&db).await;
        let body = json!({"username": "miguel", "password": "python"});

        let answer = app.anonymous().post(USERS, &body).await;

        assert_eq!((answer.status, &answer.body), (201, &json!({"username": "miguel"})));
        let place = answer.header("location").strip_prefix("http://127.0.0.1:8080").unwrap();
        assert!(place.starts_with("/rest-auth/api/users/"), "{place}");
        let shown = app.anonymous().get(place).await;
        assert_eq!((shown.status, shown.body), (200, json!({"username": "miguel"})));
    }

    async fn a_sign_up_without_a_name_or_a_password_is_a_bad_request(db) {
        let app = app(&db).await;

        for body in [
            json!({}),
            json!({"username": "miguel"}),
            json!({"password": "python"}),
            json!({"username": null, "password": "python"}),
            json!({"username": "miguel", "password": null}),
        ] {
            is_page(&app.anonymous().post(USERS, &body).await, 400);
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn a_name_that_is_taken_is_a_bad_request(db) {
        let app = app(&db).await;
        miguel(&app).await;

        for name in ["miguel", "MIGUEL"] {
            let body = json!({"username": name, "password": "other"});
            is_page(&app.anonymous().post(USERS, &body).await, 400);
        }
    }

    async fn what_made_the_original_fail_is_refused(db) {
        let app = app(&db).await;
        let json = app.anonymous().json();
        let form = app.anonymous().header("content-type", "application/x-www-form-urlencoded");

        is_page(&form.send(Method::POST, USERS, "username=a&password=b".into()).await, 400);
        is_page(&app.anonymous().send(Method::POST, USERS, Body::empty()).await, 400);
        for body in ["", "{", "[]", "\"text\"", "7", "null", "\u{0}", "[[[[[[[["] {
            is_page(&json.send(Method::POST, USERS, body.into()).await, 400);
        }
        is_page(&json.send(Method::POST, USERS, vec![0xff, 0xfe].into()).await, 400);
        for password in [json!(7), json!(true), json!(["python"]), json!({"a": 1})] {
            let body = json!({"username": "miguel", "password": password});
            is_page(&json.post(USERS, &body).await, 400);
        }
        for name in [json!(true), json!(1.5), json!(["miguel"]), json!("a\u{0}b"), json!("x".repeat(5000))] {
            is_page(&json.post(USERS, &json!({"username": name, "password": "python"})).await, 400);
        }
        let large = json!({"username": "miguel", "password": "x".repeat(70_000)});
        is_page(&json.post(USERS, &large).await, 413);
    }

    async fn a_whole_number_is_a_name(db) {
        let app = app(&db).await;

        let answer = app.anonymous().post(USERS, &json!({"username": 7, "password": "seven"})).await;

        assert_eq!((answer.status, answer.body), (201, json!({"username": "7"})));
        assert_eq!(app.basic("7", "seven").get(RESOURCE).await.status, 200);
    }

    async fn the_password_policy_is_the_native_one_unless_the_origins_is_chosen(db) {
        let app = app_with(&db, PasswordPolicy::Native, rest_auth::TokenRenewal::default()).await;

        let answer =
            app.anonymous().post(USERS, &json!({"username": "miguel", "password": "python"})).await;

        is_page(&answer, 400);
        assert!(answer.text().contains("at least 8 characters"), "{answer:?}");
    }

    async fn an_id_of_nobody_is_a_bad_request(db) {
        let app = app(&db).await;

        for id in ["1", "0", "x", "%ff", "00000000-0000-0000-0000-000000000000"] {
            is_page(&app.anonymous().get(&format!("{USERS}/{id}")).await, 400);
        }
    }

    async fn the_password_buys_a_token_of_three_parts_for_ten_minutes(db) {
        let app = app(&db).await;
        let caller = miguel(&app).await;

        let answer = caller.get(TOKEN).await;

        assert_eq!(answer.body["duration"], 600);
        assert_eq!(answer.body["token"].as_str().unwrap().split('.').count(), 3);
        assert_eq!(answer.body.as_object().unwrap().len(), 2);
    }

    async fn a_name_with_its_password_opens_the_resource_and_so_does_a_token_with_anything(db) {
        let app = app(&db).await;
        let caller = miguel(&app).await;
        let token = token(&caller).await;

        let greeting = json!({"data": "Hello, miguel!"});
        assert_eq!(caller.get(RESOURCE).await.body, greeting);
        for password in ["", "x", "unused", "a:b"] {
            assert_eq!(app.basic(&token, password).get(RESOURCE).await.body, greeting);
        }
        let lower = app.anonymous().basic_bytes("bAsIc", b"miguel:python");
        assert_eq!(lower.get(RESOURCE).await.body, greeting);
        let other_header = app.anonymous().header("x-auth-token", &token);
        assert_eq!(other_header.get(RESOURCE).await.body, greeting);
    }

    async fn a_pair_is_parted_at_the_first_colon_and_read_as_utf_8_and_then_as_latin_1(db) {
        let app = app(&db).await;
        let body = json!({"username": "zoë", "password": "a:b:ü"});
        assert_eq!(app.anonymous().post(USERS, &body).await.status, 201);

        let utf_8 = app.basic("zoë", "a:b:ü").get(RESOURCE).await;
        let latin_1 = app.anonymous().basic_bytes("Basic", b"zo\xeb:a:b:\xfc").get(RESOURCE).await;

        assert_eq!((utf_8.status, latin_1.status), (200, 200));
    }

    async fn every_false_credential_has_the_same_answer(db) {
        let app = app(&db).await;
        miguel(&app).await;
        let bearer = app.user("susan").await.log_in().await.access;

        let anonymous = app.anonymous();
        for caller in [
            anonymous.clone(),
            app.basic("miguel", "wrong"),
            app.basic("nobody", "python"),
            app.basic("", ""),
            app.basic("miguel", ""),
            app.basic("", "python"),
            app.basic("eyJhbGciOiJub25lIn0.e30.AA", "x"),
            anonymous.header("authorization", "Basic"),
            anonymous.header("authorization", "Basic ???"),
            anonymous.header("authorization", "Basic bWlndWVs"),
            anonymous.header("authorization", ""),
            anonymous.header("authorization", b"\xff\xfe"),
            anonymous.header("authorization", "x".repeat(9000)),
            anonymous.header("authorization", format!("Bearer {bearer}")),
            app.basic("miguel", "python").basic("nobody", "python"),
        ] {
            is_unauthorized(&caller.get(RESOURCE).await);
            is_unauthorized(&caller.get(TOKEN).await);
        }
    }

    async fn an_expired_and_a_tampered_token_are_nobody(db) {
        let app = app(&db).await;
        let token = token(&miguel(&app).await).await;
        let (start, end) = token.split_at(token.len() - 9);
        let other = if end.starts_with('A') { "B" } else { "A" };
        let tampered = format!("{start}{other}{}", &end[1..]);

        is_unauthorized(&app.basic(&tampered, "x").get(RESOURCE).await);
        app.pass(606);
        is_unauthorized(&app.basic(&token, "x").get(RESOURCE).await);
    }

    async fn a_token_buys_the_next_until_so_long_after_the_password(db) {
        let app = app(&db).await;
        let mut token = token(&miguel(&app).await).await;

        for _ in 0..3 {
            app.pass(500);
            let answer = app.basic(&token, "unused").get(TOKEN).await;
            assert_eq!((answer.status, &answer.body["duration"]), (200, &json!(600)));
            token = answer.body["token"].as_str().unwrap().to_owned();
        }
        // A refused renewal leaves no way on: the whole chain is as old as its password.
        app.auth.users().end_everything(app.auth.users().find("miguel").await.unwrap().id).await.unwrap();
        is_unauthorized(&app.basic(&token, "unused").get(TOKEN).await);
    }

    async fn a_chain_of_tokens_ends_with_its_session(db) {
        let app = db.app_with(|config| {
            config.access_token_seconds = 600;
            config.refresh_token_seconds = 600;
            config.session_seconds = 900;
        }).await;
        let routes = rest_auth(&app.auth, rest_auth::Options::default());
        let app = app.with("/rest-auth", routes);
        app.user("miguel").await;
        let first = token(&app.basic("miguel", crate::support::PASSWORD)).await;

        app.pass(500);
        let next = app.basic(&first, "").get(TOKEN).await;
        assert_eq!(next.body["duration"], 400);
        app.pass(406);
        is_unauthorized(&app.basic(next.body["token"].as_str().unwrap(), "").get(TOKEN).await);
    }

    async fn only_the_password_buys_tokens_where_that_is_chosen(db) {
        let only = rest_auth::TokenRenewal::PasswordOnly;
        let app = app_with(&db, PasswordPolicy::Origin, only).await;
        let token = token(&miguel(&app).await).await;

        is_unauthorized(&app.basic(&token, "x").get(TOKEN).await);
        assert_eq!(app.basic(&token, "x").get(RESOURCE).await.status, 200);
    }

    async fn a_token_of_somebody_who_is_gone_or_has_another_password_is_nobody(db) {
        let app = app(&db).await;
        let caller = miguel(&app).await;
        let users = app.auth.users();
        let id = users.find("miguel").await.unwrap().id;
        let before = token(&caller).await;

        let change = json!({"current_password": "python", "new_password": "three quiet words"});
        assert_eq!(caller.put("/api/me/password", &change).await.status, 204);
        is_unauthorized(&app.basic(&before, "x").get(RESOURCE).await);

        let after = token(&app.basic("miguel", "three quiet words")).await;
        users.delete(id).await.unwrap();
        is_unauthorized(&app.basic(&after, "x").get(RESOURCE).await);
    }

    async fn a_token_tells_nothing_secret(db) {
        let app = app(&db).await;
        let token = token(&miguel(&app).await).await;

        let claims = crate::support::Session::of(&app, &json!({"access_token": token})).claims();

        assert!(!claims.to_string().contains("python"), "{claims}");
        assert!(claims["exp"].is_i64() && claims["jti"].is_string());
    }

    async fn head_is_answered_as_get_options_without_a_login_and_other_methods_with_405(db) {
        let app = app(&db).await;
        let caller = miguel(&app).await;

        let head = caller.send(Method::HEAD, RESOURCE, Body::empty()).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0));
        is_unauthorized_head(&app.anonymous().send(Method::HEAD, RESOURCE, Body::empty()).await);
        let options = app.anonymous().send(Method::OPTIONS, RESOURCE, Body::empty()).await;
        assert_eq!((options.status, options.header("allow")), (200, "GET, HEAD, OPTIONS"));
        let options = app.anonymous().send(Method::OPTIONS, USERS, Body::empty()).await;
        assert_eq!((options.status, options.header("allow")), (200, "OPTIONS, POST"));
        let refused = caller.delete(RESOURCE).await;
        is_page(&refused, 405);
        assert_eq!(refused.header("allow"), "GET, HEAD, OPTIONS");
        is_page(&caller.get(USERS).await, 405);
        is_page(&caller.get("/rest-auth/api/nothing").await, 404);
        is_page(&caller.get("/rest-auth/").await, 404);
    }

    async fn an_account_of_the_profile_is_an_account_everywhere(db) {
        let app = app(&db).await;
        let caller = miguel(&app).await;

        let native = caller.get("/api/me").await;
        assert_eq!((native.status, &native.body["username"]), (200, &json!("miguel")));
        app.user("susan").await;
        let here = app.basic("susan", crate::support::PASSWORD).get(RESOURCE).await;
        assert_eq!(here.body, json!({"data": "Hello, susan!"}));
        let with_token: Value = app.bearer(&token(&caller).await).get("/api/me").await.body;
        assert_eq!(with_token["via"], "access_token");
    }

    async fn a_token_of_the_old_application_is_good_and_buys_new_ones_until_the_day_is_over(db) {
        let app = db.app_with(|config| {
            let secret = LegacySecret::new(*b"the old secret key of that app!!").unwrap();
            config.legacy.secret = Some(secret);
            config.legacy.accept_until = Some(crate::support::START + 300);
        }).await;
        let routes = rest_auth(&app.auth, rest_auth::Options::default());
        let app = app.with("/rest-auth", routes);
        app.user("miguel").await;
        db.execute("UPDATE users SET external_id = '7', external_source = ''").await;

        for old in OLD {
            let old = app.basic(old, "unused");
            assert_eq!(old.get(RESOURCE).await.body, json!({"data": "Hello, miguel!"}));
            let bought = old.get(TOKEN).await;
            assert_eq!((bought.status, &bought.body["duration"]), (200, &json!(300)));
            let bought = bought.body["token"].as_str().unwrap().to_owned();
            assert_eq!(app.basic(&bought, "").get(RESOURCE).await.status, 200);
        }
        app.pass(301);
        for old in OLD {
            is_unauthorized(&app.basic(old, "unused").get(RESOURCE).await);
            is_unauthorized(&app.basic(old, "unused").get(TOKEN).await);
        }
    }

    async fn a_token_of_the_old_application_is_nobody_where_none_is_accepted(db) {
        let app = app(&db).await;
        miguel(&app).await;
        db.execute("UPDATE users SET external_id = '7', external_source = ''").await;

        for old in OLD {
            is_unauthorized(&app.basic(old, "unused").get(RESOURCE).await);
        }
    }

    async fn sign_up_by_the_profile_is_closed_where_sign_up_is(db) {
        let app = db.app_with(|config| config.sign_up.mode = countersign::SignUpMode::Closed).await;
        let routes = rest_auth(&app.auth, rest_auth::Options::default());
        let app = app.with("/rest-auth", routes);

        let body = json!({"username": "miguel", "password": "three quiet words"});
        is_page(&app.anonymous().post(USERS, &body).await, 403);
    }
}

fn is_unauthorized_head(answer: &Answer) {
    assert_eq!(answer.status, 401);
    assert_eq!(answer.challenges(), [r#"Basic realm="Authentication Required""#]);
}
