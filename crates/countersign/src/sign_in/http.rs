//! The pages by which a browser logs in, comes back, gives its password again and logs out.

use axum::{
    Router,
    http::{HeaderValue, header},
    response::Response,
    routing::get,
};
use countersign_proto::{secret::Secret, target};
use minijinja::context;
use serde::Deserialize;

use crate::{
    Auth,
    http::page::{Posted, Query, Visit},
    session::{Remember, Restored},
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/login", get(login).post(log_in))
        .route("/restore", get(restore))
        .route("/reauthenticate", get(reauthenticate).post(log_in_again))
        .route("/logout", get(logout).post(log_out))
}

/// Where somebody was going, and what to tell them.
#[derive(Deserialize, Default)]
struct Way {
    next: Option<String>,
    notice: Option<String>,
}

impl Way {
    fn next(&self) -> Option<&str> {
        self.next.as_deref().and_then(target::local)
    }
}

async fn login(visit: Visit, Query(way): Query<Way>) -> Response {
    if visit.user.is_some() {
        return visit.go_on(way.next());
    }
    let notice = visit.notice(way.notice.as_deref());
    let alarm = way.notice.as_deref() == Some("stolen");
    visit.show("login.html", context! { next => way.next(), notice, alarm })
}

#[derive(Deserialize)]
struct LogIn {
    login: String,
    password: Secret,
    remember: Option<String>,
    next: Option<String>,
}

async fn log_in(Posted { mut visit, form }: Posted<LogIn>) -> Response {
    let remember = if form.remember.is_some() { Remember::Yes } else { Remember::No };
    let sessions = visit.auth.clone();
    let typed = (form.login.as_str(), &form.password);
    match sessions.sessions().log_in(typed, remember, visit.carried(), &visit.client).await {
        Ok(signed) => {
            visit.keep(&signed);
            visit.go_on(form.next.as_deref())
        }
        Err(error) => {
            let next = form.next.as_deref().and_then(target::local);
            let values = context! { login => form.login, remember => form.remember.is_some() };
            visit.show_problem(error, "login.html", context! { next, values })
        }
    }
}

/// Brings a remembered browser's session back and goes on; where there is none, to the login.
async fn restore(mut visit: Visit, Query(way): Query<Way>) -> Response {
    if visit.user.is_some() {
        return visit.go_on(way.next());
    }
    let auth = visit.auth.clone();
    let restored = match visit.remembered() {
        Some(cookie) => auth.sessions().restore(cookie, &visit.client).await,
        None => Ok(Restored::Refused),
    };
    let notice = match restored {
        Ok(Restored::Signed(signed)) => {
            visit.keep(&signed);
            return visit.go_on(way.next());
        }
        Ok(Restored::Refused) => "",
        Ok(Restored::Stolen) => "&notice=stolen",
        Err(error) => return visit.failure(error),
    };
    visit.forget();
    let next: String =
        form_urlencoded::byte_serialize(way.next().unwrap_or_default().as_bytes()).collect();
    visit.go(&format!("/login?next={next}{notice}"))
}

async fn reauthenticate(visit: Visit, Query(way): Query<Way>) -> Response {
    match visit.leaver("/reauthenticate") {
        Ok(_) => visit.show("reauthenticate.html", context! { next => way.next() }),
        Err(elsewhere) => *elsewhere,
    }
}

#[derive(Deserialize)]
struct LogInAgain {
    password: Secret,
    next: Option<String>,
}

async fn log_in_again(Posted { mut visit, form }: Posted<LogInAgain>) -> Response {
    let user = match visit.leaver("/reauthenticate") {
        Ok(user) => user,
        Err(elsewhere) => return *elsewhere,
    };
    let auth = visit.auth.clone();
    match auth.sessions().log_in_again(&user, &form.password, &visit.client).await {
        Ok(signed) => {
            visit.keep(&signed);
            visit.go_on(form.next.as_deref())
        }
        Err(error) => {
            let next = form.next.as_deref().and_then(target::local);
            visit.show_problem(error, "reauthenticate.html", context! { next })
        }
    }
}

async fn logout(visit: Visit) -> Response {
    match visit.user {
        Some(_) => visit.show("logout.html", context! {}),
        None => visit.go("/login"),
    }
}

#[derive(Deserialize)]
struct Nothing {}

/// Ends the session on the server, with whatever would bring it back.
async fn log_out(Posted { mut visit, form: Nothing {} }: Posted<Nothing>) -> Response {
    let auth = visit.auth.clone();
    if let Err(error) = auth.sessions().log_out(visit.carried()).await {
        return visit.failure(error);
    }
    visit.forget();
    let mut response = visit.go("/login?notice=logged-out");
    // The pages of a user are of no use to the next one.
    let clear = HeaderValue::from_static("\"cache\"");
    response.headers_mut().insert(header::HeaderName::from_static("clear-site-data"), clear);
    response
}
