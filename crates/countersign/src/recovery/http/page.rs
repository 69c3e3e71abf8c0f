//! The pages for somebody who forgot the password.

use axum::{Router, response::Response, routing::get};
use countersign_proto::secret::Secret;
use minijinja::context;
use serde::Deserialize;

use crate::{
    Auth,
    error::Error,
    http::page::{Posted, Query, Visit},
    link::{Peek, Proof, Purpose},
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/forgot-password", get(ask).post(request))
        .route("/reset-password", get(choose).post(reset))
}

async fn ask(visit: Visit) -> Response {
    visit.show("forgot-password.html", context! {})
}

#[derive(Deserialize)]
struct Forgotten {
    login: String,
}

async fn request(Posted { visit, form }: Posted<Forgotten>) -> Response {
    let flow = visit.flow();
    match visit.auth.recovery().request(&form.login, visit.asked(&flow)).await {
        Ok(()) => visit.check_mail("reset", &form.login),
        Err(error) => {
            let values = context! { login => form.login };
            visit.show_problem(error, "forgot-password.html", context! { values })
        }
    }
}

#[derive(Deserialize, Default)]
struct Link {
    #[serde(default)]
    token: Secret,
}

/// Looking at the link uses nothing up.
async fn choose(visit: Visit, Query(link): Query<Link>) -> Response {
    match visit.auth.links().peek(Purpose::Reset, &link.token).await {
        Ok(Peek::Good { email, .. }) => {
            let token = link.token.reveal();
            visit.show("reset-password.html", context! { token, email })
        }
        Ok(peek) => visit.dead_link(&peek, "/forgot-password"),
        Err(error) => visit.failure(error),
    }
}

#[derive(Deserialize)]
struct Reset {
    token: Option<Secret>,
    code: Option<Secret>,
    new_password: Option<Secret>,
}

async fn reset(Posted { visit, form }: Posted<Reset>) -> Response {
    let proof = match visit.proof(form.token.clone(), form.code.clone()) {
        Ok(proof) => proof,
        Err(error) => return visit.failure(error),
    };
    let typed = form.code.as_ref().map(|code| code.reveal().to_owned());
    let token = form.token.as_ref().map(|token| token.reveal().to_owned());
    let Some(new) = form.new_password else {
        // The code was typed on the page before: the new password is still to come.
        return visit.show("reset-password.html", context! { code => typed });
    };
    match visit.auth.recovery().reset(&proof, &new, &visit.client).await {
        Ok(()) => visit.go("/login?notice=reset"),
        Err(error) => refused(&visit, &proof, error, (token, typed)).await,
    }
}

/// A password that was refused can be mended; a link that is dead cannot.
async fn refused(
    visit: &Visit,
    proof: &Proof,
    error: Error,
    (token, code): (Option<String>, Option<String>),
) -> Response {
    if let Proof::Token(token) = proof {
        match visit.auth.links().peek(Purpose::Reset, token).await {
            Ok(Peek::Good { .. }) => {}
            Ok(peek) => return visit.dead_link(&peek, "/forgot-password"),
            Err(error) => return visit.failure(error),
        }
    }
    let values = context! { code => &code };
    visit.show_problem(error, "reset-password.html", context! { token, code, values })
}
