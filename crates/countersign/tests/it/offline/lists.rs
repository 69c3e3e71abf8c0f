//! The list as it is served.

use countersign::{Rotate, proto::jose::Algorithm};

use super::{becomes_invalid, bit, is_invalid, list};
use crate::support::{becomes, on_both_engines};

on_both_engines! {
    async fn a_token_names_its_bit_and_every_token_of_its_session_the_same(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, other) = (miguel.log_in().await, miguel.log_in().await);
        let renewed = session.post("/api/tokens", &serde_json::json!({})).await;
        let renewed = crate::support::Session::of(&app, &renewed.body);

        let refreshed = session.refreshed().await;

        assert_eq!((bit(&refreshed), bit(&renewed)), (bit(&session), bit(&session)));
        assert_ne!(bit(&session), bit(&other));
        assert!(!is_invalid(&app, &session).await);
        assert_eq!(list(&app, 0).await.list.len(), 1 << 20, "and does not tell how many there are");
    }

    async fn a_list_may_be_kept_for_its_ttl_and_is_not_sent_twice(db) {
        let app = db.app().await;
        let first = app.anonymous().get("/status-lists/0").await;
        let tag = first.header("etag").to_owned();

        let same = app.anonymous().header("if-none-match", &tag).get("/status-lists/0").await;
        let weak = app.anonymous().header("if-none-match", format!("\"x\", W/{tag}"));
        let weak = weak.get("/status-lists/0").await;
        let other = app.anonymous().header("if-none-match", "\"x\"").get("/status-lists/0").await;

        assert_eq!(first.header("content-type"), "application/statuslist+jwt");
        assert_eq!(first.header("cache-control"), "public, max-age=30");
        assert_eq!((same.status, same.text().as_str()), (304, ""));
        assert_eq!((same.header("etag"), same.header("cache-control")), (&*tag, "public, max-age=30"));
        assert_eq!((weak.status, other.status), (304, 200));
        assert_eq!(other.bytes, first.bytes, "nothing happened, so it is the same one");
        let read = list(&app, 0).await;
        assert_eq!((read.ttl, read.exp - read.iat), (Some(30), 60));
    }

    async fn a_list_that_grows_old_is_made_anew_with_nothing_new_in_it(db) {
        let app = db.app().await;
        let first = list(&app, 0).await;
        app.pass(15);
        assert_eq!(list(&app, 0).await.iat, first.iat);

        app.pass(1);

        assert_eq!(list(&app, 0).await.iat, first.iat + 16);
    }

    async fn a_revocation_is_in_the_list_a_second_later_whichever_process_did_it_and_serves_it(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let (one, other) = (miguel.log_in().await, miguel.log_in().await);
        assert!(!is_invalid(&there, &one).await);

        there.bearer(&one.access).delete("/api/tokens").await;

        becomes_invalid(&here, &one).await;
        becomes_invalid(&there, &one).await;
        let third = here.neighbour().await;
        assert!(is_invalid(&third, &one).await, "also by one that starts later");
        assert!(!is_invalid(&third, &other).await);
    }

    async fn a_bit_goes_when_the_last_token_has_expired(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        session.delete("/api/tokens").await;
        becomes_invalid(&app, &session).await;

        app.pass(600);
        assert!(is_invalid(&app, &session).await, "it has expired, but by whose clock?");
        app.pass(3600);
        app.auth.purge().await.unwrap();

        assert!(!is_invalid(&app, &session).await);
    }

    async fn a_single_token_that_is_revoked_does_not_set_the_bit_of_its_session(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, other) = (miguel.log_in().await, miguel.log_in().await);

        miguel.delete(&format!("/api/tokens/{}", session.jti())).await;
        other.delete("/api/tokens").await;

        becomes_invalid(&app, &other).await;
        assert!(!is_invalid(&app, &session).await);
    }

    async fn a_list_is_signed_with_the_key_of_the_tokens_and_anew_when_that_changes(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let before = app.anonymous().get("/status-lists/0").await.text();

        let new = app.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap().kid;

        let after = app.anonymous().get("/status-lists/0").await.text();
        let session = miguel.log_in().await;
        assert_eq!(session.kid(), new);
        assert_ne!(before, after);
        assert!(list(&app, 0).await.list.is_invalid(bit(&session).1).is_ok());
        assert_eq!(kid(&after), new);
    }

    async fn a_list_can_be_verified_with_each_algorithm_that_others_can_verify(db) {
        for algorithm in [Algorithm::EdDSA, Algorithm::ES256, Algorithm::RS256] {
            let app = db.app_with(|config| {
                config.algorithm = algorithm;
                config.key_publish_seconds = 0;
            }).await;
            list(&app, 0).await;
        }
    }

    async fn without_a_key_that_others_know_there_is_no_list_and_no_token_names_one(db) {
        let app = db.app_with(|config| config.algorithm = Algorithm::HS256).await;

        let session = app.user("miguel").await.log_in().await;

        assert!(session.claims()["status"].is_null());
        assert_eq!(session.alive().await, (200, 200));
        let answer = app.anonymous().get("/status-lists/0").await;
        assert_eq!(answer.refusal(), (404, "not_found"));
    }

    async fn tokens_of_the_algorithm_before_keep_their_list_until_they_expire(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        drop(app);

        let app = db.app_with(|config| {
            config.algorithm = Algorithm::HS256;
            config.key_publish_seconds = 0;
        }).await;
        let moved = app.basic("miguel", crate::support::PASSWORD);
        let moved = moved.post("/api/tokens", &serde_json::json!({})).await;
        let moved = crate::support::Session::of(&app, &moved.body);

        assert!(moved.claims()["status"].is_null());
        app.bearer(&session.access).delete("/api/tokens").await;
        becomes_invalid(&app, &session).await;
    }

    async fn an_unknown_list_is_not_found(db) {
        let app = db.app().await;

        for number in ["1", "4294967295", "4294967296", "-1", "x", "0x0"] {
            let answer = app.anonymous().get(&format!("/status-lists/{number}")).await;
            assert_eq!(answer.refusal(), (404, "not_found"), "{number}");
        }
    }

    async fn a_list_that_may_lack_revocations_is_not_served(db) {
        let app = db.app_with(|config| config.max_lag_seconds = 1).await;
        list(&app, 0).await;
        db.execute("ALTER TABLE lanes RENAME TO lanes_away").await;

        becomes(&app.anonymous(), "/status-lists/0", 503).await;
        db.execute("ALTER TABLE lanes_away RENAME TO lanes").await;

        becomes(&app.anonymous(), "/status-lists/0", 200).await;
    }

    async fn a_list_that_was_asked_for_once_is_served_without_a_question_to_the_database(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        list(&app, 0).await;
        db.execute("ALTER TABLE status_lists RENAME TO status_lists_away").await;
        app.pass(30);

        session.delete("/api/tokens").await;

        becomes_invalid(&app, &session).await;
    }
}

fn kid(token: &str) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let header = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(header["typ"], "statuslist+jwt");
    header["kid"].as_str().unwrap().to_owned()
}
