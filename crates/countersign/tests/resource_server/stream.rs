//! The stream: what it says is refused within the second; what it does not say is believed only
//! while it is heard.

use std::time::{Duration, Instant};

use countersign::resource_server::Refusal;
use serde_json::{Value, json};

use crate::{
    issuer::{Issuer, LIST, STREAM, accepts, refusal, until},
    log::Log,
};

#[tokio::test]
async fn what_the_snapshot_and_the_stream_name_is_refused() {
    let issuer = Issuer::start().await;
    let ended = json!([issuer.entry(json!({"jti": "t-2"})), issuer.entry(json!({"sid": "s-2"}))]);
    let server = issuer.listening(ended).await;
    let of = |claims: Value| issuer.token(claims);

    assert_eq!(refusal(&server, &of(json!({"jti": "t-2"}))).await, Some(Refusal::Revoked));
    assert_eq!(refusal(&server, &of(json!({"sid": "s-2"}))).await, Some(Refusal::Revoked));
    assert!(accepts(&server, &of(json!({}))).await);
    let before = issuer.clock.now();
    let theirs = of(json!({"sub": "user-2"}));
    let end = json!({"sub": "user-2", "before": before, "except_sid": "kept"});
    issuer.say("revoked", &issuer.entry(end), Some("2"));
    until(async || !accepts(&server, &theirs).await).await;
    assert!(accepts(&server, &of(json!({"sub": "user-2", "sid": "kept"}))).await);
    issuer.clock.pass(1);
    assert!(accepts(&server, &of(json!({"sub": "user-2"}))).await);
    let token = of(json!({"jti": "t-3"}));
    let begun = Instant::now();
    issuer.say("revoked", &issuer.entry(json!({"jti": "t-3"})), Some("3"));
    until(async || !accepts(&server, &token).await).await;
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_eq!(issuer.count(LIST), 0);
}

#[tokio::test]
async fn nothing_heard_for_three_heartbeats_and_the_list_is_asked() {
    let issuer = Issuer::start().await;
    let server = issuer.listening(json!([])).await;
    let token = issuer.token(json!({}));
    issuer.clock.pass(14);
    assert!(accepts(&server, &token).await);
    assert_eq!(issuer.count(LIST), 0);

    issuer.clock.pass(1);

    assert!(accepts(&server, &token).await);
    assert_eq!(issuer.count(LIST), 1);
    issuer.say("heartbeat", &json!({}), Some("2"));
    until(async || server.is_listening()).await;
}

#[tokio::test]
async fn a_stream_that_dies_mid_event_is_resumed_where_it_was() {
    let (issuer, log) = (Issuer::start().await, Log::keep());
    let server = issuer.listening(json!([])).await;
    let token = issuer.token(json!({"jti": "t-2"}));
    let event = format!("event: revoked\nid: 2\ndata: {}", issuer.entry(json!({"jti": "t-2"})));
    issuer.say_raw(&event);
    issuer.hang_up();
    until(async || issuer.count(STREAM) == 2).await;

    // Half an event is none; until it is heard again the list is asked.
    assert!(!server.is_listening());
    assert!(accepts(&server, &token).await);
    assert_eq!(issuer.count(LIST), 1);
    let asked = issuer.asked().into_iter().filter(|(path, _)| path == STREAM);
    let positions: Vec<_> = asked.map(|(_, last)| last).collect();
    assert_eq!(positions, [None, Some("1".to_owned())]);
    issuer.say_raw(&format!("{event}\n\n"));
    issuer.say("heartbeat", &json!({}), Some("3"));
    until(async || server.is_listening()).await;
    assert_eq!(refusal(&server, &token).await, Some(Refusal::Revoked));
    assert_eq!(log.count("the stream of revocations why=it ended; the status lists"), 1);
    assert_eq!(log.count("well again"), 1);
}

#[tokio::test]
async fn a_position_that_is_not_known_is_given_up() {
    let issuer = Issuer::start().await;
    let server = issuer.listening(json!([])).await;
    issuer.break_at(STREAM, 400, "");
    issuer.hang_up();
    until(async || issuer.count(STREAM) == 2).await;
    issuer.say("ready", &json!({}), Some("9"));
    issuer.set_right(STREAM);

    until(async || server.is_listening()).await;

    let asked = issuer.asked().into_iter().filter(|(path, _)| path == STREAM);
    let positions: Vec<_> = asked.map(|(_, last)| last).collect();
    assert_eq!(positions, [None, Some("1".to_owned()), None]);
}

#[tokio::test]
async fn what_was_heard_stays_true_when_the_stream_is_not() {
    let issuer = Issuer::start().await;
    let server = issuer.listening(json!([issuer.entry(json!({"jti": "t-2"}))])).await;
    issuer.hang_up();
    until(async || !server.is_listening()).await;

    let token = issuer.token(json!({"jti": "t-2"}));
    assert_eq!(refusal(&server, &token).await, Some(Refusal::Revoked));
}

#[tokio::test]
async fn a_heartbeat_within_a_snapshot_does_not_make_it_whole() {
    let issuer = Issuer::start().await;
    issuer.say("snapshot", &json!({"revoked": []}), None);
    issuer.say("heartbeat", &json!({}), Some("7"));
    let ended = [issuer.entry(json!({"jti": "t-2"}))];
    issuer.say("snapshot", &json!({"revoked": ended}), None);
    let server = issuer.server_with(|trusted| trusted.api_key = Some("csk_key".into()));
    let token = issuer.token(json!({"jti": "t-2"}));

    until(async || !accepts(&server, &token).await).await;

    assert!(!server.is_listening());
}

#[tokio::test]
async fn what_is_not_understood_is_not_passed_over() {
    let long = format!("data: {}", "x".repeat(9 << 20));
    let events = [
        "event: revoked\ndata: {\n\n",
        "event: revoked\ndata: []\n\n",
        "event: revoked\ndata: {\"exp\": 1}\n\n",
        "event: revoked\ndata: {\"jti\": 1, \"exp\": 1}\n\n",
        "event: revoked\ndata: {\"jti\": \"x\"}\n\n",
        "event: snapshot\ndata: {\"revoked\": 1}\n\n",
        "event: revoked\ndata: {\"sub\": \"x\", \"exp\": 1}\n\n",
        "event: revoked\ndata: {\"planet\": \"x\", \"exp\": 1}\n\n",
        "event: revoked\ndata: {\"jti\": \"x\", \"sid\": \"y\", \"exp\": 1}\n\n",
        &long,
    ];

    for event in events {
        let (issuer, log) = (Issuer::start().await, Log::keep());
        let server = issuer.listening(json!([])).await;
        issuer.say_raw(event);
        until(async || !server.is_listening()).await;
        assert!(accepts(&server, &issuer.token(json!({}))).await);
        assert_eq!((issuer.count(LIST), log.count("the stream of revocations")), (1, 1));
        until(async || issuer.count(STREAM) == 2).await;
        issuer.say("ready", &json!({}), Some("2"));
        until(async || server.is_listening()).await;
    }
}

#[tokio::test]
async fn without_the_stream_a_token_without_status_is_not_judged() {
    let issuer = Issuer::start().await;
    issuer.say("ready", &json!({}), Some("1"));
    let server = issuer.server_with(|trusted| {
        (trusted.api_key, trusted.require_status) = (Some("csk_key".into()), false);
    });
    until(async || server.is_listening()).await;
    let token = issuer.token(json!({"status": Value::Null}));
    assert!(accepts(&server, &token).await);

    issuer.hang_up();
    until(async || !server.is_listening()).await;

    assert_eq!(refusal(&server, &token).await, Some(Refusal::Unavailable));
}

#[tokio::test]
async fn a_key_that_may_not_listen_is_said_once() {
    let (issuer, log) = (Issuer::start().await, Log::keep());
    issuer.break_at(STREAM, 403, "");
    let server = issuer.server_with(|trusted| trusted.api_key = Some("csk_key".into()));
    until(async || issuer.count(STREAM) == 3).await;

    assert!(accepts(&server, &issuer.token(json!({}))).await);
    assert_eq!(log.count("the stream of revocations why=answered 403"), 1);
    assert_eq!(log.count("csk_key"), 0);
}
