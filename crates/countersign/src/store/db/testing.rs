//! A database of its own for each test, on both engines.

use std::{
    env,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, SystemTime},
};

use tempfile::TempDir;

use super::{Db, Note, Options};

/// The variable that names the private PostgreSQL cluster of the tests.
const CLUSTER: &str = "COUNTERSIGN_TEST_POSTGRES";

/// An empty database: a SQLite file, or a schema in PostgreSQL.
pub(crate) struct TestDatabase {
    url: String,
    _folder: Option<TempDir>,
}

impl TestDatabase {
    /// A SQLite file that does not exist yet.
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::with_prefix("countersign-test-").unwrap();
        let url = format!("sqlite://{}", folder.path().join("test.db").display());
        Self { url, _folder: Some(folder) }
    }

    /// A schema of its own. Fails without a cluster: a test that does not run must not pass.
    pub(crate) async fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cluster = cluster();
        let started = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("test_{started}_{}_{number}", std::process::id());
        let setup = Db::<()>::open(&cluster, Options::default()).await.unwrap();
        let create = format!("CREATE SCHEMA {schema}");
        setup.write(async move |tx| tx.batch(&create).await).await.unwrap();
        let mark = if cluster.contains('?') { '&' } else { '?' };
        let url = format!("{cluster}{mark}options=-c%20search_path%3D{schema}");
        Self { url, _folder: None }
    }

    /// The URL to open it by, any number of times.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Opens it; patient, because tests share the machine with each other.
    pub(crate) async fn open<N: Note>(&self) -> Db<N> {
        let patience = Duration::from_secs(20);
        Db::open(&self.url, Options { patience, connections: 8, ..Options::default() })
            .await
            .unwrap()
    }
}

fn cluster() -> String {
    env::var(CLUSTER).unwrap_or_else(|_| {
        panic!("{CLUSTER} names no PostgreSQL cluster: run the tests with `cargo xtask test`")
    })
}

/// Makes two tests of each rule: `a_rule::on_sqlite` and `a_rule::on_postgres`.
///
/// ```text
/// on_both_databases! {
///     async fn a_user_name_is_taken_once(database) {
///         let db = database.open::<()>().await;
///         …
///     }
/// }
/// ```
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $rule:ident($database:ident) $body:block)*) => {$(
        mod $rule {
            use super::*;
            use $crate::store::db::testing::TestDatabase;

            $(#[$meta])*
            async fn rule($database: TestDatabase) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                rule(TestDatabase::sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                rule(TestDatabase::postgres().await).await;
            }
        }
    )*};
}
pub(crate) use on_both_databases;
