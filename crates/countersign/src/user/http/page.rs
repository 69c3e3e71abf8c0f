//! The page on which one signs up.

use axum::{Router, response::Response, routing::get};
use countersign_proto::{error_code::ErrorCode, secret::Secret, target};
use minijinja::{
    context,
    value::{Value, merge_maps},
};
use serde::Deserialize;

use crate::{
    Auth, Error, NewUser, Visitor,
    http::page::{Posted, Query, Visit},
    link::{Peek, Purpose},
    proof::Effort,
    user::{Bait, Entered},
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/sign-up", get(look).post(sign_up))
}

/// Where somebody was going, and who asked them in.
#[derive(Deserialize, Default)]
struct Way {
    next: Option<String>,
    invitation: Option<Secret>,
}

async fn look(visit: Visit, Query(way): Query<Way>) -> Response {
    let next = way.next.as_deref().and_then(target::local);
    if visit.user.is_some() {
        return visit.go_on(next);
    }
    let asked = match asked_in(&visit, way.invitation.as_ref()).await {
        Ok(asked) => asked,
        Err(instead) => return *instead,
    };
    match toll(&visit, &Form::default(), Waiting::Unseen).await {
        Ok(toll) => visit.show("sign-up.html", context! { next, ..merge_maps([asked, toll]) }),
        Err(error) => visit.failure(error),
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Form {
    username: String,
    email: String,
    password: Secret,
    next: Option<String>,
    invitation: Option<Secret>,
    proof_challenge: String,
    proof_nonce: String,
    wait_ticket: Secret,
    /// People do not see this field.
    website: String,
}

async fn sign_up(Posted { mut visit, form }: Posted<Form>) -> Response {
    if visit.user.is_some() {
        return visit.go_on(form.next.as_deref());
    }
    let (auth, flow, client) = (visit.auth.clone(), visit.flow(), visit.client.clone());
    let mut visitor = Visitor::new(form.new_user(&visit), &flow, &client);
    visitor.invitation = form.invitation();
    visitor.effort = form.effort();
    visitor.bait = if form.website.is_empty() { Bait::Untouched } else { Bait::Taken };
    match auth.users().enter(visitor).await {
        Ok(Entered::LoggedIn(signed)) => {
            visit.keep(&signed);
            visit.go_on(form.next.as_deref())
        }
        Ok(Entered::Made) => visit.go("/login?notice=signed-up"),
        Ok(Entered::CheckMail) => visit.check_mail("confirm", form.email.trim()),
        Ok(Entered::Waits) => {
            let (kind, text) = ("sign-up-waits", visit.words("sign-up-waits"));
            visit.show("message.html", context! { kind, text })
        }
        Err(error) => refused(&visit, &form, error).await,
    }
}

/// The form again, with what was typed and what it costs by now; where no form would help, the page
/// that says so.
async fn refused(visit: &Visit, form: &Form, error: Error) -> Response {
    let asked = match asked_in(visit, form.invitation().as_ref()).await {
        Ok(asked) => asked,
        Err(instead) => return *instead,
    };
    let waiting = match &error {
        Error::Denied(denied) if denied.code() == ErrorCode::ProofRequired => Waiting::Said,
        _ => Waiting::Unseen,
    };
    let toll = match toll(visit, form, waiting).await {
        Ok(toll) => toll,
        Err(error) => return visit.failure(error),
    };
    let next = form.next.as_deref().and_then(target::local);
    let values = context! { username => &form.username, email => &form.email };
    visit.show_problem(
        error,
        "sign-up.html",
        context! { next, values, ..merge_maps([asked, toll]) },
    )
}

/// The invitation and its address, where there is one; instead of the form, why there is none.
async fn asked_in(visit: &Visit, token: Option<&Secret>) -> Result<Value, Box<Response>> {
    let users = visit.auth.users();
    let Some(token) = token else {
        return match users.check_uninvited() {
            Ok(()) => Ok(context! {}),
            Err(error) => Err(Box::new(visit.failure(error))),
        };
    };
    users.check_open().map_err(|error| Box::new(visit.failure(error)))?;
    match visit.auth.links().peek(Purpose::Invite, token).await {
        Ok(Peek::Good { email, .. }) => Ok(context! { invitation => token.reveal(), email }),
        Ok(peek) => Err(Box::new(visit.dead_link(&peek, "/login"))),
        Err(error) => Err(Box::new(visit.failure(error))),
    }
}

/// Whether whoever has no script is told to wait.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waiting {
    /// While the form is filled in, the time passes by itself.
    Unseen,
    Said,
}

/// The work for whoever has a script, the ticket for whoever has none. A ticket that came with the
/// form stays good.
async fn toll(visit: &Visit, form: &Form, waiting: Waiting) -> crate::Result<Value> {
    let auth = &visit.auth;
    let Some(toll) = auth.users().toll(&visit.client).await? else { return Ok(context! {}) };
    let left = auth.proofs().remaining(&form.wait_ticket, &visit.client).filter(|left| *left > 0);
    let (seconds, ticket) = match left {
        Some(left) => (left, form.wait_ticket.reveal()),
        None => (toll.wait.seconds, toll.wait.ticket.as_str()),
    };
    let wait = (waiting == Waiting::Said).then_some(seconds);
    let work = &toll.challenge;
    let proof = context! { challenge => &work.challenge, bits => work.bits };
    Ok(context! { proof, wait, wait_ticket => ticket })
}

impl Form {
    /// A field left empty is a name not given.
    fn new_user(&self, visit: &Visit) -> NewUser {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        NewUser {
            username: given(&self.username),
            email: given(&self.email),
            password: self.password.clone(),
            locale: Some(visit.language.as_str().to_owned()),
            ..NewUser::default()
        }
    }

    fn invitation(&self) -> Option<Secret> {
        self.invitation.clone().filter(|token| !token.is_empty())
    }

    fn effort(&self) -> Effort {
        if !self.proof_nonce.is_empty() {
            let (challenge, nonce) = (self.proof_challenge.clone(), self.proof_nonce.clone());
            return Effort::Work { challenge, nonce };
        }
        if self.wait_ticket.is_empty() {
            Effort::None
        } else {
            Effort::Wait(self.wait_ticket.clone())
        }
    }
}
