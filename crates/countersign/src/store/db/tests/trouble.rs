//! Databases that are away, stopped, locked or full.

use std::time::Instant;

use super::*;

async fn assert_away(url: &str) {
    let begun = Instant::now();
    let refusal = TestDb::open(url, Options::default()).await.map(drop).unwrap_err();
    assert!(matches!(refusal, DbError::Unavailable(_)), "{url}: {refusal:?}");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_sqlite_file_that_cannot_be_made_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    assert_away(&format!("sqlite://{}/missing/app.db", folder.path().display())).await;
}

#[tokio::test]
async fn a_postgres_that_is_not_there_is_unavailable() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_away(&format!("postgres://nobody@{closed}/app")).await;
}

#[tokio::test]
async fn a_postgres_that_never_answers_is_unavailable() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    assert_away(&format!("postgres://nobody@{}/app", silent.local_addr().unwrap())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_postgres_connections_are_replaced() {
    let database = testing::TestDatabase::postgres().await;
    let db = open(&database).await;
    add(&db, 1, "Ann").await.unwrap();
    let mine = &sql!("SELECT CAST(pg_backend_pid() AS BIGINT)");
    let cut = &sql!("SELECT pg_terminate_backend(CAST($1 AS INTEGER))");

    let pid = |row: &Row<'_>| row.get::<i64>(0);
    let reading = [db.one(mine, &[], pid).await, db.one(mine, &[], pid).await];
    let writing = db.write(async move |tx| tx.one(mine, &[], pid).await).await;
    let other: TestDb = database.open().await;
    for pid in reading.into_iter().chain([writing]) {
        let pid = pid.unwrap().unwrap();
        assert!(other.one(cut, &params![pid], |row| row.get::<bool>(0)).await.unwrap().unwrap());
    }

    add(&db, 2, "Bob").await.unwrap();
    assert_eq!(names(&db).await, ["Ann", "Bob"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_locked_by_another_process_is_unavailable_and_then_usable_again() {
    let database = testing::TestDatabase::sqlite();
    let options = Options { patience: Duration::from_millis(50), ..Options::default() };
    let db = TestDb::open(database.url(), options).await.unwrap();
    db.migrate(SCHEMA).await.unwrap();
    let path = database.url().trim_start_matches("sqlite://");
    let other = rusqlite::Connection::open(path).unwrap();

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = add(&db, 1, "Ann").await;
    other.execute_batch("ROLLBACK").unwrap();

    assert!(matches!(locked, Err(DbError::Unavailable(_))), "{locked:?}");
    add(&db, 1, "Ann").await.unwrap();
}

/// A statement that outgrows the file ends the whole SQLite transaction: what a full disk does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_sqlite_is_unavailable_and_the_next_write_works() {
    let database = testing::TestDatabase::sqlite();
    let db = open(&database).await;
    db.write(async |tx| tx.batch("PRAGMA max_page_count = 40").await).await.unwrap();

    let full = db
        .write(async |tx| {
            let photo = vec![7; 1 << 20];
            tx.exec(&ADD_ALL_SILENT, &params![1, "Ann", &photo]).await
        })
        .await;

    assert!(matches!(full, Err(DbError::Unavailable(_))), "{full:?}");
    add(&db, 2, "Bob").await.unwrap();
    assert_eq!(names(&db).await, ["Bob"]);
}

const ADD_ALL_SILENT: Sql = sql!("INSERT INTO people (id, name, photo) VALUES ($1, $2, $3)");

/// OR ROLLBACK is SQLite's own word for "end the whole transaction", as I/O errors do.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_of_a_commit_that_a_neighbour_s_failure_undid() {
    let database = testing::TestDatabase::sqlite();
    let db = open(&database).await;
    add(&db, 0, "first").await.unwrap();
    let fatal = &sql!("INSERT OR ROLLBACK INTO people (id, name) VALUES ($1, $2)");

    let writes = (1..60).map(|id| {
        let db = db.clone();
        async move {
            if id % 10 == 0 {
                db.write(async move |tx| tx.exec(fatal, &params![id, "first"]).await.map(drop))
                    .await
            } else {
                add(&db, id, &format!("person {id}")).await
            }
        }
    });
    let results = together(writes.collect()).await;

    let kept = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(usize::try_from(count(&db).await).unwrap(), kept + 1);
    let blamed = |result: &&Result<_, _>| matches!(result, Err(DbError::Unique(_)));
    assert_eq!(results.iter().filter(blamed).count(), 5);
}

#[tokio::test]
async fn a_queue_that_is_full_refuses_at_once() {
    let database = testing::TestDatabase::sqlite();
    let db =
        TestDb::open(database.url(), Options { queue: 1, ..Options::default() }).await.unwrap();
    db.migrate(SCHEMA).await.unwrap();
    let (enter, entered) = std::sync::mpsc::channel();
    let (leave, left) = std::sync::mpsc::channel::<()>();
    let blocking = db.clone();
    let first = tokio::spawn(async move {
        blocking
            .write(async move |_| {
                enter.send(()).unwrap();
                left.recv().unwrap();
                Ok::<_, DbError>(())
            })
            .await
    });
    tokio::task::spawn_blocking(move || entered.recv().unwrap()).await.unwrap();
    let second = Box::pin(add(&db, 1, "Ann"));
    let second = match futures_util::future::select(second, std::future::ready(())).await {
        futures_util::future::Either::Right((_, second)) => second,
        futures_util::future::Either::Left(_) => panic!("nothing can commit yet"),
    };

    let third = add(&db, 2, "Bob").await;
    leave.send(()).unwrap();

    assert!(matches!(third, Err(DbError::Unavailable(_))), "{third:?}");
    first.await.unwrap().unwrap();
    second.await.unwrap();
}
