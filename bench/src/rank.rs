//! Threads that go before all others. Whoever asks at a fixed rate stands for clients on machines of
//! their own, which do not wait for a processor of the server's.

use std::thread;

use thread_priority::{
    Error, NormalThreadSchedulePolicy, RealtimeThreadSchedulePolicy, ThreadPriority,
    ThreadPriorityValue, ThreadSchedulePolicy, set_thread_priority_and_policy, thread_native_id,
};

/// Of whoever asks when it is time.
const ASKING: u8 = 40;
/// Of whoever watches how late the machine is.
const WATCHING: u8 = 50;
/// What a thread of the usual rank has; it means nothing there.
const USUAL: u8 = 0;

/// This thread goes first until this is dropped, on the same thread.
#[must_use]
pub(crate) struct First(());

impl First {
    /// Without the right to, it stays a thread like others (see [`may`]).
    pub(crate) fn asking() -> Self {
        let _ = raise(ASKING);
        Self(())
    }
}

impl Drop for First {
    fn drop(&mut self) {
        let usual = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Other);
        let _ = set(USUAL, usual);
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
    set(rank, ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo))
}

fn set(rank: u8, policy: ThreadSchedulePolicy) -> Result<(), Error> {
    let rank =
        ThreadPriorityValue::try_from(rank).map_err(|_| Error::Priority("a rank is of 0 to 99"))?;
    set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(rank), policy)
}

#[cfg(test)]
mod tests {
    use thread_priority::thread_schedule_policy;

    use super::*;

    #[test]
    fn a_thread_goes_first_where_it_may_and_only_as_long_as_it_asks() {
        let usual = thread_schedule_policy().unwrap();
        let first = First::asking();
        let meanwhile = thread_schedule_policy().unwrap();
        drop(first);

        assert_eq!(matches!(meanwhile, ThreadSchedulePolicy::Realtime(_)), may());
        assert_eq!(thread_schedule_policy().unwrap(), usual);
    }
}
