//! An application with users: one `Auth` on its own database, a clock in the test's hand, a few
//! guarded routes beside the ready-made ones.

use axum::{
    Router,
    routing::{get, post},
};
use countersign::{
    Auth, Builder, Clock, Config, CurrentUser, ProofMode, ViaKind, fresh, proto::password::Params,
    role, scope, signed_in,
};
use serde_json::{Value, json};

use super::{Caller, Database};

/// When every test begins.
pub(crate) const START: i64 = 1_800_000_000;

/// What everybody signs up with.
pub(crate) const PASSWORD: &str = "correct horse battery";

#[derive(Clone)]
pub(crate) struct App {
    pub(crate) auth: Auth,
    pub(crate) db: Database,
    pub(crate) router: Router,
    clock: Clock,
}

impl Database {
    pub(crate) async fn app(&self) -> App {
        self.app_with(|_| {}).await
    }

    pub(crate) async fn app_with(&self, change: impl FnOnce(&mut Config)) -> App {
        self.app_at(Clock::manual(START), change).await
    }

    /// Another process on this database, with the clock of the first.
    pub(crate) async fn app_at(&self, clock: Clock, change: impl FnOnce(&mut Config)) -> App {
        self.app_by(self.builder(clock.clone()).configure(change), clock).await
    }

    /// One that is built otherwise, with this clock.
    pub(crate) async fn app_by(&self, builder: Builder, clock: Clock) -> App {
        let auth = builder.open().await.unwrap();
        App { router: router(&auth), auth, db: self.clone(), clock }
    }

    /// Hashes cost next to nothing, queues are long, a clock that jumps is no lost database, and
    /// any number of accounts is made from one address.
    pub(crate) fn builder(&self, clock: Clock) -> Builder {
        Auth::builder(self.url()).clock(clock).secret([7; 32]).configure(|config| {
            config.hashing.params = Params::new(8, 1, 1).unwrap();
            config.hashing.queue = 4096;
            config.hashing.deadline_ms = 60_000;
            config.max_lag_seconds = u32::MAX;
            config.sign_up.proof = ProofMode::Off;
            config.sign_up.per_address_hour = 0;
        })
    }
}

fn router(auth: &Auth) -> Router {
    let keys = auth.require(role("admin").and(scope("admin")).and(fresh(600)));
    let either = role("auditor").or(scope("audit"));
    let typed = signed_in().via([ViaKind::Password]);
    Router::new()
        .route("/who", get(async |user: Option<CurrentUser>| name_of(user)))
        .route("/me", get(async |user: CurrentUser| user.username))
        .route("/keys", get(async |user: CurrentUser| user.username).route_layer(keys))
        .route("/reports", get(async || "reports").route_layer(auth.require(scope("reports"))))
        .route("/fresh", get(async || "fresh").route_layer(auth.require(fresh(600))))
        .route("/audit", get(async || "audit").route_layer(auth.require(either)))
        .route("/typed", get(async || "typed").route_layer(auth.require(typed)))
        .route(
            "/stream",
            get(async |user: CurrentUser| user.username)
                .route_layer(auth.require(signed_in().or_query_token())),
        )
        .route(
            "/orders",
            post(async |user: CurrentUser, body: String| {
                let item = body.split('&').next().unwrap_or_default().to_owned();
                if user.username.is_empty() { String::new() } else { item }
            })
            .route_layer(auth.require(signed_in())),
        )
        .merge(auth.routes())
        .with_state(auth.clone())
}

fn name_of(user: Option<CurrentUser>) -> String {
    user.map_or_else(|| "nobody".into(), |user| user.username)
}

impl App {
    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.pass(seconds);
    }

    /// Waits until the latest use of a session is noted, which no request waits for.
    pub(crate) async fn touched(&self) {
        let latest = "SELECT CAST(MAX(last_seen_at) AS TEXT) FROM sessions";
        let now = self.clock.now().to_string();
        let begun = std::time::Instant::now();
        while self.db.value(latest).await.as_deref() != Some(&now) {
            assert!(begun.elapsed().as_secs() < 10, "the use of a session is never noted");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// The process ends and another starts on the same database.
    pub(crate) async fn restart(self) -> App {
        let Self { auth, db, router, clock } = self;
        drop((auth, router));
        db.app_at(clock, |_| {}).await
    }

    /// Another process beside this one.
    pub(crate) async fn neighbour(&self) -> App {
        self.neighbour_with(|_| {}).await
    }

    /// The same, configured differently.
    pub(crate) async fn neighbour_with(&self, change: impl FnOnce(&mut Config)) -> App {
        self.db.app_at(self.clock.clone(), change).await
    }

    pub(crate) fn anonymous(&self) -> Caller {
        Caller::anonymous(self)
    }

    pub(crate) fn basic(&self, username: &str, password: &str) -> Caller {
        Caller::anonymous(self).basic(username, password)
    }

    pub(crate) fn bearer(&self, token: &str) -> Caller {
        Caller::anonymous(self).header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn api_key(&self, key: &str) -> Caller {
        Caller::anonymous(self).header("x-api-key", key)
    }

    pub(crate) async fn user(&self, username: &str) -> User {
        self.sign_up(json!({"username": username, "password": PASSWORD})).await
    }

    pub(crate) async fn sign_up(&self, body: Value) -> User {
        let answer = self.anonymous().post("/api/users", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let by_name = answer.body["username"].is_string();
        let name = text(&answer.body[if by_name { "username" } else { "email" }]);
        let caller = self.basic(&name, &text(&body["password"]));
        User { id: text(&answer.body["id"]), caller, app: self.clone() }
    }

    /// A user who may administer.
    pub(crate) async fn admin(&self) -> User {
        let user = self.user("root").await;
        self.auth.roles().grant(user.id.parse().unwrap(), "admin").await.unwrap();
        user
    }
}

/// Somebody who signed up, calling with their password.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) id: String,
    caller: Caller,
    app: App,
}

impl std::ops::Deref for User {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl User {
    /// Somebody who was given an account with the password everybody has.
    pub(crate) fn known(app: &App, id: &str, name: &str) -> Self {
        Self { id: id.to_owned(), caller: app.basic(name, PASSWORD), app: app.clone() }
    }

    /// A session with its tokens.
    pub(crate) async fn log_in(&self) -> Session {
        self.log_in_for(json!({})).await
    }

    pub(crate) async fn log_in_for(&self, grant: Value) -> Session {
        let answer = self.post("/api/tokens", &grant).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Session::of(&self.app, &answer.body)
    }

    /// An API key with this scope.
    pub(crate) async fn key(&self, scope: &str) -> Key {
        let body = json!({"name": "a key", "scope": scope});
        let answer = self.post("/api/me/api-keys", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Key { key: text(&answer.body["key"]), id: text(&answer.body["id"]) }
    }

    pub(crate) async fn change_password(&self, new: &str) -> u16 {
        let body = json!({"current_password": PASSWORD, "new_password": new});
        self.put("/api/me/password", &body).await.status
    }
}

pub(crate) struct Key {
    pub(crate) key: String,
    pub(crate) id: String,
}

/// What a sign-in gave, calling with its access token.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) id: String,
    caller: Caller,
    app: App,
}

impl std::ops::Deref for Session {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Session {
    pub(crate) fn of(app: &App, body: &Value) -> Self {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let access = text("access_token");
        Self {
            caller: app.bearer(&access),
            access,
            refresh: text("refresh_token"),
            id: text("session_id"),
            app: app.clone(),
        }
    }

    /// The next session state, bought with the refresh token.
    pub(crate) async fn refreshed(&self) -> Self {
        let answer = self.app.anonymous().refresh(&self.refresh).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        Self::of(&self.app, &answer.body)
    }

    /// The status of a request with the access token, and of a use of the refresh token.
    pub(crate) async fn alive(&self) -> (u16, u16) {
        let access = self.get("/api/me").await.status;
        (access, self.app.anonymous().refresh(&self.refresh).await.status)
    }

    /// The `jti` of the access token.
    pub(crate) fn jti(&self) -> String {
        self.claims()["jti"].as_str().unwrap().to_owned()
    }

    /// What the access token says, unverified.
    pub(crate) fn claims(&self) -> Value {
        part(&self.access, 1)
    }

    /// The `kid` of the access token.
    pub(crate) fn kid(&self) -> String {
        part(&self.access, 0)["kid"].as_str().unwrap().to_owned()
    }
}

fn part(token: &str, number: usize) -> Value {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
