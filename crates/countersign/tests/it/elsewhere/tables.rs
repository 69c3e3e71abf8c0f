//! Reading the table of another application.

use countersign::ForeignTable;

use crate::support::{Database, on_both_engines};

async fn all(db: &Database, table: &str, columns: &[&str]) -> Vec<Vec<Option<String>>> {
    let mut table = ForeignTable::open(db.url(), table, columns).await.unwrap();
    let mut rows = Vec::new();
    while let Some(next) = table.next().await.unwrap() {
        rows.extend(next.into_iter().map(Result::unwrap));
    }
    assert_eq!(table.len(), rows.len() as u64);
    rows
}

on_both_engines! {
    async fn the_cells_of_a_foreign_table_are_text(db) {
        db.app().await;
        db.execute(r#"CREATE TABLE "old user" (id INTEGER, "User Name" VARCHAR(32), "group" SMALLINT)"#)
            .await;
        db.execute(r#"INSERT INTO "old user" VALUES (1, 'Zoë', 2), (2, NULL, NULL)"#).await;

        let rows = all(&db, "old user", &["group", "id", "User Name"]).await;

        let text = |text: &str| Some(text.to_owned());
        assert_eq!(rows, [
            vec![text("2"), text("1"), text("Zoë")],
            vec![None, text("2"), None],
        ]);
    }

    async fn a_large_table_is_read_to_its_end(db) {
        db.app().await;
        db.execute("CREATE TABLE numbers (n BIGINT)").await;
        db.execute(
            "INSERT INTO numbers WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c \
             WHERE n < 2500) SELECT n FROM c",
        )
        .await;

        let rows = all(&db, "numbers", &["n"]).await;

        assert_eq!(rows.len(), 2500);
        assert_eq!(rows[2499], [Some("2500".to_owned())]);
    }

    async fn a_name_that_is_not_there_or_odd_is_refused_and_nothing_happens(db) {
        db.app().await;
        for (table, column) in [
            ("users", "nonsense"), ("nonsense", "id"), ("users", "id\" FROM users; --"),
            ("users; DROP TABLE users", "id"), ("users\"", "id"), ("", "id"), ("users", ""),
        ] {
            assert!(ForeignTable::open(db.url(), table, &[column]).await.is_err(), "{table} {column}");
        }
        for url in ["sqlite:/nowhere/at/all.db", "mysql://a/b", "sqlite::memory:", "nonsense"] {
            assert!(ForeignTable::open(url, "users", &["id"]).await.is_err(), "{url}");
        }
        assert_eq!(db.count("users").await, 0);
    }
}
