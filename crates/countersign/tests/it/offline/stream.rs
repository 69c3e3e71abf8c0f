//! Who may listen, and what they hear.

use serde_json::json;

use super::events::{key, listen, resume};
use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn only_an_administrators_key_with_the_scope_for_it_listens(db) {
        let app = db.app().await;
        let (root, miguel) = (app.admin().await, app.user("miguel").await);
        let listener = root.key("revocations").await;
        let (bare, wide) = (root.key("account admin").await, root.log_in().await);
        let refusal = async |caller: &crate::support::Caller| {
            let answer = caller.get("/revocations").await;
            let (status, code) = answer.refusal();
            (status, code.to_owned())
        };

        for caller in [&app.anonymous(), &*root, &*wide] {
            let wanted = (401, "authentication_required".to_owned());
            assert_eq!(refusal(caller).await, wanted, "no API key");
        }
        let wanted = (403, "insufficient_scope".to_owned());
        assert_eq!(refusal(&app.api_key(&bare.key)).await, wanted);
        let body = json!({"name": "mine", "scope": "revocations"});
        let answer = miguel.post("/api/me/api-keys", &body).await;
        assert_eq!(answer.fault(), (403, "access_denied", "scope"), "a user makes no such key");
        let old = miguel.key("account").await;
        db.execute("UPDATE api_keys SET scope = 'revocations' WHERE scope = 'account'").await;
        let wanted = (403, "access_denied".to_owned());
        assert_eq!(refusal(&app.api_key(&old.key)).await, wanted, "nor has one of before");

        listen(&app.api_key(&listener.key)).await.snapshot().await;
        listen(&app.bearer(&listener.key)).await.snapshot().await;
    }

    async fn a_listener_begins_with_all_that_is_in_force_and_then_hears_what_happens(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (one, two, three) =
            (miguel.log_in().await, miguel.log_in().await, miguel.log_in().await);
        one.delete("/api/tokens").await;
        let key = key(&app).await;

        let mut events = listen(&app.api_key(&key.key)).await;
        let (revoked, _) = events.snapshot().await;
        miguel.delete(&format!("/api/tokens/{}", two.jti())).await;
        let single = events.next().await;
        three.delete("/api/tokens").await;
        let session = events.next().await;

        let until = crate::support::START + 730;
        assert_eq!(revoked, [json!({"sid": one.id, "exp": until})]);
        assert_eq!(single.name, "revoked");
        assert_eq!(single.data, json!({"jti": two.jti(), "exp": until}));
        assert_eq!(session.data, json!({"sid": three.id, "exp": until}));
        assert!(single.id.is_some() && single.id != session.id);
    }

    async fn a_listener_hears_what_other_processes_do_and_of_keys(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let session = there.user("miguel").await.log_in().await;
        let key = key(&here).await;
        let mut events = listen(&here.api_key(&key.key)).await;
        events.snapshot().await;

        session.delete("/api/tokens").await;
        let revoked = events.next().await;
        there.auth.signing_keys().rotate(countersign::Rotate::Published).await.unwrap();
        let keys = events.next().await;

        assert_eq!(revoked.data["sid"], session.id.as_str());
        assert_eq!(keys.data["keys"], true);
    }

    async fn a_revocation_is_heard_elsewhere_within_a_second(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = there.user("miguel").await;
        let key = key(&here).await;
        let mut events = listen(&here.api_key(&key.key)).await;
        events.snapshot().await;

        let mut took = Vec::new();
        for _ in 0..41 {
            let session = miguel.log_in().await;
            session.delete("/api/tokens").await;
            let answered = std::time::Instant::now();
            assert_eq!(events.next().await.data["sid"], session.id.as_str());
            took.push(answered.elapsed());
        }
        took.sort();

        assert!(took[20].as_millis() < 500, "{took:?}");
    }

    async fn each_session_that_ends_with_an_account_is_told_of(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let mut sessions = vec![miguel.log_in().await.id, miguel.log_in().await.id];
        let kept = susan.log_in().await;
        sessions.push(susan.log_in().await.id);
        let key = key(&app).await;
        let mut events = listen(&app.api_key(&key.key)).await;
        events.snapshot().await;

        app.auth.users().disable(miguel.id.parse().unwrap()).await.unwrap();
        let new = json!({"current_password": PASSWORD, "new_password": "another good one"});
        kept.put("/api/me/password", &new).await;

        let mut told = Vec::new();
        for _ in 0..3 {
            told.push(events.next().await.data["sid"].as_str().unwrap().to_owned());
        }
        told.sort();
        sessions.sort();
        assert_eq!(told, sessions, "and of the one that goes on nothing");
    }

    async fn a_listener_that_was_cut_off_hears_what_it_missed_and_nothing_twice(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let mut sessions = Vec::new();
        for _ in 0..30 {
            sessions.push(miguel.log_in().await);
        }
        let key = key(&here).await;
        let caller = [here.api_key(&key.key), there.api_key(&key.key)];
        let mut events = listen(&caller[0]).await;
        let (_, mut last) = events.snapshot().await;

        let mut told = Vec::new();
        for (n, some) in sessions.chunks(10).enumerate() {
            some[0].delete("/api/tokens").await;
            let event = events.next().await;
            told.push(event.data["sid"].as_str().unwrap().to_owned());
            last = event.id.unwrap_or(last);
            drop(events);
            for session in &some[1..] {
                session.delete("/api/tokens").await;
            }
            // It goes on with another process.
            events = resume(&caller[(n + 1) % 2], &last).await;
            for _ in &some[1..] {
                let event = events.next().await;
                told.push(event.data["sid"].as_str().unwrap().to_owned());
            }
            let ready = events.next().await;
            assert_eq!(ready.name, "ready", "and knows that this was all: {ready:?}");
            last = ready.id.unwrap();
        }

        let mut wanted: Vec<_> = sessions.iter().map(|session| session.id.clone()).collect();
        wanted.sort();
        told.sort();
        assert_eq!(told, wanted);
    }

    async fn a_position_that_is_not_known_any_more_begins_anew(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let key = key(&app).await;
        let caller = app.api_key(&key.key);
        let mut events = listen(&caller).await;
        let (_, old) = events.snapshot().await;
        let mut sessions = Vec::new();
        for _ in 0..40 {
            let session = miguel.log_in().await;
            session.delete("/api/tokens").await;
            sessions.push(session.id);
        }
        db.execute(&format!("DELETE FROM changes WHERE subject <> '{}'", sessions[0])).await;
        let later = old.split('.').map(|_| "ffff").collect::<Vec<_>>().join(".");

        for unknown in [&old, &later, "0", "0.0"] {
            let (revoked, _) = resume(&caller, unknown).await.anew().await;

            let told: Vec<_> = revoked.iter().filter_map(|entry| entry["sid"].as_str()).collect();
            assert!(told.ends_with(&[&sessions[0]]), "{unknown}: {told:?}");
            let keys = revoked.iter().filter(|entry| entry["keys"] == true).count();
            assert_eq!(keys, 1, "they may have changed meanwhile");
        }
    }

    async fn a_change_of_a_kind_that_only_a_later_release_has_makes_listeners_begin_anew(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let key = key(&app).await;
        let caller = app.api_key(&key.key);
        let mut events = listen(&caller).await;
        let (_, last) = events.snapshot().await;

        db.changed_by_a_later_release(&[]).await;

        let end = tokio::time::timeout(std::time::Duration::from_secs(10), events.end());
        end.await.expect("they are not cut off");
        session.delete("/api/tokens").await;
        let (revoked, _) = resume(&caller, &last).await.anew().await;
        assert_eq!(revoked[0]["keys"], true, "they may have changed meanwhile");
        assert_eq!(revoked.last().unwrap()["sid"], session.id.as_str());
    }

    async fn a_position_that_was_never_said_is_refused(db) {
        let app = db.app().await;
        let key = key(&app).await;

        let long = "0.".repeat(100_000);
        for garbage in ["x", "1;DROP", "-1.0", "0.0.", "00", "1 2", &long] {
            let caller = app.api_key(&key.key).header("last-event-id", garbage);
            let answer = caller.get("/revocations").await;
            assert_eq!(answer.fault(), (400, "invalid_request", "Last-Event-ID"));
        }
        let binary = app.api_key(&key.key).header("last-event-id", b"\xff\xfe");
        assert_eq!(binary.get("/revocations").await.status, 400);
        listen(&app.api_key(&key.key).header("last-event-id", "")).await.snapshot().await;
    }

    async fn a_snapshot_of_many_revocations_comes_in_parts(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let key = key(&app).await;
        session.delete("/api/tokens").await;
        let digits = (0..5).map(|n| format!("SELECT {n} AS n")).collect::<Vec<_>>();
        let digits = digits.join(" UNION ALL ");
        db.execute(&format!(
            "INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at)
            SELECT 'm' || a.n || b.n || c.n || d.n || e.n, 0, 0, 0, 'token', 'jti', 9000000000
            FROM ({digits}) a, ({digits}) b, ({digits}) c, ({digits}) d, ({digits}) e"
        )).await;

        let mut events = listen(&app.api_key(&key.key)).await;

        let (mut parts, mut count) = (0, 0);
        loop {
            let event = events.next().await;
            if event.name == "ready" {
                break;
            }
            parts += 1;
            count += event.data["revoked"].as_array().unwrap().len();
        }
        assert_eq!((parts, count), (4, 3126));
    }
}
