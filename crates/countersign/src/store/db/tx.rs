//! A transaction as a write body sees it, and the running of one body. What BEGIN and COMMIT mean
//! is the engines' business (`sqlite/writer.rs`, `postgres/writer.rs`).

use std::{
    cell::Cell,
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    rc::Rc,
    task::Poll,
};

use futures_util::future::LocalBoxFuture;
use tokio::sync::oneshot;

use super::{DbError, Row, Sql, V, postgres, sqlite, value};

/// A transaction under way. After any error of its methods it is dead on both engines: whatever
/// follows answers `Failed`, and it cannot be committed even if the body says `Ok`.
pub(crate) struct Tx<N> {
    pub(super) handle: Handle,
    notes: Vec<N>,
    dead: bool,
    in_statement: Rc<Cell<bool>>,
}

/// What write bodies leave for the hook of [`Db::on_commit`](super::Db::on_commit).
pub(crate) trait Note: Send + Sized + 'static {
    /// The last statements of a transaction with notes. What they lock is locked for the time of
    /// the COMMIT alone, and after everything else: they cannot be part of a deadlock.
    async fn conclude(tx: &mut Tx<Self>, notes: &[Self]) -> Result<(), DbError>;
}

pub(super) enum Handle {
    Sqlite(Rc<rusqlite::Connection>),
    Postgres(Box<postgres::Session>),
}

impl<N> Tx<N> {
    pub(super) fn new(handle: Handle) -> Self {
        Self { handle, notes: Vec::new(), dead: false, in_statement: Rc::default() }
    }

    /// Runs a statement; answers how many rows it changed.
    pub(crate) async fn exec(&mut self, sql: &Sql, params: &[V<'_>]) -> Result<u64, DbError> {
        self.may_go_on(params)?;
        let result = match &mut self.handle {
            Handle::Sqlite(connection) => sqlite::exec(connection, sql, params),
            Handle::Postgres(session) => {
                let _mark = InStatement::new(&self.in_statement);
                session.exec(sql, params).await
            }
        };
        self.keep(result)
    }

    /// Runs a statement for each of `rows`, in their order; answers how many rows each changed.
    /// PostgreSQL is sent hundreds of them before it answers the first.
    pub(crate) async fn exec_each<const P: usize>(
        &mut self,
        sql: &Sql,
        rows: &[[V<'_>; P]],
    ) -> Result<Vec<u64>, DbError> {
        for params in rows {
            self.may_go_on(params)?;
        }
        let result = match &mut self.handle {
            Handle::Sqlite(connection) => {
                rows.iter().map(|params| sqlite::exec(connection, sql, params)).collect()
            }
            Handle::Postgres(session) => {
                let _mark = InStatement::new(&self.in_statement);
                session.exec_each(sql, rows).await
            }
        };
        self.keep(result)
    }

    /// The first row of the answer, if any; for queries and for `… RETURNING`.
    pub(crate) async fn one<T>(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        self.may_go_on(params)?;
        let result = match &mut self.handle {
            Handle::Sqlite(connection) => sqlite::one(connection, sql, params, map),
            Handle::Postgres(session) => {
                let _mark = InStatement::new(&self.in_statement);
                let rows = session.query(sql, params).await;
                rows.and_then(|rows| rows.first().map(|r| map(&Row::postgres(r))).transpose())
            }
        };
        self.keep(result)
    }

    /// All rows of the answer.
    pub(crate) async fn all<T>(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl Fn(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        self.may_go_on(params)?;
        let result = match &mut self.handle {
            Handle::Sqlite(connection) => sqlite::all(connection, sql, params, map),
            Handle::Postgres(session) => {
                let _mark = InStatement::new(&self.in_statement);
                let rows = session.query(sql, params).await;
                rows.and_then(|rows| rows.iter().map(|r| map(&Row::postgres(r))).collect())
            }
        };
        self.keep(result)
    }

    /// Leaves a note for the hook of [`Db::on_commit`](super::Db::on_commit); lost with a rollback.
    pub(crate) fn note(&mut self, note: N) {
        self.notes.push(note);
    }

    async fn conclude(&mut self) -> Result<(), DbError>
    where
        N: Note,
    {
        if self.dead || self.notes.is_empty() {
            return Ok(());
        }
        let notes = std::mem::take(&mut self.notes);
        let concluded = N::conclude(self, &notes).await;
        self.notes = notes;
        concluded
    }

    /// Runs the statements of a migration, without a time limit.
    pub(super) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.may_go_on(&[])?;
        let result = match &mut self.handle {
            Handle::Sqlite(connection) => sqlite::batch(connection, sql),
            Handle::Postgres(session) => {
                let _mark = InStatement::new(&self.in_statement);
                session.batch(sql).await
            }
        };
        self.keep(result)
    }

    /// Keeps other processes from migrating the same schema until this transaction ends. On SQLite
    /// the transaction itself does.
    pub(super) async fn lock_schema(&mut self) -> Result<(), DbError> {
        match &self.handle {
            Handle::Sqlite(_) => Ok(()),
            Handle::Postgres(_) => self.batch(postgres::LOCK_SCHEMA).await,
        }
    }

    fn may_go_on(&mut self, params: &[V<'_>]) -> Result<(), DbError> {
        if self.dead {
            return Err(DbError::failed("a statement of this transaction has already failed"));
        }
        let checked = value::check(params);
        self.keep(checked)
    }

    fn keep<T>(&mut self, result: Result<T, DbError>) -> Result<T, DbError> {
        self.dead |= result.is_err();
        result
    }
}

/// Marks the time in which a pending body waits for the database and not for something else. Until
/// it is dropped.
struct InStatement(Rc<Cell<bool>>);

impl InStatement {
    fn new(cell: &Rc<Cell<bool>>) -> Self {
        cell.set(true);
        Self(cell.clone())
    }
}

impl Drop for InStatement {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// A queued write: a body and someone who waits for its result.
pub(super) trait Job<N>: Send {
    /// Runs the body to its end. On SQLite the future is always ready at its first poll.
    fn run(self: Box<Self>, tx: Tx<N>) -> LocalBoxFuture<'static, Done<N>>;

    /// Answers without having run.
    fn refuse(self: Box<Self>, error: DbError);
}

/// A body that has ended. Nobody has been answered yet.
pub(super) struct Done<N> {
    pub(super) handle: Handle,
    /// `Some` when the body asks for COMMIT: what it noted.
    pub(super) notes: Option<Vec<N>>,
    answer: Box<dyn FnOnce(Result<(), DbError>)>,
}

impl<N> Done<N> {
    /// Answers the caller: with the body's result, or, if the body wanted COMMIT and that failed,
    /// with the error.
    pub(super) fn answer(self, committed: Result<(), DbError>) {
        (self.answer)(committed);
    }
}

pub(super) struct Write<F, T, E> {
    pub(super) body: F,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<N, F, T, E> Job<N> for Write<F, T, E>
where
    N: Note,
    F: AsyncFnOnce(&mut Tx<N>) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    fn run(self: Box<Self>, mut tx: Tx<N>) -> LocalBoxFuture<'static, Done<N>> {
        Box::pin(async move {
            let Self { body, reply } = *self;
            let mut result = guarded(body, &mut tx).await;
            if result.is_ok() && tx.dead {
                let why = "a write body answered Ok although one of its statements had failed";
                result = Err(DbError::failed(why).into());
            }
            let notes = result.is_ok().then_some(tx.notes);
            let answer = Box::new(move |committed: Result<(), DbError>| {
                // A caller that has gone away is no reason to stop.
                let _ = reply.send(result.and_then(|it| committed.map(|()| it).map_err(E::from)));
            });
            Done { handle: tx.handle, notes, answer }
        })
    }

    fn refuse(self: Box<Self>, error: DbError) {
        let _ = self.reply.send(Err(error.into()));
    }
}

/// Polls a body and what concludes it; ends it when it panics or waits for anything but its transaction.
async fn guarded<N, F, T, E>(body: F, tx: &mut Tx<N>) -> Result<T, E>
where
    N: Note,
    F: AsyncFnOnce(&mut Tx<N>) -> Result<T, E>,
    E: From<DbError>,
{
    let in_statement = tx.in_statement.clone();
    let mut future = pin!(async {
        let done = body(tx).await?;
        tx.conclude().await?;
        Ok(done)
    });
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context)));
        match polled {
            Ok(Poll::Ready(result)) => Poll::Ready(result),
            Ok(Poll::Pending) if in_statement.get() => Poll::Pending,
            Ok(Poll::Pending) => fail("a write body waited for something else than its database"),
            Err(_) => fail("a write body panicked"),
        }
    })
    .await
}

fn fail<T, E: From<DbError>>(why: &'static str) -> Poll<Result<T, E>> {
    tracing::error!("{why}; it was rolled back");
    Poll::Ready(Err(DbError::failed(why).into()))
}
