//! The page of sessions: where one is logged in, and its end.

use serde_json::json;

use super::{ids, logged_in};
use crate::support::on_both_engines;

const SESSIONS: &str = "/account/sessions";

on_both_engines! {
    async fn the_page_lists_ones_own_sessions_and_marks_this_one(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        app.user("susan").await;
        logged_in(&app, "susan").await;
        let program = miguel.log_in_for(json!({"client_id": "backup job"})).await;
        let mut phone = app.browser().from([198, 51, 100, 7]);
        phone.log_in_remembered("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        let text = browser.open(SESSIONS).await.text();
        let sessions = ids(&mut browser, "/api/me/sessions").await;

        assert_eq!(sessions.len(), 3);
        assert!(sessions.contains(&program.id));
        let list = text.split_once("id=\"sessions\"").unwrap().1.split_once("</ul>").unwrap().0;
        for id in &sessions {
            assert!(list.contains(&format!("data-id=\"{id}\"")), "{list}");
        }
        assert_eq!(list.matches("data-id=").count(), 3, "and nobody else's: {list}");
        assert_eq!(list.matches("class=\"tag good\"").count(), 1, "{list}");
        for seen in ["Firefox, Linux", "198.51.100.7", "backup job"] {
            assert!(list.contains(seen), "{seen}: {list}");
        }
    }

    async fn a_session_ended_here_is_over_there_at_once(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut other = app.browser();
        other.log_in_remembered("miguel").await;
        let id = ids(&mut other, "/api/me/sessions").await.remove(0);
        let mut browser = logged_in(&app, "miguel").await;

        let answer = browser.submit("/account/sessions/end", &[("session", &id)]).await;

        assert_eq!(answer.location(), "/account/sessions?notice=session-ended");
        assert_eq!((other.who().await.as_str(), browser.who().await.as_str()), ("nobody", "miguel"));
        assert!(other.open("/restore").await.location().starts_with("/login"));
    }

    async fn ending_this_very_session_is_logging_out(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;
        let id = ids(&mut browser, "/api/me/sessions").await.remove(0);

        let answer = browser.submit("/account/sessions/end", &[("session", &id)]).await;

        assert_eq!(answer.location(), "/login?notice=logged-out");
        assert_eq!(browser.session(), None);
        assert!(!browser.cookies.contains_key("__Host-remember"));
    }

    async fn somebody_elses_session_is_not_found(db) {
        let app = db.app().await;
        app.user("miguel").await;
        app.user("susan").await;
        let mut susan = logged_in(&app, "susan").await;
        let hers = ids(&mut susan, "/api/me/sessions").await.remove(0);
        let mut browser = logged_in(&app, "miguel").await;

        for id in [hers.as_str(), super::NOTHING, "", "x", "1 OR 1=1", &hers.to_uppercase()] {
            let page = browser.submit("/account/sessions/end", &[("session", id)]).await;
            assert_eq!(page.status, 404, "{id}: {page:?}");
        }
        assert_eq!((susan.who().await.as_str(), browser.who().await.as_str()), ("susan", "miguel"));
    }

    async fn ending_all_others_leaves_this_one(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (program, key) = (miguel.log_in().await, miguel.key("account").await);
        let mut phone = app.browser();
        phone.log_in_remembered("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;

        let answer = browser.submit("/account/sessions/end-others", &[]).await;

        assert_eq!(answer.location(), "/account/sessions?notice=sessions-ended");
        assert_eq!((browser.who().await.as_str(), phone.who().await.as_str()), ("miguel", "nobody"));
        assert_eq!(program.alive().await, (401, 400));
        assert_eq!(app.api_key(&key.key).get("/api/me").await.status, 401);
        assert_eq!(ids(&mut browser, "/api/me/sessions").await.len(), 1);
    }
}
