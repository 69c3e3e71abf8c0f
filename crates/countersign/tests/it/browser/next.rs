//! Where a login leads: to a path of this very host, whatever it is asked for. A real browser
//! judges a longer list in the tests of the server.

use crate::support::on_both_engines;

const GOOD: [&str; 8] = [
    "/",
    "/orders",
    "/orders/7?from=mail#top",
    "/a/b/",
    "/search?q=a%20b&next=https://x.example/y",
    "/@me",
    "/a;b=c",
    "/~miguel/(1)",
];

const BAD: [&str; 24] = [
    "",
    "orders",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2f/evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/..;/evil.example",
    "/%2e%2e/x",
    "\u{ff0f}/evil.example",
    "/\u{e9}",
    " //evil.example",
    "?next=//evil.example",
    "/a b",
];

on_both_engines! {
    async fn a_login_leads_back_to_a_path_of_this_host_and_nowhere_else(db) {
        let app = db.app().await;
        app.user("miguel").await;

        for (targets, kept) in [(&GOOD[..], true), (&BAD[..], false)] {
            for target in targets {
                let mut browser = app.browser();
                let form = [("login", "miguel"), ("password", crate::support::PASSWORD), ("next", target)];
                let answer = browser.submit("/login", &form).await;
                let expected = if kept { target } else { "/account" };
                assert_eq!(answer.location(), expected, "{target:?}");
                let query: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
                let again = browser.open(&format!("/login?next={query}")).await;
                assert_eq!(again.location(), expected, "{target:?}");
            }
        }
    }
}
