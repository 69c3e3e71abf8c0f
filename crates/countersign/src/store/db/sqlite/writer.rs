//! Writing SQLite: one thread runs the bodies one after another, each but the first in a savepoint,
//! and those that waited together share one durable COMMIT. Nobody is answered before it.

use std::{collections::VecDeque, rc::Rc, sync::Arc, thread};

use futures_util::FutureExt;
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::{Commits, DbError, Place, fault};
use crate::store::db::tx::{Done, Handle, Job, Tx};

/// The most bodies that share one COMMIT: what bounds the wait of the first of them.
const TOGETHER: usize = 512;

/// Starts the thread; it ends when the last `Db` is gone and its queue is empty.
pub(super) async fn start<N: Send + 'static>(
    place: &Arc<Place>,
    jobs: mpsc::Receiver<Box<dyn Job<N>>>,
    commits: Arc<Commits<N>>,
) -> Result<(), DbError> {
    let place = place.clone();
    let (opened, ready) = oneshot::channel();
    thread::Builder::new()
        .name("countersign-sqlite".into())
        .spawn(move || match place.open_writer() {
            Ok(connection) => {
                // The thread must not keep a private database alive.
                drop(place);
                let _ = opened.send(Ok(()));
                Writer { connection: Rc::new(connection), commits }.serve(jobs);
            }
            Err(error) => drop(opened.send(Err(error))),
        })
        .map_err(DbError::unavailable)?;
    ready.await.unwrap_or_else(|_| Err(DbError::unavailable("the writer did not start")))
}

struct Writer<N> {
    connection: Rc<Connection>,
    commits: Arc<Commits<N>>,
}

type Queue<N> = VecDeque<Box<dyn Job<N>>>;

impl<N: Send + 'static> Writer<N> {
    fn serve(&self, mut jobs: mpsc::Receiver<Box<dyn Job<N>>>) {
        while let Some(first) = jobs.blocking_recv() {
            let mut queue = Queue::from([first]);
            while queue.len() < TOGETHER {
                let Ok(next) = jobs.try_recv() else { break };
                queue.push_back(next);
            }
            while !queue.is_empty() {
                self.transaction(&mut queue);
            }
        }
    }

    /// Takes from the queue what fits into one transaction: all of it, unless the transaction dies.
    fn transaction(&self, queue: &mut Queue<N>) {
        let mut members = Vec::from_iter(self.first(queue));
        if members.is_empty() {
            return;
        }
        while let Some(job) = queue.pop_front() {
            match self.savepoint(job) {
                Ok(done) => members.push(done),
                // Part of an outer transaction cannot be saved: what follows begins a new one.
                Err(last) => {
                    self.roll_back();
                    let lost = DbError::unavailable("a neighbour's failure ended the transaction");
                    members.extend(last);
                    return settle(members, &Err(lost));
                }
            }
        }
        let committed = self.run("COMMIT");
        match &committed {
            Ok(()) => self.commits.happened(&take_notes(&mut members)),
            Err(_) => self.roll_back(),
        }
        settle(members, &committed);
    }

    /// Begins a transaction with the first body that asks for COMMIT. Nothing is lost with one that
    /// does not, so that none of them needs a savepoint, which keeps a copy of every page it changes.
    /// A body whose statement ended the transaction asks for none (see `Tx`).
    fn first(&self, queue: &mut Queue<N>) -> Option<Done<N>> {
        while let Some(job) = queue.pop_front() {
            if let Err(error) = self.run("BEGIN IMMEDIATE") {
                self.roll_back();
                job.refuse(error.again());
                queue.drain(..).for_each(|job| job.refuse(error.again()));
                return None;
            }
            let done = self.body(job);
            if done.as_ref().is_some_and(|done| done.notes.is_some()) {
                return done;
            }
            self.roll_back();
            settle(Vec::from_iter(done), &Ok(()));
        }
        None
    }

    /// Runs one body between savepoints. `Err` when that ended the whole transaction, as SQLite
    /// does on a full disk or a failed read.
    fn savepoint(&self, job: Box<dyn Job<N>>) -> Result<Done<N>, Option<Done<N>>> {
        if let Err(error) = self.run("SAVEPOINT member") {
            job.refuse(error);
            return Err(None);
        }
        let Some(done) = self.body(job) else { return Err(None) };
        if self.connection.is_autocommit() {
            return Err(Some(done));
        }
        let ended = match done.notes {
            Some(_) => self.run("RELEASE member"),
            None => self.run("ROLLBACK TO member").and_then(|()| self.run("RELEASE member")),
        };
        if ended.is_ok() { Ok(done) } else { Err(Some(done)) }
    }

    /// `None` for a body that waits, which never happens (see `Tx`): its caller hears that the
    /// writer dropped it.
    fn body(&self, job: Box<dyn Job<N>>) -> Option<Done<N>> {
        job.run(Tx::new(Handle::Sqlite(self.connection.clone()))).now_or_never()
    }

    fn run(&self, sql: &'static str) -> Result<(), DbError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        statement.execute([]).map(drop).map_err(fault)
    }

    fn roll_back(&self) {
        if !self.connection.is_autocommit()
            && let Err(error) = self.run("ROLLBACK")
        {
            tracing::error!(%error, "SQLite did not roll back");
        }
    }
}

fn take_notes<N>(members: &mut [Done<N>]) -> Vec<N> {
    members.iter_mut().filter_map(|done| done.notes.as_mut()).flat_map(std::mem::take).collect()
}

fn settle<N>(members: Vec<Done<N>>, committed: &Result<(), DbError>) {
    for done in members {
        done.answer(committed.as_ref().copied().map_err(DbError::again));
    }
}
