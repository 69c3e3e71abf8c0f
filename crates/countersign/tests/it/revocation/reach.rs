//! How far a revocation reaches: over restarts, to other processes, past the purge.

use crate::support::{App, Session, becomes, on_both_engines};

/// Three sessions and an API key, each ended in another way; with their tokens.
struct Ended {
    sessions: Vec<Session>,
    key: String,
}

impl Ended {
    async fn by_every_means(app: &App) -> Self {
        let miguel = app.user("miguel").await;
        let mut sessions = Vec::new();
        for _ in 0..5 {
            sessions.push(miguel.log_in().await);
        }
        let key = miguel.key("account").await;
        sessions[0].delete("/api/tokens").await;
        sessions[1].delete(&format!("/api/me/sessions/{}", sessions[1].id)).await;
        app.anonymous().form("/oauth/revoke", &sessions[2].refresh).await;
        sessions[3].refreshed().await;
        app.anonymous().from([203, 0, 113, 9]).refresh(&sessions[3].refresh).await;
        app.api_key(&key.key).delete("/api/tokens").await;
        sessions[4].delete(&format!("/api/tokens/{}", sessions[4].jti())).await;
        app.anonymous().form("/oauth/revoke", &sessions[4].refresh).await;
        Self { sessions, key: key.key }
    }

    async fn is_dead_for(&self, app: &App) {
        for session in &self.sessions {
            assert_eq!(app.bearer(&session.access).get("/me").await.status, 401);
            assert_eq!(app.anonymous().refresh(&session.refresh).await.status, 400);
        }
        assert_eq!(app.api_key(&self.key).get("/me").await.status, 401);
    }
}

on_both_engines! {
    async fn a_revocation_survives_a_restart(db) {
        let app = db.app().await;
        let ended = Ended::by_every_means(&app).await;
        let alive = app.user("susan").await.log_in().await.access;
        ended.is_dead_for(&app).await;

        let app = app.restart().await;

        ended.is_dead_for(&app).await;
        assert_eq!(app.bearer(&alive).get("/me").await.status, 200);
    }

    async fn a_revocation_is_heard_by_every_process_on_the_database(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let sessions = [miguel.log_in().await, miguel.log_in().await, miguel.log_in().await];
        for session in &sessions {
            assert_eq!(there.bearer(&session.access).get("/me").await.status, 200);
        }

        sessions[0].delete("/api/tokens").await;
        becomes(&there.bearer(&sessions[0].access), "/me", 401).await;
        miguel.delete(&format!("/api/tokens/{}", sessions[1].jti())).await;
        becomes(&there.bearer(&sessions[1].access), "/me", 401).await;
        assert_eq!(there.bearer(&sessions[2].access).get("/me").await.status, 200);
        miguel.change_password("quite another sentence").await;

        becomes(&there.bearer(&sessions[2].access), "/me", 401).await;
    }

    async fn a_role_and_a_disabling_are_heard_by_every_process_on_the_database(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let root = here.admin().await.log_in().await;
        let miguel = here.user("miguel").await;
        let id = miguel.id.parse().unwrap();
        let token = there.bearer(&miguel.log_in().await.access);
        assert_eq!(token.get("/api/users").await.status, 403);

        here.auth.roles().grant(id, "admin").await.unwrap();
        becomes(&token, "/api/users", 200).await;
        here.auth.roles().withdraw(id, "admin").await.unwrap();
        becomes(&token, "/api/users", 403).await;
        root.post(&format!("/api/users/{}/disable", miguel.id), &serde_json::json!({})).await;

        becomes(&token, "/me", 401).await;
    }

    async fn keys_rotated_elsewhere_are_used_here(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;

        here.auth.signing_keys().rotate(countersign::Rotate::AtOnce).await.unwrap();
        let session = miguel.log_in().await;

        becomes(&there.bearer(&session.access), "/me", 200).await;
    }

    async fn the_purge_drops_rows_and_revives_nothing(db) {
        let mut app = db.app().await;
        let ended = Ended::by_every_means(&app).await;
        let day = 86_400;
        let mut dropped = 0;

        for seconds in [1, 60, 600, 700, 3600, 5000, day, 14 * day, 16 * day, 2 * day] {
            app.pass(seconds);
            dropped += app.auth.purge().await.unwrap().rows;
            ended.is_dead_for(&app).await;
            app = app.restart().await;
            ended.is_dead_for(&app).await;
        }

        assert!(dropped > 0);
        for table in ["sessions", "refresh_tokens", "changes"] {
            assert_eq!(db.count(table).await, 0, "{table}");
        }
        assert_eq!(app.auth.revocations(), 0);
    }

    async fn the_purge_drops_nothing_that_still_works(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (mut session, key) = (miguel.log_in().await, miguel.key("account").await);

        for _ in 0..29 {
            app.pass(86_400);
            app.auth.purge().await.unwrap();
            session = session.refreshed().await;
            assert_eq!(session.get("/me").await.status, 200);
        }

        assert_eq!(app.api_key(&key.key).get("/me").await.status, 200);
        assert_eq!(db.count("refresh_tokens").await, 15, "used ones go when they expire");
    }
}
