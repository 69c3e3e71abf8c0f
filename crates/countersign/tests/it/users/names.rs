//! What may be a name, and when two names are one.

use serde_json::json;

use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn two_spellings_of_one_user_name_are_one(db) {
        let app = db.app().await;
        app.user("josé straße").await;

        for twin in [
            "josé straße", "JOSÉ STRASSE", "jose\u{301} straße", "José Straße",
            "ｊosé straße", "josé ſtraße",
        ] {
            let body = json!({"username": twin, "password": PASSWORD});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (409, "conflict", "username"), "{twin}");
            assert_eq!(app.basic(twin, PASSWORD).get("/me").await.text(), "josé straße");
        }
        assert_eq!(db.count("users").await, 1);
    }

    async fn two_spellings_of_one_e_mail_address_are_one(db) {
        let app = db.app().await;
        app.sign_up(json!({"email": "josé@example.org", "password": PASSWORD})).await;

        for twin in ["JOSÉ@example.org", "jose\u{301}@EXAMPLE.ORG", "ｊosé@example.org"] {
            let body = json!({"email": twin, "password": PASSWORD});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (409, "conflict", "email"), "{twin}");
        }
    }

    async fn a_name_that_could_mislead_is_refused_and_nothing_is_stored(db) {
        let app = db.app().await;
        let megabyte = "a".repeat(60_000);
        let long = "a".repeat(65);

        for name in [
            "", " ", " miguel", "miguel ", "mig  uel", "mig:uel", "miguel@example.org", "a\0b",
            "a\nb", "a\u{7f}b", "a\u{200b}b", "a\u{202e}b", "a\u{a0}b", "\u{feff}a",
            "mi\u{ff20}guel", &long, &megabyte,
        ] {
            let body = json!({"username": name, "password": PASSWORD});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "username"), "{name:.40?}");
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn what_is_no_e_mail_address_is_refused_and_nothing_is_stored(db) {
        let app = db.app().await;
        let long = format!("{}@example.org", "a".repeat(250));

        for email in [
            "", "miguel", "@example.org", "miguel@", "a@b@example.org", "a b@example.org",
            "\"e@attacker.org\"@example.org", "a@exa\0mple.org", "a\r\n@example.org",
            "Miguel <m@example.org>", "m@[192.0.2.1]", "a\u{ff20}b@example.org", &long,
        ] {
            let body = json!({"email": email, "password": PASSWORD});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "email"), "{email:.40?}");
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn a_megabyte_of_a_name_is_refused_before_it_is_read(db) {
        let app = db.app().await;
        let body = json!({"username": "a".repeat(1 << 20), "password": PASSWORD});

        let answer = app.anonymous().post("/api/users", &body).await;

        assert_eq!(answer.refusal(), (413, "content_too_large"));
        assert_eq!(db.count("users").await, 0);
    }

    async fn a_name_of_every_script_and_of_64_characters_is_welcome(db) {
        let app = db.app().await;
        let long = "x".repeat(64);

        for name in ["Ж", "ñandú", "日本語", "o'neil", "mary ann", "\"; DROP TABLE users; --", &long] {
            let user = app.user(name).await;
            assert_eq!(user.get("/me").await.text(), name);
        }
    }

    async fn a_user_name_that_looks_like_a_token_is_refused(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        let key = app.basic("miguel", PASSWORD)
            .post("/api/me/api-keys", &json!({"name": "k"})).await.body["key"].clone();
        for name in [json!(session.refresh), key] {
            let body = json!({"username": name, "password": PASSWORD});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "username"));
            assert!(!answer.text().contains(name.as_str().unwrap()));
        }
    }
}
