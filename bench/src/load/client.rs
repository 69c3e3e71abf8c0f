//! One client: its connection, its credentials, and what it makes of an answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::{
    HeaderMap, Method, Request, Response, Uri,
    body::{Bytes, Incoming},
    header::{HOST, HeaderName, HeaderValue, RETRY_AFTER, SET_COOKIE},
};
use tokio::time::{sleep, timeout};

use super::connection::{Arrival, Sender, connect};
use crate::{
    job::Job,
    peer::{Ask, Peer, Template, Values},
};

/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_secs(30);
/// Credentials are not what is measured: a server that is busy is asked again, so often.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(100);
/// How much of a wrong answer is shown.
const SHOWN: usize = 200;
/// Neighbours in time are no neighbours in the table.
const STRIDE: u64 = 7919;

/// What all clients of one contestant share.
pub struct Crowd {
    /// Whom they ask.
    pub peer: Arc<Peer>,
    /// Where it is.
    pub address: SocketAddr,
    /// What placeholders stand for, whoever asks.
    pub values: Values,
    /// How many users there are.
    pub users: AtomicU64,
    /// Counts logins and new names.
    pub count: AtomicU64,
}

/// What came of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Answered,
    /// 503 with a time to come back, which is after so long.
    Refused(Duration),
}

/// Whether one may be told to come back later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// That is as wrong as any other answer.
    Never,
    /// One does, after so long.
    After(Duration),
}

impl Later {
    /// How long it is until one comes back.
    pub(super) fn pause(self) -> Duration {
        match self {
            Self::Never => Duration::ZERO,
            Self::After(pause) => pause,
        }
    }
}

/// Somebody with credentials of their own.
pub struct Client {
    crowd: Arc<Crowd>,
    values: Values,
    taken: BTreeSet<usize>,
    connection: Option<Sender>,
    arrival: Arrival,
    made: Option<(Job, Arc<Made>)>,
}

/// A request that is ready to be sent, and what its answer must be.
struct Made {
    what: String,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
    status: u16,
    body_has: Option<String>,
    header_has: Vec<(HeaderName, HeaderValue)>,
}

impl Crowd {
    /// The name of the user with this number, from 0.
    pub fn user(number: u64) -> String {
        format!("u{:06}", number + 1)
    }

    fn size(&self) -> u64 {
        self.users.load(Ordering::Relaxed).max(1)
    }

    fn another(&self) -> u64 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }
}

impl Client {
    /// The client with this number; each has another user.
    pub fn new(crowd: &Arc<Crowd>, number: u64) -> Self {
        let octet = |shift: u32| (number >> shift) & 255;
        let values = Values::from([
            ("user".to_owned(), Crowd::user(number % crowd.size())),
            ("address".to_owned(), format!("10.{}.{}.{}", octet(16), octet(8), octet(0))),
        ]);
        let crowd = Arc::clone(crowd);
        Self {
            crowd,
            values,
            taken: BTreeSet::new(),
            connection: None,
            arrival: Arrival::new(),
            made: None,
        }
    }

    /// Makes it somebody else: from now on it asks with these values.
    pub fn pose_as(&mut self, values: Values) {
        self.values.extend(values);
        self.made = None;
    }

    /// Gets what `job` needs, unless it has that already.
    ///
    /// # Errors
    /// When an answer on the way is not as expected.
    pub async fn begin(&mut self, job: Job) -> Result<()> {
        let peer = Arc::clone(&self.crowd.peer);
        for at in peer.steps_for(job) {
            if !self.taken.contains(&at) && !self.has_all(&peer.begin[at].ask) {
                self.step(&peer.begin[at].ask).await?;
            }
            self.taken.insert(at);
        }
        Ok(())
    }

    /// One step; whoever is told to come back later does.
    async fn step(&mut self, ask: &Ask) -> Result<()> {
        let made = self.make(ask, None)?;
        for _ in 0..TRIES {
            match self.exchange(&made, ask, Later::After(PAUSE)).await? {
                Outcome::Answered => return Ok(()),
                Outcome::Refused(pause) => sleep(pause).await,
            }
        }
        bail!("{} was answered 503 {TRIES} times", made.what)
    }

    fn has_all(&self, ask: &Ask) -> bool {
        !ask.take.is_empty() && ask.take.keys().all(|name| self.values.contains_key(name))
    }

    /// Forgets its connection; the next request makes another.
    pub fn disconnect(&mut self) {
        self.connection = None;
    }

    /// When its last answer had arrived, whenever it was read.
    pub(super) fn heard(&self) -> Instant {
        self.arrival.last()
    }

    /// Does `job` once.
    ///
    /// # Errors
    /// When the answer is not the one expected: it says whose, to what, its status, and how it
    /// begins.
    pub async fn ask(&mut self, job: Job, later: Later) -> Result<Outcome> {
        let peer = Arc::clone(&self.crowd.peer);
        let ask = peer.jobs.get(&job).with_context(|| {
            format!("{} does not say how it is asked for {}", peer.name, job.name())
        })?;
        let made = match &self.made {
            Some((of, made)) if *of == job => Arc::clone(made),
            _ => Arc::new(self.make(ask, Some(job))?),
        };
        let same_again = job != Job::Login && !ask.mentions("fresh") && ask.take.is_empty();
        if same_again && self.made.as_ref().is_none_or(|(of, _)| *of != job) {
            self.made = Some((job, Arc::clone(&made)));
        }
        self.exchange(&made, ask, later).await
    }

    fn make(&self, ask: &Ask, job: Option<Job>) -> Result<Made> {
        let mut passing = Values::new();
        if job == Some(Job::Login) {
            let number = self.crowd.another() * STRIDE % self.crowd.size();
            passing.insert("user".to_owned(), Crowd::user(number));
        }
        if ask.mentions("fresh") {
            let number = self.crowd.another();
            passing.insert("fresh".to_owned(), format!("n{}x{number}", std::process::id()));
        }
        let sources = [&passing, &self.values, &self.crowd.values];
        let name = job.map_or("credentials", Job::name);
        let path = ask.path.fill(&sources)?;
        let mut headers = HeaderMap::new();
        headers.insert(HOST, self.crowd.address.to_string().parse()?);
        headers.extend(fields(&ask.headers, &sources)?);
        let filled = |text: &Option<_>| match text {
            Some(text) => Template::fill(text, &sources).map(Some),
            None => Ok(None),
        };
        Ok(Made {
            what: format!("{}, {name}: {} {path}", self.crowd.peer.name, ask.method),
            method: ask.method.parse()?,
            uri: path.parse()?,
            headers,
            body: filled(&ask.body)?.unwrap_or_default().into(),
            status: ask.status,
            body_has: filled(&ask.body_has)?,
            header_has: fields(&ask.header_has, &sources)?,
        })
    }

    async fn exchange(&mut self, made: &Made, ask: &Ask, later: Later) -> Result<Outcome> {
        let answered = timeout(PATIENCE, self.send(made)).await;
        let answer = answered.map_err(|_| anyhow!("no answer in {PATIENCE:?}"));
        let (head, body) = answer.flatten().with_context(|| made.what.clone())?;
        let status = head.status().as_u16();
        if let Later::After(pause) = later
            && status == 503
            && head.headers().contains_key(RETRY_AFTER)
        {
            return Ok(Outcome::Refused(pause));
        }
        let shown = || String::from_utf8_lossy(&body[..body.len().min(SHOWN)]).into_owned();
        ensure!(
            status == made.status,
            "{} answered {status} where {} is expected: {}",
            made.what,
            made.status,
            shown()
        );
        if let Some(part) = &made.body_has {
            let there = std::str::from_utf8(&body).is_ok_and(|text| text.contains(part.as_str()));
            ensure!(there, "{} answered {status} without {part:?}: {}", made.what, shown());
        }
        for (name, value) in &made.header_has {
            let there = head.headers().get(name) == Some(value);
            ensure!(
                there,
                "{} answered {status} without {name}: {value:?}: {}",
                made.what,
                shown()
            );
        }
        for (name, place) in &ask.take {
            let value = take(place, head.headers(), &body)
                .with_context(|| format!("{} has no {place}: {}", made.what, shown()))?;
            self.values.insert(name.clone(), value);
        }
        Ok(Outcome::Answered)
    }

    async fn send(&mut self, made: &Made) -> Result<(Response<()>, Bytes)> {
        loop {
            let fresh = self.connection.is_none();
            let answer = self.send_once(made).await;
            match answer {
                Ok(Some(answer)) => {
                    let (parts, body) = answer.into_parts();
                    let body = body.collect().await.context("the body breaks off")?.to_bytes();
                    return Ok((Response::from_parts(parts, ()), body));
                }
                // The server has closed a connection that rested; nothing was sent.
                Ok(None) if !fresh => self.connection = None,
                Ok(None) => bail!("the connection is closed at once"),
                Err(why) => return Err(why),
            }
        }
    }

    /// `None`: the request did not leave.
    async fn send_once(&mut self, made: &Made) -> Result<Option<Response<Incoming>>> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            empty => empty.insert(connect(&self.crowd, self.arrival.clone()).await?),
        };
        if connection.ready().await.is_err() {
            return Ok(None);
        }
        let mut request = Request::new(Full::new(made.body.clone()));
        *request.method_mut() = made.method.clone();
        *request.uri_mut() = made.uri.clone();
        *request.headers_mut() = made.headers.clone();
        match connection.try_send_request(request).await {
            Ok(answer) => Ok(Some(answer)),
            Err(mut failure) => match failure.take_message() {
                Some(_) => Ok(None),
                None => Err(failure.into_error()).context("no answer"),
            },
        }
    }
}

fn fields(
    templates: &BTreeMap<String, Template>,
    sources: &[&Values],
) -> Result<Vec<(HeaderName, HeaderValue)>> {
    let filled = templates
        .iter()
        .map(|(name, value)| Ok((name.parse()?, HeaderValue::from_str(&value.fill(sources)?)?)));
    filled.collect()
}

fn take(place: &str, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    match place.split_once(':')? {
        ("json", pointer) => {
            let value: serde_json::Value = serde_json::from_slice(body).ok()?;
            match value.pointer(pointer)? {
                serde_json::Value::String(text) => Some(text.clone()),
                serde_json::Value::Null => None,
                other => Some(other.to_string()),
            }
        }
        ("cookie", name) => headers.get_all(SET_COOKIE).iter().find_map(|set| {
            let (of, value) = set.to_str().ok()?.split(';').next()?.split_once('=')?;
            (of == name).then(|| value.to_owned())
        }),
        ("header", name) => Some(headers.get(name)?.to_str().ok()?.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_taken_from_where_they_are() {
        let mut headers = HeaderMap::new();
        headers.append(SET_COOKIE, "a=1; Path=/".parse().unwrap());
        headers.append(SET_COOKIE, "b=2=; Path=/".parse().unwrap());

        assert_eq!(take("json:/x/0", &headers, br#"{"x":["y"]}"#).unwrap(), "y");
        assert_eq!(take("cookie:b", &headers, b"").unwrap(), "2=");
        assert_eq!(take("header:set-cookie", &headers, b"").unwrap(), "a=1; Path=/");
        assert_eq!(take("json:/y", &headers, br#"{"x":1}"#), None);
    }
}
