//! How odd requests are made: half of them aimed at a route, with most of what it asks for.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::json;

use super::ROUTES;
use crate::support::PASSWORD;

/// A request; `TOKEN` and its like stand for what somebody has.
#[derive(Debug, Clone)]
pub(super) struct Odd {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) headers: Vec<(&'static str, Vec<u8>)>,
    pub(super) body: Vec<u8>,
    pub(super) with_page: bool,
}

const METHODS: [&str; 9] =
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "BREW"];

/// Beside the routes.
const PATHS: [&str; 12] = [
    "/rest-auth",
    "/rest-auth/api/users/%00",
    "/rest-auth/%00/%ff",
    "/api-tokens",
    "/api-tokens/%ff",
    "/api-tokens/api/users/%ff",
    "/request-loader/protected//",
    "/user-system/%2e%2e/%22%3cscript%3e",
    "/user-system/static/page.js",
    "/user-system",
    "/flask-jwt",
    "/jwt-extended",
];

const NAMES: [&str; 21] = [
    "username",
    "password",
    "email",
    "user_name",
    "first_name",
    "last_name",
    "confirm",
    "login",
    "remember_me",
    "csrf_token",
    "access_token",
    "refresh_token",
    "token",
    "jwt",
    "page",
    "per_page",
    "about_me",
    "id",
    "\u{0}",
    "",
    "__proto__",
];

const TEXTS: [&str; 18] = [
    "",
    " ",
    "\u{0}",
    "a\u{0}b",
    "miguel",
    PASSWORD,
    "miguel@example.com",
    "\u{feff}",
    "\u{202e}x",
    "🦀",
    "%00",
    "' OR 1=1 --",
    "null",
    "a@b@c",
    "../../etc/passwd",
    "\r\nset-cookie: a=b",
    "ID",
    "TOKEN",
];

const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1",
    "0.1",
    "1e999",
    "-0",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "18446744073709551616",
    "1e308",
    "99999999999999999999999999999999999999999999",
];

const TYPES: [&str; 12] = [
    "application/json",
    "application/json; charset=utf-16",
    "APPLICATION/JSON",
    "application/vnd.api+json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=latin-1",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "*/*",
    "",
    "application/json, text/html",
];

const FIELDS: [&str; 18] = [
    "authorization",
    "x-auth-token",
    "x-api-key",
    "x-csrftoken",
    "x-csrf-token",
    "origin",
    "referer",
    "host",
    "accept",
    "accept-language",
    "user-agent",
    "x-forwarded-for",
    "x-forwarded-proto",
    "forwarded",
    "idempotency-key",
    "sec-fetch-site",
    "content-length",
    "expect",
];

const COOKIES: [&str; 6] = [
    "access_token_cookie",
    "refresh_token_cookie",
    "__Host-session",
    "__Host-remember",
    "__Host-device",
    "csrf_access_token",
];

fn owned(texts: &'static [&'static str]) -> impl Strategy<Value = String> {
    select(texts).prop_map(str::to_owned)
}

fn text() -> impl Strategy<Value = String> {
    let long = (0..70_000_usize).prop_map(|length| "x".repeat(length));
    prop_oneof![6 => owned(&TEXTS), 3 => any::<String>(), 1 => long]
}

/// Of a JSON member.
fn value() -> impl Strategy<Value = String> {
    let quoted = text().prop_map(|text| json!(text).to_string());
    let deep = (1..400_usize).prop_map(|depth| "[".repeat(depth) + &"]".repeat(depth));
    let word = owned(&["true", "false", "null", "{}", "NaN", "'x'", r#""\ud800""#, "[null]"]);
    prop_oneof![6 => quoted, 2 => owned(&NUMBERS), 1 => deep, 2 => word]
}

/// A JSON object, with members that are there twice now and then.
fn object() -> impl Strategy<Value = String> {
    vec((select(&NAMES[..]), value()), 0..6).prop_map(|members| {
        let members = members.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    })
}

fn form() -> impl Strategy<Value = String> {
    vec((select(&NAMES[..]), text()), 0..6).prop_map(|fields| {
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    })
}

/// What clients of the profiles send, with one member made odd.
fn nearly_right() -> impl Strategy<Value = String> {
    let name = prop_oneof![Just("miguel".to_owned()), "[a-z]{4,9}", text()];
    let password = prop_oneof![3 => Just(PASSWORD.to_owned()), 1 => text()];
    let odd = option::weighted(0.3, (select(&NAMES[..]), value()));
    (name, password, 0..3, odd).prop_map(|(name, password, kind, odd)| {
        let mut body = match kind {
            0 => json!({"username": name, "password": password}),
            1 => json!({"login": name, "password": password, "remember_me": true}),
            _ => json!({
                "username": name, "user_name": name, "first_name": "a", "last_name": "b",
                "email": format!("{name}@example.com"), "password": password, "confirm": password,
            }),
        };
        if let Some((name, value)) = odd {
            body[name] = serde_json::from_str(&value).unwrap_or_default();
        }
        body.to_string()
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        2 => Just(Vec::new()),
        3 => object().prop_map(String::into_bytes),
        6 => nearly_right().prop_map(String::into_bytes),
        2 => form().prop_map(String::into_bytes),
        1 => value().prop_map(String::into_bytes),
        1 => vec(any::<u8>(), 0..80),
    ]
}

fn credential() -> impl Strategy<Value = Vec<u8>> {
    let scheme = owned(&["Basic ", "basic  ", "Bearer ", "JWT ", "Digest ", "", "Basic\t"]);
    let pair = (text(), text()).prop_map(|(name, word)| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        BASE64_STANDARD.encode(format!("{name}:{word}"))
    });
    let token = owned(&["TOKEN", "REFRESH", "RANDOM", "PAIR", "a.b.c", "..", "csa_x", "eyJ.e30."]);
    let what = prop_oneof![2 => pair, 3 => token, 1 => text()];
    (scheme, what).prop_map(|(scheme, what)| format!("{scheme}{what}").into_bytes())
}

fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let bytes = vec(any::<u8>(), 0..40);
    let anything = prop_oneof![text().prop_map(String::into_bytes), bytes];
    let cookie = (select(&COOKIES[..]), text());
    prop_oneof![
        2 => credential().prop_map(|value| ("authorization", value)),
        2 => select(&TYPES[..]).prop_map(|value| ("content-type", value.as_bytes().to_vec())),
        3 => (select(&FIELDS[..]), anything),
        1 => cookie.prop_map(|(name, value)| ("cookie", format!("{name}={value}").into_bytes())),
    ]
}

fn aimed() -> impl Strategy<Value = Odd> {
    let kind = prop_oneof![6 => Just("application/json"), 1 => select(&TYPES[..])];
    let more = (option::weighted(0.9, kind), any::<bool>(), vec(header(), 0..3));
    let query = option::weighted(0.3, form());
    (select(&ROUTES[..]), more, query, body(), prop::bool::weighted(0.8)).prop_map(
        |((method, path, credential), (kind, shown, mut headers), query, body, with_page)| {
            let kind = kind.map(|kind| ("content-type", kind.as_bytes().to_vec()));
            let shown = (shown && !credential.is_empty()).then(|| credential.as_bytes().to_vec());
            headers.extend(kind);
            headers.extend(shown.map(|value| ("authorization", value)));
            let (method, path) = (method.to_owned(), path.to_owned());
            Odd { method, path, query, headers, body, with_page }
        },
    )
}

fn wild() -> impl Strategy<Value = Odd> {
    let route = select(&ROUTES[..]).prop_map(|(_, path, _)| path.to_owned());
    let path = prop_oneof![3 => route, 1 => owned(&PATHS)];
    let query = option::of(prop_oneof![form(), text()]);
    let what = (owned(&METHODS), path, query, vec(header(), 0..5), body(), any::<bool>());
    what.prop_map(|(method, path, query, headers, body, with_page)| Odd {
        method,
        path,
        query,
        headers,
        body,
        with_page,
    })
}

pub(super) fn odd() -> impl Strategy<Value = Odd> {
    prop_oneof![2 => aimed(), 1 => wild()]
}
