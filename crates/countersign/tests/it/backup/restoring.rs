//! Restoring a backup: who was there is there again, and nothing that was issued lives on.

use countersign::{Issued, Present};
use serde_json::json;

use super::{EVERYTHING, Held, backup, both};
use crate::support::{App, Database, PASSWORD, START, becomes, on_both_engines};

const NOTHING: [&str; 0] = [];

async fn logs_in(app: &App, name: &str, password: &str) -> u16 {
    app.basic(name, password).post("/api/tokens", &json!({})).await.status
}

on_both_engines! {
    async fn nothing_that_was_issued_before_or_after_is_alive_in_a_restored_copy(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let before = Held::by(&app, &miguel, "miguel").await;
        let (_folder, file) = backup(&app).await;
        let after = Held::by(&app, &miguel, "miguel").await;
        app.user("later").await;

        for target in both().await {
            target.restored(&file, Present::Refused, Issued::Ended).await.unwrap();
            let restored = target.app().await;

            assert_eq!(before.accepted(&restored).await, NOTHING);
            assert_eq!(after.accepted(&restored).await, NOTHING);
            assert_eq!(logs_in(&restored, "miguel", PASSWORD).await, 200);
            assert_eq!(logs_in(&restored, "later", PASSWORD).await, 401);
            let miguel = crate::support::User::known(&restored, &miguel.id, "miguel");
            let anew = Held::by(&restored, &miguel, "miguel").await;
            assert_eq!(anew.accepted(&restored).await, EVERYTHING);
        }
        assert_eq!(after.accepted(&app).await, EVERYTHING, "where it came from nothing happened");
    }

    async fn a_token_of_after_the_backup_is_dead_by_its_epoch_whatever_the_keys(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let before = miguel.log_in().await;
        let (_folder, file) = backup(&app).await;
        let after = miguel.log_in().await;
        miguel.change_password("another good passphrase").await;
        let raised = app.basic("miguel", "another good passphrase");
        let raised = raised.post("/api/tokens", &json!({})).await;
        let raised = raised.body["access_token"].as_str().unwrap().to_owned();

        for target in both().await {
            target.restored(&file, Present::Refused, Issued::Ended).await.unwrap();
            // As if the keys had not been retired.
            target.execute("UPDATE signing_keys SET expires_at = NULL").await;
            let restored = target.app().await;

            for token in [&before.access, &after.access, &raised] {
                let answer = restored.bearer(token).get("/me").await;
                assert_eq!(answer.refusal(), (401, "invalid_token"));
                assert!(answer.text().contains("revoked"), "{}", answer.text());
            }
            assert_eq!(target.count("sessions WHERE status_index IS NOT NULL").await, 0);
            assert!(target.count("status_lists WHERE number > 1000000").await == 1);
            let least = target.value("SELECT CAST(MIN(epoch) AS TEXT) FROM users").await;
            assert!(least.unwrap().parse::<i64>().unwrap() >= 1 << 39);
        }
    }

    async fn a_running_process_notices_that_its_database_was_replaced(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let before = miguel.log_in().await;
        let (_folder, file) = backup(&app).await;
        // Nothing happens in between: not even the numbers of changes tell.
        assert_eq!(before.get("/me").await.status, 200);

        db.restored(&file, Present::Replaced, Issued::Ended).await.unwrap();
        // What makes the next key, as the command does.
        drop(app.neighbour().await);

        becomes(&before, "/me", 401).await;
        assert_eq!(before.alive().await.0, 401);
        assert_eq!(logs_in(&app, "miguel", PASSWORD).await, 200);
        let anew = miguel.log_in().await;
        assert_eq!(anew.get("/me").await.status, 200);
        assert_ne!(anew.kid(), before.kid());
        // And once more, after more has happened than the copy knows of.
        for _ in 0..30 {
            miguel.log_in().await.delete("/api/tokens").await;
        }
        app.user("later").await;
        db.restored(&file, Present::Replaced, Issued::Ended).await.unwrap();
        drop(app.neighbour().await);
        becomes(&anew, "/me", 401).await;
        assert_eq!(logs_in(&app, "later", PASSWORD).await, 401);
        assert_eq!(db.count("users").await, 1);
        let last = miguel.log_in().await;
        last.delete("/api/tokens").await;
        becomes(&app.neighbour().await.bearer(&last.access), "/me", 401).await;
    }

    async fn a_process_that_knows_the_same_numbers_of_changes_begins_anew_all_the_same(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;
        let (_folder, file) = backup(&app).await;
        assert_eq!(session.get("/me").await.status, 200, "and known by heart from here on");
        rusqlite::Connection::open(&file).unwrap()
            .execute_batch("UPDATE users SET disabled_at = 1").unwrap();

        db.restored(&file, Present::Replaced, Issued::Kept).await.unwrap();

        becomes(&session, "/me", 401).await;
    }

    async fn whoever_restores_by_other_means_says_so_and_nothing_lives_on(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let held = Held::by(&app, &miguel, "miguel").await;

        db.whole().restored().await.unwrap();
        drop(app.neighbour().await);

        becomes(&held.session, "/me", 401).await;
        assert_eq!(held.accepted(&app).await, NOTHING);
        assert_eq!(logs_in(&app, "miguel", PASSWORD).await, 200);
    }

    async fn a_password_changed_since_is_as_before_and_what_was_spent_is_not_good_again(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let link = app.auth.links().reset(miguel.id.parse().unwrap()).await.unwrap().url;
        let (_folder, file) = backup(&app).await;
        let token = link.split_once("token=").unwrap().1;
        let body = json!({"token": token, "new_password": "another good passphrase"});
        assert_eq!(app.anonymous().post("/api/recovery/reset", &body).await.status, 204);

        db.restored(&file, Present::Replaced, Issued::Ended).await.unwrap();
        let app = app.restart().await;

        assert_eq!(app.anonymous().post("/api/recovery/reset", &body).await.status, 400);
        assert_eq!(logs_in(&app, "miguel", "another good passphrase").await, 401);
        assert_eq!(logs_in(&app, "miguel", PASSWORD).await, 200);
    }

    async fn what_is_kept_on_request_lives_on_also_what_was_taken_back_since(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let held = Held::by(&app, &miguel, "miguel").await;
        let revoked = miguel.log_in().await;
        let (_folder, file) = backup(&app).await;
        revoked.delete("/api/tokens").await;

        for target in both().await {
            target.restored(&file, Present::Refused, Issued::Kept).await.unwrap();
            let restored = target.app().await;

            assert_eq!(restored.bearer(&revoked.access).get("/me").await.status, 200, "so beware");
            assert_eq!(held.accepted(&restored).await, EVERYTHING);
        }
    }

    async fn no_mail_goes_out_twice_and_nobody_is_deleted_at_once(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        miguel.delete("/api/me").await;
        db.execute(&format!("UPDATE users SET deletes_at = {}", START - 1)).await;
        db.execute(&format!(
            "INSERT INTO mails (id, recipient, kind, created_at, next_at, attempts)
                VALUES ('one', 'a@example.org', 'reset', {START}, {START}, 0)"
        )).await;
        let (_folder, file) = backup(&app).await;

        db.restored(&file, Present::Replaced, Issued::Ended).await.unwrap();
        let app = app.restart().await;
        app.auth.purge().await.unwrap();

        assert_eq!(db.count("users").await, 1, "they may have come back since");
        let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM mails WHERE next_at IS NOT NULL";
        assert_eq!(db.value(waiting).await.as_deref(), Some("0"));
        let mails = app.auth.mails().recent(10).await.unwrap();
        assert!(mails[0].failure.as_deref().unwrap().contains("restored"), "{mails:?}");
        app.pass(8 * 86_400);
        app.auth.purge().await.unwrap();
        assert_eq!(db.count("users").await, 0, "and they had asked for it");
    }

    async fn what_cannot_be_restored_leaves_the_database_as_it_was(db) {
        let app = db.app().await;
        let held = Held::by(&app, &app.user("miguel").await, "miguel").await;
        let (folder, file) = backup(&app).await;
        let mut broken = std::fs::read(&file).unwrap();
        let bytes = broken.clone();
        broken[8192..12288].fill(0xa5);
        let made = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let edited = |name: &str, sql: &str| {
            let path = made(name, &bytes);
            rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
            path
        };
        let cases = [
            (folder.path().join("absent"), "no file"),
            (made("empty", b""), "no tables of this program"),
            (made("text", b"not a database, but long enough to look at it closely\n".repeat(20).as_slice()),
                "no SQLite database"),
            (made("short", &bytes[..bytes.len() / 2]), "damaged"),
            (made("broken", &broken), "damaged"),
            (edited("newer", "INSERT INTO schema_migrations VALUES (999, 'x', 1, 1)"), "newer than this"),
            (edited("other", "UPDATE schema_migrations SET digest = 1 WHERE version = 2"), "is not migration"),
            (edited("orphan", "PRAGMA foreign_keys = OFF; UPDATE sessions SET user_id = 'nobody'"), "damaged"),
            (edited("odd", "UPDATE users SET created_at = 1.5"), "never wrote"),
        ];

        for (path, words) in cases {
            let refused = db.restored(&path, Present::Replaced, Issued::Ended).await;
            let refusal = refused.unwrap_err().to_string();
            assert!(refusal.contains(words), "{}: {refusal}", path.display());
            let empty = Database::sqlite().restored(&path, Present::Refused, Issued::Ended).await;
            assert!(empty.is_err());
        }
        let refusal = db.restored(&file, Present::Refused, Issued::Ended).await.unwrap_err();
        assert!(refusal.to_string().starts_with("conflict: "), "{refusal}");

        assert_eq!(held.accepted(&app).await, EVERYTHING);
    }
}
