//! Logging in and out, being remembered, and what the server ends.

use countersign::UserId;
use serde_json::json;

use super::{LOGIN, LOGOUT, Tab, VERIFY, app, refusal, refused, said};
use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn logging_in_says_who_one_is_and_outlives_a_reload(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let answer = tab.log_in("").await;

        assert_eq!(said(&answer), "You have successfully logged in");
        let data = &answer.body["data"];
        assert_eq!(data["user_name"], "susan");
        assert_eq!(data["email"], "susan@example.com");
        assert_eq!(data["role"], "user");
        assert!(data["id"].is_string());
        let verified = tab.browser.get(VERIFY).await;
        assert_eq!(said(&verified), "");
        assert_eq!(&verified.body["data"], data);
        let cookies = answer.headers.get_all("set-cookie").iter();
        let session = cookies.map(|c| c.to_str().unwrap()).find(|c| c.contains("session="));
        let session = session.unwrap();
        assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");
        assert!(!tab.browser.cookies.contains_key("__Host-remember"));
    }

    async fn the_role_is_one_of_the_originals_four(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("").await;
        let user: UserId = app.auth.users().find("susan").await.unwrap().id;
        for role in ["staff", "admin"] {
            app.auth.roles().grant(user, role).await.unwrap();

            assert_eq!(tab.browser.get(VERIFY).await.body["data"]["role"], role);
        }
    }

    async fn nobody_is_not_authorized(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let anonymous = refused(401, "Unauthorized", "You're not authorized!");
        assert_eq!(refusal(&tab.browser.get(VERIFY).await), anonymous);
        assert_eq!(refusal(&tab.post(LOGOUT, &[]).await), anonymous);
        let answer = tab.browser.get(VERIFY).await;
        assert!(answer.challenges().is_empty(), "no box of the browser's own");
    }

    async fn an_unknown_name_and_a_wrong_password_are_answered_alike(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        let words = refused(422, "Wrong Authentication", "Invalid username or password");
        for (login, password) in [("susan", "wrong"), ("nobody", PASSWORD), ("a\0", "b\0")] {
            let answer = tab.post(LOGIN, &[("login", login), ("password", password)]).await;

            assert_eq!(refusal(&answer), words, "{login}");
            assert!(!tab.is_logged_in().await);
        }
    }

    async fn empty_fields_are_named_all_at_once(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let answer = tab.post(LOGIN, &[]).await;

        let (status, kind, message) = refusal(&answer);
        assert_eq!((status, kind.as_str()), (422, "Form validation error"));
        let required = json!(["This field is required."]);
        assert_eq!(message, json!({"login": required, "password": required}));
    }

    async fn a_login_takes_json_as_well(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        let body = json!({"login": "susan", "password": PASSWORD, "remember_me": true}).to_string();
        let mut browser = tab.browser.header("x-csrf-token", &tab.token);

        let answer = browser.post_as("application/json", LOGIN, &body).await;

        assert_eq!(said(&answer), "You have successfully logged in");
        assert!(browser.cookies.contains_key("__Host-remember"));
        tab.browser.cookies.clear();
        for body in ["", "{", "[]", "7", "null"] {
            let mut fresh = Tab::of(&app).await;
            fresh.browser = fresh.browser.header("x-csrftoken", &fresh.token);
            let answer = fresh.browser.post_as("application/json", LOGIN, body).await;
            assert_eq!(refusal(&answer).0, 400, "{body}");
        }
    }

    async fn whoever_is_logged_in_stays_so_whatever_is_sent(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("").await;

        let answer = tab.post(LOGIN, &[("login", "nobody"), ("password", "wrong")]).await;

        assert_eq!(said(&answer), "You are already logged in");
        assert!(tab.is_logged_in().await);
    }

    async fn a_remembered_browser_is_brought_back_and_is_not_fresh(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("true").await;
        let first = tab.browser.cookies["__Host-remember"].clone();
        app.pass(3600);

        tab.browser.cookies.remove("__Host-session");

        assert!(tab.is_logged_in().await);
        assert_ne!(tab.browser.cookies["__Host-remember"], first);
        assert_eq!(tab.browser.get("/fresh").await.status, 401);
        assert_eq!(tab.browser.get("/me").await.text(), "susan");
    }

    async fn a_remember_cookie_that_was_tampered_with_is_nobody(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("on").await;
        tab.browser.cookies.remove("__Host-session");
        let cookie = tab.browser.cookies.get_mut("__Host-remember").unwrap();
        cookie.pop();
        cookie.push('!');

        assert!(!tab.is_logged_in().await);
        for odd in ["", "1|abc", "null"] {
            tab.browser.cookies.insert("__Host-remember".into(), odd.into());
            assert!(!tab.is_logged_in().await, "{odd}");
        }
    }

    async fn logging_out_ends_both_cookies_on_the_server(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("true").await;
        let stolen = tab.browser.cookies.clone();

        let answer = tab.post(LOGOUT, &[]).await;

        assert_eq!(said(&answer), "You have successfully logged out");
        assert!(!tab.browser.cookies.contains_key("__Host-session"));
        assert!(!tab.browser.cookies.contains_key("__Host-remember"));
        tab.browser.cookies = stolen.clone();
        assert!(!tab.is_logged_in().await);
        tab.browser.cookies = stolen;
        tab.browser.cookies.remove("__Host-session");
        assert!(!tab.is_logged_in().await);
        assert_eq!(tab.post(LOGOUT, &[]).await.status, 401);
    }

    async fn a_browser_that_is_only_remembered_logs_out_too(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("true").await;
        tab.browser.cookies.remove("__Host-session");
        let stolen = tab.browser.cookies.clone();

        assert_eq!(said(&tab.post(LOGOUT, &[]).await), "You have successfully logged out");

        tab.browser.cookies = stolen;
        assert!(!tab.is_logged_in().await);
    }

    async fn each_log_in_has_a_session_of_its_own(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("").await;
        let first = tab.browser.session();
        tab.post(LOGOUT, &[]).await;

        tab.log_in("").await;

        assert_ne!(tab.browser.session(), first);
    }

    async fn the_page_goes_on_with_its_token_after_logging_in_and_out(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        for _ in 0..3 {
            assert_eq!(tab.log_in("true").await.status, 200);
            assert_eq!(tab.post(LOGOUT, &[]).await.status, 200);
        }
    }

    async fn disabling_ends_the_session_and_refuses_the_next(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("true").await;
        let user = app.auth.users().find("susan").await.unwrap().id;

        app.auth.users().disable(user).await.unwrap();

        assert!(!tab.is_logged_in().await);
        let words = refused(422, "Wrong Authentication", "Invalid username or password");
        assert_eq!(refusal(&tab.log_in("").await), words);
    }

    async fn the_session_of_whoever_is_leaving_ends(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.log_in("true").await;
        let body = json!({"password": PASSWORD}).to_string();
        let susan = app.basic("susan", PASSWORD).json();
        let left = susan.send(axum::http::Method::DELETE, "/api/me", body.into()).await;
        assert!(left.status < 300, "{left:?}");

        assert!(!tab.is_logged_in().await);
    }
}
