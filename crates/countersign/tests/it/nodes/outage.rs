//! A database that hangs, refuses or comes back: who needs it is told so in bounded time, nothing is
//! granted, and nobody has to restart anything.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{body::Body, http::Method};
use serde_json::json;

use crate::{
    browser::headers::PAGES,
    http::document::{document, filled, operations},
    support::{
        Answer, App, Browser, Caller, Database, PASSWORD, Proxy, Session, User, at_once,
        with_status,
    },
};

/// No answer takes longer than this: a statement under way is waited for.
const BOUND: Duration = Duration::from_secs(12);

/// A process whose way to its database can be shut, and people it knows.
struct Stage {
    proxy: Arc<Proxy>,
    app: App,
    /// Known to this process.
    miguel: User,
    session: Session,
    key: Caller,
    root: User,
    browser: Browser,
    /// A process on the same database whose way is never shut.
    elsewhere: App,
}

type Request = Pin<Box<dyn Future<Output = Answer> + Send>>;

impl Stage {
    async fn set(max_lag: u32) -> Self {
        let database = Database::postgres().await;
        let proxy = Arc::new(Proxy::to(database.host().to_owned()).await);
        let behind = database.by_way_of(&proxy.address(), "");
        let elsewhere = database.app().await;
        let app = behind.app_with(|config| config.max_lag_seconds = max_lag).await;
        let (miguel, root) = (app.user("miguel").await, app.admin().await);
        let session = miguel.log_in().await;
        assert_eq!(session.get("/me").await.status, 200);
        app.auth.roles().grant(root.id.parse().unwrap(), "introspector").await.unwrap();
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let key = app.api_key(&miguel.key("account").await.key);
        assert_eq!(key.get("/me").await.status, 200);
        Self { key, elsewhere, proxy, app, miguel, session, root, browser }
    }

    /// One request of each kind that needs the database, new ones each time.
    async fn needy(&self, round: usize) -> Vec<(&'static str, Request)> {
        let fresh = self.miguel.log_in().await;
        let stranger = self.elsewhere.user(&format!("stranger-{round}")).await.log_in().await;
        let stranger = self.app.bearer(&stranger.access);
        let (bearer, nobody) = (self.app.bearer(&fresh.access), self.app.anonymous());
        // Shown for the first time: this process does not know them by heart.
        let key = self.app.api_key(&self.miguel.key("account").await.key);
        let service = self.app.api_key(&self.root.key("introspector").await.key);
        let miguel = self.miguel.clone();
        let (refresh, access) = (fresh.refresh.clone(), fresh.access.clone());
        let name = format!("new-{round}");
        let (ending, revoking) = (self.miguel.log_in().await, self.miguel.log_in().await);
        let (no, forgotten) = (nobody.clone(), nobody.clone());
        let (last, json) = (bearer.clone(), json!({"username": name, "password": PASSWORD}));
        let mut requests = self.by_browser().await;
        let by_api: Vec<(_, Request)> = vec![
            ("a log-in", Box::pin(async move { miguel.post("/api/tokens", &json!({})).await })),
            ("an unknown user's token", Box::pin(async move { stranger.get("/me").await })),
            ("a refresh", Box::pin(async move { no.refresh(&refresh).await })),
            ("a sign-up", Box::pin(async move { nobody.post("/api/users", &json).await })),
            ("an API key", Box::pin(async move { key.get("/me").await })),
            (
                "an introspection",
                Box::pin(async move { service.form("/oauth/introspect", &access).await }),
            ),
            ("a log-out", Box::pin(async move { ending.delete("/api/tokens").await })),
            (
                "a revocation",
                Box::pin(async move { forgotten.form("/oauth/revoke", &revoking.access).await }),
            ),
            ("a renewal", Box::pin(async move { bearer.post("/api/tokens", &json!({})).await })),
            (
                "a new key",
                Box::pin(async move { last.post("/api/me/api-keys", &json!({"name": "k"})).await }),
            ),
        ];
        requests.extend(by_api);
        requests
    }

    async fn by_browser(&self) -> Vec<(&'static str, Request)> {
        let (mut visitor, mut browser) = (self.app.browser(), self.browser.clone());
        let csrf = browser.csrf_token("/account").await;
        vec![
            ("the log-in page", Box::pin(async move { visitor.log_in("miguel").await })),
            ("a page", Box::pin(async move { browser.open("/account").await })),
            (
                "a form",
                Box::pin({
                    let mut browser = self.browser.clone();
                    async move {
                        let fields = [("csrf_token", csrf.as_str()), ("language", "de")];
                        browser.submit("/account/language", &fields).await
                    }
                }),
            ),
        ]
    }

    /// What is answered from memory.
    async fn is_answered_from_memory(&self) {
        assert_eq!(self.session.get("/me").await.status, 200);
        assert_eq!(self.key.get("/me").await.status, 200);
        assert_eq!(self.app.anonymous().get("/.well-known/jwks.json").await.status, 200);
        assert_eq!(self.app.anonymous().get("/me").await.status, 401);
        assert_eq!(self.app.bearer("x.y.z").get("/me").await.status, 401);
        assert_eq!(self.app.browser().open("/login").await.status, 200);
    }

    /// All of it is answered as ever, at the latest after some seconds.
    async fn recovers(&self, what: &str) {
        let begun = Instant::now();
        let patient = Duration::from_secs(5);
        while self.miguel.post("/api/tokens", &json!({})).await.status != 200
            || self.key.get("/me").await.status != 200
        {
            assert!(begun.elapsed() < patient, "{what}: no recovery");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (kind, request) in self.needy(1000 + what.len()).await {
            let answer = request.await;
            assert!(answer.status < 400, "{what}: {kind}: {answer:?}");
        }
    }
}

fn is_refused(kind: &str, answer: &Answer) {
    assert_eq!(answer.status, 503, "{kind}: {answer:?}");
    let seconds: u32 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{kind}: {answer:?}");
    assert!(
        answer.cookies().iter().all(|(name, ..)| !name.contains("session")),
        "{kind}: {answer:?}"
    );
    for word in ["access_token", "csk_", "127.0.0.1:", "SQLSTATE", "PostgreSQL"] {
        assert!(!answer.text().contains(word), "{kind}: {answer:?}");
    }
}

/// Sends all at the same time; each is refused within the bound.
async fn all_are_refused(requests: Vec<(&'static str, Request)>) -> Duration {
    let begun = Instant::now();
    let sent: Vec<_> =
        requests.into_iter().map(|(kind, request)| (kind, tokio::spawn(request))).collect();
    for (kind, answer) in sent {
        is_refused(kind, &answer.await.unwrap());
    }
    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_hangs_who_needs_it_gets_503_and_the_others_their_answer() {
    let stage = Stage::set(60).await;
    for round in 0..2 {
        let requests = stage.needy(round).await;
        // As many connections as there may be, and all of them idle.
        let writes = at_once(60, |_| {
            let miguel = stage.miguel.clone();
            async move { miguel.post("/api/tokens", &json!({})).await }
        });
        assert_eq!(with_status(&writes.await, 200), 60);

        stage.proxy.stick();
        let refused = all_are_refused(requests);
        let (_, ()) = tokio::join!(refused, stage.is_answered_from_memory());
        assert!(stage.app.auth.ready().await.is_err());
        stage.is_answered_from_memory().await;

        if round == 0 {
            stage.proxy.open();
            stage.recovers("a pause").await;
        } else {
            stage.proxy.open_anew();
            stage.recovers("connections that will never be answered").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_under_way_when_the_database_hangs_ends_in_bounded_time() {
    let stage = Stage::set(60).await;
    let sessions: Vec<_> = sessions_of(&stage, 40).await;
    let begun = Instant::now();

    let answers = at_once(120, |n| {
        let (proxy, session, miguel) =
            (stage.proxy.clone(), sessions[n % 40].clone(), stage.miguel.clone());
        let nobody = stage.app.anonymous();
        async move {
            if n == 60 {
                proxy.stick();
            }
            match n % 3 {
                0 => nobody.refresh(&session.refresh).await,
                1 => session.delete("/api/tokens").await,
                _ => miguel.post("/api/tokens", &json!({})).await,
            }
        }
    })
    .await;

    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    for answer in answers {
        match answer.status {
            503 => is_refused("under way", &answer),
            status => assert!([200, 204, 400, 401].contains(&status), "{answer:?}"),
        }
    }
    stage.proxy.open_anew();
    stage.recovers("what was under way").await;
}

async fn sessions_of(stage: &Stage, count: usize) -> Vec<Session> {
    let mut sessions = Vec::new();
    for _ in 0..count {
        sessions.push(stage.miguel.log_in().await);
    }
    sessions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_statements_wait_for_locks_who_needs_them_gets_503() {
    let stage = Stage::set(60).await;
    let requests = stage.needy(0).await;
    let tables = "users, sessions, refresh_tokens, api_keys, changes";
    let lock = format!("LOCK TABLE {tables} IN ACCESS EXCLUSIVE MODE");

    let held = stage.elsewhere.db.hold(&[lock]).await;
    all_are_refused(requests).await;
    stage.is_answered_from_memory().await;
    held.commit().await;

    stage.recovers("locks").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_wait_for_the_same_lock_are_told_together_that_it_cannot_be_had() {
    let stage = Stage::set(60).await;
    // Indexes of a status list that were taken an hour ago are not handed out.
    stage.app.pass(3601);
    let lock = "LOCK TABLE status_lists IN ACCESS EXCLUSIVE MODE".to_owned();
    let held = stage.elsewhere.db.hold(&[lock]).await;
    let begun = Instant::now();

    let answers = at_once(8, |_| {
        let miguel = stage.miguel.clone();
        async move { miguel.post("/api/tokens", &json!({})).await }
    })
    .await;

    assert!(begun.elapsed() < BOUND, "{:?}", begun.elapsed());
    answers.iter().for_each(|answer| is_refused("a log-in", answer));
    held.commit().await;
    stage.miguel.log_in().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_database_refuses_who_needs_it_gets_503_and_the_others_their_answer() {
    let stage = Stage::set(60).await;
    let (at_first, later) = (stage.needy(0).await, stage.needy(1).await);

    stage.proxy.close();
    all_are_refused(at_first).await;
    let longest = all_are_refused(later).await;
    stage.is_answered_from_memory().await;

    assert!(longest < Duration::from_secs(5), "there is nothing to wait for: {longest:?}");
    stage.proxy.open();
    stage.recovers("a restart of the database").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_the_database_for_longer_than_max_lag_nobody_is_let_in() {
    let stage = Stage::set(2).await;
    stage.proxy.stick();
    assert_eq!(stage.session.get("/me").await.status, 200, "it was heard a moment ago");

    crate::support::becomes(&stage.session, "/me", 503).await;

    is_refused("a token", &stage.session.get("/me").await);
    is_refused("a role", &stage.session.get("/keys").await);
    is_refused("an API key", &stage.key.get("/me").await);
    assert_eq!(stage.app.anonymous().get("/.well-known/jwks.json").await.status, 200);
    stage.proxy.open_anew();
    crate::support::becomes(&stage.session, "/me", 200).await;
    stage.recovers("an absence").await;
}

/// Every route and every page with every kind of caller: there is no 5xx but 503, and it says when.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_route_and_no_page_fails_otherwise_than_by_503() {
    let stage = Stage::set(60).await;
    let routes = operations(&document(&stage.app).await);
    let root = stage.app.basic("root", PASSWORD);
    let admin = root.post("/api/tokens", &json!({})).await.body["access_token"].clone();
    let admin = stage.app.bearer(admin.as_str().unwrap());
    assert_eq!(admin.get("/me").await.status, 200);
    stage.proxy.close();

    let mut count = BTreeMap::new();
    let callers = [stage.app.anonymous(), (*stage.session).clone(), admin, stage.key.clone(), root];
    for (method, path) in routes {
        for caller in &callers {
            let caller = if method == Method::GET { caller.clone() } else { caller.json() };
            let answer = caller.send(method.clone(), &filled(&path), Body::from("{}")).await;
            judge(&format!("{method} {path}"), &answer);
            let needs_nothing = method == Method::GET || path == "/api/sign-up/challenge";
            let is_done = answer.status < 300 && !needs_nothing;
            assert!(!is_done, "{method} {path} cannot be done: {answer:?}");
            *count.entry(answer.status).or_insert(0) += 1;
        }
    }
    for path in PAGES {
        for browser in [stage.app.browser(), stage.browser.clone()] {
            let answer = browser.clone().open(&filled(path)).await;
            judge(path, &answer);
            let posted = browser.clone().submit(&filled(path), &[("login", "miguel")]).await;
            judge(path, &posted);
            *count.entry(answer.status).or_insert(0) += 1;
        }
    }
    assert!(count[&503] > 60, "{count:?}");
}

fn judge(what: &str, answer: &Answer) {
    if answer.status >= 500 {
        is_refused(what, answer);
    }
    assert!(answer.status != 408 && answer.status != 429, "{what}: {answer:?}");
}
