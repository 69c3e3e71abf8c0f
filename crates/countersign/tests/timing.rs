//! Time tells nobody who has an account. These rules hash at the cost of production, in a program
//! of their own and one after another: what runs beside a measurement is measured with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, unused_imports, reason = "written for all rules; these few need less of it")]
#[path = "it/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use countersign::{Clock, ThrottleMode, proto::password::Params};
use serde_json::json;
use tokio::sync::Mutex;

use support::{App, Database, PASSWORD, START, on_both_engines};

const PAIRS: usize = 200;

/// One measurement at a time.
static ALONE: Mutex<()> = Mutex::const_new(());

async fn app(db: &Database) -> App {
    db.app_at(Clock::manual(START), |config| {
        config.hashing.params = Params::default();
        config.throttle.mode = ThrottleMode::Off;
    })
    .await
}

async fn time(app: &App, username: &str) -> Duration {
    let caller = app.basic(username, "a wrong password");
    let begun = Instant::now();
    let answer = caller.get("/me").await;
    let passed = begun.elapsed();
    assert_eq!(answer.refusal(), (401, "invalid_credentials"));
    passed
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

/// How far apart the medians of two names are, relative to the first.
async fn difference(app: &App, one: &str, other: &str) -> f64 {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for n in 0..PAIRS {
        // Each goes first in turn, so that what follows what costs neither.
        if n % 2 == 0 {
            first.push(time(app, one).await);
            second.push(time(app, other).await);
        } else {
            second.push(time(app, other).await);
            first.push(time(app, one).await);
        }
    }
    let (first, second) = (median(first), median(second));
    (first - second).abs() / first
}

/// The least of a few measurements: a machine that does other things only ever adds.
async fn least_difference(app: &App, one: &str, other: &str) -> f64 {
    let _alone = ALONE.lock().await;
    let mut least = f64::INFINITY;
    for _ in 0..5 {
        least = least.min(difference(app, one, other).await);
        if least < 0.05 {
            break;
        }
    }
    least
}

on_both_engines! {
    async fn unknown_wrong_and_disabled_are_refused_in_the_same_bytes(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let gone = app.user("gone").await;
        app.auth.users().disable(gone.id.parse().unwrap()).await.unwrap();

        let wrong = app.basic("miguel", "wrong").get("/me").await;
        assert_eq!(app.basic("nobody", PASSWORD).get("/me").await, wrong);
        assert_eq!(gone.get("/me").await, wrong);
        assert_eq!(app.basic("nobody@example.org", PASSWORD).get("/me").await, wrong);
        assert_eq!(app.basic("no\u{200b}name", PASSWORD).get("/me").await, wrong);
        let log_in = async |username: &str, password: &str| {
            let body = json!({"username": username, "password": password});
            app.anonymous().post("/api/tokens", &body).await
        };
        let wrong = log_in("miguel", "wrong").await;
        assert_eq!(log_in("nobody", PASSWORD).await, wrong);
        assert_eq!(log_in("gone", PASSWORD).await, wrong);
        assert_eq!(log_in("a\0b", PASSWORD).await, wrong);
    }

    async fn an_unknown_user_takes_as_long_as_a_wrong_password(db) {
        let app = app(&db).await;
        app.user("miguel").await;

        let difference = least_difference(&app, "miguel", "nobody").await;

        assert!(difference < 0.05, "the medians differ by {:.1} %", difference * 100.0);
    }

    async fn a_disabled_user_takes_as_long_as_a_wrong_password(db) {
        let app = app(&db).await;
        app.user("miguel").await;
        let gone = app.user("gone").await;
        app.auth.users().disable(gone.id.parse().unwrap()).await.unwrap();

        let difference = least_difference(&app, "miguel", "gone").await;

        assert!(difference < 0.05, "the medians differ by {:.1} %", difference * 100.0);
    }
}
