//! The four places of a token, and which of them counts.

use axum::http::Method;
use countersign_flask::jwt_extended::Location;
use serde_json::json;

use super::{EVERYWHERE, PROTECTED, REFRESH, app, app_with, header, log_in, refusal, refused};
use crate::support::on_both_engines;

on_both_engines! {
    async fn a_header_that_cannot_be_read_is_explained(db) {
        let app = app(&db).await;
        let (access, _) = log_in(&app).await;
        let expected = "Expected 'Authorization: Bearer <JWT>'";
        let missing = format!("Missing 'Bearer' type in 'Authorization' header. {expected}");
        let bad = format!("Bad Authorization header. {expected}");
        let cases = [
            ("".to_owned(), 401, "Missing Authorization Header"),
            (" , ".to_owned(), 401, "Missing Authorization Header"),
            (format!("JWT {access}"), 401, missing.as_str()),
            (format!("bearer {access}"), 401, missing.as_str()),
            (access.clone(), 401, missing.as_str()),
            (format!("Bearer {access}, Bearer {access}"), 401, missing.as_str()),
            ("Bearer".into(), 422, bad.as_str()),
            (format!("Bearer {access} x"), 422, bad.as_str()),
        ];
        for (value, status, words) in cases {
            let answer = header(&app, &value).get(PROTECTED).await;

            assert_eq!(refusal(&answer), refused(status, words), "{value}");
        }
        let mixed = format!("Basic x, Bearer {access}");
        assert_eq!(header(&app, &mixed).get(PROTECTED).await.status, 200);
    }

    async fn a_token_counts_only_where_it_is_looked_for(db) {
        let app = app(&db).await;
        let (access, _) = log_in(&app).await;
        let cookie = app.anonymous().header("cookie", format!("access_token_cookie={access}"));
        let in_query = app.anonymous().get(&format!("{PROTECTED}?jwt={access}")).await;
        let in_body = app.anonymous().post(PROTECTED, &json!({"access_token": access})).await;

        for answer in [cookie.get(PROTECTED).await, in_query, in_body] {
            assert_eq!(refusal(&answer), refused(401, "Missing Authorization Header"));
        }
    }

    async fn each_place_can_carry_it(db) {
        let app = app_with(&db, &EVERYWHERE, |_| {}).await;
        let (access, refresh) = log_in(&app).await;
        let cookie = app.anonymous().header("cookie", format!("access_token_cookie={access}"));

        assert_eq!(app.bearer(&access).get(PROTECTED).await.status, 200);
        assert_eq!(cookie.get(PROTECTED).await.status, 200);
        let query = app.anonymous().get(&format!("{PROTECTED}?a=1&jwt={access}")).await;
        assert_eq!(query.status, 200);
        assert_eq!(query.header("cache-control"), "no-store");
        assert_eq!(query.header("referrer-policy"), "no-referrer");
        let body = app.anonymous().post(PROTECTED, &json!({"access_token": access})).await;
        assert_eq!(body.status, 200);
        let body = app.anonymous().post(REFRESH, &json!({"refresh_token": refresh})).await;
        assert_eq!(body.status, 200, "{body:?}");
    }

    async fn the_first_place_that_has_one_counts(db) {
        let order = [Location::QueryString, Location::Headers];
        let app = app_with(&db, &order, |_| {}).await;
        let (access, _) = log_in(&app).await;

        let bad_header = header(&app, "Bearer a.b.c");
        let good_first = bad_header.get(&format!("{PROTECTED}?jwt={access}")).await;
        assert_eq!(good_first.status, 200);
        let bad_first = app.bearer(&access).get(&format!("{PROTECTED}?jwt=a.b.c")).await;
        assert_eq!(bad_first.status, 422);
        assert_eq!(app.bearer(&access).get(&format!("{PROTECTED}?jwt=")).await.status, 200);
    }

    async fn where_there_is_none_every_place_is_named(db) {
        let app = app_with(&db, &EVERYWHERE, |_| {}).await;

        let answer = app.anonymous().get(PROTECTED).await;

        let words = "Missing JWT in headers, cookies, json or query_string \
                     (Missing Authorization Header; Missing cookie \"access_token_cookie\"; \
                     Invalid content-type. Must be application/json.; \
                     Missing 'jwt' query paramater)";
        assert_eq!(refusal(&answer), refused(401, words));
        for body in ["{}", "{", "[]", "", "{\"access_token\": 1}", "{\"access_token\": \"\"}"] {
            let json = app.anonymous().json();
            let answer = json.send(Method::POST, PROTECTED, body.into()).await;
            let (status, text) = refusal(&answer);
            assert_eq!(status, 401, "{body}");
            assert!(text.contains("Missing \"access_token\" key in json data."), "{text}");
        }
    }
}
