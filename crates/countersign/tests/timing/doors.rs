//! Every door at which somebody could ask who has an account, page and API: the same status, the
//! same bytes, the same time, whether or not there is one.

use std::time::Duration;

use countersign::{Clock, Confirmation, ThrottleMode, Transport, proto::password::Params};
use serde_json::Value;

use crate::{
    measure::{assert_alike, time},
    support::{Answer, App, Database, PASSWORD, START, on_both_engines},
};

/// Who is asked for: somebody with an account, and nobody.
const PEOPLE: [&str; 2] = ["known", "unknown"];

/// A request that asks for an account: a form, or JSON.
struct Door {
    path: &'static str,
    page: bool,
}

const DOORS: [Door; 8] = [
    Door { path: "/sign-up", page: true },
    Door { path: "/api/users", page: false },
    Door { path: "/login", page: true },
    Door { path: "/api/tokens", page: false },
    Door { path: "/forgot-password", page: true },
    Door { path: "/api/recovery", page: false },
    Door { path: "/confirm/resend", page: true },
    Door { path: "/api/confirmation", page: false },
];

async fn app(db: &Database) -> App {
    let app = db
        .app_at(Clock::manual(START), |config| {
            config.hashing.params = Params::default();
            config.throttle.mode = ThrottleMode::Off;
            config.mail.transport = Transport::Inbox;
            config.mail.per_hour = u32::MAX;
            config.confirmation = Confirmation::Optional;
        })
        .await;
    // Never confirmed, or the mail that confirms would go out to nobody.
    let answer = ask(&app, &Door { path: "/api/users", page: false }, "known").await;
    assert_eq!(answer.status, 202);
    app
}

/// Of one length, whoever it is. Who signs up is nobody no more: that takes a new one each time.
fn address(door: &Door, name: &str, number: usize) -> String {
    match (name, door.path) {
        ("known", _) => "known0000000@example.org".into(),
        (_, "/sign-up" | "/api/users") => format!("nobod{number:07}@example.org"),
        _ => "nobody000000@example.org".into(),
    }
}

fn members(path: &str, address: &str) -> Vec<(&'static str, String)> {
    let address = address.to_owned();
    match path {
        "/sign-up" | "/api/users" => vec![("email", address), ("password", PASSWORD.into())],
        "/login" => vec![("login", address), ("password", "a wrong password".into())],
        "/api/tokens" => vec![("username", address), ("password", "a wrong password".into())],
        "/forgot-password" | "/api/recovery" => vec![("login", address)],
        _ => vec![("email", address)],
    }
}

async fn ask(app: &App, door: &Door, name: &str) -> Answer {
    ask_for(app, door, &address(door, name, 0)).await
}

async fn ask_for(app: &App, door: &Door, address: &str) -> Answer {
    let members = members(door.path, address);
    if door.page {
        let fields: Vec<_> = members.iter().map(|(name, text)| (*name, text.as_str())).collect();
        return app.browser().submit(door.path, &fields).await;
    }
    let body: Value = members.into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
    app.anonymous().post(door.path, &body).await
}

/// An answer without what is random in it, and without what was typed.
fn shape(answer: &Answer, typed: &str) -> (u16, String, Vec<(String, String)>) {
    let is_random = |word: &str| {
        word.len() >= 40 && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    let plain = |text: &str| {
        let text = text.replace(typed, "TYPED").replace(&typed.replace('@', "&#64;"), "TYPED");
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let mut shown = String::new();
        for word in text.split_inclusive(|c| !is_part(c)) {
            let part = word.trim_end_matches(|c| !is_part(c));
            shown.push_str(if is_random(part) { "RANDOM" } else { part });
            shown.push_str(&word[part.len()..]);
        }
        shown
    };
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), plain(value.to_str().unwrap())));
    (answer.status, plain(&answer.text()), headers.collect())
}

fn status(door: &Door) -> u16 {
    match (door.path, door.page) {
        ("/login", _) => 422,
        ("/api/tokens", _) => 401,
        (_, page) => {
            if page {
                200
            } else {
                202
            }
        }
    }
}

on_both_engines! {
    async fn every_door_answers_in_the_same_bytes_whether_or_not_there_is_an_account(db) {
        let app = app(&db).await;

        for door in &DOORS {
            let known = ask(&app, door, "known").await;
            let unknown = ask(&app, door, "unknown").await;

            assert_eq!(known.status, status(door), "{}: {known:?}", door.path);
            assert_eq!(
                shape(&known, &address(door, "known", 0)),
                shape(&unknown, &address(door, "unknown", 0)),
                "{}",
                door.path
            );
        }
    }

    async fn every_door_takes_as_long_whether_or_not_there_is_an_account(db) {
        let app = app(&db).await;

        for door in &DOORS {
            let app = &app;
            let try_one = async |name: &str, number: usize| -> Duration {
                let address = address(door, name, number + 1);
                time(ask_for(app, door, &address), |answer| {
                    assert_eq!(answer.status, status(door), "{answer:?}");
                })
                .await
            };
            assert_alike(door.path, PEOPLE, try_one).await;
        }
    }

    async fn a_robot_is_answered_as_fast_as_a_person(db) {
        let app = app(&db).await;
        let app = &app;

        for mail in ["", "@example.org"] {
            let try_one = async |name: &str, number: usize| {
                let field = if mail.is_empty() { "username" } else { "email" };
                let own = format!("{name}{number:07}{mail}");
                let website = if name == "robot" { "x" } else { "" };
                let fields = [(field, own.as_str()), ("password", PASSWORD), ("website", website)];
                let mut browser = app.browser();
                time(browser.submit("/sign-up", &fields), |answer| {
                    assert_eq!(answer.status, if mail.is_empty() { 303 } else { 200 });
                })
                .await
            };
            assert_alike(&format!("a robot {mail}"), ["human", "robot"], try_one).await;
        }
    }
}
