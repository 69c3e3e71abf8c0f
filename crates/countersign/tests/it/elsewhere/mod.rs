//! Users of another application, its tables and its tokens.

mod doors;
mod imports;
mod moving;
mod tables;
mod tokens;

use countersign::{
    Client, Clock, Config, Error, ForeignUser, Grant, ImportMode, ImportOptions, Imported,
    TokenSet, UserId, proto::legacy::LegacySecret,
};
use serde_json::Value;

use crate::support::{App, Database, Session};

/// A hash by Werkzeug of [`PASSWORD`](crate::support::PASSWORD), at next to no cost.
pub(super) const HASH: &str = "pbkdf2:sha256:10$oldsalt$\
    0be28054470c9327ec07b09c292f4110e8f38b36f98586445f5a09beba0c9ad1";

/// A token that a library made, and when.
pub(super) struct Old {
    pub(super) token: String,
    pub(super) user: String,
    pub(super) maker: String,
    pub(super) issued: i64,
    pub(super) expires: i64,
}

/// The vectors with this purpose.
pub(super) fn old_tokens(purpose: &str) -> Vec<Old> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let read = |vector: &Value| Old {
        token: text(&vector["token"]),
        user: text(&vector["user"]),
        maker: text(&vector["maker"]),
        issued: vector["issued"].as_i64().unwrap(),
        expires: vector["expires"].as_i64().unwrap(),
    };
    vectors.iter().filter(|vector| vector["purpose"] == purpose).map(read).collect()
}

const VECTORS: &str = include_str!("../../../../proto/tests/vectors/legacy.json");

/// When all of the vectors' tokens are good: seconds after the last was made.
pub(super) fn moving_day() -> i64 {
    old_tokens("access").iter().map(|old| old.issued).max().unwrap() + 2
}

pub(super) fn old_secret() -> LegacySecret {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    LegacySecret::new(file["secret"].as_str().unwrap()).unwrap()
}

/// A day after moving day.
pub(super) fn last_day() -> i64 {
    moving_day() + 86_400
}

impl Database {
    /// An application that accepts the vectors' tokens, on moving day.
    pub(super) async fn moved(&self, change: impl FnOnce(&mut Config)) -> App {
        self.app_at(Clock::manual(moving_day()), |config| {
            config.legacy.secret = Some(old_secret());
            config.legacy.accept_until = Some(last_day());
            change(config);
        })
        .await
    }
}

/// Somebody called `name` who had this id elsewhere.
pub(super) fn foreign(name: &str, id: &str) -> ForeignUser {
    ForeignUser {
        username: Some(name.to_owned()),
        password_hash: HASH.to_owned().into(),
        external_id: (!id.is_empty()).then(|| id.to_owned()),
        ..ForeignUser::default()
    }
}

pub(super) async fn import(app: &App, users: Vec<ForeignUser>) -> Vec<Imported> {
    app.auth.import(ImportOptions::default()).take(users).await.unwrap()
}

pub(super) async fn try_out(app: &App, users: Vec<ForeignUser>) -> Vec<Imported> {
    let options = ImportOptions { mode: ImportMode::DryRun, ..ImportOptions::default() };
    app.auth.import(options).take(users).await.unwrap()
}

/// Everybody whom the vectors' tokens name.
pub(super) async fn import_all(app: &App) {
    let mut users: Vec<String> = old_tokens("access").into_iter().map(|old| old.user).collect();
    users.sort();
    users.dedup();
    let users = users.iter().map(|id| foreign(&format!("user-{id}"), id)).collect();
    let outcomes = import(app, users).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Imported::Taken(_))), "{outcomes:?}");
}

/// An access token for user 1.
pub(super) fn one(maker: &str) -> Old {
    let mut all = old_tokens("access").into_iter();
    all.find(|old| old.user == "1" && old.maker == maker).unwrap()
}

pub(super) async fn id_of_one(app: &App) -> UserId {
    app.auth.users().by_external_id("", "1").await.unwrap().id
}

/// What an old token buys.
pub(super) async fn buy(app: &App, old: &Old) -> Result<TokenSet, Error> {
    let client = Client::default();
    app.auth.legacy_tokens().exchange(&old.token, Grant::default(), &client).await
}

/// The session that an answer of the library opened.
pub(super) fn session(app: &App, tokens: &TokenSet) -> Session {
    Session::of(app, &serde_json::to_value(tokens).unwrap())
}
