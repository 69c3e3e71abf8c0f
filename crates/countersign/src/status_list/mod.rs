//! Status lists: every session whose tokens are signed has a bit in a published list, which says
//! whether they were taken back. For services that verify tokens by themselves.
//!
//! A list is made of what this process knows by heart, and made again when that has changed or it
//! grows old: at most once a second, and only when somebody asks.

pub(crate) mod http;
mod indexes;
mod shelf;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use countersign_proto::status_list::{StatusClaim, StatusList, StatusListClaims, StatusReference};

pub use shelf::PublishedList;
pub(crate) use shelf::Shelf;

use crate::{
    Auth,
    error::{Denied, Failed, Result, TokenFault},
    signing_key::ring::Opened,
    store::{self, DbError, session::SessionRow, status_list::LIST_SIZE},
};

/// A list that is out of date is served for so long before it is made again.
const AT_MOST_ONCE_IN: Duration = Duration::from_secs(1);

/// An index that was taken is handed out within so many seconds or never.
const BLOCK_SECONDS: i64 = 3600;

/// Status lists of one [`Auth`].
#[derive(Clone, Copy)]
pub struct StatusLists<'a>(pub(crate) &'a Auth);

impl StatusLists<'_> {
    /// A list, as it is published: signed, and at most a second behind what this process knows.
    ///
    /// # Errors
    /// `not_found` where there is no such list, or none at all: with HS256 nobody else could verify
    /// it. `temporarily_unavailable` rather than a list that may lack what others revoked.
    pub async fn get(self, number: u32) -> Result<PublishedList> {
        self.0.check_lag()?;
        let number = i64::from(number);
        let shelf = self.0.shelf();
        let beginning = self.0.live().beginnings();
        if !shelf.has(beginning, number) {
            if !store::status_list::is_known(self.0.db(), number).await? {
                return Err(no_such_list());
            }
            shelf.add(beginning, number);
        }
        let keys = self.0.keys().await?;
        let signer = keys.publisher(self.0.now()).ok_or_else(no_such_list)?.kid().to_owned();
        let place = shelf.place(number);
        let mut made = place.lock().await;
        if let Some(list) = made.as_ref().filter(|made| self.is_good(number, made, &signer)) {
            return Ok(list.published.clone());
        }
        let new = self.make(number, (keys, signer)).await?;
        Ok(made.insert(new).published.clone())
    }

    /// Whether the list can be served as it is.
    fn is_good(self, number: i64, made: &shelf::Made, signer: &str) -> bool {
        let age = self.0.now() - made.published.issued_at;
        let young = (0..=i64::from(made.published.ttl_seconds) / 2).contains(&age);
        let same = self.0.live().statuses().version(number) == made.marks;
        made.signer == signer && young && (same || made.at.elapsed() < AT_MOST_ONCE_IN)
    }

    async fn make(self, number: i64, (keys, signer): (Arc<Opened>, String)) -> Result<shelf::Made> {
        let (at, now) = (Instant::now(), self.0.now());
        let (marks, set) = self.0.live().statuses().of(number);
        let ttl = self.0.config().status_list_ttl_seconds;
        let (iss, sub) = (self.0.config().public_url.clone(), self.uri(number));
        let sign = move || {
            let signer = keys.publisher(now).ok_or_else(no_such_list)?;
            let claims = StatusListClaims {
                iss,
                sub,
                iat: now,
                exp: now + 2 * i64::from(ttl),
                ttl,
                status_list: (&list_of(&set)?).into(),
            };
            claims.sign(signer).map_err(Failed::because)
        };
        let token = tokio::task::spawn_blocking(sign).await.map_err(Failed::because)??;
        let published = PublishedList::new(token, now, ttl);
        Ok(shelf::Made { published, marks, signer, at })
    }

    /// The claim `status` for a token of this session. A session of before there were lists gets its index now.
    ///
    /// # Errors
    /// `invalid_token` when the session has ended.
    pub(crate) async fn claim(self, session: &SessionRow) -> Result<StatusClaim> {
        let index = match session.status_index {
            Some(index) => index,
            None => self.give(session).await?,
        };
        let (list, idx) = (index.div_euclid(LIST_SIZE), index.rem_euclid(LIST_SIZE));
        let idx = u64::try_from(idx).map_err(Failed::because)?;
        Ok(StatusClaim { status_list: StatusReference { idx, uri: self.uri(list) } })
    }

    async fn give(self, session: &SessionRow) -> Result<i64> {
        let (id, index) = (session.id, self.draw().await?);
        self.0.db().write(async move |tx| tx.set_status_index(id, index).await).await?;
        let row = store::session::by_id(self.0.db(), id).await?;
        let over = || Denied::invalid_token("The token was revoked.").faulty(TokenFault::Revoked);
        let row = row.filter(|row| row.revoked_at.is_none());
        Ok(row.and_then(|row| row.status_index).ok_or_else(over)?)
    }

    /// An index that no session had before.
    pub(crate) async fn draw(self) -> Result<i64> {
        let (asked, now) = (Instant::now(), (self.0.live().beginnings(), self.0.now()));
        let mut indexes = self.0.shelf().indexes.lock().await;
        if let Some(index) = indexes.next(now) {
            return Ok(index);
        }
        // Not one after another, where the database does not answer.
        if indexes.failed_since(asked) {
            return Err(
                Denied::unavailable("No session can be opened. Try again shortly.", 2).into()
            );
        }
        let taken = self.0.db().write(async move |tx| tx.take_status_indexes(now.1).await).await;
        let first = taken.inspect_err(|_: &DbError| indexes.fails())?;
        *indexes = indexes::Indexes::taken(first, now);
        indexes.next(now).ok_or_else(|| Failed::because("a block has no index"))
    }

    /// Gives up all lists, and begins with numbers that were never used, also not by what was lost
    /// with a database of which this one is an older copy. Services that verify by themselves
    /// refuse all tokens of before; sessions go on with their next token. Processes that are
    /// running have to be restarted.
    pub async fn start_over(self) -> Result<()> {
        let now = self.0.now();
        self.0.db().write(async move |tx| tx.start_status_lists_over(now).await).await?;
        Ok(())
    }

    /// Drops lists all of whose tokens have expired.
    pub(crate) async fn drop_finished(self) -> Result<u64> {
        let before = self.0.now() - 2 * BLOCK_SECONDS;
        let dropped =
            self.0.db().write(async move |tx| tx.drop_finished_status_lists(before).await).await?;
        self.0.shelf().keep(&store::status_list::numbers(self.0.db()).await?);
        Ok(dropped)
    }

    fn uri(self, number: i64) -> String {
        format!("{}/status-lists/{number}", self.0.config().public_url)
    }
}

fn list_of(set: &[u32]) -> Result<StatusList> {
    let mut list = StatusList::all_valid(usize::try_from(LIST_SIZE).map_err(Failed::because)?);
    for index in set {
        list.invalidate(u64::from(*index)).map_err(Failed::because)?;
    }
    Ok(list)
}

fn no_such_list() -> crate::Error {
    Denied::not_found("There is no such status list.").into()
}
