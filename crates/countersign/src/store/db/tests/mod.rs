//! The rules of the database, each on both engines: writing here, reading and values in `read`,
//! the schema's history in `migrate`, trouble in `trouble`, copies in `backup`.

mod backup;
mod migrate;
mod read;
mod trouble;

use std::sync::{Arc, Mutex};

use super::{testing::on_both_databases, *};

type TestDb = Db<String>;

impl Note for () {
    async fn conclude(_: &mut Tx<Self>, _: &[Self]) -> Result<(), DbError> {
        Ok(())
    }
}

impl Note for String {
    async fn conclude(_: &mut Tx<Self>, _: &[Self]) -> Result<(), DbError> {
        Ok(())
    }
}

const SCHEMA: &[Migration] = &[
    Migration {
        version: 1,
        name: "people",
        sql: "CREATE TABLE people (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, photo BYTEA)",
    },
    Migration {
        version: 2,
        name: "members",
        sql: "CREATE TABLE members (team TEXT NOT NULL, person BIGINT NOT NULL REFERENCES people (id),
                since BIGINT, UNIQUE (team, person));
              CREATE INDEX members_person ON members (person)",
    },
];

statements! {
    /// Id, name.
    ADD = "INSERT INTO people (id, name) VALUES ($1, $2)";
    ADD_ALL = "INSERT INTO people (id, name, photo) VALUES ($1, $2, $3)
               RETURNING id, name, photo";
    ADD_NEW = "INSERT INTO people (id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    JOIN = "INSERT INTO members (team, person) VALUES ($1, $2)";
    NAME = "SELECT name FROM people WHERE id = $1";
    NAMES = "SELECT name FROM people ORDER BY id";
    COUNT = "SELECT COUNT(*) FROM people";
    /// The same parameter twice, and a dollar that is none.
    RENAME = "UPDATE people SET name = $2 || '$1' WHERE id = $1 AND name <> $2";
}

async fn open(database: &testing::TestDatabase) -> TestDb {
    let db = database.open().await;
    db.migrate(SCHEMA).await.unwrap();
    db
}

async fn add(db: &TestDb, id: i64, name: &str) -> Result<(), DbError> {
    let name = name.to_owned();
    db.write(async move |tx| {
        tx.note(name.clone());
        tx.exec(&ADD, &params![id, &name]).await.map(drop)
    })
    .await
}

async fn names(db: &TestDb) -> Vec<String> {
    db.all(&NAMES, &[], |row| row.get(0)).await.unwrap()
}

async fn count(db: &TestDb) -> i64 {
    db.one(&COUNT, &[], |row| row.get(0)).await.unwrap().unwrap()
}

/// Runs `writes` bodies so that they wait for the same COMMIT where the engine has such a thing.
async fn together<T: Send + 'static>(
    writes: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let tasks: Vec<_> = writes.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("no")]
    No,
    #[error(transparent)]
    Db(#[from] DbError),
}

on_both_databases! {
    async fn a_body_that_answers_err_is_rolled_back_and_its_neighbours_are_kept(database) {
        let db = open(&database).await;

        let writes = (0..30).map(|id| {
            let db = db.clone();
            async move {
                db.write(async move |tx| {
                    tx.exec(&ADD, &params![id, &format!("person {id}")]).await?;
                    if id % 3 == 0 { Err(Refusal::No) } else { Ok(id) }
                })
                .await
            }
        });
        let results = together(writes.collect()).await;

        for (id, result) in results.iter().enumerate() {
            match result {
                Ok(kept) => assert!(*kept == id as i64 && id % 3 != 0),
                Err(refusal) => assert!(matches!(refusal, Refusal::No) && id % 3 == 0),
            }
        }
        assert_eq!(count(&db).await, 20);
    }

    async fn many_rows_are_written_in_their_order_or_none_of_them(database) {
        let db = open(&database).await;
        let texts: Vec<_> = (0..1200).map(|id| format!("{}", id % 700)).collect();

        let changed = db.write(async move |tx| {
            let rows: Vec<_> = (0..).zip(&texts).map(|(id, text)| params![id, text]).collect();
            tx.exec_each(&ADD_NEW, &rows).await
        });
        let changed = changed.await.unwrap();
        let broken = db.write(async |tx| {
            let rows = [params![2000, "2000"], params![2001, "0"], params![2002, "2002"]];
            tx.exec_each(&ADD, &rows).await
        });

        assert_eq!(changed, [vec![1; 700], vec![0; 500]].concat());
        let broken = broken.await.unwrap_err();
        assert!(matches!(&broken, DbError::Unique(it) if it == "people.name_key"), "{broken:?}");
        assert_eq!(count(&db).await, 700);
        add(&db, 2000, "2000").await.unwrap();
    }

    async fn a_taken_value_names_its_constraint_alike_and_spares_the_neighbours(database) {
        let db = open(&database).await;
        add(&db, 1, "Ann").await.unwrap();

        let name = add(&db, 2, "Ann").await.unwrap_err();
        let id = add(&db, 1, "Bob").await.unwrap_err();
        let pair = db.write(async move |tx| {
            tx.exec(&JOIN, &params!["a", 1]).await?;
            tx.exec(&JOIN, &params!["a", 1]).await
        });
        let pair = pair.await.unwrap_err();

        assert!(matches!(&name, DbError::Unique(it) if it == "people.name_key"), "{name:?}");
        assert!(matches!(&id, DbError::Unique(it) if it == "people.pkey"), "{id:?}");
        assert!(matches!(&pair, DbError::Unique(it) if it == "members.team_person_key"), "{pair:?}");
        assert_eq!(names(&db).await, ["Ann"]);
    }

    async fn a_row_whose_parent_is_gone_is_an_orphan_alike(database) {
        let db = open(&database).await;

        let orphan = db.write(async |tx| tx.exec(&JOIN, &params!["a", 7]).await).await;

        assert!(matches!(orphan, Err(DbError::Orphan)), "{orphan:?}");
    }

    async fn a_body_that_swallows_an_error_cannot_commit(database) {
        let db = open(&database).await;
        add(&db, 1, "Ann").await.unwrap();

        let result: Result<(), DbError> = db
            .write(async |tx| {
                tx.exec(&ADD, &params![2, "Bob"]).await?;
                tx.exec(&ADD, &params![3, "Ann"]).await.unwrap_err();
                let next = tx.exec(&ADD, &params![4, "Cyd"]).await;
                assert!(matches!(next, Err(DbError::Failed(_))));
                Ok(())
            })
            .await;

        assert!(matches!(result, Err(DbError::Failed(_))), "{result:?}");
        assert_eq!(names(&db).await, ["Ann"]);
    }

    async fn a_body_that_panics_fails_alone(database) {
        let db = open(&database).await;

        let writes = (0..12).map(|id| {
            let db = db.clone();
            async move {
                db.write(async move |tx| -> Result<(), DbError> {
                    tx.exec(&ADD, &params![id, &format!("person {id}")]).await?;
                    assert!(id != 5, "on purpose");
                    Ok(())
                })
                .await
            }
        });
        let results = together(writes.collect()).await;

        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 11);
        let why = results[5].as_ref().unwrap_err().to_string();
        assert!(why.contains("panicked"), "{why}");
        assert_eq!(count(&db).await, 11);
        add(&db, 5, "the next").await.unwrap();
    }

    async fn a_body_that_waits_for_something_else_fails_alone(database) {
        let db = open(&database).await;

        let writes = (0..12).map(|id| {
            let db = db.clone();
            async move {
                db.write(async move |tx| -> Result<(), DbError> {
                    tx.exec(&ADD, &params![id, &format!("person {id}")]).await?;
                    if id == 5 {
                        std::future::pending::<()>().await;
                    }
                    Ok(())
                })
                .await
            }
        });
        let results = together(writes.collect()).await;

        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 11);
        let why = results[5].as_ref().unwrap_err().to_string();
        assert!(why.contains("waited"), "{why}");
        assert_eq!(count(&db).await, 11);
    }

    async fn a_write_is_seen_by_the_read_that_follows_its_answer(database) {
        let db = open(&database).await;

        let writers = (0..4).map(|writer| {
            let db = db.clone();
            async move {
                for id in (writer * 100)..(writer * 100 + 25) {
                    add(&db, id, &format!("person {id}")).await.unwrap();
                    let name = db.one(&NAME, &params![id], |row| row.get::<String>(0)).await;
                    assert_eq!(name.unwrap().unwrap(), format!("person {id}"));
                }
            }
        });

        together(writers.collect()).await;
    }

    async fn the_hook_has_the_notes_of_committed_bodies_before_their_callers_are_answered(database) {
        let db = open(&database).await;
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let ear = heard.clone();
        db.on_commit(move |notes| ear.lock().unwrap().extend_from_slice(notes));

        add(&db, 1, "Ann").await.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["Ann"]);
        add(&db, 1, "lost").await.unwrap_err();
        add(&db, 2, "Bob").await.unwrap();
        assert_eq!(*heard.lock().unwrap(), ["Ann", "Bob"]);

        let writes = (10..40).map(|id| {
            let (db, heard) = (db.clone(), heard.clone());
            async move {
                add(&db, id, &format!("person {id}")).await.unwrap();
                assert!(heard.lock().unwrap().contains(&format!("person {id}")));
            }
        });
        together(writes.collect()).await;
        assert_eq!(heard.lock().unwrap().len(), 32);
    }

    async fn a_hook_that_panics_costs_nobody_their_answer(database) {
        let db = open(&database).await;
        db.on_commit(|_| panic!("on purpose"));

        add(&db, 1, "Ann").await.unwrap();
        add(&db, 2, "Bob").await.unwrap();

        assert_eq!(names(&db).await, ["Ann", "Bob"]);
    }

    async fn a_write_goes_on_when_its_caller_is_dropped(database) {
        let db = open(&database).await;
        let (committed, told) = oneshot::channel();
        let committed = Mutex::new(Some(committed));
        db.on_commit(move |_| committed.lock().unwrap().take().unwrap().send(()).unwrap());

        let caller = add(&db, 1, "Ann");
        assert!(futures_util::FutureExt::now_or_never(caller).is_none());

        told.await.unwrap();
        assert_eq!(names(&db).await, ["Ann"]);
    }

    async fn one_of_many_racers_wins_what_may_happen_once(database) {
        let db = open(&database).await;

        let racers = (0..50).map(|id| {
            let db = db.clone();
            async move { add(&db, id, "the only one").await }
        });
        let results = together(racers.collect()).await;

        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        let lost = |result: &&Result<_, _>| matches!(result, Err(DbError::Unique(_)));
        assert_eq!(results.iter().filter(lost).count(), 49);
    }
}

#[tokio::test]
async fn two_hundred_and_fifty_six_writers_share_a_few_commits_on_sqlite() {
    let database = testing::TestDatabase::sqlite();
    let db = open(&database).await;
    let before = db.commits();

    let writes = (0..256).map(|id| {
        let db = db.clone();
        async move { add(&db, id, &format!("person {id}")).await }
    });
    let results = together(writes.collect()).await;

    assert!(results.iter().all(Result::is_ok));
    assert_eq!(count(&db).await, 256);
    let commits = db.commits() - before;
    assert!(commits <= 32, "{commits} commits");
}
