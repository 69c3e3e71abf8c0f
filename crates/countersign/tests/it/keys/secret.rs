//! The secret that is not in the database.

use countersign::{Auth, Clock};

use crate::support::{START, on_both_engines};

on_both_engines! {
    async fn a_database_is_not_opened_with_another_secret(db) {
        drop(db.app().await);

        let opened = db.builder(Clock::manual(START)).secret([8; 32]).open().await;

        let error = opened.unwrap_err().to_string();
        assert!(error.contains("sealed with another secret"), "{error}");
        assert!(error.contains("the secret file this database was made with"), "{error}");
        assert_eq!(db.count("signing_keys").await, 1, "and nothing was made instead");
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
