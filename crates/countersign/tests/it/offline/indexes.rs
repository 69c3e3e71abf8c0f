//! Which index is whose: never one twice.

use std::collections::BTreeSet;

use serde_json::json;

use super::{becomes_invalid, bit, is_invalid};
use crate::support::{PASSWORD, Session, at_once, on_both_engines, with_status};

on_both_engines! {
    async fn no_two_sessions_share_an_index_whichever_process_opens_them(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        here.user("miguel").await;

        let answers = at_once(120, |n| {
            let caller = [&here, &there][n % 2].basic("miguel", PASSWORD);
            async move { caller.post("/api/tokens", &json!({})).await }
        }).await;

        assert_eq!(with_status(&answers, 200), 120);
        let bits: Vec<_> = answers.iter().map(|a| bit(&Session::of(&here, &a.body))).collect();
        assert_eq!(bits.iter().collect::<BTreeSet<_>>().len(), 120);
        assert!(bits.iter().all(|(list, index)| *list == 0 && *index < 2048), "{bits:?}");
        assert!(!bits.is_sorted(), "the order of sessions is nobody's business");
    }

    async fn a_full_list_is_followed_by_the_next(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let last = miguel.log_in().await;
        db.execute("UPDATE status_lists SET taken = 1048576").await;
        let there = app.neighbour().await;

        let session = app_session(&there).await;

        assert_eq!((bit(&last).0, bit(&session).0), (0, 1));
        there.bearer(&session.access).delete("/api/tokens").await;
        becomes_invalid(&app, &session).await;
        assert!(!is_invalid(&app, &last).await);
    }

    async fn a_list_is_dropped_when_all_its_sessions_are_over_and_its_number_never_comes_back(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        db.execute("UPDATE status_lists SET taken = 1048576").await;
        app_session(&app.neighbour().await).await;
        assert!(!is_invalid(&app, &session).await);

        app.pass(29 * 86_400);
        app.auth.purge().await.unwrap();
        assert_eq!(app.anonymous().get("/status-lists/0").await.status, 200, "it goes on");
        app.pass(2 * 86_400);
        app.auth.purge().await.unwrap();

        assert_eq!(app.anonymous().get("/status-lists/0").await.refusal(), (404, "not_found"));
        assert_eq!(app.anonymous().get("/status-lists/1").await.status, 200, "the last one stays");
        db.execute("UPDATE status_lists SET taken = 1048576").await;
        assert_eq!(bit(&app_session(&app).await).0, 2);
    }

    async fn a_list_with_a_revocation_that_is_in_force_stays_though_its_sessions_are_deleted(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        app.user("susan").await;
        let session = miguel.log_in().await;
        db.execute("UPDATE status_lists SET taken = 1048576").await;
        app.pass(3 * 3600);
        let there = app.neighbour().await;
        let answer = there.basic("susan", PASSWORD).post("/api/tokens", &json!({})).await;
        assert_eq!(bit(&Session::of(&there, &answer.body)).0, 1);

        app.auth.users().delete(miguel.id.parse().unwrap()).await.unwrap();
        app.auth.purge().await.unwrap();

        becomes_invalid(&app, &session).await;
    }

    async fn a_session_of_before_there_were_lists_gets_its_index_with_the_next_token(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        db.execute("UPDATE sessions SET status_index = NULL").await;

        let tokens = at_once(8, |_| {
            let caller = app.bearer(&session.access);
            async move { caller.post("/api/tokens", &json!({})).await }
        }).await;

        let bits: BTreeSet<_> =
            tokens.iter().map(|answer| bit(&Session::of(&app, &answer.body))).collect();
        assert_eq!(bits.len(), 1, "of racers one gives it");
        let refreshed = session.refreshed().await;
        assert_eq!(Some(&bit(&refreshed)), bits.first());
        refreshed.delete("/api/tokens").await;
        becomes_invalid(&app, &refreshed).await;
    }

    async fn lists_that_start_over_share_nothing_with_those_of_before(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        app.auth.status_lists().start_over().await.unwrap();
        let app = app.restart().await;

        assert_eq!(app.anonymous().get("/status-lists/0").await.refusal(), (404, "not_found"));
        let answer = app.anonymous().refresh(&session.refresh).await;
        let refreshed = Session::of(&app, &answer.body);
        assert_eq!(bit(&refreshed).0, 1_000_000);
        refreshed.delete("/api/tokens").await;
        becomes_invalid(&app, &refreshed).await;
    }
}

async fn app_session(app: &crate::support::App) -> Session {
    let answer = app.basic("miguel", PASSWORD).post("/api/tokens", &json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    Session::of(app, &answer.body)
}
