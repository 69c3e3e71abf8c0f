//! Writing PostgreSQL: one thread runs the bodies concurrently, each in a transaction on a pooled
//! connection. PostgreSQL lets their COMMITs share its flushes.

use std::{sync::Arc, thread, time::Duration};

use deadpool_postgres::{Client, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::{FutureExt, future::maybe_done};
use tokio::{
    sync::mpsc,
    task::{JoinSet, LocalSet},
    time::timeout,
};
use tokio_postgres::Row;

use super::{
    Commits, DbError, Dial, Sql, V,
    error::{away, is_stale},
    reader::refs,
    within,
};
use crate::store::db::tx::{Done, Handle, Job, Tx};

/// Statements that are sent before the first is answered.
const PIPELINE: usize = 500;

/// Starts the thread; it ends when the last `Db` is gone and its writes are done.
pub(super) fn start<N: Send + 'static>(
    dial: Dial,
    connections: usize,
    jobs: mpsc::Receiver<Box<dyn Job<N>>>,
    commits: Arc<Commits<N>>,
) -> Result<(), DbError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(DbError::unavailable)?;
    let writer = Arc::new(Writer { pool: pool(&dial, connections)?, dial, commits });
    thread::Builder::new()
        .name("countersign-postgres".into())
        .spawn(move || LocalSet::new().block_on(&runtime, serve(writer, jobs)))
        .map(drop)
        .map_err(DbError::unavailable)
}

fn pool(dial: &Dial, connections: usize) -> Result<Pool, DbError> {
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    Pool::builder(Manager::from_connect(dial.config.clone(), dial.clone(), recycling))
        .max_size(connections)
        .wait_timeout(Some(dial.patience))
        .create_timeout(Some(dial.patience))
        .recycle_timeout(Some(dial.patience))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(DbError::failed)
}

struct Writer<N> {
    pool: Pool,
    dial: Dial,
    commits: Arc<Commits<N>>,
}

async fn serve<N: Send + 'static>(
    writer: Arc<Writer<N>>,
    mut jobs: mpsc::Receiver<Box<dyn Job<N>>>,
) {
    let mut running = JoinSet::new();
    loop {
        tokio::select! {
            job = jobs.recv() => {
                let Some(job) = job else { break };
                let writer = writer.clone();
                running.spawn_local(async move { writer.transaction(job).await });
            }
            Some(_) = running.join_next() => {}
        }
    }
    while running.join_next().await.is_some() {}
}

impl<N: 'static> Writer<N> {
    async fn transaction(&self, job: Box<dyn Job<N>>) {
        let session = match self.begin().await {
            Ok(session) => session,
            Err(error) => return job.refuse(error),
        };
        let mut done = job.run(Tx::new(Handle::Postgres(Box::new(session)))).await;
        let committed = self.end(&mut done).await;
        if let (Ok(()), Some(notes)) = (&committed, &done.notes) {
            self.commits.happened(notes);
        }
        done.answer(committed);
    }

    /// A pooled connection may have been lost since it was last used, and as a rule the others with
    /// it: then a new one is tried.
    async fn begin(&self) -> Result<Session, DbError> {
        let begun = timeout(self.dial.patience, async {
            loop {
                let client = self.pool.get().await.map_err(unpooled)?;
                let mut session = Session {
                    client: Some(client),
                    statement: self.dial.statement,
                    open: true,
                    broken: false,
                };
                match session.plain("BEGIN", self.dial.patience / 2).await {
                    Err(DbError::Unavailable(_)) => drop(self.pool.retain(|_, _| false)),
                    begun => return begun.map(|()| session),
                }
            }
        });
        begun.await.unwrap_or_else(|late| Err(DbError::unavailable(late)))
    }

    async fn end(&self, done: &mut Done<N>) -> Result<(), DbError> {
        let wants_commit = done.notes.is_some();
        let Handle::Postgres(session) = &mut done.handle else {
            return Err(DbError::failed("a transaction of the other engine"));
        };
        let word = if wants_commit { "COMMIT" } else { "ROLLBACK" };
        let ended = match session.broken {
            true => Err(DbError::unavailable("the connection was lost")),
            false => session.plain(word, self.dial.commit()).await,
        };
        session.open = ended.is_err();
        ended
    }
}

fn unpooled(error: deadpool_postgres::PoolError) -> DbError {
    match error {
        deadpool_postgres::PoolError::Backend(error) => away(error),
        error => DbError::unavailable(error),
    }
}

/// A connection lent to one transaction. It goes back to the pool only after COMMIT or ROLLBACK.
pub(in crate::store::db) struct Session {
    /// `None` while it is dropped.
    client: Option<Client>,
    statement: Duration,
    open: bool,
    /// The connection is lost, or too slow to be worth a ROLLBACK.
    broken: bool,
}

impl Session {
    pub(in crate::store::db) async fn exec(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
    ) -> Result<u64, DbError> {
        let limit = self.limit();
        let client = self.client()?;
        let done = within(limit, async {
            let statement = client.prepare_cached(sql.postgres()).await?;
            let done = client.execute(&statement, &refs(params)).await;
            done.inspect_err(|error| forget(client, sql, error))
        });
        let done = done.await;
        self.watch(done)
    }

    /// A pipeline: what it saves is the way there and back of each statement.
    pub(in crate::store::db) async fn exec_each<const P: usize>(
        &mut self,
        sql: &Sql,
        rows: &[[V<'_>; P]],
    ) -> Result<Vec<u64>, DbError> {
        let limit = self.limit();
        let mut changed = Vec::with_capacity(rows.len());
        for rows in rows.chunks(PIPELINE) {
            let client = self.client()?;
            let done = within(limit, async {
                let statement = client.prepare_cached(sql.postgres()).await?;
                let each =
                    rows.iter().map(async |row| client.execute(&statement, &refs(row)).await);
                let done = in_turn(each).await;
                done.inspect_err(|error| forget(client, sql, error))
            });
            let done = done.await;
            changed.extend(self.watch(done)?);
        }
        Ok(changed)
    }

    pub(in crate::store::db) async fn query(
        &mut self,
        sql: &Sql,
        params: &[V<'_>],
    ) -> Result<Vec<Row>, DbError> {
        let limit = self.limit();
        let client = self.client()?;
        let done = within(limit, async {
            let statement = client.prepare_cached(sql.postgres()).await?;
            let done = client.query(&statement, &refs(params)).await;
            done.inspect_err(|error| forget(client, sql, error))
        });
        let done = done.await;
        self.watch(done)
    }

    pub(in crate::store::db) async fn batch(&mut self, sql: &str) -> Result<(), DbError> {
        self.plain(sql, Duration::MAX).await
    }

    async fn plain(&mut self, sql: &str, limit: Duration) -> Result<(), DbError> {
        let done = within(limit, self.client()?.batch_execute(sql)).await;
        self.watch(done)
    }

    /// A little longer than the server's own limit, which gives the better answer.
    fn limit(&self) -> Duration {
        self.statement + Duration::from_secs(1)
    }

    fn client(&self) -> Result<&Client, DbError> {
        self.client.as_ref().ok_or_else(|| DbError::unavailable("the connection was lost"))
    }

    fn watch<T>(&mut self, done: Result<T, DbError>) -> Result<T, DbError> {
        self.broken |= matches!(done, Err(DbError::Unavailable(_)));
        done
    }
}

/// Closes a connection whose transaction is still open; the server then rolls it back.
impl Drop for Session {
    fn drop(&mut self) {
        if let Some(client) = self.client.take().filter(|_| self.open) {
            drop(Client::take(client));
        }
    }
}

/// Begins all of them, one after the other, before it waits for the first.
async fn in_turn<T, E>(
    all: impl Iterator<Item = impl Future<Output = Result<T, E>>>,
) -> Result<Vec<T>, E> {
    let mut begun: Vec<_> = all.map(|one| Box::pin(maybe_done(one))).collect();
    for one in &mut begun {
        // A first look sends the statement.
        let _ = one.now_or_never();
    }
    let mut results = Vec::with_capacity(begun.len());
    for mut one in begun {
        one.as_mut().await;
        results.extend(one.as_mut().take_output().transpose()?);
    }
    Ok(results)
}

fn forget(client: &Client, sql: &Sql, error: &tokio_postgres::Error) {
    if is_stale(error) {
        client.statement_cache.remove(sql.postgres(), &[]);
    }
}
