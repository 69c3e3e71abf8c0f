//! Where a login leads: to a path of this very host, whatever it is asked for. A real browser
//! judges the same list in `browser/scenarios/next.mjs`.

use serde::Deserialize;

use crate::support::{PASSWORD, on_both_engines};

#[derive(Deserialize)]
struct Targets {
    /// Paths of this host.
    kept: Vec<String>,
    /// What is none, or could be taken for something else.
    dropped: Vec<String>,
}

fn targets() -> Targets {
    let list = concat!(env!("CARGO_MANIFEST_DIR"), "/../../browser/next.json");
    serde_json::from_str(&std::fs::read_to_string(list).unwrap()).unwrap()
}

on_both_engines! {
    async fn a_login_leads_back_to_a_path_of_this_host_and_nowhere_else(db) {
        let Targets { kept, dropped } = targets();
        assert!(kept.len() > 30 && dropped.len() >= 200);
        let app = db.app().await;
        app.user("miguel").await;

        for (target, is_kept) in
            kept.iter().map(|target| (target, true)).chain(dropped.iter().map(|target| (target, false)))
        {
            let mut browser = app.browser();
            let form = [("login", "miguel"), ("password", PASSWORD), ("next", target.as_str())];
            let answer = browser.submit("/login", &form).await;
            let expected = if is_kept { target.as_str() } else { "/account" };
            assert_eq!(answer.location(), expected, "{target:?}");
            let query: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
            let again = browser.open(&format!("/login?next={query}")).await;
            assert_eq!(again.location(), expected, "{target:?}");
        }
    }
}
