//! A service of somebody else's: it takes Countersign's access tokens and verifies them by the
//! published keys alone. It has no database and shares no secret with the issuer.
//!
//! What it cannot see is a revocation: it accepts a token until the token expires, ten minutes at
//! the most. Who cannot wait asks `/oauth/introspect` instead.

use std::{
    env,
    error::Error,
    sync::Arc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    routing::get,
};
use countersign::proto::jose::{self, AccessClaims, Expected, KeySet, TokenError};
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use tokio::{net::TcpListener, sync::Mutex};

/// The published keys may be kept for so long (their `Cache-Control`).
const KEYS_LIVE: Duration = Duration::from_secs(300);

/// What a token must show, where the keys are, and those fetched last.
struct Verifier {
    issuer: String,
    audience: String,
    jwks_url: String,
    /// An unknown `kid` makes us look for new keys, but no oftener than this: whoever sends
    /// nonsense must not make us flood the issuer.
    refetch: Duration,
    known: Mutex<Option<Known>>,
}

struct Known {
    asked_at: Instant,
    answer: Result<Arc<KeySet>, String>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let issuer = setting("ISSUER", "http://127.0.0.1:8080");
    let verifier = Verifier {
        audience: setting("AUDIENCE", &issuer),
        jwks_url: setting("JWKS_URL", &format!("{issuer}/.well-known/jwks.json")),
        refetch: Duration::from_secs(setting("REFETCH_SECONDS", "5").parse()?),
        known: Mutex::default(),
        issuer,
    };
    let app = Router::new().route("/orders", get(orders)).with_state(Arc::new(verifier));
    let listener = TcpListener::bind(setting("ADDRESS", "127.0.0.1:4000")).await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn orders(
    State(verifier): State<Arc<Verifier>>,
    headers: HeaderMap,
) -> Result<String, (StatusCode, String)> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or((StatusCode::UNAUTHORIZED, "Present a Bearer token.".into()))?;
    let claims = verifier.verify(token).await?;
    Ok(format!("Orders of {}, roles: {}", claims.sub, claims.roles.join(" ")))
}

impl Verifier {
    async fn verify(&self, token: &str) -> Result<AccessClaims, (StatusCode, String)> {
        let unavailable = |why| (StatusCode::SERVICE_UNAVAILABLE, why);
        let keys = self.keys(KEYS_LIVE).await.map_err(unavailable)?;
        let mut verdict = self.check(token, &keys);
        if verdict == Err(TokenError::UnknownKey) {
            let keys = self.keys(self.refetch).await.map_err(unavailable)?;
            verdict = self.check(token, &keys);
        }
        verdict.map_err(|why| (StatusCode::UNAUTHORIZED, why.to_string()))
    }

    fn check(&self, token: &str, keys: &KeySet) -> Result<AccessClaims, TokenError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let expected = Expected::of::<AccessClaims>(&self.issuer, &self.audience);
        jose::verify_access_token(token, keys, &expected, now.cast_signed())
    }

    /// The keys, asked for again if that was longer ago than `age`. Callers wait for one fetch, not
    /// for one each. An issuer that is down takes away none of the keys we have.
    async fn keys(&self, age: Duration) -> Result<Arc<KeySet>, String> {
        let mut known = self.known.lock().await;
        let before = match &*known {
            Some(Known { asked_at, answer }) => {
                let age = if answer.is_ok() { age } else { self.refetch };
                if asked_at.elapsed() < age {
                    return answer.clone();
                }
                answer.clone().ok()
            }
            None => None,
        };
        let fetched = tokio::time::timeout(Duration::from_secs(5), fetch(&self.jwks_url)).await;
        let fetched = fetched.unwrap_or_else(|_| Err("the issuer does not answer".into()));
        let answer = fetched.or_else(|why| before.ok_or(why));
        *known = Some(Known { asked_at: Instant::now(), answer: answer.clone() });
        answer
    }
}

async fn fetch(url: &str) -> Result<Arc<KeySet>, String> {
    let url = url.parse().map_err(|_| "JWKS_URL is no URL".to_owned())?;
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let response = client.get(url).await.map_err(|why| why.to_string())?;
    if response.status() != StatusCode::OK {
        return Err(format!("the issuer answered {}", response.status()));
    }
    let body = Limited::new(response.into_body(), jose::MAX_JWKS_LEN).collect().await;
    let body = body.map_err(|why| why.to_string())?.to_bytes();
    let text = std::str::from_utf8(&body).map_err(|why| why.to_string())?;
    KeySet::from_jwks_json(text).map(Arc::new).map_err(|why| why.to_string())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}
