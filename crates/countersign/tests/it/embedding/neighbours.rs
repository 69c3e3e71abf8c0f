//! Two systems in one process share nothing: no token, no user, no verdict on a request.

use axum::{Router, routing::get};
use countersign::{Auth, CurrentUser, signed_in};

use crate::support::{App, Database, on_both_engines};

/// Another system on a database of its own, of the same engine.
async fn stranger(db: &Database) -> App {
    let other = if db.url().starts_with("sqlite") {
        Database::sqlite()
    } else {
        Database::postgres().await
    };
    other.app().await
}

/// A route behind the guard of one system, whose handler asks the other who is there.
fn crossed(guard: &Auth, handler: &Auth) -> Router {
    Router::new()
        .route("/", get(async |user: CurrentUser| user.id.to_string()))
        .route_layer(guard.require(signed_in()))
        .with_state(handler.clone())
}

async fn status(router: Router, token: &str) -> u16 {
    use tower::ServiceExt;
    let request = axum::http::Request::builder().header("authorization", format!("Bearer {token}"));
    let request = request.body(axum::body::Body::empty()).unwrap();
    router.oneshot(request).await.unwrap().status().as_u16()
}

on_both_engines! {
    async fn tokens_of_one_system_are_false_in_another(db) {
        let (here, there) = (db.app().await, stranger(&db).await);
        let miguel = here.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);
        there.user("miguel").await;

        assert_eq!(there.bearer(&session.access).get("/me").await.status, 401);
        assert_eq!(there.api_key(&key.key).get("/me").await.status, 401);
        assert_eq!(there.anonymous().refresh(&session.refresh).await.status, 400);
        there.anonymous().form("/oauth/revoke", &session.refresh).await;
        assert_eq!(session.alive().await, (200, 200));
    }

    async fn a_user_verified_by_one_system_is_unverified_to_another(db) {
        let (here, there) = (db.app().await, stranger(&db).await);
        let (mine, theirs) =
            (here.user("miguel").await.log_in().await, there.user("miguel").await.log_in().await);

        assert_eq!(status(crossed(&here.auth, &here.auth), &mine.access).await, 200);
        assert_eq!(status(crossed(&here.auth, &there.auth), &mine.access).await, 401);
        assert_eq!(status(crossed(&there.auth, &here.auth), &theirs.access).await, 401);
    }

    async fn a_token_for_another_audience_or_of_another_issuer_is_refused(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let audience = db.app_with(|c| c.audience = Some("https://api.example".into())).await;
        let issuer = db.app_with(|c| c.public_url = "https://auth.example".into()).await;

        assert_eq!(audience.bearer(&session.access).get("/me").await.status, 401);
        assert_eq!(issuer.bearer(&session.access).get("/me").await.status, 401);
        let there = audience.user("susan").await.log_in().await;
        assert_eq!(app.bearer(&there.access).get("/me").await.status, 401);
    }

    async fn a_setting_out_of_its_limits_is_refused_by_name(db) {
        let builder = db.builder(countersign::Clock::system());

        let opened = builder.configure(|config| config.access_token_seconds = 1).open().await;

        let error = opened.unwrap_err().to_string();
        assert!(error.contains("access_token_seconds"), "{error}");
    }
}
