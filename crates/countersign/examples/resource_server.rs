//! A service of somebody else's: it takes Countersign's access tokens and verifies them by the
//! published keys and status lists. It has no database and shares no secret with the issuer.
//!
//! Of a revocation it hears within the `ttl` of a status list; with an API key that may listen to
//! the stream of revocations, within the second.

use std::{env, error::Error};

use axum::{Router, routing::get};
use countersign::resource_server::{Issuer, Refusal, ResourceServer, Verified};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let name = env::var("ISSUER").unwrap_or("http://127.0.0.1:8080".into());
    let audience = env::var("AUDIENCE").unwrap_or(name.clone());
    let mut issuer = Issuer::new(name, audience);
    issuer.reach_at = env::var("REACH_AT").ok();
    issuer.api_key = env::var("REVOCATIONS_KEY").ok();
    let app = Router::new()
        .route("/orders", get(orders))
        .route("/admin", get(admin))
        .with_state(ResourceServer::of(issuer)?);
    let address = env::var("ADDRESS").unwrap_or("127.0.0.1:4000".into());
    axum::serve(TcpListener::bind(address).await?, app).await?;
    Ok(())
}

/// To name `Verified` among the arguments is to have checked them.
async fn orders(Verified(claims): Verified) -> String {
    format!("Orders of {}, roles: {}", claims.sub, claims.roles.join(" "))
}

async fn admin(user: Verified) -> Result<&'static str, Refusal> {
    user.require_role("admin")?;
    Ok("keys")
}
