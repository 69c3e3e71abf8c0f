//! Who gets through the doors of the account, and who is sent to give a password first.

use axum::http::Method;
use countersign::Confirmation;

use super::{FORMS, NOTHING, ids, logged_in};
use crate::{
    mail::{self, ADDRESS},
    support::{App, Browser, Database, PASSWORD, on_both_engines},
};

/// Pages to look at, and whether the password must have been given lately.
const PAGES: [(&str, bool); 7] = [
    ("/account", false),
    ("/account/password", false),
    ("/account/sessions", false),
    ("/account/keys", true),
    ("/account/data", false),
    ("/account/export", true),
    ("/account/delete", false),
];

/// Forms that ask for a password given lately, and the page they lead back to. The others change
/// nothing that could do harm, or ask for the password themselves.
const FRESH: [(&str, &str); 6] = [
    ("/account/email", "%2Faccount%3Fnotice%3Dagain"),
    ("/account/sessions/end", "%2Faccount%2Fsessions%3Fnotice%3Dagain"),
    ("/account/sessions/end-others", "%2Faccount%2Fsessions%3Fnotice%3Dagain"),
    ("/account/devices/forget", "%2Faccount%2Fsessions%3Fnotice%3Dagain"),
    ("/account/keys", "%2Faccount%2Fkeys%3Fnotice%3Dagain"),
    ("/account/keys/revoke", "%2Faccount%2Fkeys%3Fnotice%3Dagain"),
];

const ELSEWHERE: [&[(&str, &str)]; 4] = [
    &[("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
    &[("sec-fetch-site", "same-site"), ("origin", "http://evil.127.0.0.1")],
    &[("origin", "null")],
    &[],
];

fn fields(path: &str) -> &'static [(&'static str, &'static str)] {
    FORMS.iter().find(|form| form.0 == path).unwrap().1
}

on_both_engines! {
    async fn nobody_gets_in_without_logging_in_and_comes_back_afterwards(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();

        for (page, _) in PAGES {
            let sent = browser.open(page).await.location().to_owned();
            assert!(sent.starts_with("/restore?next=%2Faccount"), "{page}: {sent}");
        }
        for (path, fields) in FORMS {
            let sent = browser.submit(path, fields).await.location().to_owned();
            assert!(sent.starts_with("/restore?next=%2Faccount"), "{path}: {sent}");
        }
        let form = [("login", "miguel"), ("password", PASSWORD), ("next", "/account/sessions")];
        assert_eq!(browser.submit("/login", &form).await.location(), "/account/sessions");
        assert_eq!(browser.open("/account/sessions").await.status, 200);
    }

    async fn what_can_do_harm_asks_for_the_password_again_and_leads_back(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;
        app.pass(601);

        for (page, fresh) in PAGES {
            let answer = browser.open(page).await;
            assert_eq!(answer.status, if fresh { 303 } else { 200 }, "{page}");
            assert!(!fresh || answer.location().starts_with("/reauthenticate?next=%2Faccount"));
        }
        for (path, page) in FRESH {
            let answer = browser.submit(path, fields(path)).await;
            assert_eq!(answer.location(), format!("/reauthenticate?next={page}"), "{path}");
        }
        assert_eq!(mail::kinds(&app, ADDRESS).await, ["confirm"], "no address was asked about");
        let again = [("password", PASSWORD), ("next", "/account/keys?notice=again")];
        let back = browser.submit("/reauthenticate", &again).await;
        assert_eq!(back.location(), "/account/keys?notice=again");
        assert_eq!(browser.submit("/account/keys", fields("/account/keys")).await.status, 200);
    }

    async fn a_restored_session_is_not_fresh_enough_either(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        app.pass(90_000);
        assert_eq!(browser.open("/restore?next=%2Faccount").await.location(), "/account");

        for (path, _) in FRESH {
            let answer = browser.submit(path, fields(path)).await;
            assert!(answer.location().starts_with("/reauthenticate"), "{path}");
        }
    }

    async fn the_api_asks_a_cookie_for_no_less_than_the_pages_do(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;
        let session = ids(&mut browser, "/api/me/sessions").await.remove(0);
        let device = ids(&mut browser, "/api/me/devices").await.remove(0);
        let miguel = app.basic("miguel", PASSWORD);
        let key = miguel.post("/api/me/api-keys", &serde_json::json!({"name": "k"})).await;
        let key = key.body["id"].as_str().unwrap().to_owned();
        app.pass(601);

        for (method, path, body) in [
            (Method::POST, "/api/me/api-keys".to_owned(), Some(r#"{"name":"k"}"#)),
            (Method::DELETE, format!("/api/me/api-keys/{key}"), None),
            (Method::DELETE, format!("/api/me/sessions/{session}"), None),
            (Method::DELETE, "/api/me/sessions".into(), None),
            (Method::DELETE, format!("/api/me/devices/{device}"), None),
            (Method::PUT, "/api/me/email".into(), Some(r#"{"email":"new@example.org"}"#)),
            (Method::GET, "/api/me/export".into(), None),
            (Method::DELETE, "/api/me".into(), None),
        ] {
            let answer = browser.fetch(method.clone(), &path, body).await;
            assert_eq!(answer.refusal(), (401, "insufficient_user_authentication"), "{method} {path}");
        }
        assert_eq!(browser.who().await, "miguel");
    }

    async fn no_page_from_elsewhere_sends_a_form_of_the_account(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;
        let session = ids(&mut browser, "/api/me/sessions").await;
        let devices = ids(&mut browser, "/api/me/devices").await;
        let real = |name: &str, value: &str| match name {
            "password" | "current_password" => PASSWORD.to_owned(),
            "session" => session[0].clone(),
            "device" => devices[0].clone(),
            _ => value.to_owned(),
        };

        for site in ELSEWHERE {
            let mut lured = browser.saying(site);
            for (path, fields) in FORMS {
                let fields: Vec<(&str, String)> =
                    fields.iter().map(|(name, value)| (*name, real(name, value))).collect();
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                let answer = lured.submit(path, &fields).await;
                assert_eq!(answer.status, 403, "{path} {site:?}: {answer:?}");
            }
        }
        let me = browser.get("/api/me").await;
        assert_eq!((&me.body["locale"], &me.body["deletes_at"]), (&().into(), &().into()));
        assert_eq!(ids(&mut browser, "/api/me/sessions").await, session);
        assert_eq!(ids(&mut browser, "/api/me/devices").await, devices);
        assert_eq!(ids(&mut browser, "/api/me/api-keys").await.len(), 0);
        assert_eq!(mail::kinds(&app, ADDRESS).await, ["confirm"]);
    }

    async fn every_form_is_answered_by_a_page_to_be_loaded_again_at_will(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        for (path, fields) in [
            ("/account/language", &[("language", "en")][..]),
            ("/account/sessions/end-others", &[]),
            ("/account/keep", &[]),
        ] {
            let next = browser.submit(path, fields).await.location().to_owned();
            assert!(next.starts_with("/account") && next.contains("?notice="), "{path}: {next}");
            for _ in 0..2 {
                assert_eq!(browser.open(&next).await.status, 200, "{next}");
            }
        }
    }

    async fn a_form_that_lacks_or_repeats_a_field_is_refused_in_words(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        for path in ["/account/language", "/account/sessions/end", "/account/delete"] {
            for form in ["", "x=1", "language=de&language=fr", "session=a&session=b&password=a&password=b"] {
                let kind = "application/x-www-form-urlencoded";
                let page = browser.post_as(kind, path, form).await;
                assert_eq!(page.status, 400, "{path} {form:?}");
                assert!(page.text().contains("id=\"error-code\""), "{page:?}");
            }
        }
        assert_eq!(browser.who().await, "miguel");
    }

    async fn a_disabled_user_sees_no_page_of_the_account(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        root.post(&format!("/api/users/{}/disable", miguel.id), &().into()).await;

        closed(&mut browser, "/restore").await;
    }

    async fn an_unconfirmed_user_sees_no_page_of_the_account_where_that_is_required(db) {
        let optional = mail::app(&db).await;
        mail::sign_up(&optional, "miguel", ADDRESS).await;
        let mut browser = logged_in(&optional, "miguel").await;
        let required = db.app_with(|config| {
            mail::inbox(config);
            config.confirmation = Confirmation::Required;
        }).await;
        let mut cookies = required.browser();
        cookies.cookies = std::mem::take(&mut browser.cookies);

        for (page, _) in PAGES {
            let answer = cookies.open(page).await;
            assert_eq!(answer.status, 403, "{page}");
        }
        for (path, fields) in FORMS {
            let answer = cookies.submit(path, fields).await;
            assert_eq!(answer.status, 403, "{path}");
        }
        assert_eq!(required.db.count("api_keys").await, 0);
    }

    async fn whoever_has_yet_to_confirm_can_do_so_in_a_browser_that_was_logged_in(db) {
        let (app, mut browser) = logged_in_before_confirmation_was_required(&db).await;
        let mut asleep = browser.clone();
        asleep.cookies.remove("__Host-session");

        for page in ["/login", "/confirm/resend", "/forgot-password"] {
            assert_eq!(browser.open(page).await.status, 200, "{page}");
        }
        assert_eq!(browser.get("/who").await.status, 403);
        assert_eq!(asleep.open("/restore").await.status, 403);
        let link = mail::token(&mail::mail(&app, ADDRESS, "confirm").await);
        assert_eq!(browser.submit("/confirm", &[("token", &link)]).await.status, 303);
        app.pass(60);

        assert_eq!(browser.who().await, "miguel");
        assert_eq!(asleep.open("/restore").await.location(), "/account", "nothing was used up");
        assert_eq!(asleep.who().await, "miguel");
    }

    async fn whoever_has_yet_to_confirm_can_log_out(db) {
        let (app, mut browser) = logged_in_before_confirmation_was_required(&db).await;
        browser.cookies.remove("__Host-remember");
        let mut copy = browser.clone();

        assert_eq!(browser.submit("/logout", &[]).await.location(), "/login?notice=logged-out");

        assert_eq!(browser.session(), None);
        app.auth.users().confirm(app.auth.users().find("miguel").await.unwrap().id).await.unwrap();
        assert_eq!(copy.who().await, "nobody");
    }

    async fn an_identifier_in_a_query_acts_for_nobody(db) {
        let app = db.app().await;
        let susan = app.user("susan").await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        for name in ["user", "user_id", "id", "sub", "login"] {
            let query = format!("?{name}={}", susan.id);
            let export = browser.open(&format!("/account/export{query}")).await;
            assert_eq!(export.body["user"]["username"], "miguel", "{export:?}");
            let page = browser.open(&format!("/account{query}")).await.text();
            assert!(page.contains("miguel") && !page.contains("susan"), "{page}");
        }
        let id = format!("/account/sessions/end?session={NOTHING}");
        assert_eq!(browser.submit(&id, &[]).await.status, 400, "nor does a session");
    }
}

async fn logged_in_before_confirmation_was_required(db: &Database) -> (App, Browser) {
    let optional = mail::app(db).await;
    mail::sign_up(&optional, "miguel", ADDRESS).await;
    let mut before = optional.browser();
    before.log_in_remembered("miguel").await;
    let required = db
        .app_with(|config| {
            mail::inbox(config);
            config.confirmation = Confirmation::Required;
        })
        .await;
    let mut browser = required.browser();
    browser.cookies = before.cookies;
    (required, browser)
}

async fn closed(browser: &mut Browser, to: &str) {
    for (page, _) in PAGES {
        assert!(browser.open(page).await.location().starts_with(to), "{page}");
    }
    for (path, fields) in FORMS {
        assert!(browser.submit(path, fields).await.location().starts_with(to), "{path}");
    }
}
