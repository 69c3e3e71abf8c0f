//! Keys: fetched once, again when they are old or others, and believed for an hour at most.

use countersign::resource_server::{Refusal, ResourceServer};
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, KEYS, LIST, NAME, accepts, at_once, refusal, until},
    log::Log,
};
use countersign::proto::jose::TokenError;

const UNAVAILABLE: Option<Refusal> = Some(Refusal::Unavailable);
const UNKNOWN: Option<Refusal> = Some(Refusal::Token(TokenError::UnknownKey));

#[tokio::test]
async fn keys_are_fetched_once_and_again_when_they_are_old() {
    let issuer = Issuer::start().await;
    let (server, token) = (issuer.server(), issuer.token(json!({})));

    let all = (0..30).map(|_| accepts(&server, &token));
    assert!(futures_util::future::join_all(all).await.into_iter().all(|good| good));
    assert_eq!((issuer.count(KEYS), issuer.count(LIST)), (1, 1));
    issuer.clock.pass(301);

    assert!(accepts(&server, &token).await);
    assert_eq!(issuer.count(KEYS), 2);
}

#[tokio::test]
async fn a_new_key_is_fetched_and_made_up_ones_cost_nothing() {
    let (issuer, stranger) = (Issuer::start().await, Issuer::start().await);
    let server = issuer.server();
    let old = issuer.token(json!({}));
    assert!(accepts(&server, &old).await);
    issuer.clock.pass(6);
    issuer.replace_key();

    assert!(accepts(&server, &issuer.token(json!({}))).await);
    assert_eq!(refusal(&server, &old).await, UNKNOWN);
    for _ in 0..100 {
        assert_eq!(refusal(&server, &stranger.token(json!({}))).await, UNKNOWN);
    }
    assert_eq!(issuer.count(KEYS), 2);
}

#[tokio::test]
async fn many_who_wait_for_keys_wait_for_one_fetch_also_when_it_brings_none() {
    let issuer = Issuer::start().await;
    let server = issuer.server();
    assert!(accepts(&server, &issuer.token(json!({}))).await);
    issuer.clock.pass(6);
    issuer.replace_key();
    issuer.break_at(KEYS, 503, "");

    let refusals = at_once((&server, &issuer), &issuer.token(json!({})), KEYS).await;

    assert!(refusals.iter().all(|refusal| *refusal == UNAVAILABLE), "{refusals:?}");
    assert_eq!(issuer.count(KEYS), 2);
}

#[tokio::test]
async fn a_fetch_that_was_given_up_makes_no_key_unknown() {
    let issuer = Issuer::start().await;
    let server = issuer.server();
    assert!(accepts(&server, &issuer.token(json!({}))).await);
    issuer.clock.pass(6);
    issuer.replace_key();
    let token = issuer.token(json!({}));
    let held = issuer.hold.lock().await;
    let one = (server.clone(), token.clone());
    let first = tokio::spawn(async move { accepts(&one.0, &one.1).await });
    until(async || issuer.count(KEYS) == 2).await;

    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());

    assert_eq!(refusal(&server, &token).await, UNAVAILABLE);
    drop(held);
    issuer.clock.pass(6);
    assert!(accepts(&server, &token).await);
}

#[tokio::test]
async fn keys_outlast_the_issuer_for_an_hour_and_no_longer() {
    let (issuer, log) = (Issuer::start().await, Log::keep());
    let server = issuer.server_with(|trusted| trusted.require_status = false);
    let token = issuer.token(json!({"status": Value::Null}));
    assert!(accepts(&server, &token).await);
    issuer.break_at(KEYS, 503, "");

    for _ in 0..11 {
        issuer.clock.pass(300);
        assert!(accepts(&server, &token).await);
    }
    issuer.clock.pass(300);
    assert_eq!(refusal(&server, &token).await, UNAVAILABLE);
    assert_eq!(log.count("the key set why=answered 503"), 1);
    issuer.set_right(KEYS);
    issuer.clock.pass(6);

    assert!(accepts(&server, &token).await);
    assert_eq!(log.count("well again"), 1);
}

#[tokio::test]
async fn without_keys_nothing_is_accepted() {
    let issuer = Issuer::start().await;
    let (token, long) = (issuer.token(json!({})), " ".repeat(70_000));
    for (status, body) in [(503, ""), (404, ""), (302, ""), (200, "{}"), (200, &long), (200, "")] {
        issuer.break_at(KEYS, status, body);
        assert_eq!(refusal(&issuer.server(), &token).await, UNAVAILABLE);
    }
}

#[tokio::test]
async fn an_unknown_key_is_no_verdict_while_the_issuer_is_away() {
    let (issuer, stranger) = (Issuer::start().await, Issuer::start().await);
    let server = issuer.server();
    assert!(accepts(&server, &issuer.token(json!({}))).await);
    issuer.break_at(KEYS, 503, "");
    issuer.clock.pass(6);

    assert_eq!(refusal(&server, &stranger.token(json!({}))).await, UNAVAILABLE);
    assert!(accepts(&server, &issuer.token(json!({}))).await);
}

#[tokio::test]
async fn keys_are_fetched_again_when_the_stream_says_so() {
    let issuer = Issuer::start().await;
    let server = issuer.listening(json!([])).await;
    let old = issuer.token(json!({}));
    assert!(accepts(&server, &old).await);
    issuer.replace_key();

    issuer.say("revoked", &issuer.entry(json!({"keys": true})), Some("2"));

    let new = issuer.token(json!({}));
    until(async || issuer.count(KEYS) == 2 && accepts(&server, &new).await).await;
    assert_eq!(refusal(&server, &old).await, UNKNOWN);
}

#[tokio::test]
async fn keys_that_were_recalled_and_cannot_be_fetched_end_within_a_minute() {
    let (issuer, log) = (Issuer::start().await, Log::keep());
    let server = issuer.listening(json!([])).await;
    let token = issuer.token(json!({}));
    assert!(accepts(&server, &token).await);
    issuer.break_at(KEYS, 503, "");
    issuer.say("revoked", &issuer.entry(json!({"keys": true})), Some("2"));
    until(async || log.count("the key set") == 1).await;

    assert!(accepts(&server, &token).await);
    issuer.clock.pass(60);
    assert_eq!(refusal(&server, &token).await, UNAVAILABLE);
    issuer.set_right(KEYS);
    issuer.clock.pass(6);
    assert!(accepts(&server, &token).await);
}

#[tokio::test]
async fn only_addresses_of_the_web_are_issuers() {
    for issuer in ["file:///etc", "id.example", "https://u@id.example", "https://x/?y", "", "/x"] {
        assert!(ResourceServer::new(issuer, NAME).is_err(), "{issuer}");
    }
    assert!(ResourceServer::new("http://127.0.0.1:1/a", NAME).is_ok());
}
