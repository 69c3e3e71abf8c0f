//! The page that shows where one is logged in, and ends it.

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use minijinja::{Value, context};
use serde::Deserialize;

use crate::{
    Auth, SessionId,
    client::device_name,
    device::http::page::piece,
    http::page::{Elsewhere, Noticed, Piece, Posted, Query, Visit},
    session::{Session, browser::BROWSER},
};

const PAGE: &str = "/account/sessions";
/// The same after the password was given once more.
const AGAIN: &str = "/account/sessions?notice=again";

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/account/sessions", get(show))
        .route("/account/sessions/end", post(end))
        .route("/account/sessions/end-others", post(end_others))
}

async fn show(visit: Visit, Query(way): Query<Noticed>) -> Result<Response, Elsewhere> {
    let user = visit.member(PAGE)?;
    let notice = visit.notice(way.notice.as_deref());
    let sessions = visit.auth.sessions().of(user.id).await.map_err(|why| visit.failure(why))?;
    let sessions = Piece::of(&sessions, way.from, |each| row(each, user.session()));
    let devices = piece(&visit, user.id, way.devices).await.map_err(|why| visit.failure(why))?;
    let beside =
        context! { sessions => sessions.beside("from"), devices => devices.beside("devices") };
    let (sessions, devices) = (sessions.rows, devices.rows);
    Ok(visit.show("account-sessions.html", context! { notice, sessions, devices, beside }))
}

fn row(session: &Session, current: Option<SessionId>) -> Value {
    let client = Some(&session.client_id).filter(|client| *client != BROWSER);
    context! {
        id => session.id.to_string(),
        device => session.user_agent.as_deref().map(device_name),
        place => &session.address,
        started_at => session.created_at,
        last_seen_at => session.last_seen_at,
        current => Some(session.id) == current,
        remembered => session.remembered_at.is_some(),
        kind => if client.is_some() { "client" } else { "browser" },
        client,
    }
}

#[derive(Deserialize)]
struct One {
    session: String,
}

async fn end(posted: Posted<One>) -> Result<Response, Elsewhere> {
    let Posted { mut visit, form } = posted;
    let user = visit.fresh_member(AGAIN)?;
    let id: SessionId = visit.id(&form.session)?;
    let auth = visit.auth.clone();
    auth.sessions().end_own(&user, id).await.map_err(|why| visit.failure(why))?;
    if user.session() == Some(id) {
        visit.forget();
        return Ok(visit.go("/login?notice=logged-out"));
    }
    Ok(visit.go("/account/sessions?notice=session-ended"))
}

#[derive(Deserialize)]
struct Nothing {}

async fn end_others(posted: Posted<Nothing>) -> Result<Response, Elsewhere> {
    let Posted { visit, form: Nothing {} } = posted;
    let user = visit.fresh_member(AGAIN)?;
    visit.auth.sessions().end_others(&user).await.map_err(|why| visit.failure(why))?;
    Ok(visit.go("/account/sessions?notice=sessions-ended"))
}
