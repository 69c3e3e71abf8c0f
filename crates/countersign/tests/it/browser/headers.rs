//! Headers and cookies of every route with every status it can be made to give. A page this file
//! does not know fails it.

use std::{collections::BTreeSet, fs, path::Path};

use axum::http::Method;

use crate::{
    http::document::{document, filled, operations},
    support::{Answer, App, Browser, on_both_engines},
};

/// Pages, with something in their query that they take.
pub(crate) const PAGES: &[&str] = &[
    "/account",
    "/account/data",
    "/account/delete",
    "/account/devices/forget",
    "/account/email",
    "/account/export",
    "/account/keep",
    "/account/keys",
    "/account/keys/revoke",
    "/account/language",
    "/account/password",
    "/account/sessions",
    "/account/sessions/end",
    "/account/sessions/end-others",
    "/change-email",
    "/confirm",
    "/confirm/resend",
    "/forgot-password",
    "/inbox",
    "/inbox/{id}",
    "/inbox/{id}/body",
    "/language",
    "/login",
    "/logout",
    "/password/strength",
    "/reauthenticate",
    "/reset-password",
    "/restore",
    "/sign-up",
];

/// What may be kept by a cache: it is the same for everybody.
const CACHEABLE: [&str; 3] = ["/.well-known/jwks.json", "/assets/{name}", "/status-lists/{number}"];

async fn callers(app: &App) -> Vec<Browser> {
    let (mut member, mut root) = (app.browser(), app.browser());
    app.user("miguel").await;
    app.admin().await;
    member.log_in_remembered("miguel").await;
    root.log_in("root").await;
    let mut asleep = member.clone();
    asleep.cookies.remove("__Host-session");
    let mut broken = app.browser();
    broken.cookies.insert("__Host-session".into(), "broken".into());
    let lured = root.saying(&[("sec-fetch-site", "cross-site")]);
    vec![app.browser(), member, root, lured, asleep, broken]
}

fn lint(what: &str, route: &str, answer: &Answer) {
    let fail = |rule: &str| panic!("{what}: {rule}: {answer:?}");
    let header = |name: &str| answer.header(name);
    if answer.status >= 500 {
        fail("a failure");
    }
    if header("x-content-type-options") != "nosniff" {
        fail("X-Content-Type-Options");
    }
    if header("referrer-policy") != "no-referrer" {
        fail("Referrer-Policy");
    }
    if !header("content-security-policy").contains("frame-ancestors 'none'")
        || header("content-security-policy").contains("unsafe")
    {
        fail("Content-Security-Policy");
    }
    if header("strict-transport-security") != "max-age=31536000" {
        fail("Strict-Transport-Security");
    }
    let cacheable = CACHEABLE.contains(&route) && answer.status == 200;
    if !cacheable && header("cache-control") != "no-store" {
        fail("Cache-Control");
    }
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        if answer.headers.contains_key(name) {
            fail(name);
        }
    }
    let kind = header("content-type");
    if kind.starts_with("text/") && !kind.ends_with("; charset=utf-8") {
        fail("Content-Type");
    }
    if kind.starts_with("text/html") {
        lint_page(what, answer);
    }
    lint_cookies(what, answer);
}

fn lint_page(what: &str, answer: &Answer) {
    assert!(answer.header("vary").contains("Cookie"), "{what}: Vary: {answer:?}");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}: {answer:?}");
    let inline = answer.text().contains(" style=") || answer.text().contains("<script>");
    assert!(!inline, "{what}: something inline: {answer:?}");
}

fn lint_cookies(what: &str, answer: &Answer) {
    for value in answer.headers.get_all("set-cookie") {
        let text = value.to_str().unwrap();
        let (pair, attributes) = text.split_once("; ").unwrap();
        let attributes: BTreeSet<&str> = attributes.split("; ").collect();
        assert!(pair.starts_with("__Host-") && text.len() < 4096, "{what}: {text}");
        for wanted in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
            assert!(attributes.contains(wanted), "{what}: {wanted}: {text}");
        }
        assert!(!text.contains("Domain="), "{what}: {text}");
        assert_eq!(answer.header("cache-control"), "no-store", "{what}: {text}");
        let lasting = text.contains("Max-Age=") && !text.contains("Max-Age=0");
        assert!(!(pair.starts_with("__Host-session") && lasting), "{what}: {text}");
    }
}

async fn try_page(path: &str, caller: &Browser, by: usize, statuses: &mut BTreeSet<u16>) {
    let queries = ["", "?next=%2Fx", "?token=nonsense", "?token=%00&next=//evil.example", "?%zz"];
    for query in queries {
        let answer = caller.clone().open(&format!("{path}{query}")).await;
        statuses.insert(answer.status);
        lint(&format!("GET {path}{query} by {by}"), path, &answer);
    }
    for body in ["", "login=miguel&password=wrong", "a=1&a=2", "%ff%fe", "token=nonsense"] {
        let kind = "application/x-www-form-urlencoded";
        let answer = caller.clone().post_as(kind, path, body).await;
        statuses.insert(answer.status);
        lint(&format!("POST {path} {body:?} by {by}"), path, &answer);
    }
    let answer = caller.clone().post_as("text/plain", path, "x").await;
    lint(&format!("POST {path} as text by {by}"), path, &answer);
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        let answer = caller.clone().fetch(method.parse().unwrap(), path, None).await;
        statuses.insert(answer.status);
        lint(&format!("{method} {path} by {by}"), path, &answer);
    }
}

on_both_engines! {
    async fn every_route_and_every_status_has_its_headers_and_cookies_right(db) {
        let app = db.app_with(|config| config.public_url = "https://auth.example".into()).await;
        let callers = callers(&app).await;
        let document = document(&app).await;
        let mut statuses = BTreeSet::new();

        for (method, path) in operations(&document) {
            for (number, caller) in callers.iter().enumerate() {
                if method == Method::DELETE && number != 0 {
                    continue; // They end the caller; their refusals are those of the others.
                }
                for body in [None, Some("{}"), Some("[")] {
                    let answer = caller.clone().fetch(method.clone(), &filled(&path), body).await;
                    statuses.insert(answer.status);
                    lint(&format!("{method} {path} {body:?} by {number}"), &path, &answer);
                }
            }
        }
        // Last, as some of them end the session.
        for path in PAGES {
            for (number, caller) in callers.iter().enumerate() {
                try_page(&filled(path), caller, number, &mut statuses).await;
            }
        }
        for wanted in [200, 303, 400, 401, 403, 404, 405, 415, 422] {
            assert!(statuses.contains(&wanted), "{wanted}: {statuses:?}");
        }
    }
}

/// A page that is not in the list above escapes the test.
#[test]
fn every_page_is_known_here() {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            for line in code {
                let routes = line.split(".route(\"").skip(1);
                found.extend(routes.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
                assert!(!line.contains(".nest("), "{}: {line}", path.display());
            }
        }
    }
    let others = ["/api/openapi.json", "/assets/{name}"];
    let known: BTreeSet<String> =
        PAGES.iter().chain(&others).map(|page| (*page).to_owned()).collect();

    assert_eq!(found, known);
}
