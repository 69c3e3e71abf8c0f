//! The hashing pool: dedicated low-priority threads with reused memory behind a bounded queue that
//! is fair by client address (DESIGN 6). What it cannot do in time it refuses at once.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use countersign_proto::password::Memory;
use tokio::sync::oneshot;

use crate::{config::Hashing, error::Denied};

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// A thread that has had nothing to do for so long gives its memory back.
const REST_AFTER: Duration = Duration::from_secs(10);

/// Whose turn it is: one lane for each address, one for callers without.
type Lane = Option<IpAddr>;

struct Job {
    work: Work,
    deadline: Instant,
}

#[derive(Default)]
struct Queue {
    lanes: HashMap<Lane, VecDeque<Job>>,
    /// Lanes with waiting jobs, in the order they are served; each appears once.
    turns: VecDeque<Lane>,
    waiting: usize,
    closed: bool,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    capacity: usize,
    lane_capacity: usize,
    deadline: Duration,
}

/// Handle to the threads; they end when it is dropped.
pub(crate) struct Pool(Arc<Shared>);

impl Pool {
    /// Starts the threads.
    pub(crate) fn start(config: &Hashing) -> std::io::Result<Self> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = if config.threads == 0 { processors } else { config.threads };
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            wake: Condvar::new(),
            capacity: config.queue,
            lane_capacity: (config.queue / 4).max(1),
            deadline: Duration::from_millis(config.deadline_ms),
        });
        let pool = Self(shared);
        for number in 0..threads {
            let shared = Arc::clone(&pool.0);
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || serve(&shared))?;
        }
        Ok(pool)
    }

    /// Runs `work` on one of the threads when the lane's turn comes.
    ///
    /// # Errors
    /// 503 at once when the queue or the lane is full, and after the deadline.
    pub(crate) async fn run<T, F>(&self, lane: Lane, work: F) -> Result<T, Denied>
    where
        T: Send + 'static,
        F: FnOnce(&mut Memory) -> T + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            deadline: Instant::now() + self.0.deadline,
            work: Box::new(move |memory| {
                // A caller who has left is not worth the work.
                if !answer.is_closed() {
                    let _ = answer.send(work(memory));
                }
            }),
        };
        self.0.push(lane, job)?;
        // A job past its deadline is dropped by the threads; were they all stuck, this ends it.
        match tokio::time::timeout(self.0.deadline * 2, answered).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(_)) | Err(_) => Err(shed("late")),
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
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, lane: Lane, job: Job) -> Result<(), Denied> {
        let mut queue = self.lock();
        let queued = queue.lanes.get(&lane).map_or(0, VecDeque::len);
        if queue.waiting >= self.capacity || queued >= self.lane_capacity {
            return Err(shed("full"));
        }
        queue.lanes.entry(lane).or_default().push_back(job);
        queue.waiting += 1;
        if queued == 0 {
            queue.turns.push_back(lane);
        }
        drop(queue);
        self.wake.notify_one();
        Ok(())
    }

    /// The next job in turn; `None` when the pool is closed. `rest` is called when there has been
    /// nothing to do for a while.
    fn pop(&self, mut rest: impl FnMut()) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.next() {
                return Some(job);
            }
            let (woken, waited) =
                self.wake.wait_timeout(queue, REST_AFTER).unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            if waited.timed_out() {
                rest();
            }
        }
    }
}

impl Queue {
    fn next(&mut self) -> Option<Job> {
        let lane = self.turns.pop_front()?;
        let jobs = self.lanes.get_mut(&lane)?;
        let job = jobs.pop_front();
        if jobs.is_empty() {
            self.lanes.remove(&lane);
        } else {
            self.turns.push_back(lane);
        }
        self.waiting -= usize::from(job.is_some());
        job
    }
}

fn serve(shared: &Shared) {
    // Passwords give way to everything else; without the right to, they run as equals.
    let _ = rustix::process::nice(10);
    let mut memory = Memory::default();
    // 19 MiB for each thread are worth keeping under load, and a waste on a quiet server.
    while let Some(job) = shared.pop(|| memory = Memory::default()) {
        if job.deadline < Instant::now() {
            continue;
        }
        let work = std::panic::AssertUnwindSafe(|| (job.work)(&mut memory));
        if std::panic::catch_unwind(work).is_err() {
            tracing::error!("a password could not be hashed: the hashing code panicked");
            memory = Memory::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

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

    #[tokio::test]
    async fn a_full_lane_is_refused_at_once_and_leaves_room_for_others() {
        let pool = Arc::new(pool(8, 60_000));
        let release = block(&pool).await;
        let mut flood = Vec::new();
        for _ in 0..2 {
            let pool = Arc::clone(&pool);
            flood.push(tokio::spawn(async move { pool.run(address(1), |_| ()).await }));
        }
        while pool.0.lock().waiting < 2 {
            tokio::task::yield_now().await;
        }

        let third = pool.run(address(1), |_| ()).await.unwrap_err();
        let other = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(address(2), |_| ()).await }
        });
        release.send(()).unwrap();

        assert_eq!(third.code().status(), 503);
        assert_eq!(third.retry_after_seconds(), Some(2));
        assert!(other.await.unwrap().is_ok());
        for job in flood {
            assert!(job.await.unwrap().is_ok());
        }
    }

    #[tokio::test]
    async fn lanes_take_turns() {
        let pool = Arc::new(pool(64, 60_000));
        let release = block(&pool).await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut jobs = Vec::new();
        for lane in [1, 1, 1, 1, 2, 3] {
            let before = pool.0.lock().waiting;
            let (pool2, order) = (Arc::clone(&pool), Arc::clone(&order));
            jobs.push(tokio::spawn(async move {
                pool2.run(address(lane), move |_| order.lock().unwrap().push(lane)).await
            }));
            while pool.0.lock().waiting == before {
                tokio::task::yield_now().await;
            }
        }

        release.send(()).unwrap();
        for job in jobs {
            job.await.unwrap().unwrap();
        }

        assert_eq!(*order.lock().unwrap(), [1, 2, 3, 1, 1, 1]);
    }

    #[tokio::test]
    async fn a_job_past_its_deadline_is_answered_503_and_never_run() {
        let pool = Arc::new(pool(8, 500));
        let release = block(&pool).await;
        let late = tokio::spawn({
            let pool = Arc::clone(&pool);
            async move { pool.run(address(1), |_| ()).await }
        });

        let denied = late.await.unwrap().unwrap_err();
        release.send(()).unwrap();

        assert_eq!(denied.code().status(), 503);
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
