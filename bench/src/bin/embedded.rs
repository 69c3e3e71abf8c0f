//! Countersign as a library in an axum application with one route that has to be protected.

use std::{env, error::Error};

use axum::{Router, routing::get};
use clap::Parser;
use countersign::{Auth, CurrentUser, ProofMode};
use tokio::net::TcpListener;

#[derive(Parser)]
struct Cli {
    /// Where to answer
    listen: String,
    /// The database
    database: String,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let Cli { listen, database } = Cli::parse();
    let loopback = "127.0.0.0/8".parse()?;
    let auth = Auth::builder(&database)
        .secret_file(env::var("COUNTERSIGN_SECRET_FILE")?)
        .configure(|config| {
            config.public_url = format!("http://{listen}");
            config.access_token_seconds = 86_400;
            config.hashing.nice = 20;
            config.sign_up.proof = ProofMode::Off;
            config.sign_up.per_address_hour = 0;
            config.trusted_proxies.push(loopback);
        })
        .open()
        .await?;
    let app = Router::new()
        .route("/me", get(async |user: CurrentUser| user.username))
        .route("/healthz", get(async || "ok"))
        .merge(auth.routes())
        .with_state(auth);
    countersign::serve(TcpListener::bind(listen).await?, app).await?;
    Ok(())
}
