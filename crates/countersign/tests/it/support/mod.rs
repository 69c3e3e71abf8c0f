//! What the rules are written with: an application, its users, and those who call it.

mod app;
mod browser;
mod caller;
mod database;
mod proxy;

use std::time::{Duration, Instant};

pub(crate) use app::{App, Key, PASSWORD, START, Session, User};
pub(crate) use browser::Browser;
pub(crate) use caller::{Answer, Caller};
pub(crate) use database::Database;
pub(crate) use proxy::Proxy;

/// Makes two tests of each rule: `a_rule::on_sqlite` and `a_rule::on_postgres`.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $rule:ident($db:ident) $body:block)*) => {$(
        $(#[$meta])*
        async fn $rule($db: $crate::support::Database) $body

        mod $rule {
            use $crate::support::Database;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$rule(Database::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$rule(Database::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both_engines;

/// Starts `count` requests at once and answers all their answers.
pub(crate) async fn at_once<F>(count: usize, request: impl Fn(usize) -> F) -> Vec<Answer>
where
    F: Future<Output = Answer> + Send + 'static,
{
    let tasks: Vec<_> = (0..count).map(|n| tokio::spawn(request(n))).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

/// How many answers have this status.
pub(crate) fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Asks again until the answer has this status; fails after some seconds.
pub(crate) async fn becomes(caller: &Caller, path: &str, status: u16) {
    let begun = Instant::now();
    while caller.get(path).await.status != status {
        assert!(begun.elapsed() < Duration::from_secs(10), "{path} never becomes {status}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
