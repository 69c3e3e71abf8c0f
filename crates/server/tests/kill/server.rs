//! The real binary, killed by its process id, and a client of it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Where the data live from one start to the next.
pub(crate) struct Database {
    url: String,
    pub(crate) folder: TempDir,
}

impl Database {
    /// `{folder}` in the URL stands for a folder of its own.
    pub(crate) fn at(url: &str) -> Self {
        let folder = TempDir::with_prefix("countersign-kill-").unwrap();
        let url = url.replace("{folder}", &folder.path().display().to_string());
        Self { url, folder }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) fn secret(&self) -> PathBuf {
        self.folder.path().join("secret.key")
    }
}

/// A running server. SIGKILL ends it when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts it and waits for its word that it is ready.
    pub(crate) fn start(database: &Database) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
            .args(["serve", "--json", "--listen", "127.0.0.1:0", "--throttle-mode", "off"])
            .args(["--hashing-memory-kib", "8", "--hashing-iterations", "1"])
            .args(["--public-url", "http://kill.test", "--log-filter", "error"])
            .arg("--secret-file")
            .arg(database.secret())
            .env("COUNTERSIGN_DATABASE", database.url())
            .current_dir(database.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the server did not start again: {line:?}"));
        let address = ready["address"].as_str().unwrap().parse().unwrap();
        Self { child, address }
    }

    pub(crate) fn client(&self) -> Client {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Client { agent, base: format!("http://{}", self.address) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Asks one server.
#[derive(Clone)]
pub(crate) struct Client {
    agent: ureq::Agent,
    base: String,
}

/// Why there is no success.
#[derive(Debug)]
pub(crate) enum No {
    /// The server said no, with this status and body.
    Refused(u16, String),
    /// The server said nothing: it is dead.
    Silence,
}

impl std::fmt::Display for No {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(status, body) => write!(f, "{status} {body}"),
            Self::Silence => f.write_str("no answer"),
        }
    }
}

type Answer<T> = Result<T, No>;

impl Client {
    pub(crate) fn sign_up(&self, name: &str, password: &str) -> Answer<()> {
        let body = json!({ "username": name, "password": password });
        self.call("POST", "/api/users", None, Some(&body)).map(drop)
    }

    /// Access and refresh token.
    pub(crate) fn login(&self, name: &str, password: &str) -> Answer<(String, String)> {
        let body = json!({ "username": name, "password": password });
        self.call("POST", "/api/tokens", None, Some(&body)).map(|set| tokens(&set))
    }

    pub(crate) fn refresh(&self, token: &str) -> Answer<(String, String)> {
        let body = json!({ "refresh_token": token });
        self.call("POST", "/api/tokens/refresh", None, Some(&body)).map(|set| tokens(&set))
    }

    pub(crate) fn log_out(&self, access: &str) -> Answer<()> {
        self.call("DELETE", "/api/tokens", Some(&bearer(access)), None).map(drop)
    }

    pub(crate) fn change_password(&self, name: &str, old: &str, new: &str) -> Answer<()> {
        let body = json!({ "current_password": old, "new_password": new });
        self.call("PUT", "/api/me/password", Some(&basic(name, old)), Some(&body)).map(drop)
    }

    /// Id and key.
    pub(crate) fn make_key(&self, name: &str, password: &str) -> Answer<(String, String)> {
        let body = json!({ "name": "a key" });
        let made =
            self.call("POST", "/api/me/api-keys", Some(&basic(name, password)), Some(&body))?;
        Ok((text(&made, "id"), text(&made, "key")))
    }

    pub(crate) fn revoke_key(&self, name: &str, password: &str, id: &str) -> Answer<()> {
        let path = format!("/api/me/api-keys/{id}");
        self.call("DELETE", &path, Some(&basic(name, password)), None).map(drop)
    }

    /// Whether a bearer token of any kind is accepted.
    pub(crate) fn accepts(&self, token: &str) -> bool {
        self.allows(token, "/api/me")
    }

    /// Whether such a token may see this.
    pub(crate) fn allows(&self, token: &str, path: &str) -> bool {
        match self.call("GET", path, Some(&bearer(token)), None) {
            Ok(_) => true,
            Err(No::Refused(401 | 403, _)) => false,
            Err(other) => panic!("neither accepted nor refused: {other}"),
        }
    }

    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        authorization: Option<&str>,
        body: Option<&Value>,
    ) -> Answer<Value> {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("content-type", "application/json");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut response = self.agent.run(request.body(body).unwrap()).map_err(|_| No::Silence)?;
        let text = response.body_mut().read_to_string().map_err(|_| No::Silence)?;
        let status = response.status().as_u16();
        match status {
            200..300 => Ok(serde_json::from_str(&text).unwrap_or(Value::Null)),
            _ => Err(No::Refused(status, text)),
        }
    }
}

fn tokens(set: &Value) -> (String, String) {
    (text(set, "access_token"), text(set, "refresh_token"))
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("no {member} in {value}")).to_owned()
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    use base64::Engine;
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("{name}:{password}"));
    format!("Basic {pair}")
}
