//! The two tokens: what buys them, what they say, and what each fault is answered.

use axum::{body::Body, http::Method};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countersign::UserId;
use serde_json::json;

use super::{
    FRESH, LOGIN, LOGOUT, OPTIONAL, PROTECTED, app, app_with, log_in, part, refreshed, refusal,
    refused,
};
use crate::support::{PASSWORD, on_both_engines};
use countersign_flask::jwt_extended::{Location, Options, jwt_extended};

on_both_engines! {
    async fn a_password_buys_both_tokens_with_the_claims_of_the_library(db) {
        let app = app_with(&db, &[Location::Headers], |config| {
            config.access_token_seconds = 3600;
            config.refresh_token_seconds = 5_000_000;
            config.session_seconds = 5_000_000;
        })
        .await;

        let (access, refresh) = log_in(&app).await;

        let (access, refresh) = (part(&access, 1), part(&refresh, 1));
        let iat = access["iat"].as_i64().unwrap();
        assert_eq!((&access["type"], &access["fresh"]), (&json!("access"), &json!(true)));
        assert_eq!((&refresh["type"], &refresh["fresh"]), (&json!("refresh"), &json!(false)));
        assert_eq!((&access["nbf"], &access["exp"]), (&json!(iat), &json!(iat + 900)));
        assert_eq!(refresh["exp"], iat + 2_592_000);
        assert_eq!(access["sub"], refresh["sub"]);
        assert!(access["jti"].is_string() && access["jti"] != refresh["jti"]);
        assert!(access["csrf"].is_null(), "only cookies need it");
    }

    async fn whatever_is_wrong_with_a_name_or_a_password_is_answered_alike(db) {
        let app = app(&db).await;
        let bodies = [
            json!({"username": "susan", "password": "wrong"}),
            json!({"username": "nobody", "password": PASSWORD}),
            json!({"username": "susan"}),
            json!({}),
            json!({"username": "", "password": ""}),
            json!({"username": "susan", "password": 17}),
            json!({"username": ["susan"], "password": PASSWORD}),
            json!({"username": null, "password": null}),
        ];
        for body in bodies {
            let answer = app.anonymous().post(LOGIN, &body).await;

            assert_eq!(refusal(&answer), refused(401, "Bad username or password"), "{body}");
        }
    }

    async fn a_body_that_cannot_be_read_is_refused(db) {
        let app = app(&db).await;
        for body in ["", "{", "[]", "7", "null"] {
            let answer = app.anonymous().json().send(Method::POST, LOGIN, body.into()).await;

            assert_eq!(refusal(&answer).0, 400, "{body}");
        }
        let form = app.anonymous().send(Method::POST, LOGIN, "username=susan".into()).await;
        assert_eq!(refusal(&form).0, 415);
        let large = app.anonymous().json();
        let large = large.send(Method::POST, LOGIN, Body::from(vec![b' '; 70_000])).await;
        assert_eq!(refusal(&large).0, 413);
        assert_eq!(refusal(&app.anonymous().get(LOGIN).await).0, 405);
        assert_eq!(refusal(&app.anonymous().get("/jwt-extended/nowhere").await).0, 404);
    }

    async fn an_access_token_opens_what_is_protected(db) {
        let app = app(&db).await;
        let (access, _) = log_in(&app).await;

        let answer = app.bearer(&access).get(PROTECTED).await;

        assert_eq!((answer.status, &answer.body), (200, &json!({"logged_in_as": "susan"})));
    }

    async fn a_refresh_token_buys_access_tokens_again_and_again_which_are_not_fresh(db) {
        let app = app(&db).await;
        let (first, refresh) = log_in(&app).await;
        assert_eq!(app.bearer(&first).get(FRESH).await.status, 200);
        for _ in 0..3 {
            app.pass(1000);
            let answer = refreshed(&app, &refresh).await;

            assert_eq!(answer.status, 200, "{answer:?}");
            let access = answer.body["access_token"].as_str().unwrap();
            assert_eq!(part(access, 1)["fresh"], false);
            assert_eq!(app.bearer(access).get(PROTECTED).await.status, 200);
            let stale = app.bearer(access).get(FRESH).await;
            assert_eq!(refusal(&stale), refused(401, "Fresh token required"));
        }
    }

    async fn a_refresh_token_ends_at_its_time(db) {
        let app = app_with(&db, &[Location::Headers], |_| {}).await;
        let mut options = Options::default();
        options.refresh_seconds = 60;
        let brief = app.clone().with("/brief", jwt_extended(&app.auth, options));
        let body = json!({"username": "susan", "password": PASSWORD});
        let answer = brief.anonymous().post("/brief/login", &body).await;
        let refresh = answer.body["refresh_token"].as_str().unwrap();

        app.pass(60);

        assert_eq!(refusal(&refreshed(&app, refresh).await), refused(401, "Token has expired"));
    }

    async fn a_token_of_the_other_kind_is_told_apart(db) {
        let app = app(&db).await;
        let (access, refresh) = log_in(&app).await;

        let words = "Only non-refresh tokens are allowed";
        assert_eq!(refusal(&app.bearer(&refresh).get(PROTECTED).await), refused(422, words));
        let words = "Only refresh tokens are allowed";
        assert_eq!(refusal(&refreshed(&app, &access).await), refused(422, words));
        assert_eq!(app.bearer(&refresh).get("/api/me").await.status, 401);
    }

    async fn each_fault_of_a_token_has_its_own_words(db) {
        let app = app(&db).await;
        let (access, refresh) = log_in(&app).await;
        let forged = |token: &str, header: &str| {
            let payload = token.split('.').nth(1).unwrap();
            format!("{}.{payload}.AAAA", BASE64_URL_SAFE_NO_PAD.encode(header))
        };
        let none = forged(&access, r#"{"alg":"none","typ":"JWT","kid":"x"}"#);
        let foreign = forged(&access, r#"{"alg":"EdDSA","typ":"at+jwt","kid":"x"}"#);
        let (signed, _) = access.rsplit_once('.').unwrap();
        let tampered = format!("{signed}.{}", "A".repeat(86));
        let cases = [
            ("abc", "Not enough segments"),
            ("!.b.c", "Invalid header padding"),
            (none.as_str(), "The specified alg value is not allowed"),
            (foreign.as_str(), "Signature verification failed"),
            (tampered.as_str(), "Signature verification failed"),
        ];
        for (token, words) in cases {
            let answer = app.bearer(token).get(PROTECTED).await;
            assert_eq!(refusal(&answer), refused(422, words), "{token}");
            let answer = refreshed(&app, token).await;
            assert_eq!(refusal(&answer).0, 422, "{token}");
        }
        app.pass(-100);
        let early = app.bearer(&access).get(PROTECTED).await;
        assert_eq!(refusal(&early), refused(422, "The token is not yet valid (iat)"));
        assert_eq!(refusal(&refreshed(&app, &refresh).await).0, 422);
        app.pass(1100);
        let late = app.bearer(&access).get(PROTECTED).await;
        assert_eq!(refusal(&late), refused(401, "Token has expired"));
    }

    async fn logging_out_ends_both_tokens_whichever_is_shown(db) {
        let app = app(&db).await;
        for by_refresh in ["/refresh", ""] {
            let (access, refresh) = log_in(&app).await;
            let shown = if by_refresh.is_empty() { &access } else { &refresh };

            let answer = app.bearer(shown).delete(&format!("{LOGOUT}{by_refresh}")).await;

            assert_eq!(answer.status, 200, "{answer:?}");
            let revoked = refused(401, "Token has been revoked");
            assert_eq!(refusal(&app.bearer(&access).get(PROTECTED).await), revoked);
            assert_eq!(refusal(&refreshed(&app, &refresh).await), revoked);
        }
    }

    async fn a_refresh_token_is_taken_back_as_the_standards_have_it(db) {
        let app = app(&db).await;
        let (access, refresh) = log_in(&app).await;

        assert_eq!(app.anonymous().form("/oauth/revoke", &refresh).await.status, 200);

        let revoked = refused(401, "Token has been revoked");
        assert_eq!(refusal(&refreshed(&app, &refresh).await), revoked);
        assert_eq!(refusal(&app.bearer(&access).get(PROTECTED).await), revoked);
    }

    async fn logging_out_everywhere_and_a_new_password_end_refresh_tokens(db) {
        let app = app(&db).await;
        let user: UserId = app.auth.users().find("susan").await.unwrap().id;
        let (_, refresh) = log_in(&app).await;
        app.auth.users().end_everything(user).await.unwrap();
        let revoked = refused(401, "Token has been revoked");
        assert_eq!(refusal(&refreshed(&app, &refresh).await), revoked);

        let (_, refresh) = log_in(&app).await;
        app.auth.passwords().set(user, &"four louder words still".to_owned().into()).await.unwrap();

        assert_eq!(refusal(&refreshed(&app, &refresh).await), revoked);
    }

    async fn whoever_is_disabled_or_gone_is_refused(db) {
        let app = app(&db).await;
        let user: UserId = app.auth.users().find("susan").await.unwrap().id;
        let (_, refresh) = log_in(&app).await;
        app.auth.users().disable(user).await.unwrap();
        assert_eq!(refusal(&refreshed(&app, &refresh).await).0, 401);
        let body = json!({"username": "susan", "password": PASSWORD});
        let answer = app.anonymous().post(LOGIN, &body).await;
        assert_eq!(refusal(&answer), refused(401, "Bad username or password"));
        app.auth.users().enable(user).await.unwrap();
        let (access, refresh) = log_in(&app).await;

        app.auth.users().delete(user).await.unwrap();

        let gone = refused(401, &format!("Error loading the user {user}"));
        assert_eq!(refusal(&app.bearer(&access).get(PROTECTED).await), gone);
        assert_eq!(refusal(&refreshed(&app, &refresh).await), gone);
    }

    async fn the_tokens_of_whoever_is_leaving_are_refused(db) {
        let app = app(&db).await;
        let (access, refresh) = log_in(&app).await;

        assert_eq!(app.basic("susan", PASSWORD).delete("/api/me").await.status, 202);

        assert!((401..=403).contains(&refusal(&app.bearer(&access).get(PROTECTED).await).0));
        assert!((401..=403).contains(&refusal(&refreshed(&app, &refresh).await).0));
    }

    async fn an_optional_token_may_be_absent_and_not_false(db) {
        let app = app(&db).await;
        let (access, _) = log_in(&app).await;

        let nobody = app.anonymous().get(OPTIONAL).await;

        assert_eq!(nobody.body, json!({"logged_in_as": "anonymous user"}));
        assert_eq!(app.bearer(&access).get(OPTIONAL).await.body["logged_in_as"], "susan");
        assert_eq!(refusal(&app.bearer("a.b.c").get(OPTIONAL).await).0, 422);
        app.pass(900);
        assert_eq!(refusal(&app.bearer(&access).get(OPTIONAL).await).0, 401);
    }

    async fn opaque_tokens_are_none(db) {
        let app = app(&db).await;
        let user = app.basic("susan", PASSWORD);
        let tokens = user.post("/api/tokens", &json!({})).await;
        let key = user.post("/api/me/api-keys", &json!({"name": "k", "scope": "account"})).await;
        for token in [&tokens.body["refresh_token"], &key.body["key"]] {
            let token = token.as_str().unwrap();
            let words = refused(422, "Not enough segments");

            assert_eq!(refusal(&app.bearer(token).get(PROTECTED).await), words);
            assert_eq!(refusal(&refreshed(&app, token).await), words);
        }
        let native = tokens.body["access_token"].as_str().unwrap();
        assert_eq!(app.bearer(native).get(PROTECTED).await.status, 200, "one user base");
        assert_eq!(app.bearer(native).get(FRESH).await.status, 401);
    }

    async fn a_message_goes_by_the_configured_name(db) {
        let app = app(&db).await;
        let mut options = Options::default();
        options.error_message_key = "message".into();
        let app = app.clone().with("/named", jwt_extended(&app.auth, options));

        let answer = app.anonymous().get("/named/protected").await;

        assert_eq!(answer.body, json!({"message": "Missing Authorization Header"}));
    }
}
