//! Many users at once, from another system.

use countersign::{Confirmed, ForeignUser, ImportMode, ImportOptions, Imported};

use super::{HASH, foreign, import, try_out};
use crate::support::{PASSWORD, on_both_engines};

/// The fields at fault, `taken` or `already`, in order.
fn told(outcomes: &[Imported]) -> Vec<&str> {
    let word = |outcome| match outcome {
        &Imported::Taken(_) => "taken",
        Imported::Already => "already",
        Imported::Refused(denied) => denied.field_name().unwrap_or("?"),
    };
    outcomes.iter().map(word).collect()
}

fn with_email(name: &str, email: &str, id: &str) -> ForeignUser {
    ForeignUser { email: Some(email.to_owned()), ..foreign(name, id) }
}

on_both_engines! {
    async fn who_is_imported_logs_in_with_the_password_of_before(db) {
        let app = db.app().await;
        let admin = ForeignUser {
            roles: vec!["editor".into()],
            confirmed: Confirmed::Yes,
            ..with_email("JohnDoe", "john@example.org", "7")
        };

        let outcomes = import(&app, vec![admin]).await;

        assert_eq!(told(&outcomes), ["taken"]);
        let me = app.basic("john@example.org", PASSWORD).get("/api/me").await;
        assert_eq!(me.status, 200, "{me:?}");
        assert_eq!(me.body["roles"], serde_json::json!(["editor"]));
        assert_eq!(me.body["external_id"], "7");
        assert!(me.body["confirmed_at"].is_i64());
        assert_eq!(app.basic("johndoe", "wrong").get("/api/me").await.status, 401);
    }

    async fn what_is_wrong_with_a_row_is_said_and_the_others_are_taken(db) {
        let app = db.app().await;
        let bad = |change: fn(&mut ForeignUser)| {
            let mut user = foreign("bad", "");
            change(&mut user);
            user
        };

        let outcomes = import(&app, vec![
            foreign("first", "1"),
            bad(|user| user.password_hash = "plain".to_owned().into()),
            bad(|user| user.password_hash = String::new().into()),
            bad(|user| user.password_hash = "pbkdf2:sha256:4000000000$x$00".to_owned().into()),
            bad(|user| user.username = None),
            bad(|user| user.username = Some("a:b".into())),
            bad(|user| user.email = Some("nobody".into())),
            bad(|user| user.roles = vec!["no role!".into()]),
            bad(|user| user.external_id = Some("a\0b".into())),
            bad(|user| user.external_id = Some("x".repeat(256))),
            foreign("FIRST", "2"),
            foreign("last", "3"),
        ])
        .await;

        assert_eq!(told(&outcomes), [
            "taken", "password_hash", "password_hash", "password_hash", "username", "username",
            "email", "role", "external_id", "external_id", "username", "taken",
        ]);
        assert_eq!(db.count("users").await, 2);
    }

    async fn a_second_run_takes_what_is_missing_and_says_what_is_there(db) {
        let app = db.app().await;
        let all = || vec![
            foreign("a", "1"),
            with_email("b", "b@example.org", "2"),
            with_email("c", "c@example.org", ""),
            foreign("d", ""),
        ];
        import(&app, all().drain(..2).collect()).await;

        let second = import(&app, all()).await;
        let third = import(&app, all()).await;

        assert_eq!(told(&second), ["already", "already", "taken", "taken"]);
        assert_eq!(told(&third), ["already"; 4]);
        assert_eq!(db.count("users").await, 4);
    }

    async fn a_user_renamed_since_is_there_and_somebody_elses_name_is_taken(db) {
        let app = db.app().await;
        app.user("native").await;
        import(&app, vec![with_email("a", "a@example.org", "1")]).await;

        let outcomes = import(&app, vec![
            foreign("renamed", "1"),
            foreign("native", "2"),
            foreign("a", "3"),
            with_email("other", "A@example.org", "4"),
            with_email("a", "new@example.org", ""),
        ])
        .await;

        assert_eq!(told(&outcomes), ["already", "username", "username", "email", "username"]);
    }

    async fn who_comes_later_was_in_nobodys_way(db) {
        let app = db.app().await;
        app.user("native").await;

        let outcomes = import(&app, vec![
            foreign("native", "1"),
            foreign("twice", "1"),
            foreign("twice", "2"),
            foreign("thrice", "2"),
            foreign("Thrice", ""),
        ])
        .await;

        assert_eq!(told(&outcomes), ["username", "taken", "username", "taken", "already"]);
    }

    async fn ids_of_two_systems_are_kept_apart(db) {
        let app = db.app().await;
        for (source, name) in [("", "a"), ("shop", "b"), ("blog", "c")] {
            let options = ImportOptions { source: source.into(), ..ImportOptions::default() };
            let outcomes = app.auth.import(options).take(vec![foreign(name, "1")]).await.unwrap();
            assert_eq!(told(&outcomes), ["taken"]);
        }

        let name = async |source| app.auth.users().by_external_id(source, "1").await.unwrap().username;

        assert_eq!(name("").await.as_deref(), Some("a"));
        assert_eq!(name("shop").await.as_deref(), Some("b"));
        for (source, id) in [("other", "1"), ("", "2"), ("", ""), ("", "1\0")] {
            assert!(app.auth.users().by_external_id(source, id).await.is_err());
        }
    }

    async fn a_dry_run_says_what_a_run_would_do_and_writes_nothing(db) {
        let app = db.app().await;
        import(&app, vec![foreign("there", "1")]).await;
        let options = ImportOptions { mode: ImportMode::DryRun, ..ImportOptions::default() };
        let mut dry = app.auth.import(options);

        let first = dry.take(vec![foreign("there", "1"), foreign("a", "2")]).await.unwrap();
        let second = dry
            .take(vec![foreign("a", "2"), foreign("A", "3"), foreign("b", "4"), foreign("b", "5")])
            .await
            .unwrap();

        assert_eq!(told(&first), ["already", "taken"]);
        assert_eq!(told(&second), ["already", "username", "taken", "username"]);
        assert_eq!(db.count("users").await, 1);
        assert_eq!(told(&try_out(&app, vec![foreign("a", "2")]).await), ["taken"]);
    }

    async fn nobody_imported_is_deleted_for_want_of_confirmation(db) {
        let app = db.app_with(|c| c.confirmation = countersign::Confirmation::Required).await;

        import(&app, vec![foreign("a", "1")]).await;

        let waits = "SELECT CAST(COUNT(*) AS TEXT) FROM users WHERE waits_since IS NULL";
        assert_eq!(db.value(waits).await.as_deref(), Some("1"));
        assert_eq!(HASH, db.value("SELECT password_hash FROM users").await.unwrap());
    }

    async fn what_the_other_application_kept_with_its_users_is_taken_over(db) {
        let app = db.app().await;
        let with = |name: &str, value: String| ForeignUser {
            attributes: [("given_name".to_owned(), value)].into(),
            ..foreign(name, name)
        };

        let users = vec![with("john", "John".into()), with("jane", "x".repeat(1001))];
        let outcomes = import(&app, users).await;
        let again = import(&app, vec![with("john", "Johnny".into())]).await;

        assert_eq!((told(&outcomes), told(&again)), (vec!["taken", "given_name"], vec!["already"]));
        let id = app.auth.users().find("john").await.unwrap().id;
        let kept = app.auth.attributes().of(id).await.unwrap();
        assert_eq!(kept, [("given_name".to_owned(), "John".to_owned())].into());
        assert_eq!(db.count("user_attributes").await, 1);
    }
}
