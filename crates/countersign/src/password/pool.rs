//! The hashing pool: dedicated low-priority threads with reused memory behind a bounded queue that
//! is fair by client address (DESIGN 6). What it cannot do in time it refuses.

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use countersign_proto::password::{Memory, engine};
use tokio::sync::oneshot;

use super::{
    answers::{Answer, Answers},
    give_way::give_way,
    queue::{Lane, Queue},
    refusals::Refusals,
    turnstile::Turnstile,
};
use crate::{config::Hashing, error::Denied};

type Work = Box<dyn FnOnce(&mut Memory) -> Answer + Send>;

/// A thread that has had nothing to do for so long gives its memory back.
const REST_AFTER: Duration = Duration::from_secs(10);

struct Job {
    work: Work,
    deadline: Instant,
}

struct State {
    queue: Queue<Job>,
    answers: Answers,
    closed: bool,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    deadline: Duration,
    threads: usize,
    refusals: Refusals,
    turnstile: Turnstile,
}

/// Handle to the threads; they end when it is dropped.
pub(crate) struct Pool(Arc<Shared>);

impl Pool {
    /// Starts the threads.
    ///
    /// # Errors
    /// When they cannot be had, or what they would compute is not Argon2.
    pub(crate) fn start(config: &Hashing) -> std::io::Result<Self> {
        engine::check().map_err(std::io::Error::other)?;
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if config.threads == 0 { processors } else { config.threads };
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                queue: Queue::new(config.queue),
                answers: Answers::default(),
                closed: false,
            }),
            wake: Condvar::new(),
            deadline: Duration::from_millis(config.deadline_ms),
            threads,
            refusals: Refusals::new(),
            turnstile: Turnstile::new(),
        });
        let pool = Self(shared);
        for number in 0..threads {
            let (shared, nice) = (Arc::clone(&pool.0), config.nice);
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || serve(&shared, nice))?;
        }
        Ok(pool)
    }

    /// Lets everybody go first who has no password to be checked: before work that several logins
    /// come to at the same moment.
    pub(crate) async fn pass(&self) {
        self.0.turnstile.pass().await;
    }

    /// Takes a place in the queue, before anything is spent on what will need it: what is under way
    /// to the queue counts as if it were there.
    ///
    /// # Errors
    /// 503 when the queue or the lane is full.
    pub(crate) async fn claim(&self, lane: Lane) -> Result<Place<'_>, Denied> {
        if !self.0.lock().queue.claim(lane) {
            return Err(self.refuse().await);
        }
        let place = Place { pool: self, lane, used: false };
        self.pass().await;
        Ok(place)
    }

    /// Runs `work` on one of the threads when the lane's turn comes.
    ///
    /// # Errors
    /// 503 when the queue or the lane is full, and after the deadline.
    pub(crate) async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, Denied>
    where
        T: Send + 'static,
        F: FnOnce(&mut Memory) -> T + Send + 'static,
    {
        self.claim(lane).await?.run(work).await
    }

    /// The refusal for lack of room, a moment later.
    async fn refuse(&self) -> Denied {
        self.0.refusals.hold().await;
        shed("full")
    }
}

/// A place in the queue; given back when it is dropped.
pub(crate) struct Place<'a> {
    pool: &'a Pool,
    lane: Lane,
    used: bool,
}

impl Place<'_> {
    /// Runs `work` on one of the threads when the lane's turn comes.
    ///
    /// # Errors
    /// 503 after the deadline.
    pub(crate) async fn run<T, F>(mut self, work: F) -> Result<T, Denied>
    where
        T: Send + 'static,
        F: FnOnce(&mut Memory) -> T + Send + 'static,
    {
        let shared = &self.pool.0;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            deadline: Instant::now() + shared.deadline,
            work: Box::new(move |memory| {
                // A caller who has left is not worth the work.
                let done = (!answer.is_closed()).then(|| work(memory));
                Box::new(move || drop(done.map(|done| answer.send(done))))
            }),
        };
        self.used = true;
        shared.push(self.lane, job);
        // A job past its deadline is dropped by the threads; were they all stuck, this ends it.
        match tokio::time::timeout(shared.deadline * 2, answered).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) | Err(_) => Err(shed("late")),
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.used {
            self.pool.0.lock().queue.release(self.lane);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.wake.notify_all();
    }
}

fn shed(reason: &'static str) -> Denied {
    metrics::counter!("countersign_passwords_shed_total", "reason" => reason).increment(1);
    Denied::unavailable("Too many passwords are being checked. Try again shortly.", 2)
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, lane: Lane, job: Job) {
        self.lock().queue.push(lane, job);
        self.wake.notify_one();
    }

    /// Takes an answer, and hands over what must not wait.
    fn done(&self, answer: Answer) {
        let mut state = self.lock();
        // Were the others not enough for all threads, holding back would make one idle.
        let busy = state.queue.waiting() >= 2 * self.threads;
        let answers = state.answers.add(answer, busy);
        drop(state);
        answers.into_iter().for_each(|answer| answer());
    }

    /// The next job in turn; `None` when the pool is closed. `rest` is called when there has been
    /// nothing to do for a while.
    fn pop(&self, mut rest: impl FnMut()) -> Option<Job> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some(job) = state.queue.pop() {
                return Some(job);
            }
            // Nobody is told late because there was nothing more to do.
            state.answers.take().into_iter().for_each(|answer| answer());
            let (woken, waited) =
                self.wake.wait_timeout(state, REST_AFTER).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if waited.timed_out() {
                rest();
            }
        }
    }
}

fn serve(shared: &Shared, nice: u32) {
    give_way(nice);
    let mut memory = Memory::default();
    // 19 MiB for each thread are worth keeping under load, and a waste on a quiet server.
    while let Some(job) = shared.pop(|| memory = Memory::default()) {
        if job.deadline < Instant::now() {
            continue;
        }
        let work = std::panic::AssertUnwindSafe(|| (job.work)(&mut memory));
        match std::panic::catch_unwind(work) {
            Ok(answer) => shared.done(answer),
            Err(_) => {
                tracing::error!("a password could not be hashed: the hashing code panicked");
                memory = Memory::default();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use tokio::task::JoinHandle;

    use super::{super::refusals::HOLD, *};

    fn pool(queue: usize, deadline_ms: u64) -> Pool {
        let config = Hashing { threads: 1, queue, deadline_ms, ..Hashing::default() };
        Pool::start(&config).unwrap()
    }

    fn address(last: u8) -> Lane {
        Some([192, 0, 2, last].into())
    }

    /// Occupies the only thread until the sender is used or dropped.
    async fn block(pool: &Arc<Pool>) -> mpsc::Sender<()> {
        let (release, released) = mpsc::channel();
        let (begun, begins) = oneshot::channel();
        let pool = Arc::clone(pool);
        tokio::spawn(async move {
            let work = move |_: &mut Memory| {
                let _ = begun.send(());
                let _ = released.recv();
            };
            pool.run(None, work).await
        });
        begins.await.unwrap();
        release
    }

    /// Somebody who waits in the queue.
    async fn queued(pool: &Arc<Pool>, last: u8, work: fn()) -> JoinHandle<Result<(), Denied>> {
        let before = pool.0.lock().queue.waiting();
        let waits = Arc::clone(pool);
        let running = tokio::spawn(async move { waits.run(address(last), move |_| work()).await });
        while pool.0.lock().queue.waiting() <= before {
            tokio::task::yield_now().await;
        }
        running
    }

    #[tokio::test]
    async fn a_full_lane_is_refused_and_leaves_room_for_others() {
        let pool = Arc::new(pool(8, 60_000));
        let release = block(&pool).await;
        let flood = [queued(&pool, 1, || ()).await, queued(&pool, 1, || ()).await];

        let third = pool.run(address(1), |_| ()).await.unwrap_err();
        let other = queued(&pool, 2, || ()).await;
        release.send(()).unwrap();

        assert_eq!(third.code().status(), 503);
        assert_eq!(third.retry_after_seconds(), Some(2));
        assert!(other.await.unwrap().is_ok());
        for job in flood {
            assert!(job.await.unwrap().is_ok());
        }
    }

    #[tokio::test]
    async fn a_place_that_is_not_used_is_given_back() {
        let pool = pool(4, 60_000);
        let place = pool.claim(address(1)).await.unwrap();

        assert!(pool.claim(address(1)).await.is_err(), "a lane has a quarter of four");
        drop(place);

        assert_eq!(pool.claim(address(1)).await.unwrap().run(|_| 7).await, Ok(7));
        assert!(pool.claim(address(1)).await.is_ok());
    }

    #[tokio::test]
    async fn whoever_asks_again_at_once_is_held_back() {
        let pool = Arc::new(pool(4, 60_000));
        let release = block(&pool).await;
        let waiting = queued(&pool, 1, || ()).await;

        let begun = Instant::now();
        assert!(pool.claim(address(1)).await.is_err());
        assert!(pool.run(address(1), |_| ()).await.is_err());
        assert!(begun.elapsed() >= 2 * HOLD);
        assert!(pool.claim(address(2)).await.is_ok());
        release.send(()).unwrap();
        assert!(waiting.await.unwrap().is_ok());
    }

    #[tokio::test]
    async fn a_job_past_its_deadline_is_answered_503_and_never_run() {
        let pool = Arc::new(pool(8, 500));
        let release = block(&pool).await;
        let late = queued(&pool, 1, || ()).await;

        let denied = late.await.unwrap().unwrap_err();
        release.send(()).unwrap();

        assert_eq!(denied.code().status(), 503);
    }

    #[tokio::test]
    async fn whoever_is_done_hears_so_though_all_behind_them_fail() {
        let pool = Arc::new(pool(64, 60_000));
        let release = block(&pool).await;
        let first = queued(&pool, 1, || ()).await;
        let behind = [
            queued(&pool, 2, || panic!("on purpose")).await,
            queued(&pool, 3, || panic!("on purpose")).await,
        ];
        release.send(()).unwrap();

        let soon = tokio::time::timeout(Duration::from_secs(30), first).await;

        assert!(soon.unwrap().unwrap().is_ok());
        for failed in behind {
            assert!(failed.await.unwrap().is_err());
        }
    }

    #[tokio::test]
    async fn a_panic_fails_alone() {
        let pool = pool(8, 60_000);

        let panicked = pool.run(None, |_| panic!("on purpose")).await;
        let next = pool.run(None, |_| 7).await;

        assert!(panicked.is_err());
        assert_eq!(next, Ok(7));
    }
}
