//! The account as its owner runs it: profile, password, sessions, devices, keys, data, the end.

mod devices;
mod doors;
mod export;
mod keeping;
mod keys;
mod leaving;
mod profile;
mod purge;
mod sessions;

use crate::support::{App, Browser};

/// Everything a form of the account is sent to, with what it needs to be sent.
pub(crate) const FORMS: [(&str, &[(&str, &str)]); 10] = [
    ("/account/language", &[("language", "de")]),
    ("/account/email", &[("email", "new@example.org")]),
    ("/account/password", &[("current_password", "x"), ("new_password", "y")]),
    ("/account/sessions/end", &[("session", NOTHING)]),
    ("/account/sessions/end-others", &[]),
    ("/account/devices/forget", &[("device", NOTHING)]),
    ("/account/keys", &[("name", "a key"), ("scope", "account"), ("expires_in_days", "")]),
    ("/account/keys/revoke", &[("key", NOTHING)]),
    ("/account/keep", &[]),
    ("/account/delete", &[("password", "x")]),
];

/// An identifier of nothing.
pub(crate) const NOTHING: &str = "0190163d-8694-739b-aea5-966c26f8ad91";

/// A browser that `name` has just logged in with.
pub(crate) async fn logged_in(app: &App, name: &str) -> Browser {
    let mut browser = app.browser();
    assert_eq!(browser.log_in(name).await.status, 303);
    browser
}

/// The identifiers in a list of the API, in its order.
pub(crate) async fn ids(browser: &mut Browser, path: &str) -> Vec<String> {
    let answer = browser.get(path).await;
    let items = answer.body["items"].as_array().unwrap_or_else(|| panic!("{answer:?}"));
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
