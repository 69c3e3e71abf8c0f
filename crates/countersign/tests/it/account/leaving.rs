//! Leaving: everything ends at once, the account a while later.

use axum::http::Method;
use serde_json::json;

use super::logged_in;
use crate::{
    mail::{self, ADDRESS},
    support::{Answer, App, PASSWORD, START, User, at_once, on_both_engines, with_status},
};

/// The default time to come back.
pub(crate) const GRACE: i64 = 14 * 86_400;

pub(crate) async fn leave(user: &User) -> Answer {
    let answer = user.delete("/api/me").await;
    assert_eq!(answer.status, 202, "{answer:?}");
    answer
}

async fn deletes_at(app: &App, login: &str) -> Option<i64> {
    app.auth.users().find(login).await.unwrap().deletes_at
}

on_both_engines! {
    async fn leaving_ends_everything_at_once_and_the_account_a_while_later(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, app.api_key(&miguel.key("account").await.key));
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let mut asleep = browser.clone();
        asleep.cookies.remove("__Host-session");
        let neighbour = app.neighbour().await;
        assert_eq!(neighbour.bearer(&session.access).get("/api/me").await.status, 200);

        let left = leave(&miguel).await;

        assert_eq!(left.body, json!({"deletes_at": START + GRACE}));
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(key.get("/api/me").await.refusal(), (401, "invalid_token"));
        assert_eq!(browser.who().await, "nobody");
        assert!(asleep.open("/restore").await.location().starts_with("/login"));
        crate::support::becomes(&neighbour.bearer(&session.access), "/api/me", 401).await;
        assert_eq!(deletes_at(&app, "miguel").await, Some(START + GRACE));
    }

    async fn the_page_asks_for_the_password_and_says_goodbye(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        app.pass(601);

        let text = browser.open("/account/delete").await.text();
        assert!(text.contains("14") && text.contains("id=\"password\""), "{text}");
        let wrong = browser.submit("/account/delete", &[("password", "wrong horse battery")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("href=\"#password\""), "{wrong:?}");
        assert_eq!(deletes_at(&app, "miguel").await, None);
        let answer = browser.submit("/account/delete", &[("password", PASSWORD)]).await;

        assert_eq!(answer.location(), "/login?notice=account-leaving");
        assert_eq!(browser.session(), None);
        assert!(!browser.cookies.contains_key("__Host-remember"));
        assert!(deletes_at(&app, "miguel").await.is_some());
    }

    async fn guessing_the_password_on_the_page_is_throttled_like_a_login(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        let mut statuses = Vec::new();
        for _ in 0..12 {
            let form = [("password", "wrong horse battery")];
            statuses.push(browser.submit("/account/delete", &form).await.status);
        }

        assert_eq!(statuses[..10], [422; 10]);
        assert_eq!(statuses[11], 429);
    }

    async fn the_owner_is_told_when_and_how_to_keep_the_account(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;

        let answer = app.basic("miguel", PASSWORD).delete("/api/me").await;

        assert_eq!(answer.status, 202);
        let told = mail::mail(&app, ADDRESS, "deletion-announced").await.text;
        for fact in ["14", "2027-01-29 08:00 UTC", "https://auth.example.org/account/data"] {
            assert!(told.contains(fact), "{fact}: {told}");
        }
    }

    async fn links_that_were_mailed_before_are_worth_nothing(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        mail::recover(&app, "miguel").await;
        let confirm = mail::by_token(&app, ADDRESS, "confirm").await;
        let reset = mail::by_token(&app, ADDRESS, "reset").await;

        app.basic("miguel", PASSWORD).delete("/api/me").await;

        assert_eq!(mail::confirm(&app, &confirm).await.refusal(), (400, "invalid_grant"));
        let answer = mail::reset(&app, reset, mail::NEW_PASSWORD).await;
        assert_eq!(answer.refusal(), (400, "invalid_grant"));
    }

    async fn without_a_time_to_come_back_the_account_is_gone_at_once(db) {
        let app = db.app_with(|config| {
            mail::inbox(config);
            config.retention.deletion_grace_seconds = 0;
        }).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let session = app.basic("miguel", PASSWORD).post("/api/tokens", &json!({})).await;
        let token = session.body["access_token"].as_str().unwrap().to_owned();

        let left = app.basic("miguel", PASSWORD).delete("/api/me").await;

        assert_eq!((left.status, &left.body["deletes_at"]), (202, &json!(START)));
        assert_eq!(app.db.count("users").await, 0);
        assert_eq!(app.bearer(&token).get("/api/me").await.status, 401);
        assert_eq!(app.basic("miguel", PASSWORD).get("/api/me").await.status, 401);
        let told = mail::mail(&app, ADDRESS, "deletion-announced").await.text;
        assert!(!told.contains("/account/data"), "nothing to keep: {told}");
        app.user("miguel").await;
        logged_in(&app, "miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        let answer = browser.submit("/account/delete", &[("password", PASSWORD)]).await;
        assert_eq!(answer.location(), "/login?notice=account-deleted");
    }

    async fn a_key_or_a_token_deletes_nobody_without_scope_and_a_fresh_password(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let key = |scope: &'static str| {
            let miguel = miguel.clone();
            async move { miguel.key(scope).await.key }
        };
        let bare = app.api_key(&key("").await);
        let keyed = app.api_key(&key("account admin").await);
        let narrow = miguel.log_in_for(json!({"scope": "reports"})).await;
        let session = miguel.log_in().await;
        let refused = |method: Method, path: &'static str| {
            let (bare, narrow, keyed) = (bare.clone(), narrow.clone(), keyed.clone());
            async move {
                for caller in [&bare, &*narrow] {
                    let answer = caller.send(method.clone(), path, axum::body::Body::empty()).await;
                    assert_eq!(answer.refusal(), (403, "insufficient_scope"), "{path}");
                }
                let answer = keyed.send(method, path, axum::body::Body::empty()).await;
                assert_eq!(answer.refusal(), (401, "insufficient_user_authentication"), "{path}");
            }
        };

        refused(Method::DELETE, "/api/me").await;
        refused(Method::GET, "/api/me/export").await;
        assert_eq!(session.get("/api/me/export").await.status, 200);
        app.pass(601);
        let stale = session.refreshed().await;
        for answer in [stale.delete("/api/me").await, stale.get("/api/me/export").await] {
            assert_eq!(answer.refusal(), (401, "insufficient_user_authentication"));
        }
        assert_eq!(deletes_at(&app, "miguel").await, None);
        assert_eq!(miguel.log_in().await.delete("/api/me").await.status, 202, "a fresh token may");
    }

    async fn an_administrator_stays(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let mut browser = logged_in(&app, "root").await;

        assert_eq!(root.delete("/api/me").await.refusal(), (409, "conflict"));
        let page = browser.submit("/account/delete", &[("password", PASSWORD)]).await;

        assert_eq!(page.status, 422);
        assert_eq!(deletes_at(&app, "root").await, None);
        assert_eq!(browser.who().await, "root");
    }

    async fn administrators_see_who_is_leaving_and_when(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        leave(&miguel).await;

        let shown = root.get(&format!("/api/users/{}", miguel.id)).await;
        let listed = root.get("/api/users").await;

        assert_eq!(shown.body["deletes_at"], START + GRACE);
        assert_eq!(listed.body["items"][1]["deletes_at"], START + GRACE);
        assert_eq!(listed.body["items"][0]["deletes_at"], json!(null));
    }

    async fn of_many_who_leave_at_once_each_gets_one_answer_and_one_mail(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let session = app.basic("miguel", PASSWORD).post("/api/tokens", &json!({})).await;
        let token = session.body["access_token"].as_str().unwrap().to_owned();

        let answers = at_once(20, |_| {
            let (app, token) = (app.clone(), token.clone());
            async move { app.bearer(&token).delete("/api/me").await }
        })
        .await;

        assert_eq!(with_status(&answers, 202), 1, "{answers:?}");
        let others = with_status(&answers, 409) + with_status(&answers, 401);
        assert_eq!(others + with_status(&answers, 403), 19, "{answers:?}");
        let told = mail::kinds(&app, ADDRESS).await;
        assert_eq!(told.iter().filter(|kind| *kind == "deletion-announced").count(), 1);
    }

    async fn a_session_that_was_ended_meanwhile_deletes_nothing(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        let by = app.auth.authenticate(
            &countersign::proto::credential::Presented::Token {
                token: session.access.clone().into(),
                carried_by: countersign::proto::credential::CarriedBy::Scheme("Bearer".into()),
            },
            &countersign::Client::default(),
        ).await.unwrap();
        app.auth.users().end_everything(miguel.id.parse().unwrap()).await.unwrap();

        assert!(app.auth.accounts().delete(&by).await.is_err());

        assert_eq!(deletes_at(&app, "miguel").await, None);
    }
}
