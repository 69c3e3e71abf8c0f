//! The algorithms new keys may have.

use countersign::{Clock, Rotate, proto::jose::Algorithm};

use crate::support::{App, START, User, on_both_engines};

on_both_engines! {
    async fn tokens_are_signed_with_the_algorithm_configured(db) {
        for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
            let app = db.app_with(|config| {
                config.algorithm = algorithm;
                config.key_publish_seconds = 0;
            }).await;
            let name = format!("user-{}", algorithm.as_str().to_lowercase());
            let session = app.user(&name).await.log_in().await;

            assert_eq!(session.alive().await, (200, 200), "{algorithm:?}");
            let set = app.anonymous().get("/.well-known/jwks.json").await;
            let keys = set.body["keys"].as_array().unwrap();
            assert!(keys.iter().any(|key| key["alg"] == algorithm.as_str()), "{set:?}");
            for secret in ["\"d\"", "\"k\"", "\"p\"", "\"q\"", "\"dp\""] {
                assert!(!set.text().contains(secret), "{secret}");
            }
        }
    }

    async fn a_shared_secret_is_never_published(db) {
        let app = db.app_with(|config| config.algorithm = Algorithm::HS256).await;

        let session = app.user("miguel").await.log_in().await;

        assert_eq!(session.alive().await, (200, 200));
        let set = app.anonymous().get("/.well-known/jwks.json").await;
        assert_eq!(set.body, serde_json::json!({"keys": []}));
    }

    async fn another_algorithm_takes_over_after_it_was_published(db) {
        let first = db.app().await;
        let miguel = first.user("miguel").await;
        let old = miguel.log_in().await;

        let app = db.app_with(|config| config.algorithm = Algorithm::ES256).await;

        assert_eq!(app.bearer(&old.access).get("/me").await.status, 200);
        let set = app.anonymous().get("/.well-known/jwks.json").await.body;
        assert_eq!(set["keys"].as_array().unwrap().len(), 2);
    }

    async fn tokens_of_both_algorithms_are_good_while_one_follows_the_other(db) {
        let first = db.app().await;
        let miguel = first.user("miguel").await;
        let app = first.neighbour_with(|config| config.algorithm = Algorithm::ES256).await;
        let old = miguel.log_in().await;
        first.pass(3600);

        let new = User::known(&app, &miguel.id, "miguel").log_in().await;
        let late = old.refreshed().await;

        assert_ne!(new.kid(), old.kid());
        for process in [&first, &app] {
            for token in [&new.access, &late.access] {
                assert_eq!(process.bearer(token).get("/me").await.status, 200);
            }
            assert_eq!(algorithms(process).await, ["ES256", "EdDSA"]);
        }
        app.pass(672);
        assert_eq!(algorithms(&app).await, ["ES256"], "nobody shows what the old one signed");
    }

    async fn processes_that_are_configured_differently_do_not_undo_each_others_rotation(db) {
        let old = db.app().await;
        let es256 = |config: &mut countersign::Config| config.algorithm = Algorithm::ES256;
        old.neighbour_with(es256).await;
        assert_eq!(db.count("signing_keys").await, 2);

        for _ in 0..3 {
            old.pass(700);
            old.neighbour().await;
            old.neighbour_with(es256).await;
        }
        assert_eq!(db.count("signing_keys").await, 2, "no restart made another key");
        assert_eq!(old.auth.signing_keys().rotate_if_due().await.unwrap(), None);

        // Whoever wants the former back says so, or waits until its last key is gone.
        let made = old.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap();
        assert_eq!(made.algorithm, "EdDSA");
        old.pass(2 * 86_400);
        old.auth.purge().await.unwrap();
        old.neighbour_with(es256).await;
        assert_eq!(algorithms(&old).await, ["ES256", "EdDSA"]);
    }

    async fn a_command_that_is_configured_differently_makes_no_key(db) {
        let app = db.app_with(|config| config.algorithm = Algorithm::ES256).await;

        let visit = db.builder(Clock::manual(START)).visit().open().await.unwrap();

        assert_eq!(visit.signing_keys().list().await.unwrap().len(), 1);
        assert_eq!(algorithms(&app).await, ["ES256"]);
    }
}

async fn algorithms(app: &App) -> Vec<String> {
    let set = app.anonymous().get("/.well-known/jwks.json").await.body;
    let keys = set["keys"].as_array().unwrap().iter();
    let mut names: Vec<_> = keys.map(|key| key["alg"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}
