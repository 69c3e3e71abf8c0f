//! A database of its own for each test, on both engines, and a look past the library into it.

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::SystemTime,
};

use tempfile::TempDir;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// The variable that names the private PostgreSQL cluster of the tests.
const CLUSTER: &str = "COUNTERSIGN_TEST_POSTGRES";

/// An empty database: a SQLite file, or a schema in PostgreSQL.
#[derive(Clone)]
pub(crate) struct Database {
    url: String,
    _folder: Option<Arc<TempDir>>,
}

impl Database {
    pub(crate) fn sqlite() -> Self {
        let folder = TempDir::with_prefix("countersign-it-").unwrap();
        let url = format!("sqlite://{}", folder.path().join("app.db").display());
        Self { url, _folder: Some(Arc::new(folder)) }
    }

    /// Fails without a cluster: a test that does not run must not pass.
    pub(crate) async fn postgres() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let cluster = env::var(CLUSTER).unwrap_or_else(|_| {
            panic!("{CLUSTER} names no PostgreSQL: run `cargo xtask pg -- cargo test --test it`")
        });
        let started = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_micros();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let schema = format!("it_{started}_{}_{number}", std::process::id());
        let mark = if cluster.contains('?') { '&' } else { '?' };
        let url = format!("{cluster}{mark}options=-c%20search_path%3D{schema}");
        let database = Self { url, _folder: None };
        database.execute(&format!("CREATE SCHEMA {schema}")).await;
        database
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The host and the port of a PostgreSQL server.
    pub(crate) fn host(&self) -> &str {
        let (_, rest) = self.url.split_once('@').unwrap();
        rest.split('/').next().unwrap()
    }

    /// The same database by another way: hosts, and parameters that the URL is to have as well.
    pub(crate) fn by_way_of(&self, hosts: &str, more: &str) -> Self {
        let url = self.url.replace(&format!("@{}/", self.host()), &format!("@{hosts}/"));
        Self { url: format!("{url}{more}"), _folder: None }
    }

    /// Runs a statement behind the library's back.
    pub(crate) async fn execute(&self, sql: &str) {
        self.rows(sql).await;
    }

    /// The first column of the first row, as text.
    pub(crate) async fn value(&self, sql: &str) -> Option<String> {
        self.rows(sql).await.into_iter().next().flatten()
    }

    pub(crate) async fn count(&self, table: &str) -> i64 {
        let count = self.value(&format!("SELECT CAST(COUNT(*) AS TEXT) FROM {table}")).await;
        count.unwrap().parse().unwrap()
    }

    /// All rows of a table as text, bytes in hexadecimal.
    pub(crate) async fn dump(&self, table: &str) -> String {
        if let Some(file) = self.url.strip_prefix("sqlite://") {
            let connection = rusqlite::Connection::open(file).unwrap();
            let mut statement = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let width = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            let mut text = String::new();
            while let Some(row) = rows.next().unwrap() {
                for column in 0..width {
                    text.push_str(&shown(&row.get_ref(column).unwrap()));
                    text.push('\n');
                }
            }
            return text;
        }
        let rows = format!("SELECT CAST(row_to_json(t) AS TEXT) FROM {table} t");
        self.rows(&rows).await.into_iter().flatten().collect::<Vec<_>>().join("\n")
    }

    /// The first column of every row, as text.
    pub(crate) async fn column(&self, sql: &str) -> Vec<Option<String>> {
        self.rows(sql).await
    }

    pub(crate) fn is_postgres(&self) -> bool {
        !self.url.starts_with("sqlite:")
    }

    /// Runs statements in a transaction that stays open.
    pub(crate) async fn hold(&self, statements: &[String]) -> Held {
        let script = format!("BEGIN; {}", statements.join("; "));
        if let Some(file) = self.url.strip_prefix("sqlite://") {
            let connection = rusqlite::Connection::open(file).unwrap();
            connection.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
            connection.execute_batch(&script).unwrap();
            return Held::Sqlite(connection);
        }
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(&script).await.unwrap();
        Held::Postgres(client)
    }

    /// What a later release does that runs beside this one: some statements, and with them a change
    /// of a kind that this one has not.
    pub(crate) async fn changed_by_a_later_release(&self, statements: &[String]) {
        let mut all = statements.to_vec();
        all.push("UPDATE lanes SET seq = seq + 1 WHERE lane = 5".to_owned());
        all.push(
            "INSERT INTO changes (id, lane, seq, at, kind, subject, expires_at) SELECT 'later', 5,
                seq, 0, 'something_new', 'of somebody', 9000000000 FROM lanes WHERE lane = 5"
                .to_owned(),
        );
        self.hold(&all).await.commit().await;
    }

    async fn rows(&self, sql: &str) -> Vec<Option<String>> {
        let Some(file) = self.url.strip_prefix("sqlite://") else { return self.pg_rows(sql).await };
        let connection = rusqlite::Connection::open(file).unwrap();
        connection.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
        let mut statement = connection.prepare(sql).unwrap();
        let mut rows = statement.query([]).unwrap();
        let mut values = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            values.push(row.get(0).unwrap());
        }
        values
    }

    async fn pg_rows(&self, sql: &str) -> Vec<Option<String>> {
        let (client, connection) = tokio_postgres::connect(&self.url, NoTls).await.unwrap();
        let driver = tokio::spawn(connection);
        let messages = client.simple_query(sql).await.unwrap();
        drop(client);
        driver.await.unwrap().unwrap();
        let row = |message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
            _ => None,
        };
        messages.into_iter().filter_map(row).collect()
    }
}

/// A transaction behind the library's back that is not over.
pub(crate) enum Held {
    Sqlite(rusqlite::Connection),
    Postgres(tokio_postgres::Client),
}

impl Held {
    pub(crate) async fn commit(self) {
        match self {
            Self::Sqlite(connection) => connection.execute_batch("COMMIT").unwrap(),
            Self::Postgres(client) => client.batch_execute("COMMIT").await.unwrap(),
        }
    }
}

fn shown(value: &rusqlite::types::ValueRef<'_>) -> String {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}
