//! Every way a session ends sets its bit, and no other bit.

use serde_json::json;

use super::{becomes_invalid, bit, is_invalid};
use crate::support::{App, Database, PASSWORD, Session, User, on_both_engines};

async fn two(app: &App, name: &str) -> (User, Session, Session) {
    let user = app.user(name).await;
    let (one, other) = (user.log_in().await, user.log_in().await);
    (user, one, other)
}

on_both_engines! {
    async fn whatever_ends_one_session_sets_its_bit_alone(db) {
        let app = db.app().await;
        let (miguel, out, other) = two(&app, "miguel").await;
        let (listed, presented, replayed) =
            (miguel.log_in().await, miguel.log_in().await, miguel.log_in().await);

        out.delete("/api/tokens").await;
        other.delete(&format!("/api/me/sessions/{}", listed.id)).await;
        app.anonymous().form("/oauth/revoke", &presented.refresh).await;
        replayed.refreshed().await.refreshed().await;
        assert_eq!(app.anonymous().refresh(&replayed.refresh).await.status, 400);

        for session in [&out, &listed, &presented, &replayed] {
            becomes_invalid(&app, session).await;
        }
        assert!(!is_invalid(&app, &other).await);
        assert_eq!(other.alive().await, (200, 200));
    }

    async fn whatever_ends_all_but_one_sets_every_bit_but_its(db) {
        let app = db.app().await;
        let (_, kept, ended) = two(&app, "miguel").await;
        let (_, keeping, changed) = two(&app, "susan").await;

        assert_eq!(kept.delete("/api/me/sessions").await.status, 204);
        let new = json!({"current_password": PASSWORD, "new_password": "another good one"});
        assert_eq!(keeping.put("/api/me/password", &new).await.status, 204);

        for session in [&ended, &changed] {
            becomes_invalid(&app, session).await;
        }
        assert!(!is_invalid(&app, &kept).await && !is_invalid(&app, &keeping).await);
        assert_eq!((kept.alive().await, keeping.alive().await), ((200, 200), (200, 200)));
    }

    async fn whatever_ends_everything_of_a_user_sets_all_their_bits(db) {
        let app = db.app().await;
        let root = app.admin().await.log_in().await;
        let (set, set_one, set_other) = two(&app, "set").await;
        let (ended, ended_one, ended_other) = two(&app, "ended").await;
        let (disabled, disabled_one, disabled_other) = two(&app, "disabled").await;
        let (deleted, deleted_one, deleted_other) = two(&app, "deleted").await;
        let (_, leaving_one, leaving_other) = two(&app, "leaving").await;

        let password = countersign::proto::secret::Secret::new("another good one");
        app.auth.passwords().set(set.id.parse().unwrap(), &password).await.unwrap();
        root.delete(&format!("/api/users/{}/sessions", ended.id)).await;
        root.post(&format!("/api/users/{}/disable", disabled.id), &json!({})).await;
        assert_eq!(root.delete(&format!("/api/users/{}", deleted.id)).await.status, 204);
        assert_eq!(leaving_one.delete("/api/me").await.status, 202);

        for session in [
            set_one, set_other, ended_one, ended_other, disabled_one, disabled_other,
            deleted_one, deleted_other, leaving_one, leaving_other,
        ] {
            assert_eq!(session.get("/me").await.status, 401);
            becomes_invalid(&app, &session).await;
        }
        assert!(!is_invalid(&app, &root_session(&app, &root).await).await);
    }

    async fn a_deleted_user_is_remembered_by_the_list_of_a_process_that_starts_later(db) {
        let app = db.app().await;
        let (user, one, _) = two(&app, "miguel").await;

        app.auth.users().delete(user.id.parse().unwrap()).await.unwrap();

        assert_eq!(db.count("sessions").await, 0);
        let later = app.restart().await;
        assert!(is_invalid(&later, &one).await);
    }

    async fn a_session_that_begins_while_everything_ends_is_refused_or_its_bit_is_set(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let id: countersign::UserId = miguel.id.parse().unwrap();
        let mut opened = Vec::new();
        for round in 0..16 {
            let begins = (0..8).map(|_| {
                let caller = app.basic("miguel", PASSWORD);
                tokio::spawn(async move { caller.post("/api/tokens", &json!({})).await })
            });
            let mut begins: Vec<_> = begins.collect();
            // Everything ends when so many of them have begun.
            for begun in begins.drain(..round % 8) {
                let answer = begun.await.unwrap();
                assert_eq!(answer.status, 200, "{answer:?}");
                opened.push(Session::of(&app, &answer.body));
            }
            let auth = app.auth.clone();
            let ends = tokio::spawn(async move { auth.users().end_everything(id).await });
            for begun in begins {
                let answer = begun.await.unwrap();
                if answer.status == 200 {
                    opened.push(Session::of(&app, &answer.body));
                }
            }
            ends.await.unwrap().unwrap();
        }
        // Each is over or goes on, and the list says which.
        assert!(opened.len() >= 56, "{}", opened.len());
        for session in &opened {
            if session.get("/me").await.status == 401 {
                becomes_invalid(&app, session).await;
            }
        }
        for session in &opened {
            let goes_on = session.get("/me").await.status == 200;
            assert_eq!(is_invalid(&app, session).await, !goes_on, "{:?}", bit(session));
        }
    }
}

/// Everything of the user ends in a transaction that is not committed yet: a session that began
/// beside it would be found neither by it nor by its own check. SQLite writes one after another.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_does_not_begin_beside_the_end_of_all_of_them() {
    let db = Database::postgres().await;
    let app = db.app().await;
    let miguel = app.user("miguel").await;
    let ends = db.hold(&["UPDATE users SET epoch = epoch + 1".to_owned()]).await;

    let begins = tokio::spawn(async move { miguel.post("/api/tokens", &json!({})).await });
    let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_locks AS waits
        JOIN pg_locks AS held ON held.granted AND held.transactionid = waits.transactionid
        JOIN pg_locks AS of ON of.pid = held.pid AND of.relation = CAST('users' AS regclass)
        WHERE NOT waits.granted";
    while db.value(waiting).await.unwrap() == "0" {
        assert!(!begins.is_finished(), "it did not wait");
        tokio::task::yield_now().await;
    }
    ends.commit().await;

    assert_eq!(begins.await.unwrap().refusal(), (401, "invalid_credentials"));
}

/// Somebody nobody did anything to.
async fn root_session(app: &App, root: &Session) -> Session {
    assert_eq!(root.get("/me").await.status, 200);
    Session::of(app, &json!({"access_token": root.access}))
}
