//! Who asks, with what, from where; and what they are answered.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header},
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::App;

/// Where requests come from unless they say otherwise.
const HOME: [u8; 4] = [192, 0, 2, 1];

#[derive(Clone)]
pub(crate) struct Caller {
    app: App,
    headers: HeaderMap,
    address: IpAddr,
}

impl Caller {
    pub(crate) fn anonymous(app: &App) -> Self {
        Self { app: app.clone(), headers: HeaderMap::new(), address: HOME.into() }
    }

    pub(crate) fn from(&self, address: impl Into<IpAddr>) -> Self {
        Self { address: address.into(), ..self.clone() }
    }

    pub(crate) fn agent(&self, agent: &str) -> Self {
        self.header("user-agent", agent)
    }

    /// One more header field, also beside others of that name.
    pub(crate) fn header(&self, name: &str, value: impl AsRef<[u8]>) -> Self {
        let mut caller = self.clone();
        let name: HeaderName = name.parse().unwrap();
        caller.headers.append(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
        caller
    }

    pub(crate) fn basic(&self, username: &str, password: &str) -> Self {
        self.basic_bytes("Basic", format!("{username}:{password}").as_bytes())
    }

    pub(crate) fn basic_bytes(&self, scheme: &str, pair: &[u8]) -> Self {
        self.header("authorization", format!("{scheme} {}", BASE64_STANDARD.encode(pair)))
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.json().send(Method::POST, path, body.to_string().into()).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.json().send(Method::PUT, path, body.to_string().into()).await
    }

    /// A form with one token in it.
    pub(crate) async fn form(&self, path: &str, token: &str) -> Answer {
        let caller = self.header("content-type", "application/x-www-form-urlencoded");
        caller.send(Method::POST, path, format!("token={token}").into()).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Answer {
        self.post("/api/tokens/refresh", &json!({"refresh_token": token})).await
    }

    pub(crate) fn json(&self) -> Self {
        self.header("content-type", "application/json")
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Body) -> Answer {
        let (parts, body) = self.begin(method, path, body).await.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
        }
    }

    /// The answer as it begins; its body may never end.
    pub(crate) async fn begin(&self, method: Method, path: &str, body: Body) -> Response {
        let mut request = Request::builder().method(method).uri(path).body(body).unwrap();
        *request.headers_mut() = self.headers.clone();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        self.app.router().oneshot(request).await.unwrap()
    }
}

#[derive(Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// `Null` where the body is no JSON.
    pub(crate) body: Value,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The error code.
    pub(crate) fn error(&self) -> &str {
        self.body["error"].as_str().unwrap_or_default()
    }

    /// The member, parameter or header at fault.
    pub(crate) fn field(&self) -> &str {
        self.body["field"].as_str().unwrap_or_default()
    }

    /// Status and code, and nothing about the body that is not in the one shape of errors.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        let members = self.body.as_object().unwrap_or_else(|| panic!("no error: {self:?}"));
        let known = ["error", "error_description", "field"];
        assert!(members.keys().all(|name| known.contains(&name.as_str())), "{self:?}");
        assert!(members.contains_key("error_description"), "{self:?}");
        assert_eq!(self.header("content-type"), "application/json", "{self:?}");
        (self.status, self.error())
    }

    /// Status, code and field.
    pub(crate) fn fault(&self) -> (u16, &str, &str) {
        let (status, error) = self.refusal();
        (status, error, self.field())
    }

    pub(crate) fn challenges(&self) -> Vec<&str> {
        let values = self.headers.get_all(header::WWW_AUTHENTICATE).iter();
        values.map(|value| value.to_str().unwrap()).collect()
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {:?}", self.status, self.text(), self.headers)
    }
}
