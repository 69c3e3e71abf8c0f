//! Answers that are handed over together. Each wakes whoever waits for it, who then writes to the
//! database as a rule: while passwords queue anyway, a few logins share the waking and the COMMIT.

use std::time::{Duration, Instant};

/// So many go together at most.
const TOGETHER: usize = 4;

/// None is held back once the first of them has waited so long.
const HOLD: Duration = Duration::from_millis(10);

/// Tells one caller what came of the work.
pub(super) type Answer = Box<dyn FnOnce() + Send>;

/// Those that are held back.
#[derive(Default)]
pub(super) struct Answers {
    held: Vec<Answer>,
    since: Option<Instant>,
}

impl Answers {
    /// Adds one, and takes what is to be handed over now: nothing as long as the threads are `busy`
    /// with others and it is neither many nor long ago.
    pub(super) fn add(&mut self, answer: Answer, busy: bool) -> Vec<Answer> {
        let since = *self.since.get_or_insert_with(Instant::now);
        self.held.push(answer);
        if busy && self.held.len() < TOGETHER && since.elapsed() < HOLD {
            return Vec::new();
        }
        self.take()
    }

    /// Takes all.
    pub(super) fn take(&mut self) -> Vec<Answer> {
        self.since = None;
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    fn told(answers: Vec<Answer>) -> usize {
        let count = answers.len();
        answers.into_iter().for_each(|answer| answer());
        count
    }

    #[test]
    fn answers_go_together_while_the_threads_are_busy() {
        let (mut answers, heard) = (Answers::default(), Arc::new(AtomicUsize::new(0)));
        let answer = || -> Answer {
            let heard = Arc::clone(&heard);
            Box::new(move || {
                heard.fetch_add(1, Ordering::Relaxed);
            })
        };

        // On a machine that stops for longer than they are held, they go sooner.
        let counts: Vec<usize> = (0..40).map(|_| told(answers.add(answer(), true))).collect();

        assert_eq!(counts.iter().sum::<usize>(), 40);
        assert_eq!(heard.load(Ordering::Relaxed), 40);
        assert!(counts.iter().all(|count| *count <= TOGETHER), "{counts:?}");
        assert!(counts.contains(&TOGETHER), "{counts:?}");
    }

    #[test]
    fn none_is_held_back_where_nobody_waits_or_for_long() {
        let mut answers = Answers::default();
        let nothing = || -> Answer { Box::new(|| ()) };

        assert_eq!(told(answers.add(nothing(), false)), 1);
        answers.since = Instant::now().checked_sub(HOLD);
        assert_eq!(told(answers.add(nothing(), true)), 1);
    }

    #[test]
    fn all_are_taken_when_there_is_nothing_more_to_do() {
        let mut answers = Answers::default();
        let held = answers.add(Box::new(|| ()), true);

        assert_eq!(held.len() + told(answers.take()), 1);
        assert_eq!(told(answers.take()), 0);
    }
}
