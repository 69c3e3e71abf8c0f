//! With a real `Auth` over HTTP, and in the handlers of a service.

use std::time::{Duration, Instant};

use axum::{Router, body::Body, extract::Request, http::StatusCode, routing::get};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use countersign::{
    Auth, ProofMode,
    proto::password::Params,
    resource_server::{Issuer as Trusted, Refusal, ResourceServer, Verified},
};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::issuer::{accepts, until};

const PASSWORD: &str = "correct horse battery";

struct Real {
    auth: Auth,
    url: String,
    http: Router,
}

impl Real {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let builder = Auth::builder("sqlite::memory:").secret([7; 32]).configure(|config| {
            config.public_url.clone_from(&url);
            config.hashing.params = Params::new(8, 1, 1).unwrap();
            config.sign_up.proof = ProofMode::Off;
            config.heartbeat_seconds = 1;
            config.status_list_ttl_seconds = 2;
        });
        let auth = builder.open().await.unwrap();
        let http: Router = auth.routes();
        tokio::spawn(countersign::serve(listener, http.clone()));
        Self { auth, url, http }
    }

    async fn send(&self, request: axum::http::request::Builder, body: Value) -> Value {
        let request = request.header("content-type", "application/json");
        let request = request.body(Body::from(body.to_string())).unwrap();
        let answer = self.http.clone().oneshot(request).await.unwrap();
        assert!(answer.status().is_success(), "{answer:?}");
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap_or_default()
    }

    async fn sign_up(&self, username: &str) -> Value {
        let body = json!({"username": username, "password": PASSWORD});
        self.send(Request::post("/api/users"), body).await
    }

    async fn sign_in(&self, username: &str) -> String {
        let pair = BASE64_STANDARD.encode(format!("{username}:{PASSWORD}"));
        let request = Request::post("/api/tokens").header("authorization", format!("Basic {pair}"));
        self.send(request, json!({})).await["access_token"].as_str().unwrap().to_owned()
    }

    async fn log_out(&self, token: &str) {
        let request = Request::delete("/api/tokens");
        self.send(request.header("authorization", format!("Bearer {token}")), json!({})).await;
    }

    /// An administrator's API key that may listen.
    async fn key(&self) -> String {
        let root = self.sign_up("root").await;
        let id = root["id"].as_str().unwrap().parse().unwrap();
        self.auth.roles().grant(id, "admin").await.unwrap();
        let pair = BASE64_STANDARD.encode(format!("root:{PASSWORD}"));
        let request =
            Request::post("/api/me/api-keys").header("authorization", format!("Basic {pair}"));
        let made = self.send(request, json!({"name": "x", "scope": "revocations"})).await;
        made["key"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn a_token_is_verified_elsewhere_and_refused_within_a_second_of_its_end() {
    let real = Real::start().await;
    real.sign_up("miguel").await;
    let mut trusted = Trusted::new(&real.url, &real.url);
    trusted.api_key = Some(real.key().await);
    trusted.heartbeat_seconds = 1;
    let server = ResourceServer::of(trusted).unwrap();
    until(async || server.is_listening()).await;

    for _ in 0..20 {
        let token = real.sign_in("miguel").await;
        assert!(accepts(&server, &token).await);
        real.log_out(&token).await;
        let begun = Instant::now();
        until(async || !accepts(&server, &token).await).await;
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(server.verify(&token).await, Err(Refusal::Revoked));
    }
}

#[tokio::test]
async fn a_token_is_refused_within_the_ttl_of_its_status_list_without_the_stream() {
    let real = Real::start().await;
    real.sign_up("miguel").await;
    let server = ResourceServer::new(&real.url, &real.url).unwrap();
    let (token, other) = (real.sign_in("miguel").await, real.sign_in("miguel").await);
    assert!(accepts(&server, &token).await);

    real.log_out(&token).await;
    let begun = Instant::now();
    until(async || !accepts(&server, &token).await).await;

    assert!(begun.elapsed() < Duration::from_secs(4), "the ttl is two seconds");
    assert!(accepts(&server, &other).await);
}

#[tokio::test]
async fn who_is_named_in_a_handler_was_verified() {
    let real = Real::start().await;
    let miguel = real.sign_up("miguel").await;
    let token = real.sign_in("miguel").await;
    let server = ResourceServer::new(&real.url, &real.url).unwrap();
    let admin = async |user: Verified| user.require_role("admin").map(|()| "keys");
    let hello = async |user: Option<Verified>| user.map_or("nobody".into(), |user| user.0.sub);
    let site = Router::new()
        .route("/orders", get(async |user: Verified| user.0.sub))
        .route("/admin", get(admin))
        .route("/", get(hello))
        .with_state(server);
    let ask = async |path: &str, authorization: &[String]| {
        let mut request = Request::get(path);
        for value in authorization {
            request = request.header("authorization", value);
        }
        let answer = site.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        let challenge =
            head.headers.get("www-authenticate").map(|it| it.to_str().unwrap().to_owned());
        (head.status, String::from_utf8(body).unwrap(), challenge.unwrap_or_default())
    };
    let good = [format!("Bearer {token}")];
    let id = miguel["id"].as_str().unwrap().to_owned();

    assert_eq!(ask("/orders", &good).await, (StatusCode::OK, id.clone(), String::new()));
    assert_eq!(ask("/", &good).await.1, id);
    assert_eq!(ask("/", &[]).await.1, "nobody");
    assert_eq!(ask("/admin", &good).await.0, StatusCode::FORBIDDEN);
    let (status, _, challenge) = ask("/orders", &[]).await;
    assert_eq!((status, challenge.as_str()), (StatusCode::UNAUTHORIZED, "Bearer"));
    let twice = [good[0].clone(), good[0].clone()];
    for bad in [vec!["Bearer x".to_owned()], vec![format!("Basic {token}")], twice.to_vec()] {
        assert_eq!(ask("/orders", &bad).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(ask("/", &bad).await.0, StatusCode::UNAUTHORIZED, "false is not absent");
    }
    let (_, body, challenge) = ask("/orders", &["Bearer x".to_owned()]).await;
    assert!(body.contains("invalid_token") && challenge.contains("invalid_token"), "{body}");
}
