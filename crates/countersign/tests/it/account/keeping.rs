//! The time to come back: the account works for logging in and keeping it, and for nothing else.

use countersign::{
    Client, Clock, CurrentUser,
    proto::{credential::Presented, error_code::ErrorCode},
};
use serde_json::json;

use super::{
    leaving::{GRACE, leave},
    logged_in,
};
use crate::{
    mail::{self, ADDRESS, NEW_PASSWORD},
    support::{App, PASSWORD, START, on_both_engines},
};

on_both_engines! {
    async fn while_the_account_waits_no_credential_is_good_for_anything_else(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        leave(&miguel).await;
        let mut browser = logged_in(&app, "miguel").await;
        let id = miguel.id.parse().unwrap();
        let key = app.auth.api_keys().create(id, countersign::NewApiKey {
            name: "made by an operator".into(),
            scope: "account".parse().unwrap(),
            ..Default::default()
        }).await.unwrap();
        let refused = (403, "deletion_scheduled");

        assert_eq!(miguel.get("/api/me").await.refusal(), refused, "the password");
        assert_eq!(miguel.get("/me").await.refusal(), refused, "in the application");
        assert_eq!(miguel.get("/who").await.refusal(), refused, "where nobody would do");
        assert_eq!(miguel.post("/api/tokens", &json!({})).await.refusal(), refused);
        assert_eq!(app.api_key(&key.key).get("/api/me").await.refusal(), refused, "a key");
        assert_eq!(app.api_key(&key.key).get("/me").await.refusal(), refused);
        for path in ["/api/me", "/me", "/fresh", "/keys", "/api/me/sessions"] {
            assert_eq!(browser.get(path).await.refusal(), refused, "the cookie at {path}");
        }
        let made = browser.fetch("POST".parse().unwrap(), "/api/me/api-keys", Some("{\"name\":\"k\"}"));
        assert_eq!(made.await.refusal(), refused);
        assert_eq!(miguel.delete("/api/me").await.refusal(), refused, "leaving twice");
        assert_eq!(miguel.put("/api/me/password", &json!({})).await.refusal(), refused);
        let introspected = app.admin().await.form("/oauth/introspect", &key.key).await;
        assert_eq!(introspected.body, json!({"active": false}));
    }

    async fn whoever_logs_in_is_shown_when_the_account_ends_and_keeps_it_with_a_button(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        leave(&miguel).await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        for page in ["/account", "/account/password", "/account/sessions", "/account/keys",
            "/account/delete", "/me"]
        {
            assert_eq!(browser.open(page).await.location(), "/account/data", "{page}");
        }
        let text = browser.open("/account/data").await.text();
        assert!(text.contains("2027-01-29 08:00 UTC") && text.contains("id=\"keep\""), "{text}");
        let kept = browser.submit("/account/keep", &[]).await;

        assert_eq!(kept.location(), "/account/data?notice=account-kept");
        assert_eq!(browser.who().await, "miguel");
        assert_eq!(browser.open("/account").await.status, 200);
        assert!(!browser.open("/account/data").await.text().contains("id=\"keep\""));
        assert_eq!(miguel.get("/api/me").await.body["deletes_at"], json!(null));
    }

    async fn the_password_keeps_the_account_without_a_browser_and_what_ended_stays_ended(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, app.api_key(&miguel.key("account").await.key));
        leave(&miguel).await;
        app.pass(GRACE - 1);

        assert_eq!(app.basic("miguel", "wrong horse battery").post("/api/me/keep", &json!({})).await.status, 401);
        assert_eq!(key.post("/api/me/keep", &json!({})).await.status, 401);
        let kept = miguel.post("/api/me/keep", &json!({})).await;
        app.pass(GRACE);

        assert_eq!(kept.status, 204, "{kept:?}");
        assert_eq!(app.auth.purge().await.unwrap().users, 0);
        assert_eq!(miguel.get("/api/me").await.status, 200);
        assert_eq!(session.get("/api/me").await.status, 401);
        assert_eq!(key.get("/api/me").await.status, 401);
        assert_eq!(miguel.post("/api/me/keep", &json!({})).await.status, 204, "keeping it twice");
    }

    async fn the_data_can_be_taken_while_the_account_waits(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        leave(&miguel).await;
        let mut browser = logged_in(&app, "miguel").await;

        let by_password = miguel.get("/api/me/export").await;
        let by_page = browser.open("/account/export").await;

        for export in [by_password, by_page] {
            assert_eq!(export.status, 200, "{export:?}");
            assert_eq!(export.body["user"]["deletes_at"], START + GRACE);
        }
    }

    async fn after_the_end_every_credential_is_refused_though_nothing_was_tidied_up(db) {
        let app = mail::app(&db).await;
        let flow = mail::sign_up(&app, "miguel", ADDRESS).await;
        let miguel = app.basic("miguel", PASSWORD);
        assert_eq!(miguel.delete("/api/me").await.status, 202);
        app.pass(GRACE - 60);
        let mut browser = logged_in(&app, "miguel").await;
        mail::recover(&app, "miguel").await;
        let link = mail::by_token(&app, ADDRESS, "reset").await;

        app.pass(60);

        assert_eq!(app.db.count("users").await, 1, "nothing was tidied up");
        assert_eq!(miguel.get("/api/me").await.refusal(), (401, "invalid_credentials"));
        assert_eq!(miguel.post("/api/tokens", &json!({})).await.refusal(), (401, "invalid_credentials"));
        assert_eq!(miguel.post("/api/me/keep", &json!({})).await.refusal(), (401, "invalid_credentials"));
        assert_eq!(browser.who().await, "nobody");
        assert!(browser.submit("/account/keep", &[]).await.location().starts_with("/restore"));
        assert_eq!(app.browser().log_in("miguel").await.status, 422);
        assert_eq!(mail::reset(&app, link, NEW_PASSWORD).await.refusal(), (400, "invalid_grant"));
        let before = mail::kinds(&app, ADDRESS).await.len();
        mail::recover(&app, "miguel").await;
        app.anonymous().post("/api/confirmation", &json!({"email": ADDRESS})).await;
        assert_eq!(mail::kinds(&app, ADDRESS).await.len(), before, "nobody is written to any more");
        drop(flow);
    }

    async fn a_request_to_keep_that_was_let_in_before_the_end_is_too_late_after_it(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let by = password_of(&app, "miguel").await;
        leave(&miguel).await;

        app.pass(GRACE);
        let late = app.auth.accounts().keep(&by).await;

        assert!(matches!(late, Err(countersign::Error::Denied(why)) if why.code() == ErrorCode::NotFound));
        assert_eq!(app.auth.purge().await.unwrap().users, 1);
    }

    async fn an_owner_whose_password_was_changed_by_a_thief_who_left_recovers_and_keeps(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let change = json!({"current_password": PASSWORD, "new_password": "the thief's own words"});
        app.basic("miguel", PASSWORD).put("/api/me/password", &change).await;
        app.basic("miguel", "the thief's own words").delete("/api/me").await;

        mail::recover(&app, "miguel").await;
        let link = mail::by_token(&app, ADDRESS, "reset").await;
        assert_eq!(mail::reset(&app, link, NEW_PASSWORD).await.status, 204);
        let owner = app.basic("miguel", NEW_PASSWORD);

        assert_eq!(owner.get("/api/me").await.refusal(), (403, "deletion_scheduled"));
        assert_eq!(owner.post("/api/me/keep", &json!({})).await.status, 204);
        assert_eq!(owner.get("/api/me").await.status, 200);
    }

    async fn whoever_was_told_that_the_account_is_kept_has_it(db) {
        for round in 0..10 {
            let app = db.app().await;
            let name = format!("miguel{round}");
            let miguel = app.user(&name).await;
            leave(&miguel).await;
            app.pass(GRACE - 1);
            // The clock of the process that tidies up is ahead.
            let other = db.app_at(Clock::manual(START + GRACE), |_| {}).await;

            let keep = tokio::spawn({
                let miguel = miguel.clone();
                async move { miguel.post("/api/me/keep", &json!({})).await }
            });
            let purge = tokio::spawn(async move { other.auth.purge().await.unwrap() });
            let (kept, purged) = (keep.await.unwrap(), purge.await.unwrap());

            let there = app.auth.users().find(&name).await;
            if kept.status == 204 {
                assert_eq!((there.unwrap().deletes_at, purged.users), (None, 0), "round {round}");
            } else {
                assert!([401, 404].contains(&kept.status), "{kept:?}");
                assert!(matches!(there, Err(countersign::Error::Denied(why)) if why.code() == ErrorCode::NotFound));
                assert_eq!(purged.users, 1);
            }
        }
    }
}

/// Whoever knows the password, let in now.
async fn password_of(app: &App, name: &str) -> CurrentUser {
    let presented =
        Presented::Password { username: name.into(), password: PASSWORD.to_owned().into() };
    app.auth.authenticate(&presented, &Client::default()).await.unwrap()
}
