//! Mail and what comes by it: links, codes, confirmation, recovery, another address.

mod address;
mod confirmation;
mod links;
mod outbox;
mod quiet;
mod recovery;
mod sink;
mod stored;
mod words;

use countersign::{Config, Confirmation, InboxMail, Transport};
use serde_json::{Value, json};

use crate::support::{Answer, App, Database, PASSWORD};

pub(crate) const ADDRESS: &str = "miguel@example.org";
pub(crate) const NEW_PASSWORD: &str = "another good passphrase";

/// Mails can be looked at, and addresses are to be confirmed.
pub(crate) fn inbox(config: &mut Config) {
    config.mail.transport = Transport::Inbox;
    config.confirmation = Confirmation::Optional;
    config.public_url = "https://auth.example.org".into();
}

pub(crate) async fn app(db: &Database) -> App {
    db.app_with(inbox).await
}

/// Signs `username` up with an address, and answers with the flow of the mail to it.
pub(crate) async fn sign_up(app: &App, username: &str, email: &str) -> String {
    let body = json!({"username": username, "email": email, "password": PASSWORD});
    let answer = app.anonymous().post("/api/users", &body).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    flow(&answer)
}

pub(crate) fn flow(answer: &Answer) -> String {
    assert_eq!(answer.status, 202, "{answer:?}");
    answer.body["flow"].as_str().unwrap().to_owned()
}

pub(crate) async fn recover(app: &App, login: &str) -> String {
    flow(&app.anonymous().post("/api/recovery", &json!({"login": login})).await)
}

/// Sets a new password with what was mailed.
pub(crate) async fn reset(app: &App, mut proof: Value, password: &str) -> Answer {
    proof["new_password"] = password.into();
    app.anonymous().post("/api/recovery/reset", &proof).await
}

pub(crate) async fn confirm(app: &App, proof: &Value) -> Answer {
    app.anonymous().post("/api/confirmation/confirm", proof).await
}

/// Every mail to this address, youngest first.
pub(crate) async fn mails(app: &App, to: &str) -> Vec<InboxMail> {
    let all = app.auth.mails().inbox(100).await.unwrap();
    all.into_iter().filter(|mail| mail.to == to).collect()
}

pub(crate) async fn kinds(app: &App, to: &str) -> Vec<String> {
    mails(app, to).await.into_iter().map(|mail| mail.kind).collect()
}

/// The youngest mail of this kind to this address.
pub(crate) async fn mail(app: &App, to: &str, kind: &str) -> InboxMail {
    let found = mails(app, to).await.into_iter().find(|mail| mail.kind == kind);
    found.unwrap_or_else(|| panic!("no mail {kind} to {to}"))
}

/// The secret of the link in a mail.
pub(crate) fn token(mail: &InboxMail) -> String {
    let (_, rest) = mail.text.split_once("token=").unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

/// The short code in a mail.
pub(crate) fn code(mail: &InboxMail) -> String {
    let is_code = |word: &&str| {
        let bytes = word.as_bytes();
        bytes.len() == 9
            && bytes[4] == b'-'
            && bytes.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'-')
    };
    mail.text.split_whitespace().find(is_code).unwrap().to_owned()
}

pub(crate) async fn by_token(app: &App, to: &str, kind: &str) -> Value {
    json!({"token": token(&mail(app, to, kind).await)})
}

pub(crate) async fn by_code(app: &App, to: &str, kind: &str, flow: &str) -> Value {
    json!({"flow": flow, "code": code(&mail(app, to, kind).await)})
}

pub(crate) async fn is_confirmed(app: &App, login: &str) -> bool {
    app.auth.users().find(login).await.unwrap().confirmed_at.is_some()
}
