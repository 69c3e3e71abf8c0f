//! Moving day of a Flask application, with its SQLite table, its passwords and its tokens.

use countersign::{ForeignTable, ForeignUser, Imported};

use super::{HASH, import, one};
use crate::support::{PASSWORD, on_both_engines};

/// The table as Flask-SQLAlchemy made it for the first article.
fn old_database(file: &std::path::Path) {
    let old = rusqlite::Connection::open(file).unwrap();
    old.execute_batch(&format!(
        "CREATE TABLE users (
            id INTEGER NOT NULL PRIMARY KEY, username VARCHAR(32), password_hash VARCHAR(128)
         );
         CREATE INDEX ix_users_username ON users (username);
         INSERT INTO users (username, password_hash) VALUES ('miguel', '{HASH}'), ('susan', '{HASH}')"
    ))
    .unwrap();
}

on_both_engines! {
    async fn a_flask_application_moves_and_nobody_is_logged_out(db) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("db.sqlite");
        old_database(&file);
        let app = db.moved(|_| {}).await;

        let url = format!("sqlite:{}", file.display());
        let columns = ["id", "username", "password_hash"];
        let mut table = ForeignTable::open(&url, "users", &columns).await.unwrap();
        let mut users = Vec::new();
        while let Some(rows) = table.next().await.unwrap() {
            for row in rows {
                let [id, username, hash] = <[_; 3]>::try_from(row.unwrap()).unwrap();
                let password_hash = hash.unwrap_or_default().into();
                let external_id = id;
                users.push(ForeignUser { username, external_id, password_hash, ..<_>::default() });
            }
        }
        let outcomes = import(&app, users).await;

        assert!(matches!(outcomes[..], [Imported::Taken(_), Imported::Taken(_)]), "{outcomes:?}");
        assert_eq!(app.basic("miguel", PASSWORD).get("/me").await.status, 200);
        for maker in ["ItsDangerous", "PyJwt", "FlaskJwt", "FlaskJwtExtended"] {
            let user = app.auth.legacy_tokens().authenticate(&one(maker).token).await.unwrap();
            assert_eq!(user.username, "miguel", "{maker}");
        }
    }
}
