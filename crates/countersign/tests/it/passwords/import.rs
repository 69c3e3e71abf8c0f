//! Hashes made by other systems.

use std::collections::BTreeMap;

use countersign::{Error, NewUser};
use serde_json::Value;

use crate::support::{App, on_both_engines};

const VECTORS: &str = include_str!("../../../../proto/tests/vectors/password.json");

/// One vector of each scheme, with a password that may be given by Basic and a bearable cost.
fn one_of_each() -> BTreeMap<String, (String, String)> {
    let vectors: Vec<Value> = serde_json::from_str(VECTORS).unwrap();
    let mut found = BTreeMap::new();
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
        if text("password") == "correct horse battery staple" {
            let scheme = format!("{} {}", text("library"), text("scheme"));
            found.entry(scheme).or_insert((text("password"), text("hash")));
        }
    }
    found
}

async fn import(app: &App, name: &str, hash: &str) -> Result<(), Error> {
    let new = NewUser { username: Some(name.to_owned()), ..NewUser::default() };
    app.auth.users().import(new, hash).await.map(drop)
}

on_both_engines! {
    async fn a_hash_of_any_known_scheme_logs_in_once_and_is_argon2id_afterwards(db) {
        let app = db.app().await;
        let vectors = one_of_each();
        assert!(vectors.len() >= 20, "the vectors are not where this test looks");

        for (n, (scheme, (password, hash))) in vectors.iter().enumerate() {
            let name = format!("user{n}");
            import(&app, &name, hash).await.unwrap();
            let stored = format!("SELECT password_hash FROM users WHERE username = '{name}'");
            let (wrong, right) = (app.basic(&name, "wrong"), app.basic(&name, password));

            assert_eq!(wrong.get("/me").await.status, 401, "{scheme}");
            assert_eq!(db.value(&stored).await.as_deref(), Some(&**hash), "{scheme}");
            assert_eq!(right.get("/me").await.status, 200, "{scheme}");
            let replaced = db.value(&stored).await.unwrap();
            assert!(replaced.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{scheme}: {replaced}");
            assert_eq!(right.get("/me").await.status, 200, "{scheme}");
            assert_eq!(wrong.get("/me").await.status, 401, "{scheme}");
        }
    }

    async fn replacing_a_hash_ends_no_session(db) {
        let app = db.app().await;
        let (password, hash) = one_of_each().into_values().next().unwrap();
        import(&app, "miguel", &hash).await.unwrap();
        let caller = app.basic("miguel", &password);

        let body = caller.post("/api/tokens", &serde_json::json!({})).await.body;
        caller.get("/me").await;

        assert_eq!(crate::support::Session::of(&app, &body).alive().await, (200, 200));
    }

    async fn a_hash_that_costs_more_than_the_bound_is_refused_at_import(db) {
        let app = db.app().await;

        for hash in [
            "$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$2b$31$vDdoWheOKQcUMkgsERk46OPSTuiw2uiEuwT7CBT8NLC5e8Lkz1Loe",
            "pbkdf2:sha256:4000000000$x$00",
            "plain", "", "$1$", "{SSHA}", "$unknown$x$y",
        ] {
            let error = import(&app, "miguel", hash).await.unwrap_err();
            let Error::Denied(denied) = error else { panic!("{hash}: {error}") };
            assert_eq!(denied.field_name(), Some("password_hash"), "{hash}");
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn a_stored_hash_that_costs_more_than_the_bound_is_never_computed(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        db.execute(
            "UPDATE users SET password_hash = '$argon2id$v=19$m=1048576,t=4000,p=1$\
             c29tZXNhbHRzb21l$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'",
        )
        .await;

        let begun = std::time::Instant::now();
        let answer = miguel.get("/me").await;

        assert_eq!(answer.refusal(), (401, "invalid_credentials"));
        assert!(begun.elapsed().as_secs() < 5, "a gibibyte was hashed 4,000 times over");
    }

    async fn a_user_without_a_password_has_none_that_matches(db) {
        let app = db.app().await;
        app.user("miguel").await;
        db.execute("UPDATE users SET password_hash = NULL").await;

        for password in ["", " ", "null", crate::support::PASSWORD] {
            assert_eq!(app.basic("miguel", password).get("/me").await.status, 401);
        }
    }
}
