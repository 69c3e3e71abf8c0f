//! A whole database: backed up, restored, moved to another place. A restored copy does not know what
//! was taken back since it was made; so nothing that was issued before or after lives on in it.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use crate::{
    Clock,
    error::{Denied, Error, Failed, Result},
    store::{
        self, Db, MIGRATIONS,
        copy::{self, At, Deed, Hold, Onto, Plan, Trouble},
        db::Options,
    },
};

/// A database by itself, whether or not an [`Auth`](crate::Auth) is on it.
///
/// ```
/// # #[tokio::main] async fn main() -> countersign::Result<()> {
/// # let folder = tempfile::tempdir().unwrap();
/// # let url = format!("sqlite://{}", folder.path().join("app.db").display());
/// # let file = folder.path().join("copy.db");
/// use countersign::{Auth, Database, Restore};
///
/// let auth = Auth::open(&url).await?;
/// auth.backup(&file, |_, _| ()).await?;
/// # drop(auth);
/// # let url = format!("sqlite://{}", folder.path().join("new.db").display());
///
/// let copied = Database::at(&url).restore(&file, Restore::default(), |_, _| ()).await?;
/// assert_eq!(copied.rows["users"], 0);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Database {
    url: String,
    clock: Clock,
}

/// How a backup is restored.
#[derive(Debug, Clone, Copy, Default)]
pub struct Restore {
    /// What becomes of what is there.
    pub present: Present,
    /// What becomes of what had been issued.
    pub issued: Issued,
}

/// What becomes of the rows that are there already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Present {
    /// There must not be any.
    #[default]
    Refused,
    /// They go, for those of the backup.
    Replaced,
}

/// What becomes of sessions, tokens, API keys and one-time links.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Issued {
    /// All of them end, those issued after the backup was made too.
    #[default]
    Ended,
    /// They live on. What was taken back after the backup was made is good again: only for a backup
    /// that is the last state, as after the service was stopped.
    Kept,
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Copied {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
}

impl Database {
    /// The database at this URL: `sqlite://app.db` or `postgres://…`.
    pub fn at(url: &str) -> Self {
        Self { url: url.to_owned(), clock: Clock::system() }
    }

    /// Takes the time from `clock`.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Writes the database, as it is at this moment, into a new SQLite file, while it is in use and
    /// whatever its engine. `progress` hears what is done and in all, pages or rows. The file appears
    /// complete or not at all. The secret is not in it.
    ///
    /// # Errors
    /// `conflict` when the file exists already; `invalid_request` when there is no such database.
    pub async fn backup(
        &self,
        target: &Path,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<()> {
        Ok(copy::backup(At::Url(&self.url), MIGRATIONS, target, Box::new(progress)).await?)
    }

    /// Fills the database from a backup, made by whichever engine and by this or an earlier version.
    /// All of it is one transaction; processes on the database go on with what is new in it.
    ///
    /// Users, passwords, roles and attributes are as they were. Everything issued before ends, unless
    /// [`Issued::Kept`] says otherwise, and signing keys are not used any more: the next
    /// [`Auth`](crate::Auth) opened on the database makes a new one.
    ///
    /// # Errors
    /// `invalid_request` when the file is no backup, is damaged or comes from a newer version;
    /// `conflict` when the database is not empty. Nothing was changed then.
    pub async fn restore(
        &self,
        file: &Path,
        how: Restore,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Copied> {
        let progress = Box::new(progress);
        if copy::examine(At::File(file), MIGRATIONS).await? == MIGRATIONS.len() {
            return self.fill(file, how, progress).await;
        }
        let folder = tempfile::tempdir().map_err(Failed::because)?;
        let current = folder.path().join("current.db");
        copy::backup(At::File(file), MIGRATIONS, &current, Box::new(|_, _| ())).await?;
        migrated(&format!("sqlite://{}", current.display())).await?;
        self.fill(&current, how, progress).await
    }

    /// Ends everything that was issued, as [`restore`](Self::restore) does, in a database that was
    /// restored by other means: PostgreSQL's own, a snapshot of a machine, a copied file. Until then
    /// whatever was taken back since may be good again.
    ///
    /// # Errors
    /// `invalid_request` when there is no such database.
    pub async fn restored(&self) -> Result<()> {
        copy::examine(At::Url(&self.url), MIGRATIONS).await?;
        let _target = migrated(&self.url).await?;
        let deeds = self.deeds(Issued::Ended);
        Ok(copy::apply(At::Url(&self.url), MIGRATIONS, deeds).await?)
    }

    /// Copies everything into an empty database of either engine, where sessions, tokens and API keys
    /// go on under the same secret. Whoever wants to write to the source meanwhile waits, and is
    /// refused after some seconds; apart from having its schema brought up to date it stays as it is.
    ///
    /// # Errors
    /// `conflict` when the target is not empty; `invalid_request` when the source is damaged, or
    /// holds nothing of ours.
    pub async fn move_to(
        &self,
        target: &str,
        progress: impl FnMut(u64, u64) + Send + 'static,
    ) -> Result<Copied> {
        copy::examine(At::Url(&self.url), MIGRATIONS).await?;
        let _source = migrated(&self.url).await?;
        let _target = migrated(target).await?;
        copy::check_empty(At::Url(target), MIGRATIONS).await?;
        let plan = Plan {
            migrations: MIGRATIONS,
            hold: Hold::Writes,
            onto: Onto::Empty,
            deeds: Vec::new(),
        };
        let rows =
            copy::copy(At::Url(&self.url), At::Url(target), plan, Box::new(progress)).await?;
        Ok(Copied { rows: rows.into_iter().collect() })
    }

    async fn fill(&self, file: &Path, how: Restore, progress: copy::Progress) -> Result<Copied> {
        let _target = migrated(&self.url).await?;
        let deeds = self.deeds(how.issued);
        let onto = match how.present {
            Present::Refused => Onto::Empty,
            Present::Replaced => Onto::Replace,
        };
        let plan = Plan { migrations: MIGRATIONS, hold: Hold::Nothing, onto, deeds };
        let rows = copy::copy(At::File(file), At::Url(&self.url), plan, progress).await?;
        Ok(Copied { rows: rows.into_iter().collect() })
    }

    fn deeds(&self, issued: Issued) -> Vec<Deed> {
        let mut deeds = match issued {
            Issued::Ended => store::restore::end_everything(self.clock.now(), step()),
            Issued::Kept => Vec::new(),
        };
        deeds.push(store::restore::begin_anew(step()));
        deeds
    }
}

/// Opens a database whose schema is brought up to date.
async fn migrated(url: &str) -> Result<Db> {
    let db = Db::open(url, Options::default()).await.map_err(Trouble::from)?;
    db.migrate(MIGRATIONS).await.map_err(Trouble::from)?;
    Ok(db)
}

/// A number that no other restore draws. A thousand of them still fit where JavaScript counts.
fn step() -> i64 {
    const STEPS: u128 = 1 << 40;
    i64::try_from(STEPS / 2 + uuid::Uuid::new_v4().as_u128() % (STEPS / 2)).unwrap_or(i64::MAX)
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unfit(why) => Denied::invalid_request(crate::error::sentence(&why)).into(),
            Trouble::Taken(why) => Denied::conflict(crate::error::sentence(&why)).into(),
            // Whoever copies a database needs to know what is the matter with it.
            Trouble::Db(store::DbError::Unavailable(why) | store::DbError::Conflict(why)) => {
                Failed::because(format!("the database is not available: {why}"))
            }
            Trouble::Db(error) => Failed::because(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::db::{params, sql, testing::TestDatabase};

    fn quiet() -> impl FnMut(u64, u64) + Send + 'static {
        |_, _| ()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_of_any_earlier_version_is_restored_and_brought_up_to_date() {
        for version in [1, 4, MIGRATIONS.len() - 1] {
            let old = TestDatabase::sqlite();
            let db: Db = old.open().await;
            db.migrate(&MIGRATIONS[..version]).await.unwrap();
            let add = async |tx: &mut store::Tx| {
                let add =
                    sql!("INSERT INTO users (id, roles, epoch, created_at) VALUES ($1, $1, 0, 0)");
                tx.exec(&add, &params!["one"]).await
            };
            db.write(add).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("old.db");
            Database::at(old.url()).backup(&file, quiet()).await.unwrap();
            let bytes = std::fs::read(&file).unwrap();

            for target in [TestDatabase::sqlite(), TestDatabase::postgres().await] {
                let new = Database::at(target.url());
                let copied = new.restore(&file, Restore::default(), quiet()).await.unwrap();

                assert_eq!((copied.rows["users"], copied.rows["lanes"]), (1, 16));
                let db: Db = target.open().await;
                assert!(db.migrate(MIGRATIONS).await.unwrap().is_empty());
            }
            assert_eq!(std::fs::read(&file).unwrap(), bytes, "the backup is left alone");
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_backup_of_an_earlier_version_can_be_made_of_either_engine() {
        for old in [TestDatabase::sqlite(), TestDatabase::postgres().await] {
            let db: Db = old.open().await;
            db.migrate(&MIGRATIONS[..3]).await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("old.db");

            Database::at(old.url()).backup(&file, quiet()).await.unwrap();

            let examined = copy::examine(At::File(&file), MIGRATIONS).await.unwrap();
            assert_eq!(examined, 3, "whoever backs up before an upgrade changes nothing");
            assert!(Database::at(old.url()).move_to("sqlite::memory:", quiet()).await.is_err());
        }
    }

    #[test]
    fn no_two_restores_take_the_same_step() {
        let steps: std::collections::BTreeSet<_> = (0..100).map(|_| step()).collect();

        assert_eq!(steps.len(), 100);
        assert!(steps.iter().all(|step| (1 << 39..1 << 40).contains(step)));
    }
}
