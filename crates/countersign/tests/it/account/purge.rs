//! What the purge deletes: accounts that are due, in small pieces, and nobody else.

use countersign::Confirmation;
use serde_json::json;

use super::leaving::{GRACE, leave};
use crate::{
    mail::{self, ADDRESS},
    support::{App, Database, PASSWORD, START, becomes, on_both_engines},
};

const WAIT: i64 = 30 * 86_400;

async fn required(db: &Database) -> App {
    db.app_with(|config| {
        mail::inbox(config);
        config.confirmation = Confirmation::Required;
    })
    .await
}

on_both_engines! {
    async fn an_account_is_deleted_when_its_time_is_over_with_all_that_belongs_to_it(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        susan.log_in().await;
        miguel.log_in().await;
        miguel.key("account").await;
        leave(&miguel).await;

        app.pass(GRACE - 1);
        let early = app.auth.purge().await.unwrap();
        app.pass(1);
        let due = app.auth.purge().await.unwrap();

        assert_eq!((early.users, due.users), (0, 1));
        assert_eq!(app.db.count("users").await, 1);
        for table in ["sessions", "api_keys", "known_devices", "refresh_tokens"] {
            let theirs = format!("{table} WHERE user_id <> '{}'", susan.id);
            if table != "refresh_tokens" {
                assert_eq!(app.db.count(&theirs).await, 0, "{table}");
            }
        }
        assert_eq!(susan.get("/api/me").await.status, 200);
        app.user("miguel").await;
    }

    async fn every_process_hears_of_an_account_that_was_purged(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        leave(&miguel).await;
        let neighbour = app.neighbour().await;
        let caller = neighbour.basic("miguel", PASSWORD);
        assert_eq!(caller.get("/me").await.status, 403);

        app.pass(GRACE);
        app.auth.purge().await.unwrap();

        becomes(&caller, "/me", 401).await;
        let at = START + GRACE;
        let changes = format!("changes WHERE at = {at} AND kind = 'user' AND subject = '{}'", miguel.id);
        assert_eq!(app.db.count(&changes).await, 1);
    }

    async fn an_account_that_nobody_confirmed_is_deleted_where_that_is_required(db) {
        let app = required(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        mail::sign_up(&app, "susan", "susan@example.org").await;
        mail::confirm(&app, &mail::by_token(&app, "susan@example.org", "confirm").await).await;

        app.pass(WAIT - 1);
        assert_eq!(app.auth.purge().await.unwrap().users, 0);
        app.pass(1);
        assert_eq!(app.auth.purge().await.unwrap().users, 1);

        assert!(app.auth.users().find("miguel").await.is_err());
        assert!(app.auth.users().find("susan").await.is_ok());
        mail::sign_up(&app, "miguel", ADDRESS).await;
    }

    async fn accounts_of_before_confirmation_was_required_are_nobodys_to_delete(db) {
        let optional = mail::app(&db).await;
        mail::sign_up(&optional, "miguel", ADDRESS).await;
        optional.user("nameless").await;
        drop(optional);
        let app = required(&db).await;
        let imported = countersign::NewUser { username: Some("imported".into()), ..Default::default() };
        let hash = app.db.value("SELECT password_hash FROM users").await.unwrap();
        app.auth.users().import(imported, &hash).await.unwrap();

        app.pass(10 * WAIT);
        let purged = app.auth.purge().await.unwrap();

        assert_eq!(purged.users, 0);
        assert_eq!(app.db.count("users").await, 3);
    }

    async fn an_account_with_a_role_and_one_where_nothing_is_required_any_more_stay(db) {
        let app = required(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let id = app.auth.users().find("miguel").await.unwrap().id;
        app.auth.roles().grant(id, "auditor").await.unwrap();
        mail::sign_up(&app, "susan", "susan@example.org").await;

        app.pass(WAIT);
        let relaxed = mail::app(&db).await;
        relaxed.pass(2 * WAIT);
        assert_eq!(relaxed.auth.purge().await.unwrap().users, 0);
        let never = db.app_at(countersign::Clock::manual(START + WAIT), |config| {
            mail::inbox(config);
            config.confirmation = Confirmation::Required;
            config.retention.unconfirmed_seconds = 0;
        }).await;
        assert_eq!(never.auth.purge().await.unwrap().users, 0, "0 is never");
        assert_eq!(app.auth.purge().await.unwrap().users, 1);

        assert!(app.auth.users().find("miguel").await.is_ok());
    }

    async fn an_account_that_was_used_while_nothing_was_required_is_not_given_up(db) {
        let app = required(&db).await;
        for name in ["miguel", "susan", "gone"] {
            mail::sign_up(&app, name, &format!("{name}@example.org")).await;
        }
        let relaxed = mail::app(&db).await;
        let tokens = relaxed.basic("miguel", PASSWORD).post("/api/tokens", &json!({})).await;
        let key = relaxed.basic("susan", PASSWORD);
        let key = key.post("/api/me/api-keys", &json!({"name": "k", "scope": "account"})).await;
        assert_eq!((tokens.status, key.status), (200, 201));

        app.pass(WAIT);
        let purged = app.auth.purge().await.unwrap();

        assert_eq!(purged.users, 1);
        let left = [
            app.auth.users().find("miguel").await.is_ok(),
            app.auth.users().find("susan").await.is_ok(),
            app.auth.users().find("gone").await.is_ok(),
        ];
        assert_eq!(left, [true, true, false]);
    }

    async fn a_large_backlog_goes_in_pieces_and_others_write_in_between(db) {
        let app = db.app().await;
        let id = app.user("miguel").await.id.parse().unwrap();
        let rows: Vec<String> = (0..1500)
            .map(|n| format!("('0190163d-8694-739b-aea5-{n:012x}', '', 0, {START}, {START})"))
            .collect();
        let users = "INSERT INTO users (id, roles, epoch, created_at, deletes_at) VALUES";
        app.db.execute(&format!("{users} {}", rows.join(","))).await;

        let purge = tokio::spawn({
            let auth = app.auth.clone();
            async move { auth.purge().await.unwrap() }
        });
        let mut written = 0;
        while !purge.is_finished() {
            app.auth.accounts().set_locale(id, Some("de")).await.unwrap();
            written += 1;
        }

        assert_eq!(purge.await.unwrap().users, 1500);
        assert!(written > 5, "{written}");
        assert_eq!(app.db.count("users").await, 1);
    }

    async fn a_purge_leaves_nothing_that_has_expired_however_much_there_is(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let mut rows = Vec::new();
        for n in 0..1203 {
            rows.push(format!("('bucket {n}', 1, 0, {})", START + 10));
        }
        let insert = "INSERT INTO throttles (bucket, failures, blocked_until, expires_at) VALUES";
        app.db.execute(&format!("{insert} {}", rows.join(","))).await;

        app.pass(3600);
        let purged = app.auth.purge().await.unwrap();

        assert!(purged.rows >= 1203, "{purged:?}");
        assert_eq!(app.db.count("throttles WHERE bucket LIKE 'bucket %'").await, 0);
        assert_eq!(miguel.post("/api/tokens", &json!({})).await.status, 200);
    }
}
