//! Moving to another database: nobody notices, and nothing is lost.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use serde_json::json;

use super::{EVERYTHING, Held, backup, both};
use crate::support::{Database, PASSWORD, on_both_engines};

/// Values of every kind in most tables, and many of them.
async fn fill(db: &Database, rows: usize) {
    let series = format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})"
    );
    let limits = [i64::MIN + 1, i64::MAX];
    db.execute(&format!(
        "{series} INSERT INTO throttles (bucket, failures, blocked_until, expires_at)
            SELECT CAST(i AS TEXT), i, {}, {} FROM n",
        limits[0], limits[1]
    ))
    .await;
    let (bytes, none) = match db.is_postgres() {
        true => ("decode('00ff7f80', 'hex')", "decode('', 'hex')"),
        false => ("x'00ff7f80'", "x''"),
    };
    db.execute(&format!(
        "INSERT INTO spent_proofs (digest, expires_at) VALUES ({bytes}, 1), ({none}, 2)"
    ))
    .await;
    db.execute(
        "INSERT INTO user_attributes (user_id, name, value)
            SELECT id, 'odd', 'größe 👩🏽‍🚀 '' \" \\ ' || '\t\n\r' || ' \u{1}\u{7f}\u{feff}' FROM users",
    )
    .await;
    db.execute(
        "INSERT INTO user_attributes (user_id, name, value) SELECT id, 'none', '' FROM users",
    )
    .await;
}

async fn tables(db: &Database) -> Vec<String> {
    let names = match db.is_postgres() {
        true => "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
        false => "SELECT name FROM sqlite_schema WHERE type = 'table'",
    };
    let mut names: Vec<_> = db.column(names).await.into_iter().flatten().collect();
    names.retain(|name| name != "schema_migrations");
    names.sort();
    assert!(names.len() > 12, "{names:?}");
    names
}

/// Every value of every row, in no order.
async fn contents(db: &Database) -> Vec<String> {
    let mut contents = Vec::new();
    for table in tables(db).await {
        let dump = db.dump(&table).await;
        let mut lines: Vec<_> = dump.lines().map(|line| format!("{table} {line}")).collect();
        lines.sort();
        contents.extend(lines);
    }
    contents
}

on_both_engines! {
    async fn what_was_issued_goes_on_in_either_other_database(db) {
        for target in both().await {
            let db = if db.is_postgres() { Database::postgres().await } else { Database::sqlite() };
            let app = db.app().await;
            let miguel = app.user("miguel").await;
            let held = Held::by(&app, &miguel, "miguel").await;
            let gone = miguel.log_in().await;
            let revoked = miguel.log_in().await;
            gone.delete("/api/tokens").await;
            let jti = revoked.jti();
            miguel.delete(&format!("/api/tokens/{jti}")).await;
            drop(app);

            let copied = db.moved_to(&target).await.unwrap();

            assert_eq!(copied.rows["users"], 1);
            let app = target.app().await;
            assert_eq!(app.bearer(&gone.access).get("/me").await.status, 401);
            assert_eq!(app.bearer(&revoked.access).get("/me").await.status, 401);
            assert_eq!(held.accepted(&app).await, EVERYTHING);
            assert_eq!(app.basic("miguel", PASSWORD).get("/me").await.status, 200);
        }
    }

    async fn there_and_back_every_value_is_the_same_and_the_source_is_left_alone(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        Held::by(&app, &miguel, "miguel").await;
        app.sign_up(json!({"email": "größe@example.org", "password": PASSWORD})).await;
        fill(&db, 1300).await;
        drop(app);
        let before = contents(&db).await;

        for between in both().await {
            let back = if db.is_postgres() { Database::postgres().await } else { Database::sqlite() };
            let there = db.moved_to(&between).await.unwrap();
            let again = between.moved_to(&back).await.unwrap();

            assert_eq!(there, again);
            assert_eq!(there.rows["throttles"], 1300);
            assert_eq!(there.rows["lanes"], 16);
            assert!(contents(&back).await == before);
        }
        assert!(contents(&db).await == before);
    }

    async fn a_target_with_anything_in_it_is_refused_and_kept(db) {
        let app = db.app().await;
        app.user("miguel").await;
        for target in both().await {
            let there = target.app().await;
            there.user("susan").await;
            let before = contents(&target).await;

            let refusal = db.moved_to(&target).await.unwrap_err().to_string();

            assert!(refusal.starts_with("conflict: The target is not empty"), "{refusal}");
            assert_eq!(contents(&target).await, before);
        }
    }

    async fn whoever_writes_during_the_move_waits_or_is_refused_and_nothing_is_lost(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        fill(&db, 20_000).await;
        let done = Arc::new(AtomicU64::new(0));
        let (count, over) = (Arc::clone(&done), Arc::new(AtomicU64::new(0)));
        let stop = Arc::clone(&over);
        let writing = tokio::spawn(async move {
            let mut acknowledged = Vec::new();
            while stop.load(Ordering::SeqCst) == 0 {
                let answer = miguel.post("/api/tokens", &json!({})).await;
                if answer.status == 200 {
                    acknowledged.push(answer.body["session_id"].as_str().unwrap().to_owned());
                    count.fetch_add(1, Ordering::SeqCst);
                }
            }
            acknowledged
        });
        while done.load(Ordering::SeqCst) < 5 {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
        let target = Database::postgres().await;
        let (last, counted) = (Arc::new(AtomicU64::new(0)), Arc::clone(&done));
        let seen = Arc::clone(&last);

        let progress = move |_, _| {
            std::thread::sleep(std::time::Duration::from_millis(5));
            seen.store(counted.load(Ordering::SeqCst), Ordering::SeqCst);
        };
        let copied = db.whole().move_to(target.url(), progress).await.unwrap();
        over.store(1, Ordering::SeqCst);
        let acknowledged = writing.await.unwrap();

        let sessions = "SELECT id FROM sessions ORDER BY created_at, id";
        let there: Vec<_> = target.column(sessions).await.into_iter().flatten().collect();
        assert_eq!(copied.rows["sessions"], there.len() as u64);
        // A prefix of what was acknowledged: what came before the move, and nothing between.
        assert_eq!(there[..], acknowledged[..there.len()]);
        assert!(last.load(Ordering::SeqCst) <= there.len() as u64, "none was acknowledged meanwhile");
        assert_eq!(target.count("refresh_tokens").await, there.len() as i64);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_thousand_rows_take_seconds() {
    let [sqlite, postgres] = both().await;
    drop(sqlite.app().await);
    fill(&sqlite, 50_000).await;
    let back = Database::sqlite();

    let begun = std::time::Instant::now();
    sqlite.moved_to(&postgres).await.unwrap();
    let there = begun.elapsed();
    postgres.moved_to(&back).await.unwrap();
    let all = begun.elapsed();

    assert_eq!(back.count("throttles").await, 50_000);
    assert!(all.as_secs() < 30, "{there:?} there, {all:?} there and back");
}

on_both_engines! {
    async fn a_backup_made_while_others_write_holds_together(db) {
        let app = db.app().await;
        let writers: Vec<_> = (0..4).map(|writer| {
            let app = app.clone();
            tokio::spawn(async move {
                for n in 0..25 {
                    let user = app.user(&format!("w{writer}n{n}")).await;
                    user.log_in().await;
                }
            })
        }).collect();
        let begun = std::time::Instant::now();
        while db.count("sessions").await < 5 {
            assert!(begun.elapsed().as_secs() < 20, "nobody writes");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }

        let (_folder, file) = backup(&app).await;
        for writer in writers {
            writer.await.unwrap();
        }

        let copy = rusqlite::Connection::open(&file).unwrap();
        let count = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert!(count("SELECT COUNT(*) FROM sessions") >= 5);
        assert!(count("SELECT COUNT(*) FROM users") < 100, "not all of them were there yet");
        assert_eq!(count("SELECT COUNT(*) FROM pragma_foreign_key_check"), 0);
        assert_eq!(count("SELECT COUNT(*) FROM sessions WHERE id NOT IN
            (SELECT session_id FROM refresh_tokens)"), 0);
        // Each change has its number, and the lanes know the last of them.
        assert_eq!(count("SELECT COUNT(*) FROM lanes l WHERE seq <> COALESCE(
            (SELECT MAX(seq) FROM changes c WHERE c.lane = l.lane), 0)"), 0);
        let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(copy.query_row("PRAGMA journal_mode", [], |row| row.get::<_, String>(0)).unwrap(),
            "delete", "a file by itself");
        assert!(app.auth.backup(&file, |_, _| ()).await.unwrap_err().to_string()
            .starts_with("conflict: The file to back up to exists already"));
    }
}
