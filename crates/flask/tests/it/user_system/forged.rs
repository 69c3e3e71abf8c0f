//! Requests that no page of this browser made.

use countersign_flask::PasswordPolicy;

use super::{CSRF, LOGIN, LOGOUT, SIGN_UP, Tab, app, app_with, refusal, refused};
use crate::support::{App, PASSWORD, on_both_engines};

const FIELDS: [(&str, &str); 2] = [("login", "susan"), ("password", PASSWORD)];

fn forged() -> (u16, String, serde_json::Value) {
    refused(400, "Bad Request", "CSRF token missing or incorrect.")
}

on_both_engines! {
    async fn without_the_token_nothing_is_done(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        for path in [LOGIN, LOGOUT, SIGN_UP] {
            let answer = tab.browser.submit(path, &FIELDS).await;

            assert_eq!(refusal(&answer), forged(), "{path}");
        }
        tab.log_in("").await;
        assert_eq!(refusal(&tab.browser.submit(LOGOUT, &[]).await), forged());
        assert!(tab.is_logged_in().await);
    }

    async fn the_token_comes_in_a_field_or_a_header_and_not_in_the_address(db) {
        let app = app(&db).await;
        for name in ["csrf_token", "login-csrf_token"] {
            let mut tab = Tab::of(&app).await;
            let token = tab.token.clone();
            let fields = [FIELDS[0], FIELDS[1], (name, token.as_str())];

            assert_eq!(tab.browser.submit(LOGIN, &fields).await.status, 200, "{name}");
        }
        for name in ["x-csrftoken", "x-csrf-token"] {
            let tab = Tab::of(&app).await;
            let mut browser = tab.browser.header(name, &tab.token);

            assert_eq!(browser.submit(LOGIN, &FIELDS).await.status, 200, "{name}");
        }
        let mut tab = Tab::of(&app).await;
        let address = format!("{LOGIN}?csrf_token={}", tab.token);
        assert_eq!(refusal(&tab.browser.submit(&address, &FIELDS).await), forged());
    }

    async fn the_token_of_another_browser_is_none(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.token = Tab::of(&app).await.token;

        assert_eq!(refusal(&tab.log_in("").await), forged());
        for odd in ["", "0.", "x.y", "-1.00", "99999999999999999999.aa", "1800000000."] {
            tab.token = odd.into();
            assert_eq!(refusal(&tab.log_in("").await), forged(), "{odd}");
        }
    }

    async fn the_token_without_its_cookie_is_none(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        tab.browser.cookies.clear();

        assert_eq!(refusal(&tab.log_in("").await), forged());
    }

    async fn the_token_holds_for_an_hour(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        app.pass(3600);
        assert_eq!(tab.log_in("").await.status, 200);

        app.pass(1);

        assert_eq!(refusal(&tab.post(LOGOUT, &[]).await), forged());
        app.pass(-3700);
        assert_eq!(refusal(&tab.post(LOGOUT, &[]).await), forged(), "it is not of the future");
    }

    async fn a_page_from_elsewhere_is_refused_with_the_token_as_well(db) {
        let app = app(&db).await;
        for site in ["cross-site", "same-site"] {
            let mut tab = Tab::of(&app).await;
            tab.browser = tab.browser.saying(&[("sec-fetch-site", site)]);

            assert_eq!(refusal(&tab.log_in("").await), forged(), "{site}");
        }
        let mut tab = Tab::of(&app).await;
        tab.browser = tab.browser.saying(&[("origin", "https://evil.example"), ("host", "a.example")]);
        assert_eq!(refusal(&tab.log_in("").await), forged());
    }

    async fn over_https_the_page_has_to_name_itself(db) {
        let secure = |config: &mut countersign::Config| {
            config.public_url = "https://a.example".into();
        };
        let app = app_with(&db, PasswordPolicy::Origin, secure).await;
        let cases = [
            (None, 400),
            (Some("https://evil.example/"), 400),
            (Some("http://a.example/"), 400),
            (Some("https://a.example.evil.example/"), 400),
            (Some("https://a.example/user-system/"), 200),
        ];
        for (referer, status) in cases {
            let mut tab = Tab::of(&app).await;
            if let Some(referer) = referer {
                tab.browser = tab.browser.header("referer", referer);
            }

            assert_eq!(tab.log_in("").await.status, status, "{referer:?}");
        }
    }

    async fn the_token_is_text_and_is_the_pages(db) {
        let app: App = app(&db).await;
        let mut tab = Tab::of(&app).await;
        let page = tab.browser.open("/user-system").await.text();

        assert!(page.contains(&format!(r#"<meta name="csrf-token" content="{}">"#, tab.token)));
        assert!(tab.browser.get(CSRF).await.header("content-type").starts_with("text/plain"));
    }
}
