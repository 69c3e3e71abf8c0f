//! A contestant for the harness's own tests: answers as told, rightly for a while.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header::RETRY_AFTER},
    routing::{get, post},
};
use clap::{Parser, ValueEnum};
use tokio::{net::TcpListener, sync::Mutex, time::sleep};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// Every answer is right
    Right,
    /// 500
    Fails,
    /// 200 with another body
    Wrong,
    /// The process ends
    Dies,
    /// 503 with a time to come back, to whoever comes while so many are being answered
    Refuses,
    /// The right answer, to one after another, a hundred a second
    Queues,
}

#[derive(Parser)]
struct Cli {
    /// Where to answer
    listen: String,
    /// What becomes of the answers
    way: Way,
    /// After so many of them, or beside so many
    after: u64,
}

struct Fake {
    way: Way,
    after: u64,
    count: AtomicU64,
    turn: Mutex<()>,
}

impl Fake {
    fn new(way: Way, after: u64) -> Arc<Self> {
        Arc::new(Self { way, after, count: AtomicU64::new(0), turn: Mutex::new(()) })
    }

    /// `right`, but for whoever is one too many.
    async fn refuse(&self, right: Answer) -> Answer {
        let others = self.count.fetch_add(1, Ordering::Relaxed);
        sleep(Duration::from_millis(5)).await;
        self.count.fetch_sub(1, Ordering::Relaxed);
        if others < self.after {
            return right;
        }
        let later = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("2"))]);
        (StatusCode::SERVICE_UNAVAILABLE, later, "too much")
    }
}

type Answer = (StatusCode, HeaderMap, &'static str);

async fn answer(State(fake): State<Arc<Fake>>) -> Answer {
    let right = (StatusCode::OK, HeaderMap::new(), "this is u000001");
    match fake.way {
        Way::Refuses => fake.refuse(right).await,
        _ if fake.count.fetch_add(1, Ordering::Relaxed) < fake.after => right,
        Way::Right => right,
        Way::Queues => {
            let turn = fake.turn.lock().await;
            sleep(Duration::from_millis(10)).await;
            drop(turn);
            right
        }
        Way::Fails => (StatusCode::INTERNAL_SERVER_ERROR, HeaderMap::new(), "it broke"),
        Way::Wrong => (StatusCode::OK, HeaderMap::new(), "this is nobody"),
        Way::Dies => process::exit(9),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let Cli { listen, way, after } = Cli::parse();
    // Whatever the way, the second stays right.
    let (fake, quiet) = (Fake::new(way, after), Fake::new(Way::Right, 0));
    let app = Router::new()
        .route("/login", post(answer).with_state(Arc::clone(&fake)))
        .route("/steady", get(answer).with_state(quiet))
        .route("/me", get(answer).with_state(fake))
        .route("/healthz", get(async || "ok"));
    axum::serve(TcpListener::bind(listen).await?, app).await
}
