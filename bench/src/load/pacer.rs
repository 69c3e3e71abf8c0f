//! A clock that ticks at a fixed rate, precisely: the runtime's own timers round to milliseconds,
//! and a thread that sleeps is woken late.
//!
//! Between its ticks the whole thread waits, and answers wait to be read: a processor that it took
//! from the server at each answer would be missing there. When an answer had arrived, the kernel
//! knows.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::{
    fd::OwnedFd,
    io::{read, retry_on_intr},
    time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
        timerfd_settime,
    },
};
use tokio::task::yield_now;

/// What the clock may show later than the timer began.
const APART: Duration = Duration::from_micros(20);

/// A timer of the kernel.
pub(super) struct Pacer(OwnedFd);

impl Pacer {
    /// Ticks every `period` from the moment it says. Whoever is stopped between the timer and the
    /// clock begins again: every request would seem to be answered so much sooner, or later.
    pub(super) fn start(period: Duration) -> Result<(Self, Instant)> {
        loop {
            let begun = Instant::now();
            let pacer = Self::begin(period)?;
            if begun.elapsed() < APART {
                return Ok((pacer, begun));
            }
        }
    }

    fn begin(period: Duration) -> Result<Self> {
        let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::CLOEXEC)
            .context("make a timer")?;
        let period = Timespec {
            tv_sec: period.as_secs().try_into()?,
            tv_nsec: period.subsec_nanos().into(),
        };
        let every = Itimerspec { it_interval: period, it_value: period };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &every).context("set a timer")?;
        Ok(Self(timer))
    }

    /// Lets all others on this thread do what they can: send, and read what has come. Then stops the
    /// thread until the next tick, and says how many there were since the last call.
    pub(super) async fn tick(&mut self) -> Result<u64> {
        // Those that may send do so; then those do something for whom there is something to read.
        yield_now().await;
        yield_now().await;
        let mut count = [0; 8];
        retry_on_intr(|| read(&self.0, &mut count)).context("read a timer")?;
        Ok(u64::from_ne_bytes(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_ticks_as_often_as_it_should() {
        let (mut pacer, begun) = Pacer::start(Duration::from_millis(2)).unwrap();
        let mut ticks = 0;
        while ticks < 50 {
            ticks += pacer.tick().await.unwrap();
        }

        assert!(begun.elapsed() >= Duration::from_millis(100));
        assert!(u128::from(ticks) <= begun.elapsed().as_millis() / 2);
    }
}
