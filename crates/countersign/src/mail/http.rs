//! The inbox: every mail that would have been sent, for trying out.

use axum::{
    Router,
    extract::FromRequestParts,
    http::request::Parts,
    response::{IntoResponse, Response},
    routing::get,
};
use minijinja::{
    context,
    value::{Serde, Value},
};

use crate::{
    Auth, InboxMail,
    config::InboxReaders,
    error::{Denied, Result},
    http::{
        Words, is_own_name,
        page::{Visit, foreign},
    },
    role::ADMIN,
};

/// So many mails make a page that is still light.
const SHOWN: u32 = 30;

pub(crate) fn pages() -> Router<Auth> {
    Router::new()
        .route("/inbox", get(list))
        .route("/inbox/{id}", get(show))
        .route("/inbox/{id}/body", get(body))
}

/// A visit of somebody who may read the inbox, and with it take over every account.
struct Reader(Visit);

impl FromRequestParts<Auth> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, auth: &Auth) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, auth).await;
        let visit = visit.map_err(IntoResponse::into_response)?;
        let is_admin = visit.user.as_ref().is_some_and(|user| user.has_role(ADMIN));
        // A page from elsewhere whose name was made to lead to this machine is not anybody.
        let anybody = auth.config().mail.inbox == InboxReaders::Anybody && is_own_name(parts, auth);
        if is_admin || anybody {
            return Ok(Self(visit));
        }
        Err(visit.refusal(&Denied::not_found("There is nothing here.")))
    }
}

impl Reader {
    async fn with(self, id: &str, show: impl FnOnce(&Visit, InboxMail) -> Response) -> Response {
        match self.0.auth.mails().inbox_mail(id).await {
            Ok(mail) => show(&self.0, mail),
            Err(error) => self.0.failure(error),
        }
    }
}

async fn list(Reader(visit): Reader) -> Response {
    match visit.auth.mails().inbox(SHOWN).await {
        Ok(mails) => visit.show("inbox.html", context! { mails => Value::from(Serde(mails)) }),
        Err(error) => visit.failure(error),
    }
}

async fn show(reader: Reader, Words(id): Words<String>) -> Response {
    let show = |visit: &Visit, mail| {
        visit.show("inbox-mail.html", context! { letter => Value::from(Serde(mail)) })
    };
    reader.with(&id, show).await
}

/// The mail itself, as mail programs show it: no script runs in it, nothing is loaded, and it has
/// no part in this site's cookies. Its own styles are all it may have.
async fn body(reader: Reader, Words(id): Words<String>) -> Response {
    // Links lead out of the frame.
    let lead_out = |html: &str| html.replacen("<head>", "<head><base target=\"_top\">", 1);
    reader.with(&id, |_, mail| foreign(lead_out(&mail.html))).await
}
