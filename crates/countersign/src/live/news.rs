//! What the feed hears, passed on as it is heard to those in this process who want to know.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::store::{Change, change::Lane};

/// Words that a listener may be behind. One that is further is told so, and begins anew.
const BEHIND: usize = 4096;

/// One thing the feed heard.
#[derive(Debug, Clone)]
pub(crate) enum Word {
    /// A change, and its number.
    Change(Lane, Arc<Change>),
    /// Changes were missed.
    Missed,
}

pub(crate) struct News(broadcast::Sender<Word>);

impl Default for News {
    fn default() -> Self {
        Self(broadcast::channel(BEHIND).0)
    }
}

impl News {
    /// All that is heard from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Word> {
        self.0.subscribe()
    }

    pub(super) fn heard(&self, number: Lane, change: Change) {
        if self.0.receiver_count() > 0 {
            // Whoever went away meanwhile needs no word.
            let _ = self.0.send(Word::Change(number, Arc::new(change)));
        }
    }

    pub(super) fn missed(&self) {
        let _ = self.0.send(Word::Missed);
    }
}
