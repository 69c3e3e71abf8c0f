//! Services that verify tokens by themselves: what they learn of what was taken back.

mod ends;
mod events;
mod indexes;
mod lists;
mod stream;
mod stream_ends;

use countersign::proto::{
    jose::KeySet,
    status_list::{VerifiedList, verify_status_list},
};

use crate::support::{App, Session};

/// Which bit of which list is the session's: the number of the list and the index in it.
fn bit(session: &Session) -> (u64, u64) {
    let status = &session.claims()["status"]["status_list"];
    let uri = status["uri"].as_str().unwrap_or_else(|| panic!("no status: {status}"));
    let number = uri.strip_prefix("http://127.0.0.1:8080/status-lists/").unwrap();
    (number.parse().unwrap(), status["idx"].as_u64().unwrap())
}

/// A list, verified with nothing but the published keys.
async fn list(app: &App, number: u64) -> VerifiedList {
    let path = format!("/status-lists/{number}");
    let answer = app.anonymous().get(&path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let keys = app.anonymous().get("/.well-known/jwks.json").await.text();
    let keys = KeySet::from_jwks_json(&keys).unwrap();
    let uri = format!("http://127.0.0.1:8080{path}");
    verify_status_list(&answer.text(), &keys, &uri, (5, app.auth.now())).unwrap()
}

/// Whether the published list says that the session's tokens were taken back.
async fn is_invalid(app: &App, session: &Session) -> bool {
    let (number, index) = bit(session);
    list(app, number).await.list.is_invalid(index).unwrap()
}

/// Waits until the list says so: it is made at most once a second.
async fn becomes_invalid(app: &App, session: &Session) {
    let begun = std::time::Instant::now();
    while !is_invalid(app, session).await {
        assert!(begun.elapsed().as_secs() < 10, "the list never says so");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
