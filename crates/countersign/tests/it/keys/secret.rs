//! The secret that is not in the database.

use countersign::{Auth, Clock};

use crate::support::{START, Session, User, on_both_engines};

on_both_engines! {
    async fn a_database_is_not_opened_with_another_secret(db) {
        drop(db.app().await);

        let opened = db.builder(Clock::manual(START)).secret([8; 32]).open().await;

        let error = opened.unwrap_err().to_string();
        assert!(error.contains("sealed with another secret"), "{error}");
        assert!(error.contains("the secret file this database was made with"), "{error}");
        assert_eq!(db.count("signing_keys").await, 1, "and nothing was made instead");
    }

    /// As the manual says of a secret that was exchanged.
    async fn what_does_not_follow_from_the_secret_outlives_it(db) {
        let before = db.app().await;
        let miguel = before.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);
        let mut browser = before.browser();
        browser.log_in_remembered("miguel").await;
        let mut remembered = browser.clone();
        drop(before);
        db.execute("DELETE FROM signing_keys").await;

        let clock = Clock::manual(START);
        let after = db.app_by(db.builder(clock.clone()).secret([8; 32]), clock).await;

        let refused = after.bearer(&session.access).get("/me").await;
        assert_eq!(refused.refusal(), (401, "invalid_token"));
        let next = after.anonymous().refresh(&session.refresh).await;
        assert_eq!(Session::of(&after, &next.body).alive().await, (200, 200));
        assert_eq!(after.api_key(&key.key).get("/me").await.status, 200);
        assert_eq!(User::known(&after, &miguel.id, "miguel").log_in().await.alive().await, (200, 200));
        let cookies = std::mem::take(&mut browser.cookies);
        let mut browser = after.browser();
        browser.cookies = cookies;
        assert_eq!(browser.who().await, "miguel");
        let mut asleep = after.browser();
        asleep.cookies = std::mem::take(&mut remembered.cookies);
        asleep.cookies.remove("__Host-session");
        asleep.open("/restore?next=%2Faccount").await;
        assert_eq!(asleep.who().await, "miguel", "it is remembered");
    }

    async fn a_damaged_secret_file_is_named(db) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret.key");
        std::fs::write(&file, "not a key").unwrap();

        let error = Auth::builder(db.url()).secret_file(&file).open().await.unwrap_err();

        assert!(error.to_string().contains("secret.key"), "{error}");
    }

    async fn what_leaves_the_database_opens_nothing(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);
        let next = session.refreshed().await;
        miguel.header("idempotency-key", "k1")
            .post("/api/me/api-keys", &serde_json::json!({"name": "k"})).await;

        let mut text = String::new();
        for (table, column) in [
            ("refresh_tokens", "digest"), ("api_keys", "digest"), ("idempotency_keys", "sealed"),
            ("signing_keys", "sealed"), ("api_keys", "hint"),
        ] {
            let hex = if db.url().starts_with("sqlite") { "hex({})" } else { "encode({}, 'hex')" };
            let shown = if column == "hint" { "{}" } else { hex }.replace("{}", column);
            text += &db.value(&format!("SELECT {shown} FROM {table}")).await.unwrap_or_default();
        }

        for secret in [&session.refresh, &next.refresh, &key.key, &session.access] {
            let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
            assert!(!text.contains(&**secret) && !text.to_lowercase().contains(&hex));
        }
    }
}
