//! The page on which one signs up.

use axum::{Router, response::Response, routing::get};
use countersign_proto::{secret::Secret, target};
use minijinja::context;
use serde::Deserialize;

use crate::{
    Auth, NewUser, Visitor,
    http::page::{Posted, Query, Visit},
    user::Entered,
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/sign-up", get(look).post(sign_up))
}

/// Where somebody was going.
#[derive(Deserialize, Default)]
struct Way {
    next: Option<String>,
}

async fn look(visit: Visit, Query(way): Query<Way>) -> Response {
    let next = way.next.as_deref().and_then(target::local);
    if visit.user.is_some() {
        return visit.go_on(next);
    }
    visit.show("sign-up.html", context! { next })
}

#[derive(Deserialize)]
struct Form {
    #[serde(default)]
    username: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: Secret,
    next: Option<String>,
}

async fn sign_up(Posted { mut visit, form }: Posted<Form>) -> Response {
    if visit.user.is_some() {
        return visit.go_on(form.next.as_deref());
    }
    let (auth, flow) = (visit.auth.clone(), visit.flow());
    let visitor = Visitor::new(form.new_user(&visit), &flow, &visit.client);
    match auth.users().enter(visitor, None).await {
        Ok(Entered::LoggedIn(signed)) => {
            visit.keep(&signed);
            visit.go_on(form.next.as_deref())
        }
        Ok(Entered::CheckMail) => visit.check_mail("confirm", form.email.trim()),
        Ok(Entered::Waits) => {
            let (kind, text) = ("sign-up-waits", visit.words("sign-up-waits"));
            visit.show("message.html", context! { kind, text })
        }
        Err(error) => {
            let next = form.next.as_deref().and_then(target::local);
            let values = context! { username => form.username, email => form.email };
            visit.show_problem(error, "sign-up.html", context! { next, values })
        }
    }
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
}
