//! Cookies that are nearly over are renewed with the answer.

use axum::http::Method;
use countersign_flask::jwt_extended::{Location, Options, jwt_extended};
use serde_json::json;

use super::{part, refusal, refused};
use crate::support::{App, Browser, Database, PASSWORD, on_both_engines};

const PROTECTED: &str = "/brief/protected";
const COOKIE: &str = "access_token_cookie";

/// The profile at `/brief`: tokens of 600 seconds, renewed in the last 200.
async fn logged_in(db: &Database) -> (App, Browser) {
    let app = super::app_with(db, &[], |config| {
        config.session_seconds = 2000;
        config.refresh_token_seconds = 2000;
    })
    .await;
    let mut options = Options::default();
    options.locations = vec![Location::Cookies, Location::Headers];
    options.access_seconds = 600;
    options.implicit_refresh_seconds = 200;
    let routes = jwt_extended(&app.auth, options);
    let app = app.with("/brief", routes);
    let browser = logged_in_at(&app).await;
    (app, browser)
}

async fn logged_in_at(app: &App) -> Browser {
    let mut browser = app.browser();
    let body = json!({"username": "susan", "password": PASSWORD}).to_string();
    let answer = browser.fetch(Method::POST, "/brief/login_with_cookies", Some(&body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

on_both_engines! {
    async fn a_cookie_that_is_nearly_over_is_renewed_with_the_answer(db) {
        let (app, mut browser) = logged_in(&db).await;
        let first = browser.cookies[COOKIE].clone();
        app.pass(399);
        assert!(browser.get(PROTECTED).await.cookies().is_empty(), "it has 201 seconds");
        app.pass(1);

        let answer = browser.get(PROTECTED).await;

        assert_eq!(answer.status, 200);
        assert_eq!(answer.cookies().len(), 2);
        assert_eq!(answer.header("cache-control"), "no-store");
        let (old, new) = (part(&first, 1), part(&browser.cookies[COOKIE], 1));
        assert_eq!(new["exp"].as_i64(), old["exp"].as_i64().map(|exp| exp + 400));
        assert_eq!((&new["fresh"], &new["sid"]), (&json!(false), &old["sid"]));
        assert_eq!(new["csrf"], browser.cookies["csrf_access_token"].as_str());
        let stale = browser.get("/brief/protected/fresh").await;
        assert_eq!(refusal(&stale), refused(401, "Fresh token required"));
        app.pass(399);
        assert_eq!(browser.get(PROTECTED).await.status, 200);
    }

    async fn no_renewal_outlives_the_session(db) {
        let (app, mut browser) = logged_in(&db).await;
        for _ in 0..4 {
            app.pass(450);
            assert_eq!(browser.get(PROTECTED).await.status, 200);
        }
        let last = part(&browser.cookies[COOKIE], 1);
        let first = part(&logged_in_at(&app).await.cookies[COOKIE], 1);
        assert_eq!(last["exp"].as_i64(), first["iat"].as_i64().map(|now| now + 200));
        app.pass(100);
        let answer = browser.get(PROTECTED).await;
        assert!(answer.status == 200 && answer.cookies().is_empty(), "nothing would be won");

        app.pass(100);

        assert_eq!(refusal(&browser.get(PROTECTED).await), refused(401, "Token has expired"));
    }

    async fn a_session_that_was_ended_renews_nothing(db) {
        let (app, mut browser) = logged_in(&db).await;
        let mut copy = browser.clone();
        app.pass(450);
        let csrf = browser.cookies["csrf_access_token"].clone();
        let mut page = browser.header("x-csrf-token", &csrf);

        let answer = page.fetch(Method::DELETE, "/brief/logout", None).await;

        assert!(answer.status == 200 && answer.cookies().is_empty(), "{answer:?}");
        let answer = copy.get(PROTECTED).await;
        assert!(answer.status == 401 && answer.cookies().is_empty(), "{answer:?}");
        browser = logged_in_at(&app).await;
        app.pass(450);
        let user = app.auth.users().find("susan").await.unwrap().id;
        app.auth.users().end_everything(user).await.unwrap();
        let answer = browser.get(PROTECTED).await;
        assert!(answer.status == 401 && answer.cookies().is_empty(), "{answer:?}");
    }

    async fn logging_out_in_the_last_seconds_leaves_no_cookie(db) {
        let (app, mut browser) = logged_in(&db).await;
        app.pass(450);
        let csrf = browser.cookies["csrf_access_token"].clone();
        let mut page = browser.header("x-csrf-token", &csrf);

        let answer = page.fetch(Method::POST, "/brief/logout_with_cookies", None).await;

        assert_eq!(answer.status, 200);
        assert!(!page.cookies.keys().any(|name| name.contains("token")), "{answer:?}");
        browser.cookies.retain(|name, _| name == COOKIE);
        assert_eq!(browser.get(PROTECTED).await.status, 401);
    }

    async fn a_header_is_not_answered_with_a_cookie(db) {
        let (app, browser) = logged_in(&db).await;
        app.pass(450);

        let answer = app.bearer(&browser.cookies[COOKIE]).get(PROTECTED).await;

        assert!(answer.status == 200 && answer.cookies().is_empty(), "{answer:?}");
    }

    async fn a_page_that_repeats_nothing_gets_no_next_cookie(db) {
        let (app, mut browser) = logged_in(&db).await;
        app.pass(450);

        let answer = browser.fetch(Method::POST, PROTECTED, None).await;

        assert!(answer.status == 401 && answer.cookies().is_empty(), "{answer:?}");
    }
}
