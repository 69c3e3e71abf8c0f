//! What was shown before, and is known by heart, ends as surely as what is shown for the first time.

use countersign::{Rotate, proto::secret::Secret};

use crate::support::{App, Caller, PASSWORD, becomes, on_both_engines};

/// Shown twice: from the second time on it is recognised.
async fn is_known(caller: &Caller) {
    for _ in 0..2 {
        assert_eq!(caller.get("/me").await.status, 200);
    }
}

/// Somebody else with the same cookie.
fn copy(app: &App, cookie: &str) -> Caller {
    app.anonymous().header("cookie", format!("__Host-session={cookie}"))
}

on_both_engines! {
    async fn a_token_shown_before_ends_by_the_clock_and_within_leeway_alike(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let token = Secret::new(session.access.as_str());
        let within = async |seconds| {
            app.auth.tokens().authenticate_within(&token, seconds).await.is_ok()
        };
        is_known(&session).await;

        app.pass(i64::from(app.auth.config().access_token_seconds) - 1);
        is_known(&session).await;
        app.pass(1);

        assert_eq!(session.get("/me").await.refusal(), (401, "invalid_token"));
        assert!(within(60).await && !within(0).await);
        app.pass(59);
        assert!(within(60).await && !within(59).await);
        app.pass(1);
        assert!(!within(60).await);
        app.pass(-3000);
        assert_eq!(session.get("/me").await.status, 401, "issued in the future");
    }

    async fn a_token_shown_before_is_refused_once_its_key_is_gone(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        is_known(&session).await;
        db.execute(&format!("DELETE FROM signing_keys WHERE kid = '{}'", session.kid())).await;

        app.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap();

        assert_eq!(session.get("/me").await.refusal(), (401, "invalid_token"));
    }

    async fn a_token_shown_before_acts_with_the_roles_of_now(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let session = root.log_in().await;
        assert_eq!(session.get("/keys").await.status, 200);

        app.auth.roles().withdraw(root.id.parse().unwrap(), "admin").await.unwrap();

        assert_eq!(session.get("/keys").await.refusal(), (403, "access_denied"));
    }

    async fn a_key_shown_before_is_refused_when_it_was_revoked_here_or_elsewhere(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        for _ in 0..3 {
            let key = miguel.key("").await;
            let (key_here, key_there) = (here.api_key(&key.key), there.api_key(&key.key));
            is_known(&key_here).await;
            is_known(&key_there).await;

            let path = format!("/api/me/api-keys/{}", key.id);
            assert_eq!(miguel.delete(&path).await.status, 204);

            assert_eq!(key_here.get("/me").await.refusal(), (401, "invalid_token"));
            becomes(&key_there, "/me", 401).await;
            assert_eq!(key_there.get("/me").await.status, 401);
        }
    }

    async fn a_key_shown_before_ends_with_the_password_and_by_the_clock(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let body = serde_json::json!({"name": "short", "expires_in": 100});
        let short = miguel.post("/api/me/api-keys", &body).await;
        let short = app.api_key(short.body["key"].as_str().unwrap());
        let long = app.api_key(&miguel.key("").await.key);
        is_known(&short).await;
        is_known(&long).await;

        app.pass(100);
        assert_eq!((short.get("/me").await.status, long.get("/me").await.status), (401, 200));
        assert_eq!(miguel.change_password("quite another sentence").await, 204);

        assert_eq!(long.get("/me").await.refusal(), (401, "invalid_token"));
    }

    async fn a_cookie_shown_before_is_worth_nothing_once_the_browser_has_another_or_none(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        here.user("miguel").await;
        let mut browser = here.browser();
        browser.log_in("miguel").await;
        let cookie = browser.session().unwrap();
        let (first, first_there) = (copy(&here, &cookie), copy(&there, &cookie));
        is_known(&first).await;
        is_known(&first_there).await;

        let csrf = browser.csrf_token("/account/password").await;
        let form = [("csrf_token", csrf.as_str()), ("current_password", PASSWORD),
            ("new_password", "quite another sentence")];
        let answer = browser.submit("/account/password", &form).await;
        let next = browser.session().unwrap();
        assert_ne!(next, cookie, "{answer:?}");

        assert_eq!(first.get("/me").await.status, 401);
        becomes(&first_there, "/me", 401).await;
        let (second, second_there) = (copy(&here, &next), copy(&there, &next));
        is_known(&second).await;
        is_known(&second_there).await;
        let csrf = browser.csrf_token("/account").await;
        browser.submit("/logout", &[("csrf_token", csrf.as_str())]).await;
        assert_eq!(second.get("/me").await.status, 401);
        becomes(&second_there, "/me", 401).await;
    }

    async fn a_cookie_used_elsewhere_all_the_time_does_not_fall_asleep_here(db) {
        let here = db.app_with(|config| config.browser.idle_seconds = 600).await;
        let there = here.neighbour_with(|config| config.browser.idle_seconds = 600).await;
        here.user("miguel").await;
        let mut browser = here.browser();
        browser.log_in("miguel").await;
        let cookie = browser.session().unwrap();
        is_known(&copy(&here, &cookie)).await;

        for _ in 0..3 {
            here.pass(400);
            assert_eq!(copy(&there, &cookie).get("/me").await.status, 200);
            there.touched().await;
        }

        is_known(&copy(&here, &cookie)).await;
        here.pass(600);
        assert_eq!(copy(&here, &cookie).get("/me").await.status, 401);
        assert_eq!(copy(&there, &cookie).get("/me").await.status, 401);
    }
}
