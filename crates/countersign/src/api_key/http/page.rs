//! The page of one's API keys: a list, a form, and a new key, which is shown once.

use std::num::NonZeroU16;

use axum::{
    Router,
    response::Response,
    routing::{get, post},
};
use countersign_proto::scope::Scope;
use minijinja::{Value, context, value::Serde};
use serde::Deserialize;

use super::bad_scope;
use crate::{
    ApiKeyId, Auth, CurrentUser, NewApiKey,
    error::{Denied, Result},
    http::page::{Elsewhere, Noticed, Piece, Posted, Query, Visit},
    role::ADMIN,
};

const TEMPLATE: &str = "account-keys.html";
/// The page after the password was given once more.
const AGAIN: &str = "/account/keys?notice=again";
const DAY: u32 = 86_400;

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/account/keys", get(show).post(create))
        .route("/account/keys/revoke", post(revoke))
}

/// Asks for the password beforehand: a form that was filled in would be lost.
async fn show(visit: Visit, Query(way): Query<Noticed>) -> Result<Response, Elsewhere> {
    let user = visit.fresh_member("/account/keys")?;
    let notice = visit.notice(way.notice.as_deref());
    let page = page(&visit, &user, way.from).await.map_err(|why| visit.failure(why))?;
    Ok(visit.show(TEMPLATE, context! { notice, ..page }))
}

async fn page(visit: &Visit, user: &CurrentUser, from: Option<usize>) -> Result<Value> {
    let keys = visit.auth.api_keys().of(user.id).await?;
    let keys = Piece::of(&keys, from, |key| Value::from(Serde(key.clone())));
    let beside = keys.beside("from");
    Ok(context! { keys => keys.rows, beside, scopes => scopes(visit, user) })
}

/// The words offered: those of a session, and of administration to whom it is open.
fn scopes(visit: &Visit, user: &CurrentUser) -> Vec<String> {
    let words = visit.auth.config().default_scope.split_whitespace();
    words.filter(|word| *word != ADMIN || user.has_role(ADMIN)).map(str::to_owned).collect()
}

/// The form as sent: `scope` may be there any number of times.
struct Wish {
    name: String,
    scope: Vec<String>,
    expires_in_days: String,
}

impl Wish {
    fn of(pairs: &[(String, String)]) -> Self {
        let all = |name: &str| -> Vec<String> {
            let values = pairs.iter().filter(|(key, _)| key == name);
            values.flat_map(|(_, value)| value.split_whitespace()).map(str::to_owned).collect()
        };
        let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|pair| &pair.1);
        Self {
            name: one("name").cloned().unwrap_or_default(),
            scope: all("scope"),
            expires_in_days: all("expires_in_days").concat(),
        }
    }

    fn read(&self) -> Result<NewApiKey> {
        let scope: Scope = self.scope.join(" ").parse().map_err(|why| bad_scope(&why))?;
        let days: Option<NonZeroU16> = match self.expires_in_days.as_str() {
            "" => None,
            days => Some(days.parse().map_err(|_| bad_days())?),
        };
        let expires_in = days.map(|days| u32::from(days.get()) * DAY);
        Ok(NewApiKey { name: self.name.clone(), scope, expires_in })
    }

    fn values(&self) -> Value {
        context! {
            name => &self.name,
            scope => &self.scope,
            expires_in_days => &self.expires_in_days,
        }
    }
}

fn bad_days() -> Denied {
    let text = "Expected a number of days, 1 to 65535, or nothing.";
    Denied::invalid_request(text).field("expires_in_days").because("days-wrong")
}

/// The answer is the only page that ever shows the key.
async fn create(posted: Posted<Vec<(String, String)>>) -> Result<Response, Elsewhere> {
    let Posted { visit, form } = posted;
    let user = visit.fresh_member(AGAIN)?;
    let wish = Wish::of(&form);
    let made = match wish.read() {
        Ok(new) => visit.auth.api_keys().create_own(&user, new, None).await,
        Err(refused) => Err(refused),
    };
    let page = page(&visit, &user, None).await.map_err(|why| visit.failure(why))?;
    Ok(match made {
        Ok(made) => {
            let created = context! { name => made.api_key.name, key => made.key };
            visit.show(TEMPLATE, context! { created, ..page })
        }
        Err(why) => visit.show_problem(why, TEMPLATE, context! { values => wish.values(), ..page }),
    })
}

#[derive(Deserialize)]
struct One {
    key: String,
}

async fn revoke(posted: Posted<One>) -> Result<Response, Elsewhere> {
    let Posted { visit, form } = posted;
    let user = visit.fresh_member(AGAIN)?;
    let id: ApiKeyId = visit.id(&form.key)?;
    visit.auth.api_keys().revoke_own(&user, id).await.map_err(|why| visit.failure(why))?;
    Ok(visit.go("/account/keys?notice=key-revoked"))
}
