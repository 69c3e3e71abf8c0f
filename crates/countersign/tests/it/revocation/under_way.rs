//! Requests that were let in before everything was ended, and come to their point after it.

use axum::{body::Body, http::Method};
use countersign::{
    Client, CurrentUser,
    proto::{
        credential::{CarriedBy, Presented},
        secret::Secret,
    },
};
use serde_json::json;
use tokio::sync::oneshot;
use tokio_postgres::NoTls;

use crate::support::{App, Database, PASSWORD, Session, on_both_engines};

const NEW_PASSWORD: &str = "another horse battery";

/// A body that begins to be waited for, and ends when told to.
fn slow_body(text: String) -> (Body, oneshot::Receiver<()>, oneshot::Sender<()>) {
    let (begun, waited_for) = oneshot::channel();
    let (end, ended) = oneshot::channel();
    let body = Body::from_stream(futures_util::stream::once(async move {
        let _ = begun.send(());
        let _ = ended.await;
        Ok::<_, std::io::Error>(text)
    }));
    (body, waited_for, end)
}

/// Let in with the session's access token.
async fn let_in(app: &App, session: &Session) -> CurrentUser {
    let token = Secret::new(session.access.as_str());
    let presented = Presented::Token { token, carried_by: CarriedBy::Bearer };
    app.auth.authenticate(&presented, &Client::default()).await.unwrap()
}

on_both_engines! {
    async fn a_key_asked_for_by_a_session_that_has_ended_meanwhile_is_not_made(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let stolen = miguel.log_in().await;
        let (body, waited_for, end) = slow_body(json!({"name": "k"}).to_string());
        let thief = stolen.json();
        let asked = tokio::spawn(async move {
            thief.send(Method::POST, "/api/me/api-keys", body).await
        });
        waited_for.await.unwrap();

        assert_eq!(miguel.change_password(NEW_PASSWORD).await, 204);
        end.send(()).unwrap();

        assert_eq!(asked.await.unwrap().refusal(), (403, "access_denied"));
        assert_eq!(db.count("api_keys").await, 0);
    }

    async fn a_session_that_was_ended_cannot_keep_itself_by_ending_the_others(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let stolen = miguel.log_in().await;
        let thief = let_in(&app, &stolen).await;

        assert_eq!(miguel.change_password(NEW_PASSWORD).await, 204);
        let owner = app.basic("miguel", NEW_PASSWORD).post("/api/tokens", &json!({})).await;
        let owner = Session::of(&app, &owner.body);
        let refused = app.auth.sessions().end_others(&thief).await.unwrap_err();

        assert!(refused.to_string().starts_with("conflict"), "{refused}");
        assert_eq!(stolen.alive().await, (401, 400));
        assert_eq!(owner.alive().await, (200, 200));
    }

    async fn a_session_that_was_ended_cannot_keep_itself_by_changing_the_password(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        let by = let_in(&app, &session).await;
        let (old, new) = (Secret::new(PASSWORD), Secret::new(NEW_PASSWORD));

        app.auth.users().end_everything(by.id).await.unwrap();
        let refused =
            app.auth.passwords().change(&by, &old, &new, &Client::default()).await.unwrap_err();

        assert!(refused.to_string().starts_with("conflict"), "{refused}");
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(miguel.get("/me").await.status, 200, "the password is as it was");
    }
}

/// Holds the deletion open until the requests wait for it: SQLite writes one after another anyway.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_races_with_the_deletion_of_its_user_is_refused_and_no_failure_of_the_server() {
    let db = Database::postgres().await;
    let app = db.app().await;
    let miguel = app.user("miguel").await;
    let session = miguel.log_in().await;
    let (admin, connection) = tokio_postgres::connect(db.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    let pid = admin.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get::<_, i32>(0);
    admin.batch_execute("BEGIN; DELETE FROM users").await.unwrap();

    let requests = [
        tokio::spawn(async move { miguel.post("/api/tokens", &json!({})).await }),
        tokio::spawn(async move { session.post("/api/me/api-keys", &json!({"name": "k"})).await }),
    ];
    let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity
        WHERE $ = ANY(pg_blocking_pids(pid))"
        .replace('$', &pid.to_string());
    while db.value(&waiting).await.unwrap() != "2" {
        tokio::task::yield_now().await;
    }
    admin.batch_execute("COMMIT").await.unwrap();

    let [tokens, key] = requests;
    assert_eq!(tokens.await.unwrap().refusal(), (401, "invalid_credentials"));
    assert_eq!(key.await.unwrap().refusal(), (409, "conflict"));
}
