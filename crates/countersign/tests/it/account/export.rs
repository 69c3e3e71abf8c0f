//! What is kept of a user, for the user, without anything that opens or recognises a secret.

use serde_json::{Value, json};

use super::logged_in;
use crate::{
    mail::{self, ADDRESS},
    support::{PASSWORD, on_both_engines},
};

/// The names of all members, however deep.
fn members(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                found.push(name.clone());
                members(value, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, found)),
        _ => {}
    }
}

on_both_engines! {
    async fn the_export_has_everything_that_is_kept_of_the_user(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let miguel = app.basic("miguel", PASSWORD).from([198, 51, 100, 7]).agent("backup/1.0");
        let session = miguel.post("/api/tokens", &json!({"client_id": "backup"})).await;
        let sid = session.body["session_id"].as_str().unwrap();
        miguel.post("/api/me/api-keys", &json!({"name": "revoked key"})).await;
        let keys = miguel.get("/api/me/api-keys").await;
        let key = keys.body["items"][0]["id"].as_str().unwrap();
        miguel.delete(&format!("/api/me/api-keys/{key}")).await;
        miguel.delete(&format!("/api/me/sessions/{sid}")).await;
        logged_in(&app, "miguel").await;

        let export = miguel.get("/api/me/export").await;

        assert_eq!(export.status, 200, "{export:?}");
        assert_eq!(export.header("content-disposition"), "attachment; filename=\"account.json\"");
        assert_eq!(export.header("cross-origin-resource-policy"), "same-origin");
        let body = &export.body;
        assert_eq!(body["service"], "https://auth.example.org");
        assert_eq!((&body["user"]["username"], &body["user"]["email"]), (&json!("miguel"), &json!(ADDRESS)));
        assert_eq!(body["sessions"].as_array().unwrap().len(), 2);
        let ended = body["sessions"].as_array().unwrap().iter().find(|s| s["id"] == sid).unwrap();
        assert!(ended["revoked_at"].is_i64(), "those that ended are still kept: {ended}");
        assert_eq!((&ended["address"], &ended["user_agent"]), (&json!("198.51.100.7"), &json!("backup/1.0")));
        assert_eq!(body["devices"].as_array().unwrap().len(), 2);
        assert_eq!(body["api_keys"][0]["name"], "revoked key");
        assert!(body["api_keys"][0]["revoked_at"].is_i64());
        assert_eq!(body["mails"].as_array().unwrap().last().unwrap()["kind"], "confirm");
        assert_eq!(body["links"][0]["purpose"], "confirm");
    }

    async fn the_export_opens_nothing(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let miguel = app.basic("miguel", PASSWORD);
        let key = miguel.post("/api/me/api-keys", &json!({"name": "k", "scope": "account"})).await;
        let key = key.body["key"].as_str().unwrap().to_owned();
        let session = miguel.post("/api/tokens", &json!({})).await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        mail::recover(&app, "miguel").await;
        let reset = mail::mail(&app, ADDRESS, "reset").await;

        let export = browser.open("/account/export").await;

        assert_eq!(export.status, 200);
        let text = export.text();
        let mut secrets = vec![PASSWORD.to_owned(), key, mail::token(&reset), mail::code(&reset)];
        secrets.push(session.body["access_token"].as_str().unwrap().to_owned());
        secrets.push(session.body["refresh_token"].as_str().unwrap().to_owned());
        secrets.extend(browser.cookies.values().cloned());
        let hash = app.db.value("SELECT password_hash FROM users").await.unwrap();
        secrets.push(hash);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret}");
        }
        for column in ["digest FROM api_keys", "digest FROM links", "digest FROM refresh_tokens",
            "cookie FROM sessions", "device FROM known_devices", "flow FROM links", "code FROM links"]
        {
            for digest in hex(&app, column).await {
                assert!(!text.contains(&digest), "{column}");
                assert!(!text.contains(&digest[..32]), "{column}, the half of it");
            }
        }
        let mut found = Vec::new();
        members(&export.body, &mut found);
        for name in found {
            let told = ["hash", "digest", "secret", "password", "cookie", "token", "sealed", "epoch",
                "key_", "flow", "code"];
            assert!(!told.iter().any(|word| name.contains(word)), "{name}");
        }
    }

    async fn the_export_has_nothing_of_anybody_else(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        mail::sign_up(&app, "susan", "susan@example.org").await;
        let susan = app.basic("susan", PASSWORD).from([203, 0, 113, 9]);
        susan.post("/api/tokens", &json!({"client_id": "susans phone"})).await;
        susan.post("/api/me/api-keys", &json!({"name": "susans key"})).await;

        let text = app.basic("miguel", PASSWORD).get("/api/me/export").await.text();

        assert!(!text.contains("susan") && !text.contains("203.0.113.9"), "{text}");
    }

    async fn mails_to_the_address_before_it_was_ones_own_are_not_in_it(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "susan", ADDRESS).await;
        let susan = app.auth.users().find("susan").await.unwrap();
        app.auth.users().delete(susan.id).await.unwrap();
        app.pass(10);
        mail::sign_up(&app, "miguel", ADDRESS).await;

        let export = app.basic("miguel", PASSWORD).get("/api/me/export").await;

        assert_eq!(export.body["mails"].as_array().unwrap().len(), 1, "{export:?}");
    }
}

/// Every value of a column of bytes, in hexadecimal.
async fn hex(app: &crate::support::App, column: &str) -> Vec<String> {
    let (column, table) = column.split_once(" FROM ").unwrap();
    let text = match app.auth.engine() {
        "sqlite" => format!("lower(hex({column}))"),
        _ => format!("encode({column}, 'hex')"),
    };
    let rows =
        app.db.column(&format!("SELECT {text} FROM {table} WHERE {column} IS NOT NULL")).await;
    let rows: Vec<String> = rows.into_iter().flatten().collect();
    assert!(!rows.is_empty() && rows[0].len() >= 64, "{column} of {table}: {rows:?}");
    rows
}
