//! A session in a cookie: how it begins, what ends it.

use axum::http::Method;

use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn a_login_opens_a_session_in_a_cookie_out_of_reach(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();

        let answer = browser.log_in("miguel").await;

        assert_eq!(answer.location(), "/account");
        assert_eq!(browser.who().await, "miguel");
        let set = answer.headers.get_all("set-cookie").iter().find(|value| {
            value.to_str().unwrap().starts_with("__Host-session=")
        });
        let set = set.unwrap().to_str().unwrap();
        assert!(set.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{set}");
        let me = browser.get("/api/me").await;
        assert_eq!(me.body["via"], "session");
    }

    async fn the_database_holds_no_cookie(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();

        browser.log_in_remembered("miguel").await;

        for cookie in browser.cookies.values() {
            for table in ["sessions", "refresh_tokens", "known_devices", "changes"] {
                let rows = app.db.dump(table).await;
                assert!(!rows.contains(cookie.as_str()), "{table}");
                assert!(!rows.contains(&hex(cookie)), "{table}");
            }
        }
    }

    async fn each_login_has_a_new_cookie_and_ends_the_one_before(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let mut before = browser.clone();

        browser.log_in("miguel").await;

        assert_ne!(before.session(), browser.session());
        assert_eq!(before.who().await, "nobody");
        assert_eq!(browser.who().await, "miguel");
    }

    async fn a_cookie_planted_beforehand_never_becomes_a_session(db) {
        let app = db.app().await;
        app.user("miguel").await;
        app.user("mallory").await;
        let mut mallory = app.browser();
        mallory.log_in("mallory").await;
        mallory.open("/logout").await;
        let planted = mallory.session().unwrap();
        let mut victim = app.browser();
        victim.cookies.insert("__Host-session".into(), planted.clone());

        victim.log_in("miguel").await;

        assert_ne!(victim.session().as_ref(), Some(&planted));
        assert_eq!(victim.who().await, "miguel");
        assert_ne!(mallory.who().await, "miguel");
    }

    async fn a_made_up_cookie_is_nobody(db) {
        let app = db.app().await;
        let garbage = "css_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

        for cookie in ["", "x", garbage, "%00", "\u{e9}", &"x".repeat(4000), "admin=1"] {
            let mut browser = app.browser();
            browser.cookies.insert("__Host-session".into(), cookie.to_owned());
            assert_eq!(browser.who().await, "nobody", "{cookie:?}");
            assert_eq!(browser.get("/me").await.status, 401, "{cookie:?}");
            assert_eq!(browser.open("/login").await.status, 200, "{cookie:?}");
        }
    }

    async fn a_session_that_is_not_used_ends(db) {
        let app = db.app_with(|config| config.browser.idle_seconds = 600).await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        app.pass(599);
        assert_eq!(browser.who().await, "miguel");
        app.touched().await;
        app.pass(599);
        assert_eq!(browser.who().await, "miguel");
        app.touched().await;
        app.pass(600);
        assert_eq!(browser.who().await, "nobody");
    }

    async fn a_session_ends_however_much_it_is_used(db) {
        let app = db.app_with(|config| {
            config.browser.idle_seconds = 3600;
            config.browser.cookie_seconds = 7200;
        }).await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        for _ in 0..11 {
            app.pass(600);
            assert_eq!(browser.who().await, "miguel");
            app.touched().await;
        }
        app.pass(600);
        assert_eq!(browser.who().await, "nobody");
    }

    async fn a_logout_ends_the_session_on_the_server(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let mut stolen = browser.clone();

        let answer = browser.submit("/logout", &[]).await;

        assert_eq!(answer.location(), "/login?notice=logged-out");
        assert_eq!(answer.header("clear-site-data"), "\"cache\"");
        assert_eq!(browser.session(), None);
        assert!(!browser.cookies.contains_key("__Host-remember"));
        assert_eq!(stolen.who().await, "nobody");
        assert_eq!(stolen.open("/restore").await.location(), "/login?next=");
        assert_eq!(stolen.who().await, "nobody");
    }

    async fn whatever_ends_a_user_ends_the_cookie_at_once(db) {
        let app = db.app().await;
        let root = app.admin().await;
        for (name, ending) in [("a1", "disable"), ("b2", "password"), ("c3", "delete"), ("d4", "end")] {
            let user = app.user(name).await;
            let mut browser = app.browser();
            browser.log_in_remembered(name).await;
            assert_eq!(browser.who().await, name);

            let status = match ending {
                "disable" => {
                    let path = format!("/api/users/{}/disable", user.id);
                    root.post(&path, &serde_json::json!({})).await.status
                }
                "password" => user.change_password("another good battery").await,
                "delete" => root.delete(&format!("/api/users/{}", user.id)).await.status,
                _ => root.delete(&format!("/api/users/{}/sessions", user.id)).await.status,
            };

            assert!(status < 300, "{ending}: {status}");
            assert_eq!(browser.who().await, "nobody", "{ending}");
            browser.open("/restore").await;
            assert_eq!(browser.who().await, "nobody", "{ending}");
        }
    }

    async fn two_users_alternate_in_one_browser_and_nobody_is_taken_for_another(db) {
        let app = db.app().await;
        app.user("miguel").await;
        app.user("susan").await;
        let mut browser = app.browser();

        for round in 0..30 {
            let name = if round % 2 == 0 { "miguel" } else { "susan" };
            browser.log_in_remembered(name).await;
            assert_eq!(browser.who().await, name);
            match round % 3 {
                0 => { browser.submit("/logout", &[]).await; }
                1 => { browser.cookies.remove("__Host-session"); }
                _ => {}
            }
        }
    }

    async fn the_password_once_more_makes_the_session_fresh_and_leads_back(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        assert_eq!(browser.open("/fresh").await.status, 200);
        app.pass(601);

        assert_eq!(browser.open("/fresh?a=b").await.location(), "/reauthenticate?next=%2Ffresh%3Fa%3Db");
        assert_eq!(browser.get("/fresh").await.refusal(), (401, "insufficient_user_authentication"));
        let before = browser.clone().session();
        let form = [("password", PASSWORD), ("next", "/fresh?a=b")];
        assert_eq!(browser.submit("/reauthenticate", &form).await.location(), "/fresh?a=b");

        assert_ne!(browser.session(), before);
        assert_eq!(browser.open("/fresh").await.status, 200);
    }

    async fn another_users_password_does_not_make_a_session_fresh(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let other = serde_json::json!({"username": "susan", "password": "quite another battery"});
        app.sign_up(other).await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        app.pass(601);

        let answer = browser.submit("/reauthenticate", &[("password", "quite another battery")]).await;

        assert_eq!(answer.status, 422);
        assert_eq!(browser.open("/fresh").await.status, 303);
    }

    async fn a_wrong_password_keeps_the_name_and_never_shows_the_password(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();

        let known = browser.submit("/login", &[("login", "miguel"), ("password", "wrong-8fd1")]).await;
        let unknown = browser.submit("/login", &[("login", "nobody"), ("password", "wrong-8fd1")]).await;

        assert_eq!((known.status, unknown.status), (422, 422));
        assert!(known.text().contains("value=\"miguel\""), "{known:?}");
        assert!(!known.text().contains("wrong-8fd1"));
        assert_eq!(known.text().replace("miguel", "nobody"), unknown.text());
        assert!(known.headers.get("www-authenticate").is_none());
        assert_eq!(browser.session(), None);
    }

    async fn every_policy_holds_at_the_login_page(db) {
        let app = db.app_with(|config| config.throttle.account_failures = 2).await;
        let root = app.admin().await;
        let disabled = app.user("disabled").await;
        root.post(&format!("/api/users/{}/disable", disabled.id), &serde_json::json!({})).await;

        assert_eq!(app.browser().log_in("disabled").await.status, 422);
        app.user("guessed").await;
        let mut guesser = app.browser().from([198, 51, 100, 7]);
        for _ in 0..2 {
            guesser.submit("/login", &[("login", "guessed"), ("password", "wrong wrong")]).await;
        }
        let throttled = guesser.log_in("guessed").await;
        assert_eq!(throttled.status, 429);
        assert_eq!(throttled.header("retry-after"), "1");
    }

    async fn an_unconfirmed_account_gets_no_session_and_loses_none_of_what_it_typed(db) {
        let app = db.app_with(|config| {
            config.confirmation = countersign::Confirmation::Required;
        }).await;
        app.user("miguel").await;
        let mut browser = app.browser();

        let answer = browser.log_in("miguel").await;

        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("value=\"miguel\""));
        assert_eq!(browser.session(), None);
    }

    async fn a_browser_is_sent_to_the_login_and_a_program_is_told(db) {
        let app = db.app().await;
        let mut browser = app.browser();

        assert_eq!(browser.open("/me?x=1").await.location(), "/login?next=%2Fme%3Fx%3D1");
        assert_eq!(browser.get("/me").await.refusal(), (401, "authentication_required"));
        assert_eq!(browser.fetch(Method::POST, "/api/me/api-keys", Some("{}")).await.status, 401);
    }

    async fn a_form_sent_when_the_session_has_ended_is_answered_by_a_page(db) {
        let app = db.app().await;
        let mut browser = app.browser();

        let answer = browser.submit("/orders", &[]).await;

        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(answer.header("content-type").starts_with("text/html"), "{answer:?}");
        assert!(answer.text().contains("authentication_required"), "{answer:?}");
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect()
}
