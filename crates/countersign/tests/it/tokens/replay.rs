//! A refresh token shown twice: a retry of the same client, or a theft.

use crate::support::{Session, on_both_engines};

const ELSEWHERE: [u8; 4] = [203, 0, 113, 9];

on_both_engines! {
    async fn shown_again_within_seconds_by_the_same_client_it_gets_the_same_answer(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        let first = app.anonymous().refresh(&session.refresh).await;
        app.pass(9);
        let again = app.anonymous().refresh(&session.refresh).await;

        assert_eq!((again.status, &again.bytes), (200, &first.bytes));
        assert_eq!(Session::of(&app, &first.body).alive().await, (200, 200));
    }

    async fn a_refresh_token_shown_again_later_revokes_its_family(db) {
        let app = db.app().await;
        let old = app.user("miguel").await.log_in().await;
        let new = old.refreshed().await;
        app.pass(10);

        let replay = app.anonymous().refresh(&old.refresh).await;

        assert_eq!(replay.fault(), (400, "invalid_grant", "refresh_token"));
        assert_eq!(new.alive().await, (401, 400));
        assert_eq!(old.get("/me").await.status, 401, "the first access token, too");
    }

    async fn a_refresh_token_shown_again_from_another_address_revokes_its_family(db) {
        let app = db.app().await;
        let old = app.user("miguel").await.log_in().await;
        let new = old.refreshed().await;

        let replay = app.anonymous().from(ELSEWHERE).refresh(&old.refresh).await;

        assert_eq!(replay.status, 400);
        assert_eq!(new.alive().await, (401, 400));
        assert_eq!(old.get("/me").await.status, 401);
    }

    async fn a_refresh_token_shown_again_after_its_successor_was_used_revokes_its_family(db) {
        let app = db.app().await;
        let first = app.user("miguel").await.log_in().await;
        let second = first.refreshed().await;
        let third = second.refreshed().await;

        let replay = app.anonymous().refresh(&first.refresh).await;

        assert_eq!(replay.status, 400);
        assert_eq!(third.alive().await, (401, 400));
    }

    async fn a_replay_ends_its_own_session_and_no_other(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (stolen, other) = (miguel.log_in().await, miguel.log_in().await);
        stolen.refreshed().await;
        app.pass(60);

        app.anonymous().refresh(&stolen.refresh).await;

        assert_eq!(other.alive().await, (200, 200));
        assert_eq!(miguel.get("/me").await.status, 200);
    }

    async fn every_wrong_refresh_token_is_refused_in_the_same_bytes(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (replayed, ended) = (miguel.log_in().await, miguel.log_in().await);
        replayed.refreshed().await;
        app.pass(60);
        ended.delete("/api/tokens").await;

        let unknown = app.anonymous().refresh("nothing").await;
        let replay = app.anonymous().refresh(&replayed.refresh).await;
        let over = app.anonymous().refresh(&ended.refresh).await;

        assert_eq!(unknown, replay);
        assert_eq!(unknown, over);
    }

    async fn a_replay_of_an_expired_token_still_ends_the_session(db) {
        let app = db.app().await;
        let old = app.user("miguel").await.log_in().await;
        app.pass(13 * 86_400);
        let new = old.refreshed().await;
        app.pass(86_400);

        app.anonymous().refresh(&old.refresh).await;

        assert_eq!(app.anonymous().refresh(&new.refresh).await.status, 400);
    }
}
