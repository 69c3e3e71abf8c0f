//! The database, and the only place that knows there are two engines: SQLite (`sqlite/`) and
//! PostgreSQL (`postgres/`). Statements, tables and rules live above.
//!
//! - A point read is [`Db::one`], a list [`Db::all`], a change [`Db::write`]. A read sees every
//!   write that was answered before it began.
//! - A write is one async body for both engines. Nothing but `tx` may be awaited inside; a body that
//!   waits for anything else, or panics, fails alone and is rolled back.
//! - Isolation is what SQLite (serial) and PostgreSQL (READ COMMITTED) have in common: one
//!   statement is atomic. What may happen only once is one conditional statement.

pub(crate) mod copy;
mod error;
pub(crate) mod foreign;
mod migrate;
mod postgres;
mod sql;
mod sqlite;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tx;
mod url;
mod value;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

pub(crate) use self::{
    error::DbError,
    migrate::{Applied, Migration},
    sql::{Sql, for_sqlite, sql, statements},
    tx::{Note, Tx},
    value::{Row, V, params},
};
use self::{
    postgres::Postgres,
    sqlite::Sqlite,
    tx::{Job, Write},
    url::Url,
};

/// How long to wait and how much to hold. The defaults suit both engines.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// For a connection, a lock held by another process, or a point read: then `Unavailable`.
    pub(crate) patience: Duration,
    /// For any other statement on PostgreSQL.
    pub(crate) statement: Duration,
    /// Connections for writes on PostgreSQL; two more serve the reads.
    pub(crate) connections: usize,
    /// Writes that may wait; one more is refused with `Unavailable`.
    pub(crate) queue: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            patience: Duration::from_millis(2500),
            statement: Duration::from_secs(10),
            connections: 16,
            queue: 8192,
        }
    }
}

/// An open database; clones share it. `N` is what write bodies leave for the commit hook.
pub(crate) struct Db<N>(Arc<Inner<N>>);

impl<N> Clone for Db<N> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

struct Inner<N> {
    url: String,
    engine: Engine,
    writes: mpsc::Sender<Box<dyn Job<N>>>,
    commits: Arc<Commits<N>>,
}

/// How long a read is waited for, on PostgreSQL.
#[derive(Clone, Copy)]
enum Wait {
    /// [`Options::patience`].
    AsForOne,
    /// [`Options::statement`].
    AsForAny,
}

enum Engine {
    Sqlite(Sqlite),
    Postgres(Box<Postgres>),
}

impl<N: Note> Db<N> {
    /// Opens `sqlite://relative.db`, `sqlite:///absolute.db`, `sqlite::memory:` (a private temporary
    /// file, gone with the last clone) or `postgres://…`. A missing SQLite file is created, readable
    /// by its owner only. Nothing is migrated. `Unavailable` within seconds when it cannot be
    /// reached.
    pub(crate) async fn open(url: &str, options: Options) -> Result<Self, DbError> {
        let commits = Arc::new(Commits::default());
        let (writes, jobs) = mpsc::channel(options.queue);
        let engine = match url::parse(url)? {
            Url::Sqlite(path) => {
                Engine::Sqlite(Sqlite::open(path, &options, jobs, commits.clone()).await?)
            }
            Url::Postgres(target) => {
                let postgres = Postgres::open(*target, &options, jobs, commits.clone()).await?;
                Engine::Postgres(Box::new(postgres))
            }
        };
        Ok(Self(Arc::new(Inner { url: url.to_owned(), engine, writes, commits })))
    }

    /// Brings the schema to the last of `migrations`, each in its own transaction, and answers those
    /// it applied. Safe to race with other processes. A database that is newer than the program, or
    /// whose history differs, is refused untouched.
    pub(crate) async fn migrate(&self, list: &[Migration]) -> Result<Vec<Applied>, DbError> {
        migrate::migrate(self, list).await
    }

    /// Reads the first row of a point query. On SQLite this runs in place, on the calling thread, in
    /// microseconds: give anything that scans to [`Db::all`].
    pub(crate) async fn one<T>(
        &self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl FnOnce(&Row<'_>) -> Result<T, DbError> + Send,
    ) -> Result<Option<T>, DbError> {
        value::check(params)?;
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.one(sql, params, map),
            Engine::Postgres(postgres) => {
                let rows = postgres.read(Wait::AsForOne, sql, params).await?;
                rows.first().map(|row| map(&Row::postgres(row))).transpose()
            }
        }
    }

    /// Reads a list, away from the calling thread. All of it is held in memory: page with LIMIT.
    pub(crate) async fn all<T: Send + 'static>(
        &self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl Fn(&Row<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<Vec<T>, DbError> {
        self.list(Wait::AsForAny, sql, params, map).await
    }

    /// [`Db::all`] for a list that is always short: it is waited for no longer than for a point read.
    pub(crate) async fn few<T: Send + 'static>(
        &self,
        sql: &Sql,
        params: &[V<'_>],
        map: impl Fn(&Row<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<Vec<T>, DbError> {
        self.list(Wait::AsForOne, sql, params, map).await
    }

    async fn list<T: Send + 'static>(
        &self,
        wait: Wait,
        sql: &Sql,
        params: &[V<'_>],
        map: impl Fn(&Row<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> Result<Vec<T>, DbError> {
        value::check(params)?;
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.all(sql, params, map).await,
            Engine::Postgres(postgres) => {
                let rows = postgres.read(wait, sql, params).await?;
                rows.iter().map(|row| map(&Row::postgres(row))).collect()
            }
        }
    }

    /// Runs a body in a transaction of its own: `db.write(async move |tx| …)`. `Ok` commits, `Err`
    /// rolls back. It answers after a durable COMMIT and after the hook of [`Db::on_commit`].
    ///
    /// Bodies run on threads of the database: once this future was polled, the write goes on and
    /// commits even if the caller is dropped, on both engines. SQLite runs one body after another
    /// and lets those that wait share a COMMIT; PostgreSQL runs up to [`Options::connections`] at
    /// once.
    pub(crate) async fn write<T, E, F>(&self, body: F) -> Result<T, E>
    where
        F: AsyncFnOnce(&mut Tx<N>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Box<dyn Job<N>> = Box::new(Write { body, reply });
        if let Err(refused) = self.0.writes.try_send(job) {
            refused.into_inner().refuse(DbError::unavailable("too many writes are waiting"));
        }
        answer.await.unwrap_or_else(|_| Err(DbError::unavailable("the writer has stopped").into()))
    }

    /// Sets, once, what is called after a durable COMMIT and before its callers are answered, with
    /// the notes of the committed bodies. Calls follow each other in the order of commits; on
    /// PostgreSQL that is the order in which this node learnt of them. It must be quick, and hold
    /// the database weakly if at all. A second call is ignored.
    pub(crate) fn on_commit(&self, hook: impl Fn(&[N]) + Send + Sync + 'static) {
        if self.0.commits.hook.set(Box::new(hook)).is_err() {
            tracing::error!("the commit hook is already set; the second one is ignored");
        }
    }

    /// Tells other processes on this database that there is something new to read. At once on
    /// PostgreSQL, where many calls in a short time are one; SQLite has no such thing.
    pub(crate) fn tell(&self) {
        if let Engine::Postgres(postgres) = &self.0.engine {
            postgres.tell();
        }
    }

    /// Waits until a process told so by [`Db::tell`], or for as long as one should wait to look by
    /// oneself: `told` where such words arrive, `untold` where they do not.
    pub(crate) async fn news(&self, told: Duration, untold: Duration) {
        match &self.0.engine {
            Engine::Postgres(postgres) => postgres.news(told, untold).await,
            Engine::Sqlite(_) => tokio::time::sleep(untold).await,
        }
    }

    /// `sqlite` or `postgresql`.
    pub(crate) fn engine(&self) -> &'static str {
        match self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgresql",
        }
    }

    /// Asks for a sign of life: SQLite's file is looked at, as a query might be answered by what is
    /// held of it.
    pub(crate) async fn ping(&self) -> Result<(), DbError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.ping().await,
            Engine::Postgres(_) => self.one(&sql!("SELECT 1"), &[], |_| Ok(())).await.map(drop),
        }
    }

    /// What is wrong with the data, in the engine's words; empty when it is sound. Reads a whole
    /// SQLite file; PostgreSQL keeps its own checksums and is only asked for a sign of life.
    pub(crate) async fn check(&self) -> Result<Vec<String>, DbError> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.check().await,
            Engine::Postgres(_) => self.ping().await.map(|()| Vec::new()),
        }
    }

    /// Writes the database, as it is at this moment, into a new SQLite file while writes go on.
    /// `progress` gets what is done and in total: pages of an SQLite file, rows of PostgreSQL. An
    /// existing target is left alone and refused; a target that appears is complete.
    pub(crate) async fn backup(
        &self,
        migrations: &'static [Migration],
        target: &Path,
        progress: copy::Progress,
    ) -> Result<(), copy::Trouble> {
        match &self.0.engine {
            Engine::Sqlite(sqlite) => sqlite.backup(target, progress).await,
            Engine::Postgres(_) => {
                copy::backup(copy::At::Url(&self.0.url), migrations, target, progress).await
            }
        }
    }

    /// Prepares every statement and names the first that does not fit the schema.
    #[cfg(test)]
    pub(crate) async fn prepare_all(&self, statements: &[&Sql]) -> Result<(), DbError> {
        for sql in statements {
            let prepared = match &self.0.engine {
                Engine::Sqlite(sqlite) => sqlite.prepare(sql),
                Engine::Postgres(postgres) => postgres.prepare(sql).await,
            };
            prepared.map_err(|error| DbError::failed(format!("{error}: {}", sql.postgres())))?;
        }
        Ok(())
    }

    /// How many transactions have been committed.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.0.commits.count.load(Ordering::Relaxed)
    }
}

type Hook<N> = Box<dyn Fn(&[N]) + Send + Sync>;

/// What happens after each durable COMMIT.
struct Commits<N> {
    hook: OnceLock<Hook<N>>,
    count: AtomicU64,
}

impl<N> Default for Commits<N> {
    fn default() -> Self {
        Self { hook: OnceLock::new(), count: AtomicU64::new(0) }
    }
}

impl<N> Commits<N> {
    fn happened(&self, notes: &[N]) {
        self.count.fetch_add(1, Ordering::Relaxed);
        let Some(hook) = self.hook.get().filter(|_| !notes.is_empty()) else { return };
        // The data is committed whatever the hook does, and the callers must hear so.
        if catch_unwind(AssertUnwindSafe(|| hook(notes))).is_err() {
            tracing::error!("the commit hook panicked");
        }
    }
}
