//! The contract of Flask-JWT-Extended (`/jwt-extended`).

mod cookies;
mod guarded;
mod names;
mod places;
mod renewed;
mod tokens;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countersign::{Config, NewUser};
use countersign_flask::jwt_extended::{Location, Options, jwt_extended as profile};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database, PASSWORD};

const LOGIN: &str = "/jwt-extended/login";
const REFRESH: &str = "/jwt-extended/refresh";
const PROTECTED: &str = "/jwt-extended/protected";
const FRESH: &str = "/jwt-extended/protected/fresh";
const OPTIONAL: &str = "/jwt-extended/optionally_protected";
const LOGOUT: &str = "/jwt-extended/logout";

const EVERYWHERE: [Location; 4] =
    [Location::Headers, Location::Cookies, Location::Json, Location::QueryString];

async fn app(db: &Database) -> App {
    app_with(db, &[Location::Headers], |_| {}).await
}

async fn app_with(
    db: &Database,
    locations: &[Location],
    configure: impl FnOnce(&mut Config),
) -> App {
    let app = db.app_with(configure).await;
    let mut options = Options::default();
    options.locations = locations.to_vec();
    let routes = profile(&app.auth, options);
    let app = app.with("/jwt-extended", routes);
    let susan = NewUser {
        username: Some("susan".into()),
        password: PASSWORD.to_owned().into(),
        ..NewUser::default()
    };
    if app.auth.users().find("susan").await.is_err() {
        app.auth.users().add_sample(susan).await.unwrap();
    }
    app
}

/// Access and refresh token.
async fn log_in(app: &App) -> (String, String) {
    log_in_at(app, "/jwt-extended").await
}

async fn log_in_at(app: &App, profile: &str) -> (String, String) {
    let body = json!({"username": "susan", "password": PASSWORD});
    let answer = app.anonymous().post(&format!("{profile}/login"), &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let text = |name: &str| answer.body[name].as_str().unwrap().to_owned();
    (text("access_token"), text("refresh_token"))
}

async fn refreshed(app: &App, refresh: &str) -> Answer {
    app.bearer(refresh).post(REFRESH, &json!({})).await
}

fn header(app: &App, value: &str) -> Caller {
    app.anonymous().header("authorization", value)
}

/// Status and message; nothing else is in the body.
fn refusal(answer: &Answer) -> (u16, String) {
    let members = answer.body.as_object().unwrap_or_else(|| panic!("no message: {answer:?}"));
    assert_eq!(members.len(), 1, "{answer:?}");
    assert_eq!(answer.header("content-type"), "application/json");
    (answer.status, members["msg"].as_str().unwrap().to_owned())
}

fn refused(status: u16, text: &str) -> (u16, String) {
    (status, text.into())
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
