//! The page of API keys: a new key is shown once.

use serde_json::json;

use super::{NOTHING, ids, logged_in};
use crate::support::{Answer, START, on_both_engines};

const KEYS: &str = "/account/keys";

/// The key on the page that shows it.
fn shown(page: &Answer) -> Option<String> {
    let text = page.text();
    let (_, rest) = text.split_once("id=\"new-key\"")?;
    Some(rest.split_once('>')?.1.split('<').next()?.to_owned())
}

on_both_engines! {
    async fn a_key_is_shown_once_works_and_is_never_shown_again(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        let form = [("name", "backup"), ("scope", "account"), ("expires_in_days", "30")];
        let page = browser.submit(KEYS, &form).await;

        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control"), "no-store");
        let key = shown(&page).unwrap();
        assert_eq!(page.text().matches(&key).count(), 1);
        assert_eq!(app.api_key(&key).get("/api/me").await.body["scope"], "account");
        let again = browser.open(KEYS).await;
        assert_eq!(shown(&again), None);
        assert!(again.text().contains("backup") && !again.text().contains(&key));
        let listed = browser.get("/api/me/api-keys").await;
        assert!(!listed.text().contains(&key));
        assert_eq!(listed.body["items"][0]["expires_at"], START + 30 * 86_400);
    }

    async fn a_key_may_do_what_was_ticked_and_nothing_else(db) {
        let app = db.app().await;
        app.admin().await;
        let mut browser = logged_in(&app, "root").await;
        let pick = async |browser: &mut crate::support::Browser, scopes: &[&str]| {
            let mut form = vec![("name", "k"), ("expires_in_days", "")];
            form.extend(scopes.iter().map(|scope| ("scope", *scope)));
            let key = shown(&browser.submit(KEYS, &form).await).unwrap();
            app.api_key(&key).get("/api/me").await.body["scope"].clone()
        };

        assert_eq!(pick(&mut browser, &[]).await, "");
        assert_eq!(pick(&mut browser, &["account"]).await, "account");
        assert_eq!(pick(&mut browser, &["account", "admin"]).await, "account admin");
        assert_eq!(pick(&mut browser, &["reports  audit"]).await, "audit reports");
        let text = browser.open(KEYS).await.text();
        assert!(text.contains("value=\"admin\""), "offered to an administrator");
        app.user("miguel").await;
        let text = logged_in(&app, "miguel").await.open(KEYS).await.text();
        assert!(text.contains("value=\"account\"") && !text.contains("value=\"admin\""));
    }

    async fn a_refused_form_keeps_what_was_typed_and_makes_no_key(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        let canary = "\"><svg onload=alert(1)>";

        for (name, scope, days) in [
            ("", "account", ""),
            ("tab\there", "account", ""),
            ("kept", "quo\"te", ""),
            ("kept", "account", "0"),
            ("kept", "account", "-1"),
            ("kept", "account", "soon"),
            ("kept", "account", "99999999999999999999"),
            ("", canary, canary),
        ] {
            let form = [("name", name), ("scope", scope), ("expires_in_days", days)];
            let page = browser.submit(KEYS, &form).await;
            let text = page.text();
            assert_eq!(page.status, 422, "{form:?}: {text}");
            assert!(shown(&page).is_none() && !text.contains("<svg"));
            assert!(name != "kept" || text.contains("value=\"kept\""), "{text}");
        }
        assert_eq!(ids(&mut browser, "/api/me/api-keys").await.len(), 0);
    }

    async fn a_revoked_key_is_refused_from_the_next_request_on(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let made = miguel.key("account").await;
        let mut browser = logged_in(&app, "miguel").await;

        let answer = browser.submit("/account/keys/revoke", &[("key", &made.id)]).await;

        assert_eq!(answer.location(), "/account/keys?notice=key-revoked");
        assert_eq!(app.api_key(&made.key).get("/api/me").await.status, 401);
        let again = browser.submit("/account/keys/revoke", &[("key", &made.id)]).await;
        assert_eq!(again.status, 404);
    }

    async fn somebody_elses_key_is_not_found(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let hers = app.user("susan").await.key("account").await;
        let mut browser = logged_in(&app, "miguel").await;

        for id in [hers.id.as_str(), NOTHING, "", &hers.key] {
            let page = browser.submit("/account/keys/revoke", &[("key", id)]).await;
            assert_eq!(page.status, 404, "{id}");
        }
        assert_eq!(app.api_key(&hers.key).get("/api/me").await.status, 200);
        assert!(!browser.open(KEYS).await.text().contains(&hers.id));
    }

    async fn a_token_whose_password_was_given_long_ago_makes_no_keys(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        app.pass(601);
        let stale = session.refreshed().await;

        let answer = stale.post("/api/me/api-keys", &json!({"name": "k"})).await;

        assert_eq!(answer.refusal(), (401, "insufficient_user_authentication"));
        assert!(answer.header("www-authenticate").contains("max_age=600"), "{answer:?}");
        assert_eq!(miguel.post("/api/me/api-keys", &json!({"name": "k"})).await.status, 201);
    }

    async fn a_name_of_blanks_is_no_name_at_any_door(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        let form = [("name", " "), ("expires_in_days", "90")];
        assert_eq!(browser.submit("/account/keys", &form).await.status, 422);
        let answer = miguel.post("/api/me/api-keys", &json!({"name": " \u{a0}"})).await;
        assert_eq!(answer.refusal(), (400, "invalid_request"));
        let named = miguel.post("/api/me/api-keys", &json!({"name": " backup "})).await;
        assert_eq!(named.body["name"], "backup");
    }

    async fn a_page_stays_light_however_many_keys_there_are(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        for number in 0..8 {
            miguel.post("/api/me/api-keys", &json!({"name": format!("key {number}")})).await;
        }
        let mut browser = logged_in(&app, "miguel").await;

        let (first, second) = (browser.open(KEYS).await.text(), browser.open("/account/keys?from=6").await.text());

        for number in 0..8 {
            let name = format!(">key {number}<");
            assert_eq!((first.contains(&name), second.contains(&name)), (number > 1, number < 2), "{name}");
        }
        assert!(first.contains("?from=6") && !first.contains("?from=0"));
        assert!(second.contains("?from=0") && !second.contains("?from=12"));
        assert_eq!(browser.open("/account/keys?from=99999999999999999999").await.status, 200);
    }
}
