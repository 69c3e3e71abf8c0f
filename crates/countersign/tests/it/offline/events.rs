//! A listener as a service has one: server-sent events, read as they arrive.

use std::time::Duration;

use axum::{
    body::{Body, BodyDataStream},
    http::Method,
};
use futures_util::StreamExt;
use serde_json::Value;

use crate::support::{App, Caller, Key};

/// An event as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) id: Option<String>,
    pub(super) data: Value,
}

pub(super) struct Events {
    body: BodyDataStream,
    text: String,
}

/// The API key of a listener.
pub(super) async fn key(app: &App) -> Key {
    app.admin().await.key("revocations").await
}

/// Begins to listen.
pub(super) async fn listen(caller: &Caller) -> Events {
    let answer = caller.begin(Method::GET, "/revocations", Body::empty()).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    assert_eq!(answer.headers()["cache-control"], "no-store");
    Events { body: answer.into_body().into_data_stream(), text: String::new() }
}

/// Goes on after an event.
pub(super) async fn resume(caller: &Caller, last: &str) -> Events {
    listen(&caller.header("last-event-id", last)).await
}

impl Events {
    /// The next event, heartbeats included; `None` when the stream has ended.
    pub(super) async fn any(&mut self) -> Option<Event> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let (event, rest) = (parsed(event), rest.to_owned());
                self.text = rest;
                return Some(event);
            }
            let more = tokio::time::timeout(Duration::from_secs(10), self.body.next()).await;
            let more = more.expect("nothing comes, not even a heartbeat")?.unwrap();
            self.text.push_str(std::str::from_utf8(&more).unwrap());
        }
    }

    /// The next event that says something.
    pub(super) async fn next(&mut self) -> Event {
        loop {
            let event = self.any().await.expect("the stream has ended");
            if event.name != "heartbeat" {
                return event;
            }
        }
    }

    /// What is in force when one begins, and how far one is with it.
    pub(super) async fn snapshot(&mut self) -> (Vec<Value>, String) {
        let mut revoked = Vec::new();
        loop {
            let event = self.next().await;
            if event.name == "ready" {
                return (revoked, event.id.unwrap());
            }
            assert_eq!((event.name.as_str(), &event.id), ("snapshot", &None));
            revoked.extend(event.data["revoked"].as_array().unwrap().iter().cloned());
        }
    }

    /// The same of a stream that begins anew, perhaps after some of what was missed.
    pub(super) async fn anew(&mut self) -> (Vec<Value>, String) {
        let mut first = self.next().await;
        while first.name == "revoked" {
            first = self.next().await;
        }
        assert_eq!(first.name, "snapshot");
        let mut revoked = first.data["revoked"].as_array().unwrap().clone();
        let (rest, id) = self.snapshot().await;
        revoked.extend(rest);
        (revoked, id)
    }

    /// Reads on until the stream ends.
    pub(super) async fn end(mut self) {
        while self.any().await.is_some() {}
    }
}

fn parsed(text: &str) -> Event {
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.strip_prefix(name));
        let value = lines.next().map(|value| value.strip_prefix(": ").unwrap().to_owned());
        assert_eq!(lines.next(), None, "{text}");
        value
    };
    let data = field("data").unwrap();
    Event {
        name: field("event").unwrap(),
        id: field("id"),
        data: serde_json::from_str(&data).unwrap(),
    }
}
