//! Users in an axum application: sign up, log in, guard a route.
use axum::{Router, routing::get};
use countersign::{Auth, CurrentUser, fresh, role};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::var("ADDRESS").unwrap_or("127.0.0.1:3000".into());
    let auth = Auth::open("sqlite://hello.db").await?;
    let admins = auth.require(role("admin").and(fresh(600)));
    let app = Router::new()
        .route("/admin", get(async || "keys").route_layer(admins))
        .route("/me", get(async |user: CurrentUser| user.username))
        .route("/", get(async |user: Option<CurrentUser>| hello(user)))
        .merge(auth.routes())
        .with_state(auth);
    countersign::serve(TcpListener::bind(address).await?, app).await?;
    Ok(())
}

fn hello(user: Option<CurrentUser>) -> String {
    format!("Hello, {}!", user.map_or("stranger".into(), |user| user.username))
}
