//! Threads that go before all others. Whoever asks at a fixed rate stands for clients on machines of
//! their own, which do not wait for a processor of the server's.

use std::thread;

use rustix::process::{getpriority_process, setpriority_process};
use thread_priority::{
    Error, NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadPriority,
    ThreadPriorityValue, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};

/// Of whoever asks when it is time.
const ASKING: u8 = 40;
/// Of whoever watches how late the machine is.
const WATCHING: u8 = 50;
/// This thread goes first until this is dropped, on the same thread.
#[must_use]
pub(crate) struct First {
    /// How it gave way to others before: what it starts later must not be slower for this. `None`
    /// where it may not go first.
    nice: Option<i32>,
}

impl First {
    /// Without the right to, it stays a thread like others (see [`may`]).
    pub(crate) fn asking() -> Self {
        let nice = getpriority_process(None).ok();
        Self { nice: nice.filter(|_| raise(ASKING).is_ok()) }
    }
}

impl Drop for First {
    fn drop(&mut self) {
        let Some(nice) = self.nice else { return };
        // What may raise a thread may lower it.
        let usual = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
        let _ = set(ThreadPriority::Min, usual);
        let _ = setpriority_process(None, nice);
    }
}

/// This thread goes before even those that ask, for good, where it may.
pub(crate) fn watching() {
    let _ = raise(WATCHING);
}

/// Whether threads of this program may go first: those of root may.
pub(crate) fn may() -> bool {
    thread::spawn(|| raise(ASKING).is_ok()).join().unwrap_or(false)
}

fn raise(rank: u8) -> Result<(), Error> {
    let rank =
        ThreadPriorityValue::try_from(rank).map_err(|_| Error::Priority("a rank is of 0 to 99"))?;
    let first = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    set(ThreadPriority::Crossplatform(rank), first)
}

fn set(priority: ThreadPriority, policy: ThreadSchedulePolicy) -> Result<(), Error> {
    set_thread_priority_and_policy(thread_native_id(), priority, policy)
}

#[cfg(test)]
mod tests {
    use thread_priority::thread_schedule_policy;

    use super::*;

    #[test]
    fn a_thread_goes_first_where_it_may_and_only_as_long_as_it_asks() {
        let usual = || (thread_schedule_policy().unwrap(), getpriority_process(None).unwrap());
        let before = usual();
        let first = First::asking();
        let meanwhile = thread_schedule_policy().unwrap();
        drop(first);

        assert_eq!(matches!(meanwhile, ThreadSchedulePolicy::Realtime(_)), may());
        assert_eq!(usual(), before);
    }
}
