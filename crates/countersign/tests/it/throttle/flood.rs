//! A flood of guesses does not lock the owner out.

use crate::support::{App, PASSWORD, User, on_both_engines};

/// Guesses from a thousand addresses, as fast as they are answered.
async fn flood(app: &App, username: &'static str) {
    let mut wave = Vec::new();
    for lane in 0..8_u8 {
        let app = app.clone();
        wave.push(tokio::spawn(async move {
            for n in 0..125_u8 {
                app.basic(username, "wrong").from([198, 18, lane, n]).get("/me").await;
            }
        }));
    }
    for task in wave {
        task.await.unwrap();
    }
}

async fn known_at_home(app: &App) -> User {
    let miguel = app.user("miguel").await;
    assert_eq!(miguel.get("/me").await.status, 200);
    miguel
}

on_both_engines! {
    async fn the_owner_gets_in_from_a_known_address_during_a_flood(db) {
        let app = db.app().await;
        let miguel = known_at_home(&app).await;

        flood(&app, "miguel").await;

        let thief = miguel.from([203, 0, 113, 9]).get("/me").await;
        assert_eq!(thief.status, 429, "from anywhere else even the right password waits");
        assert_eq!(miguel.get("/me").await.status, 200);
        let body = serde_json::json!({"username": "miguel", "password": PASSWORD});
        assert_eq!(app.anonymous().post("/api/tokens", &body).await.status, 200);
    }

    async fn tokens_and_keys_of_the_account_work_during_a_flood(db) {
        let app = db.app().await;
        let miguel = known_at_home(&app).await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        flood(&app, "miguel").await;

        let elsewhere = [203, 0, 113, 9];
        assert_eq!(session.from(elsewhere).get("/me").await.status, 200);
        assert_eq!(app.api_key(&key.key).from(elsewhere).get("/me").await.status, 200);
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn a_known_address_has_a_budget_of_its_own(db) {
        let app = db.app().await;
        let miguel = known_at_home(&app).await;

        for n in 0..10 {
            assert_eq!(app.basic("miguel", "wrong").get("/me").await.status, 401, "{n}");
        }

        assert_eq!(miguel.get("/me").await.status, 429);
        let elsewhere = miguel.from([203, 0, 113, 9]);
        assert_eq!(elsewhere.get("/me").await.status, 200, "and pays for nobody else");
    }

    async fn a_device_of_one_user_is_none_of_another(db) {
        let app = db.app().await;
        known_at_home(&app).await;
        let susan = app.user("susan").await;

        flood(&app, "susan").await;

        assert_eq!(susan.get("/me").await.status, 429);
    }

    async fn an_address_named_by_the_caller_is_not_believed(db) {
        let app = db.app().await;
        let miguel = known_at_home(&app).await;
        flood(&app, "miguel").await;

        let liar = miguel.from([203, 0, 113, 9]).header("x-forwarded-for", "192.0.2.1");

        assert_eq!(liar.get("/me").await.status, 429);
    }

    async fn an_address_named_by_a_trusted_proxy_is(db) {
        let app = db.app_with(|config| {
            config.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        }).await;
        let miguel = known_at_home(&app).await;
        flood(&app, "miguel").await;

        let proxied = miguel.from([10, 0, 0, 1]).header("x-forwarded-for", "192.0.2.1");
        let liar = miguel.from([10, 0, 0, 1]).header("x-forwarded-for", "192.0.2.1, 203.0.113.9");

        assert_eq!(proxied.get("/me").await.status, 200);
        assert_eq!(liar.get("/me").await.status, 429);
    }

    async fn a_session_remembers_where_it_was_opened_and_with_what(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        let caller = miguel.from([203, 0, 113, 9]).agent("curl/8");
        caller.post("/api/tokens", &serde_json::json!({})).await;

        let list = miguel.get("/api/me/sessions").await.body;
        assert_eq!(list["items"][0]["address"], "203.0.113.9");
        assert_eq!(list["items"][0]["user_agent"], "curl/8");
    }
}
