//! Tokens by cookie, and the double submission that protects them.

use axum::http::Method;
use countersign_flask::jwt_extended::Location;
use serde_json::json;

use super::{LOGIN, PROTECTED, REFRESH, app, app_with, part, refusal, refused};
use crate::support::{Answer, App, Browser, Database, PASSWORD, on_both_engines};

const WITH_COOKIES: &str = "/jwt-extended/login_with_cookies";
const WITHOUT_COOKIES: &str = "/jwt-extended/logout_with_cookies";

async fn logged_in(db: &Database) -> (App, Browser) {
    let app = app_with(db, &[Location::Cookies, Location::Headers], |_| {}).await;
    let mut browser = app.browser();
    let body = json!({"username": "susan", "password": PASSWORD}).to_string();
    let answer = browser.fetch(Method::POST, WITH_COOKIES, Some(&body)).await;
    assert_eq!((answer.status, &answer.body), (200, &json!({"msg": "login successful"})));
    (app, browser)
}

/// A request with what the page read out of a cookie.
async fn sent(browser: &mut Browser, path: &str, from: &str) -> Answer {
    let csrf = browser.cookies[from].clone();
    let mut sender = browser.header("x-csrf-token", &csrf);
    let answer = sender.fetch(Method::POST, path, None).await;
    browser.cookies = sender.cookies;
    answer
}

on_both_engines! {
    async fn a_log_in_sets_four_cookies_of_which_scripts_read_two(db) {
        let (_, mut browser) = logged_in(&db).await;
        let body = json!({"username": "susan", "password": PASSWORD}).to_string();

        let answer = browser.fetch(Method::POST, WITH_COOKIES, Some(&body)).await;

        let set: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        assert_eq!(set.len(), 4);
        for cookie in set {
            let text = cookie.to_str().unwrap();
            assert!(text.contains("SameSite=Lax") && text.contains("Secure"), "{text}");
            assert_eq!(text.starts_with("csrf_"), !text.contains("HttpOnly"), "{text}");
        }
        let token = part(&browser.cookies["access_token_cookie"], 1);
        assert_eq!(token["csrf"], browser.cookies["csrf_access_token"].as_str());
        assert!(!answer.text().contains("eyJ"), "no script reads a token");
    }

    async fn reading_needs_the_cookie_alone_and_changing_what_the_page_knows(db) {
        let (_, mut browser) = logged_in(&db).await;

        assert_eq!(browser.get(PROTECTED).await.status, 200);
        let bare = browser.fetch(Method::POST, PROTECTED, None).await;
        assert_eq!(refusal(&bare), refused(401, "Missing CSRF token"));
        assert_eq!(sent(&mut browser, PROTECTED, "csrf_access_token").await.status, 200);
        let other = sent(&mut browser, PROTECTED, "csrf_refresh_token").await;
        assert_eq!(refusal(&other), refused(401, "CSRF double submit tokens do not match"));
    }

    async fn a_cookie_of_an_attackers_own_making_is_not_submitted_twice(db) {
        let (_, browser) = logged_in(&db).await;
        let mut forger = browser.header("x-csrf-token", "chosen");
        forger.cookies.insert("csrf_access_token".into(), "chosen".into());

        let answer = forger.fetch(Method::POST, PROTECTED, None).await;

        assert_eq!(refusal(&answer), refused(401, "CSRF double submit tokens do not match"));
    }

    async fn a_token_without_the_claim_is_no_cookie(db) {
        let (app, mut browser) = logged_in(&db).await;
        let native = app.basic("susan", PASSWORD).post("/api/tokens", &json!({})).await;
        let native = native.body["access_token"].as_str().unwrap().to_owned();
        browser.cookies.insert("access_token_cookie".into(), native);

        let answer = sent(&mut browser, PROTECTED, "csrf_access_token").await;

        assert_eq!(refusal(&answer), refused(422, "Missing claim: csrf"));
    }

    async fn a_refresh_by_cookie_sets_the_next_cookie(db) {
        let (app, mut browser) = logged_in(&db).await;
        let first = browser.cookies["access_token_cookie"].clone();
        app.pass(1000);
        assert_eq!(refusal(&browser.get(PROTECTED).await), refused(401, "Token has expired"));

        let bare = browser.fetch(Method::POST, REFRESH, None).await;
        assert_eq!(refusal(&bare), refused(401, "Missing CSRF token"));
        let answer = sent(&mut browser, REFRESH, "csrf_refresh_token").await;

        assert_eq!((answer.status, &answer.body), (200, &json!({"refresh": true})));
        assert_ne!(browser.cookies["access_token_cookie"], first);
        assert_eq!(browser.get(PROTECTED).await.status, 200);
        assert_eq!(sent(&mut browser, PROTECTED, "csrf_access_token").await.status, 200);
    }

    async fn logging_out_ends_the_session_and_takes_the_cookies(db) {
        let (app, mut browser) = logged_in(&db).await;
        let stolen = browser.cookies.clone();
        let forged = browser.fetch(Method::POST, WITHOUT_COOKIES, None).await;
        assert_eq!(forged.status, 401);
        assert_eq!(browser.get(PROTECTED).await.status, 200);

        let answer = sent(&mut browser, WITHOUT_COOKIES, "csrf_access_token").await;

        assert_eq!(answer.body, json!({"msg": "logout successful"}));
        assert!(!browser.cookies.keys().any(|name| name.contains("token")));
        let mut thief = app.browser();
        thief.cookies = stolen;
        assert_eq!(thief.get(PROTECTED).await.status, 401);
        let refresh = sent(&mut thief, REFRESH, "csrf_refresh_token").await;
        assert_eq!(refusal(&refresh), refused(401, "Token has been revoked"));
    }

    async fn cookies_that_are_over_can_be_taken_back(db) {
        let (app, mut browser) = logged_in(&db).await;
        app.pass(1000);

        let answer = sent(&mut browser, WITHOUT_COOKIES, "csrf_access_token").await;

        assert_eq!(answer.status, 200);
        assert!(!browser.cookies.keys().any(|name| name.contains("token")));
    }

    async fn a_refresh_cookie_alone_ends_the_session(db) {
        for age in [0, 1000] {
            let (app, mut browser) = logged_in(&db).await;
            let stolen = browser.cookies.clone();
            app.pass(age);
            if age == 0 {
                browser.cookies.remove("access_token_cookie");
            }
            let bare = browser.fetch(Method::POST, WITHOUT_COOKIES, None).await;
            assert_eq!(refusal(&bare), refused(401, "Missing CSRF token"));
            let mut forger = browser.header("x-csrf-token", "chosen");
            let forged = forger.fetch(Method::POST, WITHOUT_COOKIES, None).await;
            let words = "CSRF double submit tokens do not match";
            assert_eq!(refusal(&forged), refused(401, words), "its session goes on");

            let answer = sent(&mut browser, WITHOUT_COOKIES, "csrf_refresh_token").await;

            assert_eq!(answer.status, 200, "{answer:?}");
            assert!(!browser.cookies.keys().any(|name| name.contains("token")));
            let mut thief = app.browser();
            thief.cookies = stolen;
            let refresh = sent(&mut thief, REFRESH, "csrf_refresh_token").await;
            assert_eq!(refusal(&refresh), refused(401, "Token has been revoked"));
        }
    }

    async fn a_page_that_knows_the_old_access_token_logs_out(db) {
        let (app, mut browser) = logged_in(&db).await;
        let mut thief = browser.clone();
        app.pass(1000);

        let answer = sent(&mut browser, WITHOUT_COOKIES, "csrf_access_token").await;

        assert_eq!(answer.status, 200);
        let refresh = sent(&mut thief, REFRESH, "csrf_refresh_token").await;
        assert_eq!(refusal(&refresh), refused(401, "Token has been revoked"));
    }

    async fn logging_out_never_fails_where_there_is_nothing_to_end(db) {
        let (app, mut browser) = logged_in(&db).await;
        let csrf = browser.cookies["csrf_refresh_token"].clone();
        let user = app.auth.users().find("susan").await.unwrap().id;
        app.auth.users().end_everything(user).await.unwrap();
        app.auth.users().delete(user).await.unwrap();

        assert_eq!(sent(&mut browser, WITHOUT_COOKIES, "csrf_access_token").await.status, 200);
        for cookies in [
            vec![],
            vec![("access_token_cookie", "a.b.c")],
            vec![("refresh_token_cookie", "e30.e30.AA"), ("access_token_cookie", "x")],
        ] {
            let mut page = app.browser().header("x-csrf-token", &csrf);
            page.cookies = cookies.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect();

            let answer = page.fetch(Method::POST, WITHOUT_COOKIES, None).await;

            assert_eq!(answer.status, 200, "{answer:?}");
            assert_eq!(answer.cookies().len(), 4);
        }
    }

    async fn without_cookies_there_are_no_doors_for_them(db) {
        let app = app(&db).await;
        let body = json!({"username": "susan", "password": PASSWORD});

        assert_eq!(refusal(&app.anonymous().post(WITH_COOKIES, &body).await).0, 404);
        assert!(app.anonymous().post(LOGIN, &body).await.cookies().is_empty());
    }
}
