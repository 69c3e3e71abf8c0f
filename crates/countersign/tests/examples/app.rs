//! An example as a process: started on a free port in a folder of its own, asked over HTTP, ended
//! when dropped.

use std::{
    fs::File,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    http::{HeaderMap, Request, header},
};
use http_body_util::{BodyExt, Full};
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use serde_json::Value;

/// A slow machine that builds beside the tests must not fail them.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct App {
    process: Child,
    pub(crate) url: String,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The cookies it sets, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let set = self.headers.get_all(header::SET_COOKIE).iter();
        let pairs = set.map(|value| value.to_str().unwrap().split(';').next().unwrap());
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// A member that is a text.
    pub(crate) fn text_of(&self, member: &str) -> String {
        self.json()[member].as_str().unwrap().to_owned()
    }
}

/// The program of an example. `cargo test` builds it when it is not told which targets to take.
pub(crate) fn program(example: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let path = tests.parent().unwrap().parent().unwrap().join("examples").join(example);
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("examples/{example}.rs"));
    let written = |path: &Path| path.metadata().and_then(|file| file.modified());
    let built = written(&path).is_ok_and(|built| built >= written(&source).unwrap());
    assert!(built, "{example} is not built, or not of late: run `cargo build --examples` first");
    path
}

impl App {
    /// Starts an example and waits until it takes connections.
    pub(crate) fn start(example: &str, folder: &Path, settings: &[(&str, &str)]) -> Self {
        let address = free_address();
        let mut command = Command::new(program(example));
        command.current_dir(folder).env("ADDRESS", address.to_string());
        command.envs(settings.iter().copied());
        let errors = folder.join(format!("{example}.stderr"));
        command.stdin(Stdio::null()).stderr(File::create(&errors).unwrap());
        let mut app = Self { process: command.spawn().unwrap(), url: format!("http://{address}") };
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            let ended = app.process.try_wait().unwrap();
            let said = || std::fs::read_to_string(&errors).unwrap();
            assert!(ended.is_none(), "{example} ended at once: {}", said());
            assert!(begun.elapsed() < PATIENCE, "{example} does not listen: {}", said());
            thread::sleep(Duration::from_millis(10));
        }
        app
    }

    pub(crate) async fn get(&self, path: &str, authorization: &str) -> Answer {
        self.ask(("GET", path), authorization, None).await
    }

    pub(crate) async fn post(&self, path: &str, authorization: &str, body: Value) -> Answer {
        self.ask(("POST", path), authorization, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str, authorization: &str) -> Answer {
        self.ask(("DELETE", path), authorization, None).await
    }

    /// One request with a JSON body; an empty `authorization` is none.
    async fn ask(
        &self,
        (method, path): (&str, &str),
        authorization: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if !authorization.is_empty() {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|json| json.to_string()).unwrap_or_default();
        self.send(request.body(Full::new(Bytes::from(body))).unwrap()).await
    }

    /// A request as a browser makes it: to look at a page, or with a form from the page of `origin`.
    pub(crate) async fn browse(
        &self,
        path: &str,
        cookies: &str,
        form: Option<(&str, &str)>,
    ) -> Answer {
        let uri = format!("{}{path}", self.url);
        let method = if form.is_some() { "POST" } else { "GET" };
        let request = Request::builder().method(method).uri(uri).header(header::COOKIE, cookies);
        let mut request = request.header(header::ACCEPT, "text/html");
        if let Some((origin, _)) = form {
            request = request.header(header::ORIGIN, origin);
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = form.map(|(_, body)| body.to_owned()).unwrap_or_default();
        self.send(request.body(Full::new(Bytes::from(body))).unwrap()).await
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (parts, body) = client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.into()).unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, text }
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}
