//! Who may sign up: everybody, whoever was invited, nobody.

use countersign::{NewUser, SignUpMode, Transport};
use serde_json::json;

use crate::{
    mail::inbox,
    support::{App, Database, PASSWORD, on_both_engines},
};

async fn app(db: &Database, mode: SignUpMode) -> App {
    db.app_with(|config| {
        inbox(config);
        config.sign_up.mode = mode;
    })
    .await
}

on_both_engines! {
    async fn where_nobody_may_sign_up_no_door_lets_anybody_in(db) {
        let open = app(&db, SignUpMode::Open).await;
        open.auth.links().invite("susan@example.org", None).await.unwrap();
        let invitation = super::invitations::token(&open, "susan@example.org").await;
        let app = app(&db, SignUpMode::Closed).await;

        for body in [
            json!({"username": "miguel", "password": PASSWORD}),
            json!({"email": "miguel@example.org", "password": PASSWORD}),
            json!({"username": "susan", "password": PASSWORD, "invitation": invitation}),
        ] {
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.refusal(), (403, "access_denied"));
        }
        let mut browser = app.browser();
        let fields = [("username", "miguel"), ("password", PASSWORD), ("invitation", &invitation)];
        for page in ["/sign-up", &format!("/sign-up?invitation={invitation}")] {
            assert_eq!(browser.open(page).await.status, 403);
            assert_eq!(browser.submit(page, &fields).await.status, 403);
        }
        assert_eq!(db.count("users").await, 0);
        let more = app.auth.links().invite("john@example.org", None).await.unwrap_err();
        assert!(more.to_string().contains("access_denied"), "{more}");
    }

    async fn where_one_has_to_be_invited_nobody_else_gets_in(db) {
        let app = app(&db, SignUpMode::Invitation).await;
        let body = json!({"username": "miguel", "password": PASSWORD});

        let answer = app.anonymous().post("/api/users", &body).await;

        assert_eq!(answer.fault(), (403, "access_denied", "invitation"));
        let mut browser = app.browser();
        assert_eq!(browser.open("/sign-up").await.status, 403);
        let fields = [("username", "miguel"), ("password", PASSWORD), ("invitation", "")];
        assert_eq!(browser.submit("/sign-up", &fields).await.status, 403);
        for invented in ["x", "csl_0000000000000000000000000000000000000000000000000"] {
            let body = json!({"username": "m", "password": PASSWORD, "invitation": invented});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_grant", "invitation"));
            let fields = [("username", "m"), ("password", PASSWORD), ("invitation", invented)];
            assert_eq!(browser.submit("/sign-up", &fields).await.status, 404);
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn operators_make_accounts_in_every_mode(db) {
        for (name, mode) in [("one", SignUpMode::Closed), ("two", SignUpMode::Invitation)] {
            let app = app(&db, mode).await;
            let new = NewUser {
                username: Some(name.into()),
                password: PASSWORD.to_owned().into(),
                ..NewUser::default()
            };

            app.auth.users().sign_up(new, &countersign::Client::default()).await.unwrap();

            assert_eq!(app.basic(name, PASSWORD).get("/api/me").await.status, 200);
        }
    }

    async fn nobody_is_invited_where_no_mail_is_sent(db) {
        let app = db.app_with(|config| config.mail.transport = Transport::Off).await;
        let root = app.admin().await;

        let answer = root.post("/api/invitations", &json!({"email": "susan@example.org"})).await;

        assert_eq!(answer.refusal(), (404, "not_found"));
    }
}
