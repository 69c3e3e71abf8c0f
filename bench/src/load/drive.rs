//! Driving clients: one request after another, or each when it is due.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout_at},
};

use super::{
    Client, Tally,
    client::{Later, Outcome},
    pacer::Pacer,
};
use crate::{job::Job, rank::First};

/// Every client asks for `job` again and again for `time`. Answers are counted when they are there.
///
/// # Errors
/// At the first answer that is not as expected.
pub async fn closed(
    clients: Vec<Client>,
    job: Job,
    time: Duration,
) -> Result<(Vec<Client>, Tally)> {
    let end = Instant::now() + time;
    hammer(clients, job, Later::Never, move || Instant::now() >= end).await
}

/// Every client asks for `job` again and again until `is_over`. Those that may be told to come back
/// later arrive one after another, as people do: together they would come back together for ever.
///
/// # Errors
/// At the first answer that is not as expected.
pub async fn hammer<F>(
    clients: Vec<Client>,
    job: Job,
    later: Later,
    is_over: F,
) -> Result<(Vec<Client>, Tally)>
where
    F: Fn() -> bool + Clone + Send + 'static,
{
    let begun = Instant::now();
    let mut running = JoinSet::new();
    let apart = later.pause() / u32::try_from(clients.len().max(1))?;
    for (turn, mut client) in (0_u32..).zip(clients) {
        let is_over = is_over.clone();
        running.spawn(async move {
            let mut tally = Tally::new()?;
            sleep(apart * turn).await;
            while !is_over() {
                let asked = Instant::now();
                match client.ask(job, later).await? {
                    Outcome::Answered => {
                        tally.add(client.heard().saturating_duration_since(asked));
                        tally.took = begun.elapsed();
                    }
                    Outcome::Refused(pause) => {
                        tally.refuse(client.heard().saturating_duration_since(asked));
                        sleep(pause).await;
                    }
                }
            }
            client.disconnect();
            Ok::<_, anyhow::Error>((client, tally))
        });
    }
    let (mut back, mut all) = (Vec::new(), Tally::new()?);
    while let Some(done) = running.join_next().await {
        let (client, tally) = done??;
        back.push(client);
        all.merge(&tally)?;
    }
    Ok((back, all))
}

/// What the requests of one fixed rate share.
struct Schedule {
    job: Job,
    begun: Instant,
    period: Duration,
    total: u64,
    next: AtomicU64,
    due: Semaphore,
    end: Instant,
    tally: Mutex<Tally>,
    failed: AtomicBool,
}

/// `rate` requests a second for `time`, whatever becomes of them: a request's time counts from when
/// it was due, and one that finds every connection taken waits. `grace` later those without an
/// answer are lost; the clients come back all the same.
///
/// # Errors
/// At the first answer that is not as expected.
pub async fn open(
    clients: Vec<Client>,
    job: Job,
    rate: u32,
    (time, grace): (Duration, Duration),
) -> Result<(Vec<Client>, Tally)> {
    ensure!(!clients.is_empty() && rate > 0, "nobody asks");
    let period = Duration::from_secs(1) / rate;
    let total = u64::try_from(time.as_nanos() / period.as_nanos())?;
    let first = First::asking();
    let (pacer, begun) = Pacer::start(period)?;
    let schedule = Arc::new(Schedule {
        job,
        begun,
        period,
        total,
        next: AtomicU64::new(0),
        due: Semaphore::new(0),
        end: begun + time + grace,
        tally: Mutex::new(Tally::new()?),
        failed: AtomicBool::new(false),
    });
    let mut running = JoinSet::new();
    let workers = clients.len();
    for client in clients {
        running.spawn(when_due(Arc::clone(&schedule), client));
    }
    let ticking = tokio::spawn(tick(pacer, Arc::clone(&schedule), workers));
    let mut back = Vec::new();
    while let Some(done) = running.join_next().await {
        back.push(done??);
    }
    ticking.await??;
    drop(first);
    let mut tally = schedule.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
    tally.took = schedule.begun.elapsed();
    tally.lost = total - tally.answered();
    Ok((back, tally))
}

/// Lets the requests go when they are due; the last ones find that there are no more.
async fn tick(mut pacer: Pacer, schedule: Arc<Schedule>, workers: usize) -> Result<()> {
    let mut given = 0;
    while given < schedule.total && !schedule.failed.load(Ordering::Relaxed) {
        let ticks = pacer.tick().await?;
        schedule.due.add_permits(usize::try_from(ticks)?);
        given += ticks;
    }
    schedule.due.add_permits(workers);
    Ok(())
}

async fn when_due(schedule: Arc<Schedule>, mut client: Client) -> Result<Client> {
    loop {
        schedule.due.acquire().await?.forget();
        let number = schedule.next.fetch_add(1, Ordering::Relaxed);
        if number >= schedule.total || Instant::now() >= schedule.end {
            client.disconnect();
            return Ok(client);
        }
        let due = schedule.begun + schedule.period * u32::try_from(number + 1)?;
        let asked = client.ask(schedule.job, Later::Never);
        match timeout_at(schedule.end.into(), asked).await {
            Ok(Ok(_)) => {}
            Ok(Err(failure)) => {
                schedule.failed.store(true, Ordering::Relaxed);
                return Err(failure);
            }
            // Lost, as are all that are due and not asked.
            Err(_) => {
                client.disconnect();
                return Ok(client);
            }
        }
        let time = client.heard().saturating_duration_since(due);
        schedule.tally.lock().unwrap_or_else(PoisonError::into_inner).add(time);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use axum::{
        Router,
        http::{StatusCode, header::RETRY_AFTER},
        response::IntoResponse,
        routing::post,
    };
    use tokio::net::TcpListener;

    use super::*;
    use crate::{load::Crowd, peer::Values};

    /// Somebody who answers the first two and tells all others to come back.
    async fn crowd() -> Arc<Crowd> {
        let answered = Arc::new(AtomicU64::new(0));
        let answer = async move || match answered.fetch_add(1, Ordering::Relaxed) {
            0 | 1 => StatusCode::OK.into_response(),
            _ => (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "1")]).into_response(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/login", post(answer));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let peer = "title = 'Odd'\nserve = ['odd']\nready = '/'\n\
                    [jobs.login]\nmethod = 'POST'\npath = '/login'";
        Arc::new(Crowd {
            peer: Arc::new(toml::from_str(peer).unwrap()),
            address,
            values: Values::new(),
            users: AtomicU64::new(1),
            count: AtomicU64::new(0),
        })
    }

    #[tokio::test]
    async fn who_waits_to_come_back_does_not_make_the_answers_fewer_a_second() {
        let crowd = crowd().await;
        let clients = (0..4).map(|number| Client::new(&crowd, number)).collect();
        let pause = Duration::from_secs(1);
        let begun = Instant::now();
        let is_over = move || begun.elapsed() >= pause / 2;

        let later = Later::After(pause);
        let (_, tally) = hammer(clients, Job::Login, later, is_over).await.unwrap();

        assert!(begun.elapsed() >= pause, "nobody waited");
        assert_eq!(tally.answered(), 2);
        assert!(tally.took < pause / 2, "{:?}", tally.took);
    }
}
