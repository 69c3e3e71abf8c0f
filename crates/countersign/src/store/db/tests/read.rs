//! Values come back as they went in, and alike on both engines.

use proptest::{collection::vec, prelude::*, test_runner::TestRunner};

use super::*;

type Person = (i64, String, Option<Vec<u8>>);

fn person(row: &Row<'_>) -> Result<Person, DbError> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

on_both_databases! {
    async fn any_value_comes_back_as_it_went_in(database) {
        let db = open(&database).await;
        let ids = any::<i64>();
        let texts = any::<String>().prop_map(|text| text.replace('\0', ""));
        let people = vec((ids, texts, proptest::option::of(vec(any::<u8>(), 0..300))), 1..20);

        let runtime = tokio::runtime::Handle::current();
        let db = &db;
        tokio::task::block_in_place(|| {
            let config = ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() };
            TestRunner::new(config).run(&people, |people| {
                runtime.block_on(round_trip(db, people))
            })
            .unwrap();
        });
    }

    async fn text_with_nul_is_refused_everywhere(database) {
        let db = open(&database).await;

        let written = add(&db, 1, "a\0b").await;
        let read = db.one(&RENAME, &params![1, "\0"], |_| Ok(())).await;

        assert!(matches!(written, Err(DbError::Failed(_))));
        assert!(matches!(read, Err(DbError::Failed(_))));
    }

    async fn a_column_is_read_as_what_it_holds_or_not_at_all(database) {
        let db = open(&database).await;
        db.write(async |tx| tx.one(&ADD_ALL, &params![7, "Ann", &[1_u8; 32]], person).await)
            .await
            .unwrap();
        let all = &sql!("SELECT id, name, photo, CAST(NULL AS BIGINT) FROM people");

        let right = db.one(all, &[], |row| {
            assert_eq!(row.get::<i64>(0)?, 7);
            assert_eq!(row.get::<&str>(1)?, "Ann");
            assert_eq!(row.get::<[u8; 32]>(2)?, [1; 32]);
            assert_eq!(row.get::<Option<i64>>(3)?, None);
            Ok(())
        });
        right.await.unwrap().unwrap();
        db.one(all, &[], |row| {
            assert!(matches!(row.get::<String>(0), Err(DbError::Failed(_))));
            assert!(matches!(row.get::<[u8; 16]>(2), Err(DbError::Failed(_))));
            assert!(matches!(row.get::<i64>(3), Err(DbError::Failed(_))));
            assert!(matches!(row.get::<i64>(4), Err(DbError::Failed(_))));
            Ok(())
        })
        .await
        .unwrap();
    }

    async fn a_parameter_may_be_used_twice_and_a_quoted_dollar_is_text(database) {
        let db = open(&database).await;
        add(&db, 1, "Ann").await.unwrap();

        let changed = db.write(async |tx| tx.exec(&RENAME, &params![1, "Bob"]).await).await;

        assert_eq!(changed.unwrap(), 1);
        assert_eq!(names(&db).await, ["Bob$1"]);
    }

    async fn every_statement_can_be_prepared(database) {
        let db = open(&database).await;

        db.prepare_all(ALL).await.unwrap();
        db.prepare_all(crate::store::db::migrate::ALL).await.unwrap();

        let wrong = db.prepare_all(&[&sql!("SELECT nothing FROM people")]).await.unwrap_err();
        assert!(wrong.to_string().contains("SELECT nothing"), "{wrong}");
    }

    async fn a_body_reads_what_it_wrote_and_nobody_else_does(database) {
        let db = open(&database).await;
        let reader = db.clone();

        let refused: Result<(), Refusal> = db
            .write(async move |tx| {
                tx.exec(&ADD, &params![1, "Ann"]).await?;
                let inside = tx.all(&NAMES, &[], |row| row.get::<String>(0)).await?;
                assert_eq!(inside, ["Ann"]);
                let first = tx.one(&NAME, &params![1], |row| row.get::<String>(0)).await?;
                assert_eq!(first.as_deref(), Some("Ann"));
                assert_eq!(tx.one(&NAME, &params![2], |_| Ok(())).await?, None);
                Err(Refusal::No)
            })
            .await;

        assert!(matches!(refused, Err(Refusal::No)), "{refused:?}");
        assert_eq!(count(&reader).await, 0);
    }
}

async fn round_trip(db: &TestDb, people: Vec<Person>) -> Result<(), TestCaseError> {
    for (id, name, photo) in people {
        let sent = (id, name.clone(), photo.clone());
        let back = db
            .write(async move |tx| {
                tx.exec(&sql!("DELETE FROM people"), &[]).await?;
                tx.one(&ADD_ALL, &params![id, &name, photo.as_deref()], person).await
            })
            .await;
        prop_assert_eq!(back.unwrap(), Some(sent.clone()));
        let kept = db
            .one(&sql!("SELECT id, name, photo FROM people WHERE id = $1"), &params![id], person)
            .await;
        prop_assert_eq!(kept.unwrap(), Some(sent));
    }
    Ok(())
}

#[tokio::test]
async fn a_thread_forgets_the_databases_that_are_gone() {
    for _ in 0..5 {
        let database = testing::TestDatabase::sqlite();
        let db = open(&database).await;
        assert_eq!(count(&db).await, 0);
    }

    assert!(sqlite::Sqlite::readers_of_this_thread() <= 2);
}
