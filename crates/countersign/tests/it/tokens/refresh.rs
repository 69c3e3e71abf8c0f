//! Rotation: each refresh token buys the next set once, whoever else tries at the same time.

use std::collections::HashSet;

use crate::support::{Session, at_once, on_both_engines, with_status};

on_both_engines! {
    async fn a_refresh_token_buys_the_next_set(db) {
        let app = db.app().await;
        let first = app.user("miguel").await.log_in().await;
        app.pass(60);

        let second = first.refreshed().await;

        assert_ne!(second.refresh, first.refresh);
        assert_ne!(second.access, first.access);
        assert_eq!(second.id, first.id);
        assert_eq!(second.claims()["auth_time"], first.claims()["auth_time"]);
        assert_eq!(second.get("/me").await.status, 200);
        assert_eq!(first.get("/me").await.status, 200, "the old access token lives out its time");
    }

    async fn without_a_grace_of_a_hundred_refreshes_at_once_one_succeeds(db) {
        let app = db.app_with(|config| config.refresh_replay_seconds = 0).await;
        let session = app.user("miguel").await.log_in().await;

        let answers = at_once(100, |_| {
            let (caller, token) = (app.anonymous(), session.refresh.clone());
            async move { caller.refresh(&token).await }
        })
        .await;

        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (1, 99));
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        assert_eq!(Session::of(&app, &winner.body).alive().await, (401, 400), "the family is dead");
    }

    async fn with_the_grace_all_who_refresh_at_once_get_the_one_successor(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        let answers = at_once(100, |_| {
            let (caller, token) = (app.anonymous(), session.refresh.clone());
            async move { caller.refresh(&token).await }
        })
        .await;

        let different: HashSet<_> = answers.iter().map(|answer| &answer.bytes).collect();
        assert_eq!((with_status(&answers, 200), different.len()), (100, 1));
        assert_eq!(db.count("refresh_tokens").await, 2);
        assert_eq!(Session::of(&app, &answers[0].body).alive().await, (200, 200));
    }

    async fn a_refresh_token_is_asked_for_strictly(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        for token in ["", " ", "x", &session.refresh[1..], &format!("{} ", session.refresh)] {
            let answer = app.anonymous().refresh(token).await;
            assert_eq!(answer.fault(), (400, "invalid_grant", "refresh_token"), "{token}");
        }
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn a_sessions_tokens_lie_side_by_side_in_the_order_of_their_turns(db) {
        let app = db.app().await;
        let user = app.user("miguel").await;
        let (mut one, mut other) = (user.log_in().await, user.log_in().await);
        for _ in 0..3 {
            app.pass(1);
            one = one.refreshed().await;
            other = other.refreshed().await;
        }

        let stored = db.column("SELECT session_id FROM refresh_tokens ORDER BY digest").await;
        let made = db
            .column("SELECT session_id FROM refresh_tokens ORDER BY session_id, created_at")
            .await;
        let turns = db
            .column("SELECT CAST(created_at AS TEXT) FROM refresh_tokens ORDER BY digest")
            .await;

        assert_eq!((stored.len(), &stored), (8, &made));
        assert!(turns[..4].is_sorted() && turns[4..].is_sorted(), "{turns:?}");
    }

    async fn a_chain_of_refreshes_shows_no_token_twice(db) {
        let app = db.app().await;
        let mut session = app.user("miguel").await.log_in().await;
        let mut seen = HashSet::new();

        for _ in 0..20 {
            assert!(seen.insert(session.refresh.clone()) && seen.insert(session.jti()));
            session = session.refreshed().await;
        }
    }
}
