//! The algorithms new keys may have.

use countersign::proto::jose::Algorithm;

use crate::support::on_both_engines;

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
}
