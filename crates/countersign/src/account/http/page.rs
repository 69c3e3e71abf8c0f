//! The first page of an account: who one is, in which language, at which address.

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use minijinja::{Value, context, value::Serde};
use serde::Deserialize;

use crate::{
    Auth, CurrentUser,
    error::{Error, Result},
    http::page::{Elsewhere, Noticed, Posted, Query, Visit},
};

const TEMPLATE: &str = "account.html";

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/account", get(show))
        .route("/account/language", post(choose_language))
        .route("/account/email", post(change_address))
}

async fn show(visit: Visit, Query(way): Query<Noticed>) -> Result<Response, Elsewhere> {
    let user = visit.member("/account")?;
    let notice = visit.notice(way.notice.as_deref());
    let me = me(&visit, &user).await.map_err(|error| visit.failure(error))?;
    Ok(visit.show(TEMPLATE, context! { me, notice }))
}

/// The user as of now: `CurrentUser` has not all of it.
async fn me(visit: &Visit, user: &CurrentUser) -> Result<Value> {
    let user = visit.auth.users().get(user.id).await?;
    let confirmed = user.confirmed_at.is_some();
    Ok(context! { confirmed, ..Value::from(Serde(user)) })
}

#[derive(Deserialize)]
struct Choice {
    /// Empty: as the browser asks.
    language: String,
}

async fn choose_language(posted: Posted<Choice>) -> Result<Response, Elsewhere> {
    let Posted { mut visit, form } = posted;
    let user = visit.member("/account")?;
    let locale = Some(form.language.as_str()).filter(|code| !code.is_empty());
    match visit.auth.accounts().set_locale(user.id, locale).await {
        Ok(_) => {
            visit.forget_language();
            Ok(visit.go("/account?notice=language"))
        }
        Err(error) => refused(&visit, &user, error, context! {}).await,
    }
}

#[derive(Deserialize)]
struct Address {
    email: String,
}

async fn change_address(posted: Posted<Address>) -> Result<Response, Elsewhere> {
    let Posted { visit, form } = posted;
    let user = visit.fresh_member("/account?notice=again")?;
    let flow = visit.flow();
    match visit.auth.emails().change(&user, &form.email, visit.asked(&flow)).await {
        Ok(()) => Ok(visit.check_mail("change", &form.email)),
        Err(error) => refused(&visit, &user, error, context! { email => form.email }).await,
    }
}

async fn refused(
    visit: &Visit,
    user: &CurrentUser,
    error: Error,
    values: Value,
) -> Result<Response, Elsewhere> {
    let me = me(visit, user).await.map_err(|error| visit.failure(error))?;
    Ok(visit.show_problem(error, TEMPLATE, context! { me, values }))
}
