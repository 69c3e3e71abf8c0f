//! A clock that ticks at a fixed rate, precisely: the runtime's own timers round to milliseconds,
//! and a thread that sleeps is woken late.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::{io::AsyncReadExt, net::unix::pipe::Receiver};

/// What the clock may show later than the timer began.
const APART: Duration = Duration::from_micros(20);

/// A timer of the kernel.
///
/// The runtime has no timers of this kind. It reads one as it reads a pipe.
pub(super) struct Pacer(Receiver);

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
        let timer = timerfd_create(
            TimerfdClockId::Monotonic,
            TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK,
        )
        .context("make a timer")?;
        let period = Timespec {
            tv_sec: period.as_secs().try_into()?,
            tv_nsec: period.subsec_nanos().into(),
        };
        let every = Itimerspec { it_interval: period, it_value: period };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &every).context("set a timer")?;
        Ok(Self(Receiver::from_owned_fd_unchecked(timer)?))
    }

    /// Waits for the next tick, and says how many there were since the last call.
    pub(super) async fn tick(&mut self) -> Result<u64> {
        let mut count = [0; 8];
        self.0.read_exact(&mut count).await.context("read a timer")?;
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
