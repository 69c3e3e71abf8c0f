//! The smallest set-up: two read-only endpoints on SQLite, `Authorization: Basic`, one of them for
//! a role only. No tokens, no sign-up form; the users are made at start where they are missing.
//!
//! ```console
//! $ READER_PASSWORD='four words of mine' MANAGER_PASSWORD='four words of yours' \
//!       cargo run --example basic_and_role
//! $ curl -u reader:'four words of mine' http://127.0.0.1:3000/stock
//! ```

use std::{env, error::Error};

use axum::{Json, Router, routing::get};
use countersign::{Auth, Client, Confirmed, CurrentUser, NewUser, ViaKind, role, signed_in};
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = setting("ADDRESS", "127.0.0.1:3000");
    let auth = Auth::open(&setting("DATABASE", "sqlite://basic.db")).await?;
    add_if_missing(&auth, "reader", &[]).await?;
    add_if_missing(&auth, "manager", &["sales"]).await?;

    let anybody = auth.require(signed_in().via([ViaKind::Password]));
    let managers = auth.require(role("sales").via([ViaKind::Password]));
    let app = Router::new()
        .route("/stock", get(stock).route_layer(anybody))
        .route("/sales", get(sales).route_layer(managers))
        .with_state(auth);
    countersign::serve(TcpListener::bind(address).await?, app).await?;
    Ok(())
}

async fn stock(user: CurrentUser) -> Json<Value> {
    Json(json!({ "for": user.username, "apples": 12, "pears": 3 }))
}

async fn sales(user: CurrentUser) -> Json<Value> {
    Json(json!({ "for": user.username, "today": 42 }))
}

/// Makes the user with the password in `NAME_PASSWORD`, which is needed at the first start only.
async fn add_if_missing(auth: &Auth, name: &str, roles: &[&str]) -> Result<(), Box<dyn Error>> {
    if auth.users().find(name).await.is_ok() {
        return Ok(());
    }
    let variable = format!("{}_PASSWORD", name.to_uppercase());
    let password = env::var(&variable).map_err(|_| format!("set {variable} to make {name}"))?;
    let user = NewUser {
        username: Some(name.into()),
        password: password.into(),
        roles: roles.iter().map(ToString::to_string).collect(),
        confirmed: Confirmed::Yes,
        ..NewUser::default()
    };
    auth.users().sign_up(user, &Client::default()).await?;
    Ok(())
}

fn setting(name: &str, default: &str) -> String {
    env::var(name).unwrap_or_else(|_| default.into())
}
