//! The change feed between processes, whatever becomes of commits and connections.

use crate::support::{Database, Session, becomes, on_both_engines, with_status};

/// A change that takes its number and is not committed yet, as another process would make it.
fn late(session: &Session) -> [String; 2] {
    let (jti, at) = (session.jti(), crate::support::START);
    [
        "UPDATE lanes SET seq = seq + 1 WHERE lane = 3".to_owned(),
        format!(
            "INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at) SELECT 'late', 3,
                seq, {at}, 'token', '{jti}', {} FROM lanes WHERE lane = 3",
            at + 600
        ),
    ]
}

on_both_engines! {
    async fn a_change_that_is_committed_late_is_missed_by_nobody(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let mut sessions = Vec::new();
        for _ in 0..41 {
            sessions.push(miguel.log_in().await);
        }
        let first = sessions.pop().unwrap();
        let held = db.hold(&late(&first)).await;

        let revoking: Vec<_> = sessions.iter().cloned()
            .map(|session| tokio::spawn(async move { session.delete("/api/tokens").await }))
            .collect();
        if db.is_postgres() {
            // Only what has drawn the lane of the first one waits for it.
            let begun = std::time::Instant::now();
            while refused(&there, &sessions).await < 20 {
                assert!(begun.elapsed().as_secs() < 10, "the others do not wait for the first");
            }
        }
        assert_eq!(there.bearer(&first.access).get("/me").await.status, 200, "not committed");
        held.commit().await;

        becomes(&there.bearer(&first.access), "/me", 401).await;
        let mut answers = Vec::new();
        for revoked in revoking {
            answers.push(revoked.await.unwrap());
        }
        assert_eq!(with_status(&answers, 204), 40);
        for session in &sessions {
            becomes(&there.bearer(&session.access), "/me", 401).await;
        }
    }

    async fn a_change_of_a_kind_that_only_a_later_release_has_makes_others_begin_anew(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let (miguel, susan) = (here.user("miguel").await, here.user("susan").await);
        let (ended, other) = (susan.log_in().await, susan.log_in().await);
        let mut browser = here.browser();
        browser.log_in("miguel").await;
        let cookie = format!("__Host-session={}", browser.session().unwrap());
        let disabled = [
            there.api_key(&miguel.key("").await.key),
            there.bearer(&miguel.log_in().await.access),
            there.anonymous().header("cookie", cookie),
        ];
        let (ended_there, other_there) = (there.bearer(&ended.access), there.bearer(&other.access));
        for caller in disabled.iter().chain([&ended_there, &other_there]) {
            assert_eq!(caller.get("/me").await.status, 200);
            assert_eq!(caller.get("/me").await.status, 200, "known by heart");
        }

        let at = crate::support::START;
        db.changed_by_a_later_release(&[
            format!("UPDATE users SET disabled_at = {at} WHERE id = '{}'", miguel.id),
            format!("UPDATE sessions SET revoked_at = {at} WHERE id = '{}'", ended.id),
        ]).await;

        for caller in disabled.iter().chain([&ended_there]) {
            becomes(caller, "/me", 401).await;
        }
        assert_eq!(other_there.get("/me").await.status, 200, "what is good goes on");
        other.delete("/api/tokens").await;
        becomes(&other_there, "/me", 401).await;
    }
}

async fn refused(there: &crate::support::App, sessions: &[Session]) -> usize {
    let mut count = 0;
    for session in sessions {
        count += usize::from(there.bearer(&session.access).get("/me").await.status == 401);
    }
    count
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_arrive_without_waiting_for_the_next_look_and_also_when_they_are_not_told() {
    let db = Database::postgres().await;
    let here = db.app().await;
    let there = here.neighbour().await;
    let miguel = here.user("miguel").await;
    let mut took = Vec::new();
    for _ in 0..15 {
        let session = miguel.log_in().await;
        session.delete("/api/tokens").await;
        let begun = std::time::Instant::now();
        becomes(&there.bearer(&session.access), "/me", 401).await;
        took.push(begun.elapsed());
    }
    took.sort();
    assert!(took[7].as_millis() < 150, "two looks a second would take 250 ms: {took:?}");

    // Every connection that listens is cut, and once more as often as it comes back.
    for _ in 0..3 {
        let session = miguel.log_in().await;
        cut_who_listens(&db).await;
        session.delete("/api/tokens").await;

        becomes(&there.bearer(&session.access), "/me", 401).await;
    }
}

/// Waits until somebody listens.
async fn cut_who_listens(db: &Database) {
    let cut = "SELECT CAST(COUNT(pg_terminate_backend(pid)) AS TEXT) FROM pg_stat_activity
        WHERE query LIKE 'LISTEN%' || current_schema() || '%'";
    let begun = std::time::Instant::now();
    while db.value(cut).await.as_deref() == Some("0") {
        assert!(begun.elapsed().as_secs() < 10, "nobody listens again");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
