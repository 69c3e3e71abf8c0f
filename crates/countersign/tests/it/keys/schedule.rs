//! Rotation by itself, and by several at once.

use countersign::Rotate;

use crate::support::{App, on_both_engines};

const DAY: u32 = 86_400;

async fn in_service(app: &App) -> usize {
    let keys = app.auth.signing_keys().list().await.unwrap();
    keys.iter().filter(|key| key.expires_at.is_none()).count()
}

/// The kids of the keys that each of these made, all at the same moment.
async fn rotated_at_once(apps: &[App]) -> Vec<String> {
    let due: Vec<_> = apps
        .iter()
        .cloned()
        .map(|app| tokio::spawn(async move { app.auth.signing_keys().rotate_if_due().await }))
        .collect();
    let mut made = Vec::new();
    for one in due {
        made.extend(one.await.unwrap().unwrap().map(|key| key.kid));
    }
    made
}

on_both_engines! {
    async fn a_key_is_replaced_when_it_has_served_its_time(db) {
        let app = db.app_with(|config| config.key_rotation_seconds = DAY).await;
        let miguel = app.user("miguel").await;
        let first = miguel.log_in().await.kid();
        app.pass(i64::from(DAY) - 1);
        assert_eq!(app.auth.signing_keys().rotate_if_due().await.unwrap(), None);

        app.pass(1);
        let second = app.auth.signing_keys().rotate_if_due().await.unwrap().unwrap();

        assert_eq!(app.auth.signing_keys().rotate_if_due().await.unwrap(), None, "it is young");
        assert_eq!(miguel.log_in().await.kid(), first, "the new one is published first");
        app.pass(3600);
        assert_eq!(miguel.log_in().await.kid(), second.kid);
    }

    async fn a_key_is_replaced_at_the_start_when_it_is_overdue_and_never_where_that_is_off(db) {
        let app = db.app_with(|config| config.key_rotation_seconds = 0).await;
        app.pass(1000 * i64::from(DAY));
        assert_eq!(app.auth.signing_keys().rotate_if_due().await.unwrap(), None);
        assert_eq!(db.count("signing_keys").await, 1);

        let app = app.restart().await;

        assert_eq!(db.count("signing_keys").await, 2, "90 days are the default");
        assert_eq!(in_service(&app).await, 1);
    }

    async fn of_three_processes_that_find_a_rotation_due_one_makes_the_key(db) {
        let first = db.app().await;
        let apps = [first.neighbour().await, first.neighbour().await, first];
        for round in 1..=10 {
            apps[0].pass(90 * i64::from(DAY));

            let made = rotated_at_once(&apps).await;

            assert_eq!(made.len(), 1, "{made:?}");
            assert_eq!(db.count("signing_keys").await, 1 + round);
            assert_eq!(in_service(&apps[0]).await, 1);
        }
    }

    async fn processes_that_start_together_on_a_new_database_make_one_key(db) {
        let started: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                tokio::spawn(async move { db.app().await })
            })
            .collect();
        let mut kids = Vec::new();
        for app in started {
            let app = app.await.unwrap();
            kids.extend(app.auth.signing_keys().list().await.unwrap());
        }

        assert_eq!(db.count("signing_keys").await, 1);
        assert_eq!(kids.len(), 4, "and all of them know it");
    }

    async fn of_rotations_at_once_the_last_serves_and_the_keys_of_the_others_verify(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let before = miguel.log_in().await;

        let rotations: Vec<_> = (0..12)
            .map(|n| {
                let app = if n % 2 == 0 { here.clone() } else { there.clone() };
                let when = if n % 3 == 0 { Rotate::Published } else { Rotate::AtOnce };
                tokio::spawn(async move { app.auth.signing_keys().rotate(when).await })
            })
            .collect();
        let mut made = Vec::new();
        for one in rotations {
            made.push(one.await.unwrap().unwrap().kid);
        }

        assert_eq!(in_service(&here).await, 1);
        let keys = here.auth.signing_keys().list().await.unwrap();
        assert_eq!(keys.len(), 13);
        for key in keys.iter().filter(|key| key.expires_at.is_some()) {
            assert!(key.expires_at.unwrap() >= crate::support::START + 600, "{key:?}");
        }
        let serving = keys.iter().find(|key| key.expires_at.is_none()).unwrap();
        assert!(made.contains(&serving.kid), "the one that serves is one of the new");
        assert_eq!(there.bearer(&before.access).get("/me").await.status, 200);
        let after = miguel.log_in().await;
        assert_eq!(there.bearer(&after.access).get("/me").await.status, 200);
    }

    async fn a_token_does_not_outlive_the_key_that_signs_it(db) {
        let app = db.app().await;
        app.auth.signing_keys().rotate(Rotate::Published).await.unwrap();
        let longer = db.app_with(|config| config.access_token_seconds = DAY).await;
        app.user("miguel").await;

        let session = crate::support::User::known(&longer, "", "miguel").log_in().await;

        let keys = longer.auth.signing_keys().list().await.unwrap();
        let key = keys.iter().find(|key| key.kid == session.kid()).unwrap();
        assert_eq!(session.claims()["exp"].as_i64(), key.expires_at);
    }
}
