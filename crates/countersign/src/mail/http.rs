//! The inbox: every mail that would have been sent, for trying out.

use axum::{Router, response::Response, routing::get};
use minijinja::{
    context,
    value::{Serde, Value},
};

use crate::{
    Auth,
    config::InboxReaders,
    error::{Denied, Result},
    http::{
        Words,
        page::{Visit, foreign},
    },
    role::ADMIN,
};

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(show))
        .route("/inbox/{id}/body", get(body))
}

/// Whoever reads this inbox can take over every account.
fn may_read(visit: &Visit) -> Result<()> {
    let is_admin = visit.user.as_ref().is_some_and(|user| user.has_role(ADMIN));
    if visit.auth.config().mail.inbox == InboxReaders::Anybody || is_admin {
        return Ok(());
    }
    Err(Denied::not_found("There is nothing here.").into())
}

async fn list(visit: Visit) -> Response {
    let mails = match may_read(&visit) {
        Ok(()) => visit.auth.mails().inbox(100).await,
        Err(error) => Err(error),
    };
    match mails {
        Ok(mails) => visit.show("inbox.html", context! { mails => Value::from(Serde(mails)) }),
        Err(error) => visit.failure(error),
    }
}

async fn show(visit: Visit, Words(id): Words<String>) -> Response {
    let mail = match may_read(&visit) {
        Ok(()) => visit.auth.mails().inbox_mail(&id).await,
        Err(error) => Err(error),
    };
    match mail {
        Ok(mail) => visit.show("inbox-mail.html", context! { letter => Value::from(Serde(mail)) }),
        Err(error) => visit.failure(error),
    }
}

/// The mail itself, as mail programs show it: no script runs in it, nothing is loaded, and it has
/// no part in this site's cookies. Its own styles are all it may have.
async fn body(visit: Visit, Words(id): Words<String>) -> Response {
    let mail = match may_read(&visit) {
        Ok(()) => visit.auth.mails().inbox_mail(&id).await,
        Err(error) => Err(error),
    };
    match mail {
        Ok(mail) => foreign(mail.html),
        Err(error) => visit.failure(error),
    }
}
