//! One history for both engines.

use super::*;

fn versions(applied: &[Applied]) -> Vec<i64> {
    applied.iter().map(|migration| migration.version).collect()
}

const BROKEN: Migration =
    Migration { version: 3, name: "broken", sql: "CREATE TABLE half (id BIGINT); SELECT nothing" };

on_both_databases! {
    async fn migrations_are_applied_once_and_in_order(database) {
        let db: TestDb = database.open().await;

        let first = db.migrate(&SCHEMA[..1]).await.unwrap();
        let second = db.migrate(SCHEMA).await.unwrap();
        let third = db.migrate(SCHEMA).await.unwrap();

        assert_eq!(first, [Applied { version: 1, name: "people" }]);
        assert_eq!(versions(&second), [2]);
        assert!(third.is_empty());
    }

    async fn two_openers_that_race_apply_each_migration_once(database) {
        let (a, b): (TestDb, TestDb) = (database.open().await, database.open().await);

        let race = [a, b].map(|db| async move { db.migrate(SCHEMA).await });
        let results = together(race.into()).await;

        let mut applied: Vec<i64> =
            results.iter().flat_map(|result| versions(result.as_ref().unwrap())).collect();
        applied.sort_unstable();
        assert_eq!(applied, [1, 2]);
    }

    async fn a_database_newer_than_the_program_is_refused_untouched(database) {
        let db = open(&database).await;

        let refusal = db.migrate(&SCHEMA[..1]).await.unwrap_err().to_string();

        assert!(refusal.contains("newer than this program"), "{refusal}");
        assert!(refusal.contains("migration 2 (members)"), "{refusal}");
    }

    async fn an_edited_migration_is_noticed(database) {
        let db = open(&database).await;
        let edited = [SCHEMA[0], Migration { sql: "CREATE TABLE other (id BIGINT)", ..SCHEMA[1] }];

        let refusal = db.migrate(&edited).await.unwrap_err().to_string();

        assert!(refusal.contains("migration 2"), "{refusal}");
    }

    async fn a_migration_that_fails_leaves_nothing_behind(database) {
        let db = open(&database).await;
        let broken = [SCHEMA[0], SCHEMA[1], BROKEN];

        db.migrate(&broken).await.unwrap_err();

        assert!(db.prepare_all(&[&sql!("SELECT id FROM half")]).await.is_err());
        assert!(db.migrate(SCHEMA).await.unwrap().is_empty());
    }
}
