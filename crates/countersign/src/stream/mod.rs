//! The stream of revocations: what this process hears of tokens that were taken back, passed on at
//! once to services that verify by themselves.
//!
//! A listener that comes for the first time gets all that is in force, then what happens. One that
//! was cut off says how far it was, and gets what it missed; where that is not known any more, it
//! begins anew. One that is too slow, and every one when this process itself may have missed
//! something, is cut off.

pub(crate) mod http;
mod listener;
mod position;
mod word;

use std::sync::Arc;

use countersign_proto::error_code::ErrorCode;
use tokio::sync::{Semaphore, watch};

pub(crate) use listener::Listener;
pub(crate) use word::Event;

use crate::{
    ApiKeyId, Auth, CurrentUser, Via,
    error::{Denied, Result},
    role::ADMIN,
    store::change,
};
use position::Position;

/// The scope of an API key that may listen.
pub const REVOCATIONS: &str = "revocations";

/// Listeners of one process.
const MOST: usize = 256;

/// Streams of revocations of one [`Auth`].
#[derive(Clone, Copy)]
pub struct Streams<'a>(pub(crate) &'a Auth);

/// Where the listeners of a process sit.
pub(crate) struct Room {
    seats: Arc<Semaphore>,
    open: watch::Sender<bool>,
}

impl Default for Room {
    fn default() -> Self {
        Self { seats: Arc::new(Semaphore::new(MOST)), open: watch::Sender::new(true) }
    }
}

impl Streams<'_> {
    /// How many listen.
    pub fn count(self) -> usize {
        MOST - self.0.room().seats.available_permits().min(MOST)
    }

    /// Ends all streams, and begins none: for a server that stops. Listeners go on elsewhere where
    /// they were.
    pub fn close(self) {
        self.0.room().open.send_replace(false);
    }

    /// Begins to listen, after `last` if the caller has heard so far.
    ///
    /// # Errors
    /// `invalid_request` when `last` was never said here; `temporarily_unavailable` when there are
    /// too many listeners, when this process hears nothing itself, or stops.
    pub(crate) async fn listen(self, by: &CurrentUser, last: Option<&str>) -> Result<Listener> {
        let key = key_of(by)?;
        let last = last.map(str::parse::<Position>).transpose().map_err(|_| {
            let text = "The header Last-Event-ID is none of this stream's.";
            Denied::invalid_request(text).field("Last-Event-ID")
        })?;
        self.0.check_lag()?;
        let full = || Denied::unavailable("There are too many listeners. Try again shortly.", 5);
        let seat = Arc::clone(&self.0.room().seats).try_acquire_owned().map_err(|_| full())?;
        let open = self.0.room().open.subscribe();
        if !*open.borrow() {
            return Err(Denied::unavailable("This process stops. Listen to another one.", 1).into());
        }
        // What is heard from now on, and how far the database was after that: nothing is between.
        let news = self.0.live().news().listen();
        let now = Position::of(change::lanes(self.0.db()).await?);
        Ok(Listener::new(self.0, (key, seat), (news, open), (last, now)))
    }

    /// Whether the key may go on listening. A database that does not answer is no reason to stop,
    /// until that has been so for too long.
    pub(crate) async fn may_go_on(self, key: ApiKeyId) -> bool {
        match self.0.api_keys().authenticate_again(key).await {
            Ok(user) => user.has_scope(REVOCATIONS) && user.has_role(ADMIN),
            Err(crate::Error::Denied(denied)) => denied.code() == ErrorCode::TemporarilyUnavailable,
            Err(crate::Error::Failed(_)) => false,
        }
    }
}

fn key_of(by: &CurrentUser) -> Result<ApiKeyId> {
    match by.via {
        Via::ApiKey(id) => Ok(id),
        _ => Err(Denied::invalid_token("Listening takes an API key.").into()),
    }
}
