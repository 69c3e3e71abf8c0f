//! The first page of an account, and the one of its password.

use axum::{body::Body, http::Method};
use serde_json::json;

use super::logged_in;
use crate::{
    mail::{self, ADDRESS, NEW_PASSWORD},
    support::{PASSWORD, on_both_engines},
};

on_both_engines! {
    async fn the_page_shows_whose_account_it_is(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;

        let page = browser.open("/account").await;

        assert_eq!(page.status, 200);
        let text = page.text();
        assert!(text.contains("miguel") && text.contains(ADDRESS), "{text}");
        assert!(text.contains("action=\"/confirm/resend\""), "not confirmed yet: {text}");
        mail::confirm(&app, &mail::by_token(&app, ADDRESS, "confirm").await).await;
        assert!(!browser.open("/account").await.text().contains("/confirm/resend"));
    }

    async fn the_language_of_the_account_is_that_of_its_pages_wherever_one_logs_in(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        browser.submit("/language", &[("language", "fr")]).await;

        let answer = browser.submit("/account/language", &[("language", "de")]).await;

        assert_eq!(answer.location(), "/account?notice=language");
        let mut elsewhere = logged_in(&app, "miguel").await;
        for browser in [&mut browser, &mut elsewhere] {
            assert!(browser.open("/account").await.text().contains("<html lang=\"de\""));
        }
        assert_eq!(browser.get("/api/me").await.body["locale"], "de");
        let answer = browser.submit("/account/language", &[("language", "")]).await;
        assert_eq!(answer.location(), "/account?notice=language");
        assert_eq!(browser.get("/api/me").await.body["locale"], json!(null));
    }

    async fn a_language_without_texts_is_refused(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        for language in ["tlh", "../de", "\"><svg onload=alert(1)>"] {
            let page = browser.submit("/account/language", &[("language", language)]).await;
            assert_eq!(page.status, 422, "{language}");
            assert!(!page.text().contains("<svg"));
        }
        let body = json!({"locale": "tlh"}).to_string();
        let answer = miguel.json().send(Method::PATCH, "/api/me", body.into()).await;
        assert_eq!(answer.fault(), (400, "invalid_request", "locale"));
        assert_eq!(browser.get("/api/me").await.body["locale"], json!(null));
    }

    async fn the_language_is_changed_by_patch_and_what_is_not_named_stays(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let patch = async |body: &str| {
            miguel.json().send(Method::PATCH, "/api/me", Body::from(body.to_owned())).await
        };

        assert_eq!(patch(r#"{"locale":"es"}"#).await.body["locale"], "es");
        assert_eq!(patch("{}").await.body["locale"], "es");
        assert_eq!(patch(r#"{"locale":null}"#).await.body["locale"], json!(null));
        for body in [r#"{"roles":["admin"]}"#, r#"{"username":"root"}"#, r#"{"confirmed_at":1}"#] {
            assert_eq!(patch(body).await.refusal(), (400, "invalid_request"), "{body}");
        }
    }

    async fn another_address_is_asked_about_by_mail(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;

        let page = browser.submit("/account/email", &[("email", "new@example.org")]).await;
        assert_eq!(page.status, 200);
        assert!(page.text().contains("id=\"code\""), "{page:?}");
        let code = mail::code(&mail::mail(&app, "new@example.org", "change-address").await);
        let taken = browser.submit("/change-email", &[("code", &code)]).await;

        assert_eq!(taken.location(), "/account?notice=email-changed");
        assert_eq!(browser.get("/api/me").await.body["email"], "new@example.org");
    }

    async fn what_is_no_address_is_shown_again_beside_its_field(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = logged_in(&app, "miguel").await;

        for email in ["", "no address", ADDRESS, "\"><svg onload=alert(1)>"] {
            let page = browser.submit("/account/email", &[("email", email)]).await;
            assert_eq!(page.status, 422, "{email}");
            let text = page.text();
            assert!(text.contains("data-code=\"invalid_request\""), "{text}");
            assert!(text.contains("id=\"email\"") && !text.contains("<svg"), "{text}");
        }
    }

    async fn without_mail_the_page_works_and_the_address_stays(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        assert_eq!(browser.open("/account").await.status, 200);
        let page = browser.submit("/account/email", &[("email", "new@example.org")]).await;

        assert_eq!(page.status, 404);
    }

    async fn a_new_password_needs_the_old_one_ends_everything_else_and_changes_the_cookie(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let key = app.api_key(&miguel.key("account").await.key);
        let session = miguel.log_in().await;
        let mut other = app.browser();
        other.log_in_remembered("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let mut before = browser.clone();
        app.pass(601);

        let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
        let answer = browser.submit("/account/password", &form).await;

        assert_eq!(answer.location(), "/account/password?notice=password-changed");
        assert_ne!(browser.session(), before.session());
        assert_eq!((browser.who().await.as_str(), before.who().await.as_str()), ("miguel", "nobody"));
        assert_eq!(other.who().await, "nobody");
        assert!(other.open("/restore").await.location().starts_with("/login"));
        assert_eq!((key.get("/api/me").await.status, session.alive().await), (401, (401, 400)));
        assert_eq!(app.basic("miguel", NEW_PASSWORD).get("/api/me").await.status, 200);
    }

    async fn a_copy_of_the_cookie_that_remembers_is_worth_nothing_after_a_new_password(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let mut thief = browser.clone();
        thief.cookies.remove("__Host-session");

        let form = [("current_password", PASSWORD), ("new_password", NEW_PASSWORD)];
        browser.submit("/account/password", &form).await;
        let stolen = thief.open("/restore").await;
        app.pass(90_000);
        let back = browser.open("/restore?next=%2Faccount").await;

        assert!(stolen.location().starts_with("/login"), "{stolen:?}");
        assert_eq!(thief.who().await, "nobody");
        assert_eq!((back.location(), browser.who().await.as_str()), ("/account", "miguel"));
        let body = json!({"current_password": NEW_PASSWORD, "new_password": PASSWORD}).to_string();
        let mut thief = browser.clone();
        thief.cookies.remove("__Host-session");
        assert_eq!(browser.fetch(Method::PUT, "/api/me/password", Some(&body)).await.status, 204);
        assert!(thief.open("/restore").await.location().starts_with("/login"));
        app.pass(90_000);
        browser.open("/restore").await;
        assert_eq!(browser.who().await, "miguel");
    }

    async fn a_refused_password_is_said_beside_its_field_and_never_shown(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        let kept = browser.session();

        for (current, new, field) in [
            ("wrong horse battery", NEW_PASSWORD, "current_password"),
            (PASSWORD, "short", "new_password"),
            (PASSWORD, "miguel-miguel", "new_password"),
        ] {
            let form = [("current_password", current), ("new_password", new)];
            let page = browser.submit("/account/password", &form).await;
            let text = page.text();
            assert_eq!(page.status, 422, "{new}");
            assert!(text.contains(&format!("href=\"#{field}\"")), "{text}");
            assert!(!text.contains(current) && !text.contains(&format!("value=\"{new}")), "{text}");
        }
        assert_eq!(browser.session(), kept);
    }
}
