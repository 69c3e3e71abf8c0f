//! Status lists: asked once in their life, and never believed beyond it.

use countersign::resource_server::Refusal;
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, KEYS, LIST, accepts, at_once, refusal, status},
    log::Log,
};

#[tokio::test]
async fn a_revoked_token_is_refused_within_the_ttl_of_its_list() {
    let issuer = Issuer::start().await;
    let server = issuer.server();
    let token = issuer.token(json!({"status": status(9)}));
    assert!(accepts(&server, &token).await);
    issuer.revoke(9);

    issuer.clock.pass(60);

    assert_eq!(refusal(&server, &token).await, Some(Refusal::Revoked));
    assert!(accepts(&server, &issuer.token(json!({"status": status(8)}))).await);
}

#[tokio::test]
async fn a_list_is_fetched_once_in_its_life_and_asked_for_changes_later() {
    let issuer = Issuer::start().await;
    let (server, token) = (issuer.server(), issuer.token(json!({})));
    for _ in 0..3 {
        assert!(accepts(&server, &token).await);
    }
    assert_eq!(issuer.count(LIST), 1);
    issuer.clock.pass(50);
    for _ in 0..3 {
        assert!(accepts(&server, &token).await);
    }

    assert_eq!(issuer.count(LIST), 2);
    // "Not modified" makes it good for another ttl.
    issuer.break_at(LIST, 503, "");
    issuer.clock.pass(59);
    assert!(accepts(&server, &token).await);
}

#[tokio::test]
async fn a_bad_list_fails_closed_says_so_once_and_recovers() {
    let issuer = Issuer::start().await;
    let (good, long) = (issuer.list(), "x".repeat(3 << 20));
    let forged = format!("{}AAAAAAAAAA", &good[..good.len() - 10]);
    let bad = [("forged", forged), ("truncated", good[..200].into()), ("oversized", long)];

    for (name, body) in bad {
        let log = Log::keep();
        let (server, token) = (issuer.server(), issuer.token(json!({})));
        assert!(accepts(&server, &token).await, "{name}");
        issuer.break_at(LIST, 200, body);
        issuer.clock.pass(50);
        assert!(accepts(&server, &token).await, "{name}: good until its ttl is over");
        issuer.clock.pass(11);
        for _ in 0..5 {
            assert_eq!(refusal(&server, &token).await, Some(Refusal::Unavailable), "{name}");
            issuer.clock.pass(2);
        }
        assert_eq!(log.count("the status list"), 1, "{name}");
        issuer.set_right(LIST);
        assert!(accepts(&server, &token).await, "{name}");
        assert_eq!(log.count("well again"), 1, "{name}");
    }
}

#[tokio::test]
async fn a_stale_list_is_refused_and_one_that_is_away_is_not_asked_for_at_each_token() {
    let issuer = Issuer::start().await;
    let old = issuer.list();
    issuer.clock.pass(10_000);
    let (server, token) = (issuer.server(), issuer.token(json!({})));

    issuer.break_at(LIST, 200, old);
    for _ in 0..100 {
        assert_eq!(refusal(&server, &token).await, Some(Refusal::Unavailable));
    }
    assert_eq!(issuer.count(LIST), 1);
}

#[tokio::test]
async fn many_who_wait_for_a_list_wait_for_one_fetch_also_when_it_brings_none() {
    let issuer = Issuer::start().await;
    let (server, token) = (issuer.server(), issuer.token(json!({})));
    assert!(accepts(&server, &token).await);
    issuer.clock.pass(61);
    issuer.break_at(LIST, 503, "");

    let refusals = at_once((&server, &issuer), &token, LIST).await;

    let unavailable = Some(Refusal::Unavailable);
    assert!(refusals.iter().all(|refusal| *refusal == unavailable), "{refusals:?}");
    assert_eq!(issuer.count(LIST), 2);
}

#[tokio::test]
async fn a_list_is_good_no_longer_than_it_says_itself() {
    let issuer = Issuer::start().await;
    issuer.date_lists(20);
    let (server, token) = (issuer.server(), issuer.token(json!({})));
    assert!(accepts(&server, &token).await);
    issuer.break_at(LIST, 503, "");

    issuer.clock.pass(20);

    assert_eq!(refusal(&server, &token).await, Some(Refusal::Unavailable));
}

#[tokio::test]
async fn only_lists_of_the_issuer_are_asked() {
    let issuer = Issuer::start().await;
    let server = issuer.server();
    let long = format!("https://id.example/{}", "x".repeat(600));
    let elsewhere = [
        "https://evil.example/status-lists/1",
        "https://id.example.evil.example/status-lists/1",
        "https://id.example@evil.example/status-lists/1",
        "http://id.example/status-lists/1",
        "https://id.example/../status-lists/1",
        "https://id.example/a/%2e%2e/1",
        "https://id.example/status-lists/1?x=1",
        "https://id.example/status-lists/1#x",
        "https://id.example",
        "https://id.example/",
        "//id.example/status-lists/1",
        "https://id.example/status-lists/1\n",
        &long,
    ];

    for uri in elsewhere {
        let status = json!({"status_list": {"idx": 1, "uri": uri}});
        let token = issuer.token(json!({"status": status}));
        assert_eq!(refusal(&server, &token).await, Some(Refusal::Status), "{uri}");
    }
    assert!(issuer.asked().iter().all(|(path, _)| path == KEYS));
}

#[tokio::test]
async fn a_token_without_status_is_refused_unless_that_is_wanted() {
    let issuer = Issuer::start().await;
    let bare = issuer.token(json!({"status": Value::Null}));
    let lax = issuer.server_with(|trusted| trusted.require_status = false);

    assert_eq!(refusal(&issuer.server(), &bare).await, Some(Refusal::Status));
    assert!(accepts(&lax, &bare).await);
    for odd in [json!({}), json!({"status_list": []}), json!("x")] {
        assert!(!accepts(&lax, &issuer.token(json!({"status": odd}))).await);
    }
}
