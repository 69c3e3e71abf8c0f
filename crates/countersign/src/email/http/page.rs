//! The pages by which an address is confirmed: the first one, and a new one.

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
        .route("/confirm", get(look).post(confirm))
        .route("/confirm/resend", get(ask).post(resend))
        .route("/change-email", get(look_at_change).post(change))
}

#[derive(Deserialize, Default)]
struct Link {
    #[serde(default)]
    token: Secret,
}

/// Looking at the link uses nothing up: programs that read mail look at links, too.
async fn look(visit: Visit, Query(link): Query<Link>) -> Response {
    show(&visit, Purpose::Confirm, &link.token).await
}

async fn look_at_change(visit: Visit, Query(link): Query<Link>) -> Response {
    show(&visit, Purpose::Change, &link.token).await
}

/// The template of a purpose, and where another mail can be had.
fn about(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Change => ("change-email.html", "/account"),
        _ => ("confirm.html", "/confirm/resend"),
    }
}

async fn show(visit: &Visit, purpose: Purpose, token: &Secret) -> Response {
    let (template, again) = about(purpose);
    match visit.auth.links().peek(purpose, token).await {
        Ok(Peek::Good { email, .. }) => {
            visit.show(template, context! { token => token.reveal(), email })
        }
        Ok(peek) => visit.dead_link(&peek, again),
        Err(error) => visit.failure(error),
    }
}

#[derive(Deserialize)]
struct Proven {
    token: Option<Secret>,
    code: Option<Secret>,
}

async fn confirm(Posted { visit, form }: Posted<Proven>) -> Response {
    let proof = match visit.proof(form.token, form.code) {
        Ok(proof) => proof,
        Err(error) => return visit.failure(error),
    };
    match visit.auth.emails().confirm(&proof).await {
        Ok(()) if visit.user.is_some() => visit.go("/account?notice=confirmed"),
        Ok(()) => visit.go("/login?notice=confirmed"),
        Err(error) => refused(&visit, Purpose::Confirm, &proof, error).await,
    }
}

async fn change(Posted { visit, form }: Posted<Proven>) -> Response {
    let proof = match visit.proof(form.token, form.code) {
        Ok(proof) => proof,
        Err(error) => return visit.failure(error),
    };
    match visit.auth.emails().change_confirm(&proof).await {
        Ok(()) if visit.user.is_some() => visit.go("/account?notice=email-changed"),
        Ok(()) => visit.go("/login?notice=email-changed"),
        Err(error) => refused(&visit, Purpose::Change, &proof, error).await,
    }
}

/// A wrong code can be typed again; a dead link says what to do next.
async fn refused(visit: &Visit, purpose: Purpose, proof: &Proof, error: Error) -> Response {
    match proof {
        Proof::Code { .. } => {
            let purpose = if purpose == Purpose::Change { "change" } else { "confirm" };
            visit.show_problem(error, "check-mail.html", context! { purpose })
        }
        Proof::Token(token) => match visit.auth.links().peek(purpose, token).await {
            Ok(Peek::Good { .. }) | Err(_) => visit.failure(error),
            Ok(peek) => visit.dead_link(&peek, about(purpose).1),
        },
    }
}

async fn ask(visit: Visit) -> Response {
    visit.show("resend.html", context! {})
}

#[derive(Deserialize)]
struct Resend {
    email: String,
}

async fn resend(Posted { visit, form }: Posted<Resend>) -> Response {
    let flow = visit.flow();
    match visit.auth.emails().confirm_request(&form.email, visit.asked(&flow)).await {
        Ok(()) => visit.check_mail("confirm", &form.email),
        Err(error) => {
            let values = context! { email => form.email };
            visit.show_problem(error, "resend.html", context! { values })
        }
    }
}
