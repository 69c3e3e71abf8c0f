//! The pages on which one takes one's data, leaves, and comes back.

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use countersign_proto::secret::Secret;
use minijinja::{Value, context};
use serde::Deserialize;

use super::attached;
use crate::{
    Auth,
    http::page::{Elsewhere, Noticed, Posted, Query, Visit},
};

const DAY: u32 = 86_400;

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/account/data", get(show))
        .route("/account/export", get(export))
        .route("/account/keep", post(keep))
        .route("/account/delete", get(ask).post(delete))
}

async fn show(visit: Visit, Query(way): Query<Noticed>) -> Result<Response, Elsewhere> {
    let user = visit.leaver("/account/data")?;
    let notice = visit.notice(way.notice.as_deref());
    let deletes_at = user.identity.deletes_at;
    let own = context! { notice, deletes_at, grace_days => grace_days(&visit) };
    Ok(visit.show("account-data.html", own))
}

/// In days begun, as people count.
fn grace_days(visit: &Visit) -> u32 {
    visit.auth.config().retention.deletion_grace_seconds.div_ceil(DAY)
}

/// A file. Whoever has to give the password first comes back to the page: a browser that saves a
/// file shows nothing new.
async fn export(visit: Visit) -> Result<Response, Elsewhere> {
    let user = visit.fresh_leaver("/account/data?notice=export-ready")?;
    let export = visit.auth.accounts().export(&user).await;
    Ok(attached(export.map_err(|why| visit.failure(why))?))
}

#[derive(Deserialize)]
struct Nothing {}

async fn keep(posted: Posted<Nothing>) -> Result<Response, Elsewhere> {
    let Posted { visit, form: Nothing {} } = posted;
    let user = visit.leaver("/account/data")?;
    visit.auth.accounts().keep(&user).await.map_err(|why| visit.failure(why))?;
    Ok(visit.go("/account/data?notice=account-kept"))
}

async fn ask(visit: Visit) -> Result<Response, Elsewhere> {
    visit.member("/account/delete")?;
    Ok(visit.show(DELETE, values(&visit)))
}

const DELETE: &str = "account-delete.html";

fn values(visit: &Visit) -> Value {
    context! { grace_days => grace_days(visit) }
}

#[derive(Deserialize)]
struct Delete {
    password: Secret,
}

/// Asks for the password, however lately it was given.
async fn delete(posted: Posted<Delete>) -> Result<Response, Elsewhere> {
    let Posted { mut visit, form } = posted;
    let user = visit.member("/account/delete")?;
    let accounts = visit.auth.clone();
    let left = accounts.accounts().delete_by_password(&user, &form.password, &visit.client).await;
    Ok(match left {
        Ok(leaving) => {
            visit.forget();
            let at_once = leaving.deletes_at <= visit.auth.now();
            let notice = if at_once { "account-deleted" } else { "account-leaving" };
            visit.go(&format!("/login?notice={notice}"))
        }
        Err(error) => visit.show_problem(error, DELETE, values(&visit)),
    })
}
