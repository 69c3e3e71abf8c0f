//! What a proxy is told of the request it asks about.

use crate::support::on_both_engines;

const PATH: &str = "/api/forward-auth";

on_both_engines! {
    async fn a_proxy_is_told_who_it_is_by_any_credential(db) {
        let app = db.app().await;
        let (root, miguel) = (app.admin().await, app.user("miguel").await);
        let (session, key) = (root.log_in().await, miguel.key("").await);

        let by_token = session.get(PATH).await;
        let by_key = app.api_key(&key.key).get(PATH).await;
        let by_password = miguel.get(PATH).await;

        assert_eq!(by_token.status, 204);
        assert_eq!(by_token.header("remote-user"), "root");
        assert_eq!(by_token.header("remote-user-id"), root.id);
        assert_eq!(by_token.header("remote-roles"), "admin");
        assert_eq!(by_token.header("cache-control"), "no-store");
        for answer in [by_key, by_password] {
            assert_eq!((answer.status, answer.header("remote-user")), (204, "miguel"));
            assert_eq!(answer.header("remote-roles"), "");
        }
    }

    async fn whoever_is_nobody_or_lacks_the_role_is_refused(db) {
        let app = db.app().await;
        let (root, miguel) = (app.admin().await, app.user("miguel").await);
        let session = miguel.log_in().await;
        let wanted = format!("{PATH}?role=admin");

        assert_eq!(app.anonymous().get(PATH).await.status, 401);
        assert_eq!(root.get(&wanted).await.status, 204);
        assert_eq!(session.get(&wanted).await.refusal(), (403, "access_denied"));
        assert_eq!(session.get(&format!("{PATH}?x=1")).await.refusal(), (400, "invalid_request"));
        session.delete("/api/tokens").await;
        assert_eq!(session.get(PATH).await.refusal(), (401, "invalid_token"));
    }

    async fn a_name_of_any_letters_is_one_header(db) {
        let app = db.app().await;
        let zoe = app.user("Zoë, Äpfel").await;

        assert_eq!(zoe.get(PATH).await.header("remote-user"), "Zo%C3%AB%2C%20%C3%84pfel");
    }

    async fn a_cookie_is_believed_as_if_the_request_had_come_here(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let lured = browser.saying(&[("sec-fetch-site", "cross-site")]);

        let reads = lured.header("x-forwarded-method", "GET").get(PATH).await;
        assert_eq!((reads.status, reads.header("remote-user")), (204, "miguel"));
        for method in ["POST", "DELETE", "", "get"] {
            let answer = lured.header("x-forwarded-method", method).get(PATH).await;
            assert_eq!(answer.refusal(), (403, "access_denied"), "{method}");
        }
        // A proxy that does not tell, and somebody who tells as well as the proxy.
        assert_eq!(lured.clone().get(PATH).await.status, 403);
        let twice = lured.header("x-forwarded-method", "GET").header("x-forwarded-method", "POST");
        assert_eq!(twice.clone().get(PATH).await.status, 403);
        let ours = browser.saying(&[("sec-fetch-site", "same-origin")]);
        assert_eq!(ours.header("x-forwarded-method", "POST").get(PATH).await.status, 204);
    }
}
