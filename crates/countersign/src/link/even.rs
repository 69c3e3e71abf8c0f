//! Answers at even times, so that what differs by a fraction of a millisecond tells nobody which of
//! two things was done.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Far more than the work takes, and nothing to whoever waits for a mail.
const STEP: Duration = Duration::from_millis(50);

/// Does the work, and answers at the end of the step it ended in.
pub(crate) async fn at_an_even_time<T>(work: impl Future<Output = T>) -> T {
    let begun = Instant::now();
    let done = work.await;
    sleep_until(begun + end_of_step(begun.elapsed())).await;
    done
}

fn end_of_step(passed: Duration) -> Duration {
    let steps = passed.as_nanos() / STEP.as_nanos() + 1;
    STEP * u32::try_from(steps).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_whatever_length_is_answered_at_the_end_of_its_step() {
        for (passed, answered) in [(0, 50), (1, 50), (49, 50), (50, 100), (51, 100), (120, 150)] {
            let end = end_of_step(Duration::from_millis(passed));
            assert_eq!(end.as_millis(), answered, "{passed}");
        }
    }
}
