//! Made-up sources that break each rule, and some that only look as if: the checker must tell them
//! apart.

use crate::lexer::{Token, tokens};
use crate::map;
use crate::rules::{Stray, strays};
use crate::source::Source;

const LIBRARY: &str = "crates/countersign/src";

/// What the checker says to one file, in a library that has the feature `user`.
fn said(path: &str, code: &str) -> Vec<Stray> {
    let feature = Source::new("crates/countersign/src/user/mod.rs", "//! Users.\n");
    strays(&[feature, Source::new(path, &format!("//! Made up.\n{code}\n"))])
}

#[track_caller]
fn refused(path: &str, code: &str, rule: &str) {
    let strays = said(path, code);

    assert_eq!(strays.len(), 1, "`{code}` in {path}: {strays:?}");
    assert_eq!((strays[0].path.as_str(), strays[0].line), (path, 2));
    assert!(strays[0].rule.contains(rule), "`{}` is not the rule `{rule}`", strays[0].rule);
}

#[track_caller]
fn accepted(path: &str, code: &str) {
    assert_eq!(said(path, code), [], "`{code}` in {path}");
}

fn library(file: &str) -> String {
    format!("{LIBRARY}/{file}")
}

#[test]
fn axum_outside_http_is_a_stray() {
    for file in ["lib.rs", "auth.rs", "user/mod.rs", "store/db.rs", "live/feed.rs"] {
        refused(&library(file), "use axum::Router;", "name axum");
    }
    refused(&library("store/user.rs"), "#[derive(utoipa::ToSchema)] struct A;", "name utoipa");
    refused(&library("user/mod.rs"), "use utoipa_axum::routes;", "name axum");
    accepted(&library("user/mod.rs"), "#[derive(utoipa::ToSchema)] struct A;");
    refused(&library("auth.rs"), "fn f<S: tower::Service<()>>() {}", "name axum");

    accepted(&library("user/http.rs"), "use axum::Router;");
    accepted(&library("http/cookie.rs"), "use axum::Router;");
    accepted("crates/flask/src/lib.rs", "use axum::Router;");
}

#[test]
fn a_database_driver_outside_store_is_a_stray() {
    for driver in ["rusqlite", "tokio_postgres", "deadpool_postgres"] {
        let code = format!("use {driver}::Row;");
        refused(&library("user/mod.rs"), &code, "database drivers");
        refused(&library("http/page.rs"), &code, "database drivers");
        refused("crates/server/src/main.rs", &code, "database drivers");
        accepted(&library("store/db.rs"), &code);
    }
}

#[test]
fn a_runtime_a_clock_and_io_in_proto_are_strays() {
    let proto = "crates/proto/src/totp.rs";
    refused(proto, "use tokio::sync::Mutex;", "no runtime");
    refused(proto, "use axum::Router;", "name axum");
    refused(proto, "use rusqlite::Row;", "database drivers");
    refused(proto, "use std::time::SystemTime;", "no clock");
    refused(proto, "use std::{fmt, time::{Duration, Instant}};", "no clock");
    refused(proto, "async fn f() {}", "no clock");
    refused(proto, "fn f() { std::fs::remove_file(\"x\").ok(); }", "no I/O");
    refused(proto, "use std::{fmt, net::{IpAddr}};", "no I/O");

    accepted(proto, "use std::{fmt, time::Duration};\nuse sha2::Digest;");
}

#[test]
fn cryptography_outside_proto_is_a_stray() {
    for krate in ["argon2", "aws_lc_rs", "jsonwebtoken", "sha2", "hmac", "bcrypt"] {
        let code = format!("fn f() {{ {krate}::digest(); }}");
        refused(&library("password/mod.rs"), &code, "cryptography");
        refused(&library("store/token.rs"), &code, "cryptography");
        refused("crates/server/src/main.rs", &code, "cryptography");
        accepted("crates/proto/src/secret.rs", &code);
    }
    refused(&library("user/http.rs"), "use rustls::ClientConfig;", "TLS");
    accepted(&library("store/postgres.rs"), "use rustls::ClientConfig;");
    accepted("crates/server/src/tls.rs", "use rustls::ServerConfig;");

    let provider = "use rustls::crypto::aws_lc_rs;\nfn f() { aws_lc_rs::default_provider(); }";
    accepted(&library("store/tls.rs"), provider);
}

#[test]
fn a_call_upwards_is_a_stray_however_it_is_spelled() {
    for layer in ["store/user.rs", "live/mod.rs"] {
        let file = library(layer);
        refused(&file, "use crate::user::Account;", "calls go down");
        refused(&file, "use crate::{error::Error, user::{self}};", "calls go down");
        refused(&file, "fn f() { crate::http::render(); }", "calls go down");
        refused(&file, "use crate::Auth;", "calls go down");
        accepted(&file, "use crate::store::db::Tx;\nuse crate::{Error, config::Config};");
    }
    refused(&library("store/user.rs"), "use super::super::user::Account;", "calls go down");
    refused(&library("live/mod.rs"), "use super::user::Account;", "calls go down");
    accepted(&library("store/mod.rs"), "mod user;\nuse self::user::Row;");
    accepted(&library("store/token.rs"), "use super::user::Row;");
    accepted(&library("store/user.rs"), "mod tests { use super::super::user::Row; }");
}

#[test]
fn a_feature_that_names_http_is_a_stray() {
    let feature = library("user/mod.rs");
    refused(&feature, "use crate::http::Page;", "no HTTP");
    refused(&feature, "use self::http::routes;", "no HTTP");
    refused(&feature, "use http::StatusCode;", "no HTTP");
    refused(&feature, "use crate::session::http::cookie;", "no HTTP");
    refused(&feature, "mod tests { use super::http::routes; }", "no HTTP");

    accepted(&feature, "pub(crate) mod http;");
    accepted(&library("lib.rs"), "mod http;\npub use http::extract::CurrentUser;");
}

#[test]
fn a_handler_that_opens_a_transaction_is_a_stray() {
    let call = "fn f() { auth.db.write(async |tx| tx.run().await); }";

    refused(&library("user/http.rs"), call, "opens no transaction");
    refused(&library("http/session/page.rs"), call, "opens no transaction");

    accepted(&library("user/mod.rs"), call);
    accepted(&library("http/page.rs"), "fn f() { lock.write().push(1); }");
}

#[test]
fn reaching_behind_the_public_interface_is_a_stray() {
    for file in ["crates/flask/src/lib.rs", "crates/server/src/main.rs"] {
        refused(file, "use countersign_proto::jose;", "public interface");
        refused(file, "use countersign::{Auth, store::Db};", "name no store");
        accepted(file, "use countersign::Auth;");
    }
}

#[test]
fn global_state_is_a_stray() {
    let file = library("user/mod.rs");
    for state in [
        "static CACHE: OnceLock<u8> = OnceLock::new();",
        "static HITS: AtomicU64 = AtomicU64::new(0);",
        "static mut COUNT: u8 = 0;",
        "static USERS: std::sync::LazyLock<Vec<u8>> = LazyLock::new(Vec::new);",
        "thread_local! { static BUFFER: RefCell<u8> = RefCell::new(0); }",
    ] {
        refused(&file, state, "no global state");
    }

    accepted(&file, "static WORDS: [&str; 1] = [\"a\"];\nfn f(x: &'static Mutex<u8>) {}");
    accepted(&file, "struct Auth { keys: OnceLock<u8> }");
    accepted(
        &library("store/sqlite.rs"),
        "thread_local! { static READER: RefCell<u8> = RefCell::new(0); }",
    );
}

#[test]
fn a_long_file_one_without_a_header_and_a_note_to_self_are_strays() {
    let long = format!("//! Long.\n{}", "\n".repeat(399));
    let rule = |text: &str| strays(&[Source::new("crates/server/tests/a.rs", text)])[0].rule;

    assert!(rule(&long).contains("400 lines"));
    assert!(rule("fn main() {}\n").contains("begins with"));
    assert!(rule(concat!("//! A.\n// TO", "DO: later\n")).contains("notes to self"));
}

#[test]
fn comments_strings_and_names_of_ones_own_are_no_strays() {
    let file = library("user/mod.rs");
    accepted(&file, "// use axum::Router;\n/* axum::Router /* nested */ sha2::Digest */");
    accepted(&file, "/// See [`axum::Router`].\nfn f() {}");
    accepted(&file, "const A: &str = \"axum::Router \\\" sha2::X\";");
    accepted(&file, "const A: &str = r#\"use \"axum::Router\";\"#;");
    accepted(&file, "fn f(tower: u8) -> u8 { self.hmac + tower + auth.axum() }");
}

#[test]
fn a_stray_behind_strings_and_characters_has_the_right_line() {
    let code =
        "const A: &str = \"\n\n\";\nconst Q: char = '\"';\nfn f<'a>(x: &'a str) {}\nuse axum::A;";

    let strays = said(&library("user/mod.rs"), code);

    assert_eq!(strays.iter().map(|stray| stray.line).collect::<Vec<_>>(), [7]);
}

#[test]
fn characters_are_told_from_lifetimes() {
    let kinds = |code| tokens(code).into_iter().map(|(_, token)| token).collect::<Vec<_>>();

    assert_eq!(kinds("'a' '\\'' '\\u{1F}' '\"'"), vec![Token::Literal; 4]);
    assert_eq!(kinds("'a 'static"), vec![Token::Lifetime; 2]);
}

#[test]
fn a_lost_path_of_the_map_is_noticed() {
    let text = "`crates/proto/` `store/db.rs`, `*/http.rs`, `GET /api/x`, `/login`, `text/html`,\n\
                `crates/nowhere`, `a.b()`\n```\n`crates/fenced`\n```\n";

    let found = map::paths(crate::root(), text);

    let names: Vec<&str> = found.iter().map(|(_, path)| path.as_str()).collect();
    assert_eq!(names, ["crates/proto/", "store/db.rs", "*/http.rs", "crates/nowhere"]);
    assert_eq!(found[3].0, 2);
    assert!(map::exists(crate::root(), "crates/proto/"));
    assert!(map::exists(crate::root(), "crates/*/Cargo.toml"));
    assert!(!map::exists(crate::root(), "crates/nowhere"));
}
