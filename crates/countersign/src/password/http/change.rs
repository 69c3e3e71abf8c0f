//! The page on which one changes one's password.

use axum::{Router, response::Response, routing::get};
use countersign_proto::secret::Secret;
use minijinja::context;
use serde::Deserialize;

use crate::{
    Auth,
    http::page::{Elsewhere, Noticed, Posted, Query, Visit},
};

const TEMPLATE: &str = "account-password.html";

pub(crate) fn pages() -> Router<Auth> {
    Router::new().route("/account/password", get(show).post(change))
}

async fn show(visit: Visit, Query(way): Query<Noticed>) -> Result<Response, Elsewhere> {
    visit.member("/account/password")?;
    let notice = visit.notice(way.notice.as_deref());
    Ok(visit.show(TEMPLATE, context! { notice }))
}

#[derive(Deserialize)]
struct Change {
    current_password: Secret,
    new_password: Secret,
}

/// Asks for the current password, however lately it was given.
async fn change(posted: Posted<Change>) -> Result<Response, Elsewhere> {
    let Posted { mut visit, form } = posted;
    let user = visit.member("/account/password")?;
    let typed = (&form.current_password, &form.new_password);
    let auth = visit.auth.clone();
    match auth.sessions().change_password(&user, typed, &visit.client).await {
        Ok(signed) => {
            if let Some(signed) = signed {
                visit.keep(&signed);
            }
            Ok(visit.go("/account/password?notice=password-changed"))
        }
        Err(error) => Ok(visit.show_problem(error, TEMPLATE, context! {})),
    }
}
