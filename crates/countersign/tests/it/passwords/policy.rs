//! What may be a password.

use serde_json::json;

use crate::support::{Answer, App, on_both_engines};

async fn sign_up(app: &App, username: &str, password: &str) -> Answer {
    let body = json!({"username": username, "password": password});
    app.anonymous().post("/api/users", &body).await
}

on_both_engines! {
    async fn eight_characters_are_enough_and_seven_are_not(db) {
        let app = db.app().await;

        let seven = sign_up(&app, "a", "xkdürpq").await;
        let eight = sign_up(&app, "a", "xkdürpqv").await;

        assert_eq!(seven.fault(), (400, "invalid_request", "password"));
        assert_eq!(
            seven.body["error_description"],
            "The password must have at least 8 characters. Add a word or two.",
        );
        assert_eq!(eight.status, 201);
    }

    async fn a_long_password_counts_to_its_last_character(db) {
        let app = db.app().await;

        for length in [64, 73, 128, 1000] {
            let name = format!("user{length}");
            let password: String = "aé漢x7 k".chars().cycle().take(length).collect();
            assert_eq!(sign_up(&app, &name, &password).await.status, 201, "{length}");
            assert_eq!(app.basic(&name, &password).get("/me").await.status, 200, "{length}");
            let mut shorter = password.clone();
            shorter.pop();
            for other in [shorter, format!("{password} "), format!("{password}x")] {
                assert_eq!(app.basic(&name, &other).get("/me").await.status, 401, "{length}");
            }
        }
    }

    async fn five_kibibytes_are_refused_and_not_cut(db) {
        let app = db.app().await;

        let answer = sign_up(&app, "a", &"correct horse battery ".repeat(240)).await;

        assert_eq!(answer.fault(), (400, "invalid_request", "password"));
        assert!(answer.text().contains("must not be longer than"), "{answer:?}");
        assert!(!answer.text().contains("horse"));
        assert_eq!(db.count("users").await, 0);
    }

    async fn no_composition_is_asked_for(db) {
        let app = db.app().await;

        for (n, password) in ["qzmwxnecrv", "        x       ", "ЖЩЪЫЭЮЯЬ", "😀🦀🔑🐴🔋📎🧷🪡"]
            .into_iter().enumerate()
        {
            let name = format!("user{n}");
            assert_eq!(sign_up(&app, &name, password).await.status, 201, "{password}");
            let session = json!({"username": name, "password": password});
            assert_eq!(app.anonymous().post("/api/tokens", &session).await.status, 200);
        }
    }

    async fn what_attackers_try_first_is_refused(db) {
        let app = db.app().await;

        for password in ["password", "PASSWORD", "12345678", "iloveyou", "qwertyuiop", "password1"] {
            let answer = sign_up(&app, "miguel", password).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "password"), "{password}");
            let text = answer.body["error_description"].as_str().unwrap();
            assert!(text.starts_with("This is one of the passwords attackers try first."), "{text}");
        }
    }

    async fn a_password_built_from_ones_own_names_or_the_services_is_refused(db) {
        let app = db.app().await;

        for password in ["grinberg", "Grinberg1", "grinberg2026", "countersign", "Countersign1!"] {
            let answer = sign_up(&app, "Grinberg", password).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "password"), "{password}");
        }
        let body = json!({"email": "grinberg@example.org", "password": "grinberg1"});
        assert_eq!(app.anonymous().post("/api/users", &body).await.field(), "password");
        assert_eq!(sign_up(&app, "Susan", "grinberg2026").await.status, 201);
    }

    async fn a_password_is_verified_exactly_as_it_was_given(db) {
        let app = db.app().await;
        let password = " Corréct\thorse\0BATTERY ";
        assert_eq!(sign_up(&app, "miguel", password).await.status, 201);
        let log_in = async |password: &str| {
            let body = json!({"username": "miguel", "password": password});
            app.anonymous().post("/api/tokens", &body).await.status
        };

        assert_eq!(log_in(password).await, 200);
        for other in [
            "Corréct\thorse\0BATTERY", " corréct\thorse\0battery ", " Corréct\thorse",
            " Corre\u{301}ct\thorse\0BATTERY", " Corréct horse\0BATTERY ",
        ] {
            assert_eq!(log_in(other).await, 401, "{other:?}");
        }
    }

    async fn nothing_in_the_database_tells_the_password(db) {
        let app = db.app().await;
        app.user("miguel").await.log_in().await;

        let hash = db.value("SELECT password_hash FROM users").await.unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
    }
}
