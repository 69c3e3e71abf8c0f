//! Prometheus metrics: requests counted here, the rest by the library. On a listener of their own.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock, PoisonError, RwLock},
    time::Duration,
};

use ::metrics::{Counter, Histogram};
use axum::{Router, http::header, routing::get};
use countersign::Auth;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::exit::Problem;

const REQUESTS: &str = "countersign_http_requests_total";
const SECONDS: &str = "countersign_http_request_duration_seconds";
const REVOCATIONS: &str = "countersign_revocations";
const LISTENERS: &str = "countersign_revocation_listeners";
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

const SUM_UP_PERIOD: Duration = Duration::from_secs(5);

/// Starts counting, for the process. Within a runtime.
pub(super) fn install() -> Result<PrometheusHandle, Problem> {
    let failed = |error: &dyn std::fmt::Display| Problem::failed(format!("metrics: {error}"));
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.into()), BUCKETS)
        .map_err(|error| failed(&error))?
        .install_recorder()
        .map_err(|error| failed(&error))?;
    describe();
    tokio::spawn(sum_up_regularly(handle.clone()));
    Ok(handle)
}

/// Each request leaves a sample in memory until the samples are summed up, which a scrape does. It
/// must not take one: the scraper may be away.
async fn sum_up_regularly(handle: PrometheusHandle) {
    let mut ticks = tokio::time::interval(SUM_UP_PERIOD);
    loop {
        ticks.tick().await;
        handle.run_upkeep();
    }
}

fn describe() {
    metrics::describe_counter!(REQUESTS, "Requests answered, by route and status.");
    metrics::describe_histogram!(SECONDS, "Time to the answer's first byte.");
    metrics::describe_gauge!(REVOCATIONS, "Revocations held in memory.");
    metrics::describe_gauge!(LISTENERS, "Services that listen to the stream of revocations.");
    metrics::describe_counter!("countersign_logins_total", "Passwords checked, by outcome.");
    metrics::describe_counter!("countersign_passwords_shed_total", "Passwords not hashed: busy.");
    metrics::describe_counter!("countersign_throttled_total", "Passwords refused: throttled.");
    metrics::describe_counter!(
        "countersign_refresh_replays_total",
        "Refresh tokens shown twice, which ended their session."
    );
}

/// `GET /metrics`.
pub(super) fn router(handle: PrometheusHandle, auth: Auth) -> Router {
    Router::new().route(
        "/metrics",
        get(async move || {
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
            let count = |gauge, value: usize| metrics::gauge!(gauge).set(value as f64);
            count(REVOCATIONS, auth.revocations());
            count(LISTENERS, auth.streams().count());
            handle.run_upkeep();
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render())
        }),
    )
}

/// Requests by route, method and status. What is counted is looked up by its labels once, and then
/// known: routes are as matched, methods those we know, so there are few.
#[derive(Default)]
pub(super) struct Requests(RwLock<HashMap<String, Route>>);

type Route = HashMap<&'static str, Arc<Method>>;

struct Method {
    seconds: Histogram,
    /// By the first digit of the status. What never was is not counted.
    answers: [OnceLock<Counter>; 5],
}

impl Requests {
    pub(super) fn count(&self, (method, route): (&'static str, &str), status: u16, took: Duration) {
        let counted = self.known(method, route).unwrap_or_else(|| self.add(method, route));
        let class = usize::from(status / 100).clamp(1, 5);
        let counter = || {
            let status = ["1xx", "2xx", "3xx", "4xx", "5xx"][class - 1];
            let route = route.to_owned();
            metrics::counter!(REQUESTS, "method" => method, "route" => route, "status" => status)
        };
        counted.answers[class - 1].get_or_init(counter).increment(1);
        counted.seconds.record(took.as_secs_f64());
    }

    fn known(&self, method: &str, route: &str) -> Option<Arc<Method>> {
        let routes = self.0.read().unwrap_or_else(PoisonError::into_inner);
        routes.get(route)?.get(method).cloned()
    }

    fn add(&self, method: &'static str, route: &str) -> Arc<Method> {
        let name = route.to_owned();
        let seconds = metrics::histogram!(SECONDS, "method" => method, "route" => name);
        let made = Arc::new(Method { seconds, answers: Default::default() });
        let mut routes = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let methods = routes.entry(route.to_owned()).or_default();
        Arc::clone(methods.entry(method).or_insert(made))
    }
}
