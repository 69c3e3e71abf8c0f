//! An issuer in the test's hand: keys, status lists and a stream that it can break in any way.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use countersign::{
    Clock,
    proto::{
        jose::{ACCESS_TOKEN_TYP, Algorithm, KeySet, SigningKey},
        status_list::{StatusList, StatusListClaims},
    },
    resource_server::{Issuer as Trusted, Refusal, ResourceServer},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc;

pub(crate) const NAME: &str = "https://id.example";
pub(crate) const KEYS: &str = "/.well-known/jwks.json";
pub(crate) const LIST: &str = "/status-lists/1";
pub(crate) const STREAM: &str = "/revocations";
pub(crate) const START: i64 = 1_800_000_000;

/// Cheap to clone; clones are the same issuer.
#[derive(Clone)]
pub(crate) struct Issuer {
    pub(crate) url: String,
    pub(crate) clock: Clock,
    /// Whoever holds this keeps it from answering.
    pub(crate) hold: Arc<tokio::sync::Mutex<()>>,
    state: Arc<Mutex<Kept>>,
}

struct Kept {
    keys: Vec<SigningKey>,
    revoked: Vec<u64>,
    list_seconds: i64,
    asked: Vec<(String, Option<String>)>,
    answers: HashMap<&'static str, (u16, String)>,
    said: Vec<String>,
    listener: Option<mpsc::UnboundedSender<String>>,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let kept = Kept {
            keys: vec![SigningKey::generate(Algorithm::EdDSA).unwrap()],
            revoked: vec![],
            list_seconds: 10_000,
            asked: vec![],
            answers: HashMap::new(),
            said: vec![],
            listener: None,
        };
        let (clock, hold) = (Clock::manual(START), Arc::default());
        let issuer = Self { url, clock, hold, state: Arc::new(Mutex::new(kept)) };
        let router = Router::new().fallback(answer).with_state(issuer.clone());
        tokio::spawn(async { axum::serve(listener, router).await });
        issuer
    }

    pub(crate) fn server(&self) -> ResourceServer {
        self.server_with(|_| {})
    }

    pub(crate) fn server_with(&self, change: impl FnOnce(&mut Trusted)) -> ResourceServer {
        let mut trusted = Trusted::new(NAME, NAME);
        (trusted.reach_at, trusted.clock) = (Some(self.url.clone()), self.clock.clone());
        change(&mut trusted);
        ResourceServer::of(trusted).unwrap()
    }

    /// One that listens, once it does.
    pub(crate) async fn listening(&self, revoked: Value) -> ResourceServer {
        self.say("snapshot", &json!({"revoked": revoked}), None);
        self.say("ready", &json!({}), Some("1"));
        let server = self.server_with(|trusted| trusted.api_key = Some("csk_key".into()));
        until(async || server.is_listening()).await;
        server
    }

    /// A token with these claims; `null` leaves one out.
    pub(crate) fn token(&self, more: Value) -> String {
        let now = self.clock.now();
        let mut claims = json!({
            "iss": NAME, "sub": "user-1", "aud": NAME, "client_id": "c", "scope": "", "iat": now,
            "exp": now + 100_000, "jti": "token-1", "sid": "session-1", "auth_time": now,
            "amr": ["pwd"], "roles": ["admin"], "epoch": 0, "status": status(1),
        });
        let members = claims.as_object_mut().unwrap();
        for (name, value) in more.as_object().unwrap() {
            members.insert(name.clone(), value.clone());
        }
        members.retain(|_, value| !value.is_null());
        self.state.lock().unwrap().keys[0].sign(ACCESS_TOKEN_TYP, &claims).unwrap()
    }

    pub(crate) fn list(&self) -> String {
        let state = self.state.lock().unwrap();
        let mut list = StatusList::all_valid(1024);
        for idx in &state.revoked {
            list.invalidate(*idx).unwrap();
        }
        let iat = self.clock.now();
        let (iss, sub) = (NAME.to_owned(), format!("{NAME}{LIST}"));
        let status_list = (&list).into();
        let exp = iat + state.list_seconds;
        let claims = StatusListClaims { iss, sub, iat, exp, ttl: 60, status_list };
        claims.sign(&state.keys[0]).unwrap()
    }

    pub(crate) fn jwks(&self) -> String {
        let state = self.state.lock().unwrap();
        state.keys.iter().map(SigningKey::verifying_key).collect::<KeySet>().to_jwks_json()
    }

    /// From now on it signs with a new key; the old one is not published any more.
    pub(crate) fn replace_key(&self) {
        let new = SigningKey::generate(Algorithm::EdDSA).unwrap();
        self.state.lock().unwrap().keys = vec![new];
    }

    pub(crate) fn revoke(&self, idx: u64) {
        self.state.lock().unwrap().revoked.push(idx);
    }

    /// Its lists say that they are good for so long.
    pub(crate) fn date_lists(&self, seconds: i64) {
        self.state.lock().unwrap().list_seconds = seconds;
    }

    /// What it answers there, until it is set right.
    pub(crate) fn break_at(&self, path: &'static str, status: u16, body: impl Into<String>) {
        self.state.lock().unwrap().answers.insert(path, (status, body.into()));
    }

    pub(crate) fn set_right(&self, path: &str) {
        self.state.lock().unwrap().answers.remove(path);
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.state.lock().unwrap().asked.iter().filter(|(asked, _)| asked == path).count()
    }

    /// What was asked for, and the event after which a listener wanted to go on.
    pub(crate) fn asked(&self) -> Vec<(String, Option<String>)> {
        self.state.lock().unwrap().asked.clone()
    }

    pub(crate) fn entry(&self, mut what: Value) -> Value {
        what["exp"] = json!(self.clock.now() + 600);
        what
    }

    pub(crate) fn say(&self, event: &str, data: &Value, id: Option<&str>) {
        let id = id.map_or(String::new(), |id| format!("id: {id}\n"));
        self.say_raw(&format!("event: {event}\ndata: {data}\n{id}\n"));
    }

    pub(crate) fn say_raw(&self, raw: &str) {
        let mut state = self.state.lock().unwrap();
        match &state.listener {
            Some(listener) => listener.send(raw.to_owned()).unwrap_or_default(),
            None => state.said.push(raw.to_owned()),
        }
    }

    pub(crate) fn hang_up(&self) {
        self.state.lock().unwrap().listener = None;
    }

    fn stream(&self) -> Response {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut state = self.state.lock().unwrap();
        for raw in state.said.drain(..) {
            sender.send(raw).unwrap();
        }
        state.listener = Some(sender);
        let pieces = stream::unfold(receiver, async |mut receiver| {
            let piece = receiver.recv().await?;
            Some((Ok::<_, std::io::Error>(Bytes::from(piece)), receiver))
        });
        Body::from_stream(pieces).into_response()
    }
}

async fn answer(State(issuer): State<Issuer>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let last = request.headers().get("last-event-id");
    let last = last.map(|last| last.to_str().unwrap().to_owned());
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let broken = {
        let mut state = issuer.state.lock().unwrap();
        state.asked.push((path.clone(), last));
        state.answers.get(path.as_str()).cloned()
    };
    drop(issuer.hold.lock().await);
    if let Some((status, body)) = broken {
        return (StatusCode::from_u16(status).unwrap(), body).into_response();
    }
    match path.as_str() {
        KEYS => ([(header::CACHE_CONTROL, "public, max-age=300")], issuer.jwks()).into_response(),
        LIST => {
            let tag = format!("\"{}\"", issuer.state.lock().unwrap().revoked.len());
            if known.is_some_and(|known| known == tag.as_str()) {
                return StatusCode::NOT_MODIFIED.into_response();
            }
            ([(header::ETAG, tag)], issuer.list()).into_response()
        }
        STREAM => issuer.stream(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

pub(crate) fn status(idx: u64) -> Value {
    json!({"status_list": {"idx": idx, "uri": format!("{NAME}{LIST}")}})
}

pub(crate) async fn accepts(server: &ResourceServer, token: &str) -> bool {
    server.verify(token).await.is_ok()
}

/// What becomes of so many who show it at the same time, while the issuer answers nobody until one
/// of them has asked there and much time has passed.
pub(crate) async fn at_once(
    (server, issuer): (&ResourceServer, &Issuer),
    token: &str,
    path: &str,
) -> Vec<Option<Refusal>> {
    let (held, asked) = (issuer.hold.lock().await, issuer.count(path));
    let ask = || {
        let (server, token) = (server.clone(), token.to_owned());
        tokio::spawn(async move { refusal(&server, &token).await })
    };
    let all: Vec<_> = (0..8).map(|_| ask()).collect();
    until(async || issuer.count(path) > asked).await;
    issuer.clock.pass(20);
    drop(held);
    let mut refusals = Vec::new();
    for one in all {
        refusals.push(one.await.unwrap());
    }
    refusals
}

pub(crate) async fn refusal(server: &ResourceServer, token: &str) -> Option<Refusal> {
    server.verify(token).await.err()
}

/// Waits for what happens beside the test.
pub(crate) async fn until(holds: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(10), "never");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
