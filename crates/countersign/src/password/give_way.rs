//! The priority of the threads that hash.

/// Passwords give way to everything else; without the right to, they run as equals. At 10, Linux 6.18
/// lets a hash finish its turn first where a thread wakes up often: a tenth of the wake-ups came 2
/// milliseconds late. Beyond 19 the scheduler's own policy for it stops a hash at once; but then
/// whatever else keeps the processors busy, a compiler say, leaves passwords nothing.
pub(super) fn give_way(nice: u32) {
    let _ = rustix::process::nice(nice.min(19).cast_signed());
    #[cfg(target_os = "linux")]
    if nice > 19 {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
            set_thread_priority_and_policy, thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn beyond_19_a_thread_gets_only_what_nobody_else_wants() {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy,
        };
        for (nice, policy) in
            [(19, NormalThreadSchedulePolicy::Other), (20, NormalThreadSchedulePolicy::Idle)]
        {
            let thread = std::thread::spawn(move || {
                super::give_way(nice);
                thread_schedule_policy()
            });

            assert_eq!(thread.join().unwrap(), Ok(ThreadSchedulePolicy::Normal(policy)), "{nice}");
        }
    }
}
