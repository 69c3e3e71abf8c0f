//! Old tokens: whose they are, and for how long.

use countersign::{Error, Grant, Via, proto::jose::TokenError};
use serde_json::json;

use super::{buy, import_all, last_day, moving_day, old_tokens, one, session};
use crate::support::{App, on_both_engines};

async fn refusal(app: &App, token: &str) -> String {
    match app.auth.legacy_tokens().authenticate(token).await {
        Ok(user) => panic!("{} was let in", user.username),
        Err(Error::Denied(denied)) => denied.code().as_str().to_owned(),
        Err(error) => panic!("{error}"),
    }
}

on_both_engines! {
    async fn an_old_token_acts_for_the_user_it_was_issued_to(db) {
        let app = db.moved(|_| {}).await;
        import_all(&app).await;

        for old in old_tokens("access") {
            let tokens = app.auth.legacy_tokens();
            assert!(tokens.recognises(&old.token), "{}", old.token);
            let user = tokens.authenticate(&old.token).await.unwrap();
            assert_eq!(user.username, format!("user-{}", old.user));
            let Via::LegacyToken { maker, expires_at } = user.via else { panic!("{:?}", user.via) };
            assert_eq!(format!("{maker:?}"), old.maker);
            assert!((old.expires..=old.expires + 2).contains(&expires_at));
            assert!(user.has_scope("account") && !user.has_scope("admin"));
            assert_eq!(user.auth_time(), None, "an old token is never fresh");
        }
    }

    async fn an_old_token_expires_and_on_the_last_day_all_of_them_do(db) {
        let app = db.moved(|config| config.legacy.accept_until = Some(moving_day() + 60)).await;
        import_all(&app).await;
        let old = one("FlaskJwtExtended");
        assert!(app.auth.legacy_tokens().authenticate(&old.token).await.is_ok());

        app.pass(60);

        assert!(old.expires > app.auth.now());
        assert_eq!(app.auth.legacy_tokens().read(&old.token), Err(TokenError::Expired));
        assert_eq!(refusal(&app, &old.token).await, "invalid_token");
        for old in old_tokens("refresh") {
            assert!(buy(&app, &old).await.is_err());
        }
    }

    async fn an_old_token_names_nobody_who_was_not_imported(db) {
        let app = db.moved(|_| {}).await;
        app.user("1").await;

        for old in old_tokens("access") {
            assert_eq!(refusal(&app, &old.token).await, "invalid_token");
        }
    }

    async fn an_old_token_of_another_source_names_nobody(db) {
        let app = db.moved(|config| config.legacy.source = Some("shop".into())).await;
        import_all(&app).await;

        assert_eq!(refusal(&app, &one("PyJwt").token).await, "invalid_token");
    }

    async fn without_a_secret_no_old_token_is_recognised(db) {
        let app = db.app().await;
        let old = one("PyJwt");

        assert!(!app.auth.legacy_tokens().recognises(&old.token));
        assert_eq!(refusal(&app, &old.token).await, "invalid_token");
    }

    async fn the_native_routes_take_no_old_token(db) {
        let app = db.moved(|_| {}).await;
        import_all(&app).await;

        for old in old_tokens("access") {
            assert_eq!(app.bearer(&old.token).get("/api/me").await.status, 401);
            let jwt = format!("JWT {}", old.token);
            assert_eq!(app.anonymous().header("authorization", jwt).get("/me").await.status, 401);
        }
    }

    async fn a_token_of_this_service_is_no_old_one(db) {
        let app = db.moved(|_| {}).await;
        let session = app.user("miguel").await.log_in().await;

        assert!(!app.auth.legacy_tokens().recognises(&session.access));
        assert!(!app.auth.legacy_tokens().recognises(&session.refresh));
        assert_eq!(refusal(&app, &session.access).await, "invalid_token");
    }

    async fn what_buys_tokens_opens_a_session_that_ends_on_the_last_day(db) {
        let app = db.moved(|_| {}).await;
        import_all(&app).await;
        let tokens = app.auth.legacy_tokens();
        let refresh = old_tokens("refresh").remove(0);
        let access = one("FlaskJwtExtended");
        assert_eq!(refusal(&app, &refresh.token).await, "invalid_token", "it does not act");

        for buys in [&refresh, &one("ItsDangerous"), &one("PyJwt"), &one("FlaskJwt")] {
            let set = buy(&app, buys).await.unwrap();
            assert_eq!(set.scope, "account");
            let opened = session(&app, &set);
            assert_eq!(opened.get("/api/me").await.body["username"], "user-1");
            assert_eq!(opened.get("/fresh").await.refusal().1, "insufficient_user_authentication");
            let ends = app.auth.sessions().get(opened.id.parse().unwrap()).await.unwrap().expires_at;
            assert_eq!(ends, last_day());
            assert_eq!(opened.refreshed().await.get("/api/me").await.status, 200);
        }
        assert!(buy(&app, &access).await.is_err(), "an access token that had a refresh token beside it buys none");
        let wide = Grant { scope: Some("admin".parse().unwrap()), ..Grant::default() };
        assert!(tokens.exchange(&refresh.token, wide, &<_>::default()).await.is_err());
    }

    async fn a_session_that_was_bought_is_over_after_the_last_day(db) {
        let app = db.moved(|config| config.legacy.accept_until = Some(moving_day() + 60)).await;
        import_all(&app).await;
        let opened = session(&app, &buy(&app, &one("PyJwt")).await.unwrap());

        app.pass(60);

        assert_eq!(opened.alive().await, (401, 400));
    }

    async fn a_token_taken_back_is_refused_by_every_process_and_after_a_restart(db) {
        let app = db.moved(|_| {}).await;
        import_all(&app).await;
        let (gone, kept) = (one("PyJwt"), one("FlaskJwt"));

        app.auth.legacy_tokens().revoke(&gone.token).await.unwrap();
        app.auth.legacy_tokens().revoke("nonsense").await.unwrap();
        let other = db.moved(|_| {}).await;

        for app in [&app, &other] {
            assert_eq!(refusal(app, &gone.token).await, "invalid_token");
            assert!(app.auth.legacy_tokens().authenticate(&kept.token).await.is_ok());
        }
    }

    async fn the_id_elsewhere_is_shown_to_its_owner(db) {
        let app = db.moved(|_| {}).await;
        import_all(&app).await;

        let me = app.basic("user-1", crate::support::PASSWORD).get("/api/me").await;

        assert_eq!(me.body["external_id"], "1", "{me:?}");
        let native = app.user("miguel").await.get("/api/me").await.body;
        assert_eq!(native.get("external_id"), None, "{}", json!(native));
    }
}
