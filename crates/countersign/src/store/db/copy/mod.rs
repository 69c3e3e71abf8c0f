//! All rows of one database into another, whichever engines they are: one snapshot of the source,
//! one transaction on the target. Which tables and columns there are, the migrations say.
//!
//! The source reads on a task of its own and sends parcels of rows; the target takes them in the
//! order of foreign keys, counts what it has, and commits or leaves everything as it was.

mod layout;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::{mpsc, oneshot};

pub(super) use layout::{Kind, Layout, Table};

use super::{
    DbError, Migration, Sql, V, postgres, sqlite,
    url::{self, Url},
    value::Owned,
};

/// Rows that travel together.
const TOGETHER: usize = 500;

/// Parcels under way.
const UNDER_WAY: usize = 4;

/// Where a database is.
pub(crate) enum At<'a> {
    Url(&'a str),
    /// An SQLite file.
    File(&'a Path),
}

/// What may be written to the source until the target has been committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hold {
    /// Anything; it is not seen.
    Nothing,
    /// Nothing: whoever wants to write waits.
    Writes,
}

/// What the target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Onto {
    /// An empty file: the tables are made there, with their history.
    New,
    /// Tables without rows; anything else is refused.
    Empty,
    /// Tables whose rows go.
    Replace,
}

/// How a copy is made.
pub(crate) struct Plan {
    pub(crate) migrations: &'static [Migration],
    pub(crate) hold: Hold,
    pub(crate) onto: Onto,
    /// Done to the copy before it is committed.
    pub(crate) deeds: Vec<Deed>,
}

/// A statement with its parameters.
pub(crate) struct Deed(pub(super) Sql, pub(super) Vec<Owned>);

impl Deed {
    pub(crate) fn new(sql: &Sql, params: &[V<'_>]) -> Self {
        Self(*sql, Owned::all(params))
    }
}

/// Why there is no copy. The target is as it was.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// The source cannot be copied: it is absent, damaged, not ours, or too new.
    #[error("{0}")]
    Unfit(String),
    /// There is something where the copy should go.
    #[error("{0}")]
    Taken(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Hears how many rows are done, and how many there are.
pub(crate) type Progress = Box<dyn FnMut(u64, u64) + Send>;

/// How many rows of each table were copied.
pub(crate) type Counted = Vec<(String, u64)>;

/// Copies everything. The source is only read, but for its locks.
pub(crate) async fn copy(
    from: At<'_>,
    to: At<'_>,
    plan: Plan,
    progress: Progress,
) -> Result<Counted, Trouble> {
    let (from, to) = (from.resolve()?, to.resolve()?);
    let opened = open(from, plan.migrations, plan.hold).await?;
    if plan.onto != Onto::New && opened.layout.version != plan.migrations.len() {
        return Err(Trouble::Unfit("its schema is older than this program's".to_owned()));
    }
    let counted = opened.counted(plan.onto);
    let filling = Filling {
        done: 0,
        total: counted.iter().map(|(_, count)| count).sum(),
        layout: Arc::clone(&opened.layout),
        counts: opened.counts,
        rows: opened.rows,
        onto: plan.onto,
        deeds: plan.deeds,
        progress,
    };
    let filled = match to {
        Url::Sqlite(Some(file)) => sqlite::copy::fill(file, filling).await,
        Url::Sqlite(None) => Err(nowhere().into()),
        Url::Postgres(target) => postgres::copy::fill(*target, filling).await,
    };
    // Only now may the source be written to again.
    drop(opened.release);
    filled.map(|()| counted)
}

/// Whether a database can be copied, and how many migrations of the history it has. An SQLite file
/// is read from beginning to end for that.
pub(crate) async fn examine(
    at: At<'_>,
    migrations: &'static [Migration],
) -> Result<usize, Trouble> {
    let url = at.resolve()?;
    if let Url::Sqlite(Some(file)) = &url {
        sqlite::copy::check(file.clone()).await?;
    }
    Ok(open(url, migrations, Hold::Nothing).await?.layout.version)
}

/// Whether the target can be filled, without a lock on anything.
pub(crate) async fn check_empty(
    to: At<'_>,
    migrations: &'static [Migration],
) -> Result<(), Trouble> {
    let opened = open(to.resolve()?, migrations, Hold::Nothing).await?;
    let rows = opened.layout.tables.iter().zip(&opened.counts);
    match rows.clone().find(|(table, count)| table.kind == Kind::Ordinary && **count > 0) {
        Some((table, _)) => Err(taken(&table.name)),
        None => Ok(()),
    }
}

/// Does this to a database in one transaction, while nobody else writes.
pub(crate) async fn apply(
    to: At<'_>,
    migrations: &'static [Migration],
    deeds: Vec<Deed>,
) -> Result<(), Trouble> {
    match to.resolve()? {
        Url::Sqlite(Some(file)) => sqlite::copy::apply(file, deeds).await,
        Url::Sqlite(None) => Err(nowhere().into()),
        Url::Postgres(target) => postgres::copy::apply(*target, migrations, deeds).await,
    }
}

/// Writes the database at `from` into a new SQLite file, as it is at this moment. The file appears
/// complete or not at all.
pub(crate) async fn backup(
    from: At<'_>,
    migrations: &'static [Migration],
    target: &Path,
    progress: Progress,
) -> Result<(), Trouble> {
    match from.resolve()? {
        Url::Sqlite(Some(file)) => {
            sqlite::copy::exists(&file)?;
            sqlite::backup::of_file(file, target.to_owned(), progress).await
        }
        Url::Sqlite(None) => Err(nowhere().into()),
        Url::Postgres(_) => {
            let unfinished = sqlite::backup::Unfinished::beside(target.to_owned())?;
            let plan = Plan { migrations, hold: Hold::Nothing, onto: Onto::New, deeds: Vec::new() };
            copy(from, At::File(unfinished.path()), plan, progress).await?;
            unfinished.finish()
        }
    }
}

impl At<'_> {
    fn resolve(&self) -> Result<Url, DbError> {
        match self {
            Self::Url(url) => url::parse(url),
            Self::File(path) => Ok(Url::Sqlite(Some(PathBuf::from(path)))),
        }
    }
}

async fn open(url: Url, migrations: &'static [Migration], hold: Hold) -> Result<Opened, Trouble> {
    match url {
        Url::Sqlite(Some(file)) => sqlite::copy::open(file, migrations, hold).await,
        Url::Sqlite(None) => Err(nowhere().into()),
        Url::Postgres(target) => postgres::copy::open(*target, migrations, hold).await,
    }
}

fn nowhere() -> DbError {
    DbError::failed("a private database lives no longer than its process: there is no copying it")
}

pub(super) fn taken(table: &str) -> Trouble {
    Trouble::Taken(format!("the target is not empty: it has rows in {table}"))
}

pub(super) fn not_ours() -> Trouble {
    Trouble::Unfit("it holds no tables of this program".to_owned())
}

/// A row on its way.
pub(super) type Cells = Vec<Owned>;

/// Rows of one table on their way, and which table of the layout that is.
pub(super) type Parcel = (usize, Vec<Cells>);

/// What a reading engine sends.
pub(super) type Sender = mpsc::Sender<Result<Parcel, DbError>>;

/// A source that has begun to read: one snapshot.
pub(super) struct Opened {
    layout: Arc<Layout>,
    /// Rows of each table of the layout.
    counts: Vec<u64>,
    rows: mpsc::Receiver<Result<Parcel, DbError>>,
    /// Dropped, it ends the snapshot.
    release: oneshot::Sender<()>,
}

impl Opened {
    /// The source, and the other ends of its channels.
    pub(super) fn new(
        layout: Arc<Layout>,
        counts: Vec<u64>,
    ) -> (Self, Sender, oneshot::Receiver<()>) {
        let (sender, rows) = mpsc::channel(UNDER_WAY);
        let (release, released) = oneshot::channel();
        (Self { layout, counts, rows, release }, sender, released)
    }

    fn counted(&self, onto: Onto) -> Counted {
        let tables = self.layout.tables.iter().zip(&self.counts);
        let wanted = tables.filter(|(table, _)| table.is_wanted(onto));
        wanted.map(|(table, count)| (table.name.clone(), *count)).collect()
    }
}

/// Collects rows of a table until there are enough to travel.
pub(super) struct Packing(usize, Vec<Cells>);

impl Packing {
    pub(super) fn of(table: usize) -> Self {
        Self(table, Vec::with_capacity(TOGETHER))
    }

    /// The parcel to send, when there are enough.
    pub(super) fn add(&mut self, row: Cells) -> Option<Parcel> {
        self.1.push(row);
        (self.1.len() >= TOGETHER).then(|| (self.0, std::mem::take(&mut self.1)))
    }

    /// The last one.
    pub(super) fn rest(self) -> Parcel {
        (self.0, self.1)
    }
}

/// A copy under way, as its target sees it.
pub(super) struct Filling {
    pub(super) layout: Arc<Layout>,
    pub(super) rows: mpsc::Receiver<Result<Parcel, DbError>>,
    pub(super) onto: Onto,
    pub(super) deeds: Vec<Deed>,
    counts: Vec<u64>,
    progress: Progress,
    done: u64,
    total: u64,
}

impl Filling {
    /// The tables to fill, each with its place in the layout; parents before their children.
    pub(super) fn tables(&self) -> Vec<(usize, Table)> {
        let tables = self.layout.tables.iter().cloned().enumerate();
        tables.filter(|(_, table)| table.is_wanted(self.onto)).collect()
    }

    pub(super) fn is_wanted(&self, table: usize) -> bool {
        self.layout.tables.get(table).is_some_and(|table| table.is_wanted(self.onto))
    }

    pub(super) fn took(&mut self, rows: usize) {
        self.done += rows as u64;
        (self.progress)(self.done, self.total);
    }

    /// Refuses a table that has not exactly as many rows as in the source.
    pub(super) fn compare(&self, table: usize, found: i64) -> Result<(), DbError> {
        let expected = self.counts.get(table).copied();
        if u64::try_from(found).ok() == expected {
            return Ok(());
        }
        let name = self.layout.tables.get(table).map_or("a table", |table| &table.name);
        Err(DbError::failed(format!(
            "{name} has {found} rows in the copy and {} in the source",
            expected.unwrap_or(0)
        )))
    }
}
