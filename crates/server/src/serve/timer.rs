//! The timer of one connection. hyper asks for a new one before every request and drops it when the
//! head is there: here that is one and the same, moved on. To set up and take down a timer of
//! tokio's takes a lock that all connections share, to move one on does not.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use hyper::rt;
use tokio::time::{self, sleep_until};

type Sleep = Pin<Box<time::Sleep>>;

/// Gives the same timer again and again, as long as one is asked for after the other.
#[derive(Debug, Default)]
pub(super) struct ConnectionTimer {
    resting: Arc<Mutex<Option<Sleep>>>,
}

impl rt::Timer for ConnectionTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn rt::Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn rt::Sleep>> {
        let resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner).take();
        let sleep = match resting {
            Some(mut sleep) => {
                sleep.as_mut().reset(deadline.into());
                sleep
            }
            None => Box::pin(sleep_until(deadline.into())),
        };
        Box::pin(Running { sleep: Some(sleep), rests_in: Arc::clone(&self.resting) })
    }
}

/// A timer in use.
struct Running {
    sleep: Option<Sleep>,
    rests_in: Arc<Mutex<Option<Sleep>>>,
}

impl rt::Sleep for Running {}

impl Future for Running {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.sleep {
            Some(sleep) => sleep.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        *self.rests_in.lock().unwrap_or_else(PoisonError::into_inner) = self.sleep.take();
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use hyper::rt::Timer;

    use super::*;

    fn is_pending(timer: &mut Pin<Box<dyn rt::Sleep>>) -> bool {
        timer.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending()
    }

    #[tokio::test]
    async fn a_timer_that_is_used_again_waits_for_its_own_deadline() {
        let timer = ConnectionTimer::default();
        let (soon, later) = (Duration::from_millis(5), Duration::from_millis(50));
        let mut dropped = timer.sleep(Duration::from_secs(3600));
        assert!(is_pending(&mut dropped));
        drop(dropped);
        assert!(timer.resting.lock().unwrap().is_some());

        timer.sleep(soon).await;
        let mut dropped = timer.sleep(soon);
        assert!(is_pending(&mut dropped));
        drop(dropped);
        let began = Instant::now();
        timer.sleep(later).await;

        assert!(began.elapsed() >= later);
    }

    #[tokio::test]
    async fn two_timers_at_once_do_not_share() {
        let timer = ConnectionTimer::default();
        let mut long = timer.sleep(Duration::from_secs(3600));

        timer.sleep(Duration::from_millis(1)).await;

        assert!(is_pending(&mut long));
    }
}
