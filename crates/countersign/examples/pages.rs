//! An application whose users come by browser: sign-up, log-in, forgotten passwords and the account
//! are ready made; the notes are its own. Mails are kept at `/inbox`, to be looked at.
//!
//! ```console
//! $ cargo run --example pages
//! $ xdg-open http://127.0.0.1:3000/notes
//! ```

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Form, Router,
    extract::{FromRef, State},
    response::{Html, Redirect},
    routing::get,
};
use countersign::{
    Auth, CsrfToken, CurrentUser, InboxReaders, Transport, UserId, fresh, signed_in,
};
use serde::Deserialize;
use tokio::net::TcpListener;

#[derive(Clone)]
struct App {
    auth: Auth,
    notes: Arc<Mutex<BTreeMap<UserId, u32>>>,
}

impl FromRef<App> for Auth {
    fn from_ref(app: &App) -> Self {
        app.auth.clone()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = env::var("ADDRESS").unwrap_or("127.0.0.1:3000".into());
    let auth = Auth::builder("sqlite://pages.db")
        .configure(|config| {
            config.public_url = format!("http://{address}");
            config.pages.service_name = "Notes".into();
            config.pages.home = "/notes".into();
            config.mail.transport = Transport::Inbox;
            config.mail.inbox = InboxReaders::Anybody; // While it is being built.
        })
        .open()
        .await?;
    let app = Router::new()
        .route("/", get(welcome))
        // Somebody who is not logged in is sent to the login and comes back.
        .route("/notes", get(notes).post(add).route_layer(auth.require(signed_in())))
        // The password once more, when it was given longer ago than five minutes.
        .route("/secrets", get(async || "secrets").route_layer(auth.require(fresh(300))))
        .merge(auth.routes())
        .with_state(App { auth, notes: Arc::default() });
    countersign::serve(TcpListener::bind(address).await?, app).await?;
    Ok(())
}

async fn welcome(user: Option<CurrentUser>) -> Html<&'static str> {
    Html(match user {
        Some(_) => "<a href=/notes>Your notes</a> <a href=/account>Your account</a>",
        None => "<a href=/sign-up>Sign up</a> <a href=/login>Log in</a>",
    })
}

async fn notes(State(app): State<App>, user: CurrentUser, token: CsrfToken) -> Html<String> {
    let notes = app.notes.lock().unwrap_or_else(PoisonError::into_inner);
    let count = notes.get(&user.id).copied().unwrap_or(0);
    Html(format!(
        "<p>{count} notes</p><form method=post>\
         <input type=hidden name=csrf_token value={}><button name=count value=1>One more</button></form>",
        token.0,
    ))
}

#[derive(Deserialize)]
struct More {
    count: u32,
}

/// A form from another site never gets here: naming the user checks where it comes from.
async fn add(State(app): State<App>, user: CurrentUser, Form(more): Form<More>) -> Redirect {
    let mut notes = app.notes.lock().unwrap_or_else(PoisonError::into_inner);
    let count = notes.entry(user.id).or_default();
    *count = count.saturating_add(more.count);
    Redirect::to("/notes")
}
