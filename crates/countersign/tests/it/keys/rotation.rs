//! Rotation: published before use, believed until the last token has expired, then no more.

use countersign::Rotate;

use crate::support::{App, on_both_engines};

async fn published(app: &App) -> Vec<String> {
    let set = app.anonymous().get("/.well-known/jwks.json").await.body;
    let keys = set["keys"].as_array().unwrap().iter();
    keys.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_new_key_is_published_an_hour_before_it_signs(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let old = published(&app).await[0].clone();

        let new = app.auth.signing_keys().rotate(Rotate::Published).await.unwrap().kid;

        assert!(published(&app).await.contains(&old) && published(&app).await.contains(&new));
        app.pass(3599);
        assert_eq!(miguel.log_in().await.kid(), old);
        app.pass(1);
        assert_eq!(miguel.log_in().await.kid(), new);
    }

    async fn tokens_of_the_old_key_live_out_their_time_and_then_the_key_is_gone(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        app.auth.signing_keys().rotate(Rotate::Published).await.unwrap();
        app.pass(3599);
        let last = miguel.log_in().await;
        assert_eq!(published(&app).await.len(), 2);

        app.pass(599);
        assert_eq!(last.get("/me").await.status, 200, "signed in the last second");
        app.pass(72);

        assert_eq!(published(&app).await.len(), 1);
        assert_eq!(miguel.log_in().await.get("/me").await.status, 200);
        app.pass(4300);
        app.auth.purge().await.unwrap();
        assert_eq!(db.count("signing_keys").await, 1);
    }

    async fn a_key_rotated_at_once_signs_at_once_and_the_old_one_is_soon_disbelieved(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let before = miguel.log_in().await;

        let new = app.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap().kid;

        assert_eq!(miguel.log_in().await.kid(), new);
        assert_eq!(before.get("/me").await.status, 200);
        app.pass(671);
        assert_eq!(published(&app).await, [new]);
    }

    async fn a_key_in_wrong_hands_is_soon_disbelieved_also_when_it_was_on_its_way_out(db) {
        let app = db.app().await;
        app.auth.signing_keys().rotate(Rotate::Published).await.unwrap();

        let new = app.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap().kid;

        app.pass(671);
        assert_eq!(published(&app).await, [new]);
    }

    async fn a_session_goes_on_over_a_rotation(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        app.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap();

        assert_eq!(session.refreshed().await.alive().await, (200, 200));
    }
}
