//! A service that takes the access tokens of a Countersign elsewhere: it verifies them by the
//! published keys, and knows of revocations by status lists and the stream.
//!
//! What cannot be known is refused: without keys, without a list younger than its `ttl` and without
//! a stream that is heard there is no verdict but [`Refusal::Unavailable`]. How an issuer is reached
//! is `http`'s.

mod heard;
pub(crate) mod http;
mod keys;
mod listen;
mod lists;
mod moment;

use std::sync::Arc;

use countersign_proto::{
    error_code::ErrorCode,
    jose::{AccessClaims, Expected, TokenError, verify_access_token},
};

use crate::Clock;
use heard::Heard;
use keys::Keys;
use lists::Lists;
use moment::Say;

/// Clocks that differ by so many seconds are tolerated.
const LEEWAY: i64 = 10;

/// Whose tokens are taken, and how.
#[derive(Clone)]
#[non_exhaustive]
pub struct Issuer {
    /// The server's `public_url`, exactly.
    pub issuer: String,
    /// Its `audience`; where it has none, the issuer.
    pub audience: String,
    /// Where it is reached from here, if not under its own name.
    pub reach_at: Option<String>,
    /// An API key with the scope `revocations`: listens to the stream, and knows of what is taken
    /// back within the second.
    pub api_key: Option<String>,
    /// Whether a token that names no status list is refused where no stream is heard. True.
    pub require_status: bool,
    /// Seconds between two signs of life of the stream; after three it is not relied on. 5.
    pub heartbeat_seconds: u32,
    /// The time. The machine's.
    pub clock: Clock,
}

impl Issuer {
    /// Tokens of this issuer for this audience; by status lists, no stream.
    pub fn new(issuer: impl Into<String>, audience: impl Into<String>) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            reach_at: None,
            api_key: None,
            require_status: true,
            heartbeat_seconds: 5,
            clock: Clock::system(),
        }
    }
}

/// What there is no issuer at, or no way to reach.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NoIssuer(String);

/// Why a token is not accepted. No text repeats anything of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No token was presented, or not as `Authorization: Bearer`.
    #[error("present a token as `Authorization: Bearer`")]
    Absent,
    /// The token is not good.
    #[error("{0}")]
    Token(#[from] TokenError),
    /// It was taken back.
    #[error("the token was revoked")]
    Revoked,
    /// It does not say where its status is, or not as it must.
    #[error("the token does not say where its status is")]
    Status,
    /// The user does not have the role.
    #[error("this needs a role that the user does not have")]
    Role,
    /// Whether it is good cannot be known now.
    #[error("the token cannot be judged now")]
    Unavailable,
}

impl Refusal {
    /// The registered code, which has its HTTP status.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Absent => ErrorCode::AuthenticationRequired,
            Self::Token(_) | Self::Revoked | Self::Status => ErrorCode::InvalidToken,
            Self::Role => ErrorCode::AccessDenied,
            Self::Unavailable => ErrorCode::TemporarilyUnavailable,
        }
    }
}

/// What an issuer answered. Without a body: what we have is good still.
#[derive(Debug, Default, Clone)]
struct Fetched {
    body: Option<String>,
    tag: Option<String>,
    max_age: Option<u64>,
}

/// How an issuer is reached. An error says why not, for the log.
trait Reach: Send + Sync + 'static {
    type Words: Words;

    /// What is at this path, at most so many bytes; nothing if it is what `tag` names.
    fn fetch(
        &self,
        path: &str,
        tag: Option<&str>,
        limit: usize,
    ) -> impl Future<Output = Result<Fetched, String>> + Send;

    /// The stream, after `last`.
    fn listen(
        &self,
        last: Option<&str>,
    ) -> impl Future<Output = Result<Self::Words, String>> + Send;
}

/// What comes of a stream, in pieces.
trait Words: Send {
    /// The next piece; nothing at its end.
    fn more(&mut self) -> impl Future<Output = Result<Option<Vec<u8>>, String>> + Send;
}

/// Everything that is known of one issuer.
struct Known<R> {
    of: Issuer,
    reach: Arc<R>,
    keys: Arc<Keys>,
    lists: Lists,
    heard: Option<Arc<Heard>>,
}

impl<R: Reach> Known<R> {
    fn new(of: Issuer, reach: Arc<R>) -> Self {
        let say = Arc::new(Say::default());
        let keys = Arc::new(Keys::new(of.clock.clone(), Arc::clone(&say)));
        let silence = f64::from(of.heartbeat_seconds) * 3.0;
        let heard = of.api_key.as_ref().map(|_| Arc::new(Heard::new(of.clock.clone(), silence)));
        let lists = Lists::new(&of, Arc::clone(&keys), say);
        Self { of, reach, keys, lists, heard }
    }

    /// The claims of a token that is good now.
    async fn verify(&self, token: &str) -> Result<AccessClaims, Refusal> {
        let expected = Expected {
            leeway: LEEWAY,
            ..Expected::of::<AccessClaims>(&self.of.issuer, &self.of.audience)
        };
        let now = self.of.clock.now();
        let check = |keys: &_| verify_access_token(token, keys, &expected, now);
        let unknown = |why: &TokenError| *why == TokenError::UnknownKey;
        let opened = self.keys.open(&*self.reach, check, unknown).await;
        let claims = opened.ok_or(Refusal::Unavailable)??;
        self.ask_whether_revoked(&claims).await?;
        Ok(claims)
    }

    /// What the stream said stays true; only while it is heard is its silence an answer.
    async fn ask_whether_revoked(&self, claims: &AccessClaims) -> Result<(), Refusal> {
        if let Some(heard) = &self.heard {
            if heard.has_ended(claims) {
                return Err(Refusal::Revoked);
            }
            if heard.is_heard() {
                return Ok(());
            }
        }
        match &claims.status {
            Some(status) => self.lists.ask(&*self.reach, &status.status_list).await,
            None if self.of.require_status => Err(Refusal::Status),
            None if self.heard.is_some() => Err(Refusal::Unavailable),
            None => Ok(()),
        }
    }
}
