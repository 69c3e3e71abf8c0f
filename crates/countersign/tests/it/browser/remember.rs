//! A remembered browser: its session comes back, once, and is as old as its password.

use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn a_remembered_browser_comes_back_by_itself_and_is_not_fresh(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let before = browser.cookies.clone();
        app.pass(7201);

        assert_eq!(browser.open("/me?x=1").await.location(), "/restore?next=%2Fme%3Fx%3D1");
        assert_eq!(browser.open("/restore?next=%2Fme%3Fx%3D1").await.location(), "/me?x=1");

        assert_eq!(browser.who().await, "miguel");
        assert_ne!(browser.cookies["__Host-session"], before["__Host-session"]);
        assert_ne!(browser.cookies["__Host-remember"], before["__Host-remember"]);
        assert_eq!(browser.get("/fresh").await.refusal(), (401, "insufficient_user_authentication"));
    }

    async fn a_browser_brought_back_is_not_fresh_however_lately_the_password_was_given(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut owner = app.browser();
        owner.log_in_remembered("miguel").await;
        assert_eq!(owner.open("/fresh").await.status, 200);
        let mut thief = owner.clone();
        thief.cookies.remove("__Host-session");

        assert_eq!(thief.open("/restore").await.location(), "/account");

        assert_eq!(thief.who().await, "miguel");
        assert_eq!(thief.get("/fresh").await.refusal(), (401, "insufficient_user_authentication"));
        let to = thief.open("/account/keys").await;
        assert_eq!(to.location(), "/reauthenticate?next=%2Faccount%2Fkeys");
        assert_eq!(thief.get("/api/me/export").await.status, 401);
        thief.submit("/reauthenticate", &[("password", PASSWORD)]).await;
        assert_eq!(thief.open("/fresh").await.status, 200);
    }

    async fn whoever_logs_in_is_not_followed_by_who_was_remembered_there_before(db) {
        let app = db.app().await;
        app.user("miguel").await;
        app.user("susan").await;
        for name in ["susan", "miguel"] {
            let mut browser = app.browser();
            browser.log_in_remembered("miguel").await;
            let left = browser.cookies.clone();
            // The browser was closed.
            browser.cookies.remove("__Host-session");

            browser.log_in(name).await;

            assert_eq!(browser.who().await, name);
            assert_eq!(browser.cookies.get("__Host-remember"), None, "{name}");
            browser.cookies.remove("__Host-session");
            assert_eq!(browser.open("/restore").await.location(), "/login?next=", "{name}");
            browser.cookies = left;
            assert_eq!(browser.who().await, "nobody", "{name}");
            assert_eq!(browser.open("/restore").await.location(), "/login?next=", "{name}");
        }
    }

    async fn a_browser_that_is_not_remembered_does_not_come_back(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        app.pass(7201);

        assert_eq!(browser.open("/me").await.location(), "/login?next=%2Fme");
        assert_eq!(browser.open("/restore?next=%2Fme").await.location(), "/login?next=%2Fme");
    }

    async fn a_stolen_cookie_shown_again_ends_the_session_for_both_and_says_so(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut owner = app.browser();
        owner.log_in_remembered("miguel").await;
        let mut thief = owner.clone();
        thief.cookies.remove("__Host-session");
        app.pass(7201);
        owner.open("/restore").await;
        assert_eq!(owner.who().await, "miguel");
        app.pass(60);

        let shown = thief.open("/restore").await;

        assert_eq!(shown.location(), "/login?next=&notice=stolen");
        assert_eq!(owner.who().await, "nobody");
        assert_eq!(thief.who().await, "nobody");
        assert_eq!(owner.open("/restore").await.location(), "/login?next=");
        assert!(thief.open("/login?notice=stolen").await.text().contains("id=\"notice\""));
    }

    async fn two_tabs_that_come_back_at_once_get_the_same_cookies(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        app.pass(7201);

        let tabs: Vec<_> = (0..8).map(|_| {
            let mut tab = browser.clone();
            tokio::spawn(async move { tab.open("/restore").await; tab })
        }).collect();
        let mut cookies = Vec::new();
        for tab in tabs {
            let mut tab = tab.await.unwrap();
            assert_eq!(tab.who().await, "miguel");
            cookies.push(tab.cookies);
        }

        cookies.dedup();
        assert_eq!(cookies.len(), 1);
        assert_eq!(app.db.count("sessions").await, 1);
    }

    async fn remembering_has_an_end_however_often_it_is_used(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;

        for _ in 0..29 {
            app.pass(86_400);
            browser.open("/restore").await;
            assert_eq!(browser.who().await, "miguel");
        }
        app.pass(86_400);
        browser.open("/restore").await;
        assert_eq!(browser.who().await, "nobody");
    }

    async fn a_cookie_of_one_kind_is_none_of_the_others(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let session = browser.cookies["__Host-session"].clone();
        let remember = browser.cookies["__Host-remember"].clone();
        let device = browser.cookies["__Host-device"].clone();

        for token in [&session, &remember, &device] {
            assert_eq!(app.bearer(token).get("/api/me").await.refusal(), (401, "invalid_token"));
            assert_eq!(app.anonymous().refresh(token).await.status, 400);
            assert_ne!(app.basic(token, "").get("/api/me").await.status, 200);
        }
        let mut swapped = app.browser();
        swapped.cookies.insert("__Host-session".into(), remember.clone());
        swapped.cookies.insert("__Host-remember".into(), session);
        assert_eq!(swapped.who().await, "nobody");
        assert_eq!(swapped.open("/restore").await.location(), "/login?next=");
        // Nothing was used up by that.
        app.pass(7201);
        browser.open("/restore").await;
        assert_eq!(browser.who().await, "miguel");
    }
}
