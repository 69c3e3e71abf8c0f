//! A browser whose requests go to whichever process: nothing needs sticky sessions.

use crate::support::{App, Browser, becomes, on_both_engines};

/// The same browser at another process.
fn at(app: &App, browser: &Browser) -> Browser {
    let mut there = app.browser();
    there.cookies.clone_from(&browser.cookies);
    there
}

on_both_engines! {
    async fn each_request_of_a_browser_may_go_to_another_process(db) {
        let first = db.app().await;
        let second = first.neighbour().await;
        first.user("miguel").await;

        let mut browser = first.browser();
        assert_eq!(browser.open("/login").await.status, 200);
        let mut browser = at(&second, &browser);
        browser.log_in_remembered("miguel").await;
        let mut browser = at(&first, &browser);
        assert_eq!(browser.who().await, "miguel");
        first.pass(7201);
        let mut browser = at(&second, &browser);
        assert_eq!(browser.open("/restore").await.location(), "/account");
        let mut browser = at(&first, &browser);
        assert_eq!(browser.who().await, "miguel");

        let mut stolen = browser.clone();
        let mut browser = at(&second, &browser);
        assert_eq!(browser.submit("/logout", &[]).await.location(), "/login?notice=logged-out");
        let cookie = format!("__Host-session={}", stolen.session().unwrap());
        becomes(&first.anonymous().header("cookie", cookie), "/me", 401).await;
        assert_eq!(stolen.who().await, "nobody");
        assert_eq!(stolen.open("/restore").await.location(), "/login?next=");
    }
}
