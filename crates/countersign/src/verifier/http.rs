//! The issuer over HTTP, and what a service of its own names in its handlers.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{FromRef, FromRequestParts, OptionalFromRequestParts},
    http::{
        HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri, header,
        request::Parts,
    },
    response::IntoResponse,
};
use countersign_proto::jose::AccessClaims;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::{Fetched, Issuer, Known, NoIssuer, Reach, Refusal, Words, listen};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// A fetch may take so long.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Verifies access tokens that a Countersign elsewhere issued. Cheap to clone; clones share what
/// they know.
#[derive(Clone)]
pub struct ResourceServer(Arc<Inner>);

struct Inner {
    known: Known<Web>,
    listening: Option<tokio::task::JoinHandle<()>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl ResourceServer {
    /// Takes tokens of this issuer for this audience, and asks its status lists.
    ///
    /// # Errors
    /// [`NoIssuer`] where it is no `http` or `https` address.
    pub fn new(issuer: &str, audience: &str) -> Result<Self, NoIssuer> {
        Self::of(Issuer::new(issuer, audience))
    }

    /// The same with more to say about the issuer. With an API key it begins to listen, which takes
    /// a tokio runtime; that ends with the last clone.
    ///
    /// # Errors
    /// [`NoIssuer`] where it is no `http` or `https` address, or no root certificate is there.
    pub fn of(issuer: Issuer) -> Result<Self, NoIssuer> {
        let web = Arc::new(Web::new(&issuer)?);
        let known = Known::new(issuer, Arc::clone(&web));
        let listening = known
            .heard
            .clone()
            .map(|heard| tokio::spawn(listen::listen(web, heard, Arc::clone(&known.keys))));
        Ok(Self(Arc::new(Inner { known, listening })))
    }

    /// The claims of a token that is good now.
    ///
    /// # Errors
    /// [`Refusal`]; with [`Refusal::Unavailable`] it may be good.
    pub async fn verify(&self, token: &str) -> Result<AccessClaims, Refusal> {
        self.0.known.verify(token).await
    }

    /// Whether the stream is heard, so that no list is asked.
    pub fn is_listening(&self) -> bool {
        self.0.known.heard.as_ref().is_some_and(|heard| heard.is_heard())
    }
}

/// A caller whose token was verified: to name it in a handler is to have checked them.
///
/// Roles and scope are as of when the token was issued.
#[derive(Debug, Clone)]
pub struct Verified(pub AccessClaims);

impl Verified {
    /// # Errors
    /// [`Refusal::Role`] where they did not have the role.
    pub fn require_role(&self, role: &str) -> Result<(), Refusal> {
        let has = self.0.roles.iter().any(|held| held == role);
        if has { Ok(()) } else { Err(Refusal::Role) }
    }
}

impl<S> FromRequestParts<S> for Verified
where
    ResourceServer: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let token = bearer(&parts.headers)?.ok_or(Refusal::Absent)?;
        ResourceServer::from_ref(state).verify(token).await.map(Self)
    }
}

/// Absent tokens are `None`; false ones are refused.
impl<S> OptionalFromRequestParts<S> for Verified
where
    ResourceServer: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Refusal> {
        match bearer(&parts.headers)? {
            Some(token) => ResourceServer::from_ref(state).verify(token).await.map(Self).map(Some),
            None => Ok(None),
        }
    }
}

/// RFC 6750 §2.1. Two of them, or another scheme, are no token.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_| Refusal::Absent)?;
    let (scheme, token) = text.split_once(' ').ok_or(Refusal::Absent)?;
    let one = given.next().is_none() && scheme.eq_ignore_ascii_case("Bearer");
    if one { Ok(Some(token)) } else { Err(Refusal::Absent) }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let code = self.code();
        let body = serde_json::json!({
            "error": code.as_str(), "error_description": self.to_string(),
        });
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::UNAUTHORIZED);
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        match self {
            Self::Absent => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Self::Token(_) | Self::Revoked | Self::Status => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            Self::Unavailable => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            Self::Role => {}
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

type Nothing = Empty<Bytes>;

/// No redirects are followed: what an issuer is, is configured.
enum Wire {
    Plain(Client<HttpConnector, Nothing>),
    Tls(Client<HttpsConnector<HttpConnector>, Nothing>),
}

struct Web {
    base: String,
    api_key: Option<String>,
    wire: Wire,
}

impl Web {
    fn new(of: &Issuer) -> Result<Self, NoIssuer> {
        let base = of.reach_at.as_deref().unwrap_or(&of.issuer).trim_end_matches('/').to_owned();
        for url in [&of.issuer, &base] {
            let read = url.parse::<Uri>().ok();
            let good = read.is_some_and(|uri| {
                let named = uri.authority().is_some_and(|at| !at.as_str().contains('@'));
                matches!(uri.scheme_str(), Some("http" | "https")) && named && uri.query().is_none()
            });
            if !good || url.contains('#') {
                return Err(NoIssuer(format!("no http or https address: {url:?}")));
            }
        }
        let builder = Client::builder(TokioExecutor::new());
        let wire = if base.starts_with("https:") {
            let tls =
                connector().map_err(|why| NoIssuer(format!("no root certificates: {why}")))?;
            Wire::Tls(builder.build(tls))
        } else {
            Wire::Plain(builder.build_http())
        };
        Ok(Self { base, api_key: of.api_key.clone(), wire })
    }

    async fn ask(
        &self,
        path: &str,
        headers: &[(HeaderName, &str)],
    ) -> Result<Response<Body>, String> {
        let mut request = Request::get(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        let request = request.body(Nothing::new()).map_err(|_| "cannot be asked for")?;
        let answer = match &self.wire {
            Wire::Plain(client) => client.request(request).await,
            Wire::Tls(client) => client.request(request).await,
        };
        answer
            .map(|answer| answer.map(Body::new))
            .map_err(|why| format!("cannot be fetched ({why})"))
    }

    async fn fetch_all(
        &self,
        path: &str,
        tag: Option<&str>,
        limit: usize,
    ) -> Result<Fetched, String> {
        let known: Vec<_> = tag.map(|tag| (header::IF_NONE_MATCH, tag)).into_iter().collect();
        let answer = self.ask(path, &known).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED => return Ok(Fetched::default()),
            status => return Err(format!("answered {}", status.as_u16())),
        }
        let (parts, body) = answer.into_parts();
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let tag = text(header::ETAG).map(str::to_owned);
        let max_age = text(header::CACHE_CONTROL).and_then(max_age);
        let body = Limited::new(body, limit).collect().await;
        let body = body.map_err(|_| "broke off, or is larger than allowed")?.to_bytes();
        let body = String::from_utf8(body.into()).map_err(|_| "is no text")?;
        Ok(Fetched { body: Some(body), tag, max_age })
    }
}

impl Reach for Web {
    type Words = Stream;

    async fn fetch(&self, path: &str, tag: Option<&str>, limit: usize) -> Result<Fetched, String> {
        let fetched = tokio::time::timeout(TIMEOUT, self.fetch_all(path, tag, limit)).await;
        fetched.unwrap_or_else(|_| Err("too slow".to_owned()))
    }

    async fn listen(&self, last: Option<&str>) -> Result<Stream, String> {
        let bearer = format!("Bearer {}", self.api_key.as_deref().unwrap_or_default());
        let mut headers =
            vec![(header::ACCEPT, "text/event-stream"), (header::AUTHORIZATION, bearer.as_str())];
        headers.extend(last.map(|last| (LAST_EVENT_ID, last)));
        let answer = self.ask("/revocations", &headers).await?;
        match answer.status() {
            StatusCode::OK => Ok(Stream(answer.into_body())),
            status => Err(format!("answered {}", status.as_u16())),
        }
    }
}

struct Stream(Body);

impl Words for Stream {
    async fn more(&mut self) -> Result<Option<Vec<u8>>, String> {
        match self.0.frame().await {
            None => Ok(None),
            Some(Ok(frame)) => Ok(Some(frame.into_data().map(Into::into).unwrap_or_default())),
            Some(Err(_)) => Err("it broke off".to_owned()),
        }
    }
}

fn connector() -> io::Result<HttpsConnector<HttpConnector>> {
    Ok(HttpsConnectorBuilder::new().with_native_roots()?.https_only().enable_http1().build())
}

fn max_age(value: &str) -> Option<u64> {
    value.split(',').find_map(|part| part.trim().strip_prefix("max-age=")?.parse().ok())
}
