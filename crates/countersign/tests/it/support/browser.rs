//! A browser: a jar of cookies, the headers a browser sends, and forms.

use std::collections::BTreeMap;

use axum::{body::Body, http::Method};

use super::{Answer, App, Caller, PASSWORD};

#[derive(Clone)]
pub(crate) struct Browser {
    caller: Caller,
    pub(crate) cookies: BTreeMap<String, String>,
    /// What a browser says of the page that makes a request.
    site: Vec<(&'static str, String)>,
}

impl App {
    /// A browser that was never here before, looking at pages of this service.
    pub(crate) fn browser(&self) -> Browser {
        let caller = self.anonymous().agent("Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0");
        let site = [("sec-fetch-site", "same-origin"), ("host", "127.0.0.1:8080")];
        let site = site.map(|(name, value)| (name, value.to_owned())).to_vec();
        Browser { caller, cookies: BTreeMap::new(), site }
    }
}

impl Browser {
    /// The same browser, with other words on where its requests come from.
    pub(crate) fn saying(&self, site: &[(&'static str, &str)]) -> Self {
        let site = site.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Self { site, ..self.clone() }
    }

    pub(crate) fn from(&self, address: impl Into<std::net::IpAddr>) -> Self {
        Self { caller: self.caller.from(address), ..self.clone() }
    }

    pub(crate) fn header(&self, name: &str, value: &str) -> Self {
        Self { caller: self.caller.header(name, value), ..self.clone() }
    }

    /// Opens a page.
    pub(crate) async fn open(&mut self, path: &str) -> Answer {
        let caller = self.caller.header("accept", "text/html,*/*;q=0.8");
        self.send_by(caller, Method::GET, path, Body::empty()).await
    }

    /// A request of a script.
    pub(crate) async fn fetch(&mut self, method: Method, path: &str, json: Option<&str>) -> Answer {
        let caller = match json {
            Some(_) => self.caller.json(),
            None => self.caller.clone(),
        };
        let body = json.unwrap_or_default().to_owned();
        self.send_by(caller, method, path, body.into()).await
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.fetch(Method::GET, path, None).await
    }

    /// Sends a form.
    pub(crate) async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let caller = self.caller.header("content-type", "application/x-www-form-urlencoded");
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let caller = caller.header("accept", "text/html,*/*;q=0.8");
        self.send_by(caller, Method::POST, path, form.into()).await
    }

    /// Sends a request with this body and content type.
    pub(crate) async fn post_as(&mut self, kind: &str, path: &str, body: &str) -> Answer {
        let caller = self.caller.header("content-type", kind);
        self.send_by(caller, Method::POST, path, body.to_owned().into()).await
    }

    async fn send_by(
        &mut self,
        mut caller: Caller,
        method: Method,
        path: &str,
        body: Body,
    ) -> Answer {
        for (name, value) in &self.site {
            caller = caller.header(name, value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            caller = caller.header("cookie", pairs.join("; "));
        }
        let answer = caller.send(method, path, body).await;
        for (name, value, ends) in answer.cookies() {
            if ends {
                self.cookies.remove(&name);
            } else {
                self.cookies.insert(name, value);
            }
        }
        answer
    }

    pub(crate) async fn log_in(&mut self, name: &str) -> Answer {
        self.submit("/login", &[("login", name), ("password", PASSWORD)]).await
    }

    pub(crate) async fn log_in_remembered(&mut self, name: &str) -> Answer {
        self.submit("/login", &[("login", name), ("password", PASSWORD), ("remember", "on")]).await
    }

    /// The cookie of the session.
    pub(crate) fn session(&self) -> Option<String> {
        self.cookies.get("__Host-session").cloned()
    }

    /// Who the browser is logged in as, by a route of the application; `nobody` if by nobody.
    pub(crate) async fn who(&mut self) -> String {
        self.get("/who").await.text()
    }

    /// The token in a page's forms.
    pub(crate) async fn csrf_token(&mut self, path: &str) -> String {
        let page = self.open(path).await.text();
        let (_, rest) = page.split_once("name=\"csrf_token\"").expect("a form with a token");
        let (_, rest) = rest.split_once("value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

impl Answer {
    /// Name, value, and whether it is taken away.
    pub(crate) fn cookies(&self) -> Vec<(String, String, bool)> {
        self.headers
            .get_all("set-cookie")
            .iter()
            .map(|value| {
                let text = value.to_str().unwrap();
                let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
                let (name, value) = pair.split_once('=').unwrap();
                (name.to_owned(), value.to_owned(), attributes.contains("Max-Age=0"))
            })
            .collect()
    }

    /// Where it sends the browser.
    pub(crate) fn location(&self) -> &str {
        assert_eq!(self.status, 303, "{self:?}");
        self.header("location")
    }
}
