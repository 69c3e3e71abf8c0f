//! Accounts that are there already when somebody signs up: disabled, or made by somebody who does
//! not own the address; and networks that are not let in.

use serde_json::json;

use crate::{
    mail::{ADDRESS, NEW_PASSWORD, by_token, inbox, is_confirmed, kinds, recover, reset, sign_up},
    support::{App, PASSWORD, Session, on_both_engines},
};

async fn sign_up_on_page(app: &App, email: &str) -> u16 {
    let fields = [("email", email), ("password", "a password of my own")];
    app.browser().submit("/sign-up", &fields).await.status
}

on_both_engines! {
    async fn an_account_made_by_somebody_else_is_void_once_the_owner_of_its_address_recovers(db) {
        let app = app_with_mail(&db).await;
        sign_up(&app, "mallory", ADDRESS).await;
        let mallory = app.basic("mallory", PASSWORD);
        let session = mallory.post("/api/tokens", &json!({})).await;
        let session = Session::of(&app, &session.body);
        let key = mallory.post("/api/me/api-keys", &json!({"name": "k", "scope": "account"})).await;
        let key = key.body["key"].as_str().unwrap().to_owned();
        let mut browser = app.browser();
        browser.log_in_remembered("mallory").await;
        let body = json!({"email": "mallory@example.org"});
        assert_eq!(mallory.put("/api/me/email", &body).await.status, 202);
        let change = by_token(&app, "mallory@example.org", "change-address").await;

        assert_eq!(sign_up_on_page(&app, ADDRESS).await, 200);
        assert_eq!(kinds(&app, ADDRESS).await[0], "account-exists");
        recover(&app, ADDRESS).await;
        let proof = by_token(&app, ADDRESS, "reset").await;
        assert_eq!(reset(&app, proof, NEW_PASSWORD).await.status, 204);

        assert_eq!(app.basic("mallory", PASSWORD).get("/api/me").await.status, 401);
        assert_eq!(session.alive().await, (401, 400));
        assert_eq!(app.api_key(&key).get("/api/me").await.status, 401);
        assert_eq!(browser.who().await, "nobody");
        assert_eq!(browser.open("/restore").await.location(), "/login?next=");
        let moved = app.anonymous().post("/api/me/email/confirm", &change).await;
        assert_eq!(moved.refusal(), (400, "invalid_grant"));
        assert_eq!(app.basic(ADDRESS, NEW_PASSWORD).get("/api/me").await.status, 200);
        assert!(is_confirmed(&app, ADDRESS).await);
    }

    async fn whoever_was_invited_has_an_account_made_by_somebody_else_voided_by_recovery(db) {
        let app = app_with_mail(&db).await;
        sign_up(&app, "mallory", ADDRESS).await;
        app.auth.links().invite(ADDRESS, None).await.unwrap();
        let invitation = super::invitations::token(&app, ADDRESS).await;

        let body = json!({"username": "miguel", "password": NEW_PASSWORD, "invitation": invitation});
        let answer = app.anonymous().post("/api/users", &body).await;

        assert_eq!(answer.fault(), (409, "conflict", "email"));
        assert!(!is_confirmed(&app, ADDRESS).await, "an invitation confirms no account but its own");
    }

    async fn the_address_of_a_disabled_account_is_answered_alike_and_mailed_nothing(db) {
        let app = app_with_mail(&db).await;
        sign_up(&app, "gone", "gone@example.org").await;
        let gone = app.auth.users().find("gone").await.unwrap().id;
        app.auth.users().disable(gone).await.unwrap();

        assert_eq!(sign_up_on_page(&app, "gone@example.org").await, 200);
        assert_eq!(sign_up_on_page(&app, "free@example.org").await, 200);
        recover(&app, "gone@example.org").await;

        assert_eq!(kinds(&app, "gone@example.org").await, ["confirm"]);
        assert_eq!(app.basic("gone@example.org", PASSWORD).get("/api/me").await.status, 401);
        let own = app.basic("gone@example.org", "a password of my own");
        assert_eq!(own.get("/api/me").await.status, 401);
        assert!(app.auth.users().get(gone).await.unwrap().disabled_at.is_some());
    }

    async fn a_network_that_guesses_passwords_signs_up_and_is_not_let_in_by_it(db) {
        let app = db.app_with(|config| config.throttle.address_failures = 3).await;
        for n in 0..5 {
            app.basic(&format!("user{n}"), "wrong").get("/me").await;
        }
        let mut browser = app.browser();

        let fields = [("username", "miguel"), ("password", PASSWORD)];
        let answer = browser.submit("/sign-up", &fields).await;

        assert_eq!(answer.location(), "/login?notice=signed-up");
        assert_eq!(browser.who().await, "nobody");
        assert_eq!(browser.log_in("miguel").await.status, 429);
        app.pass(3600);
        assert_eq!(browser.log_in("miguel").await.status, 303);
    }
}

async fn app_with_mail(db: &crate::support::Database) -> App {
    db.app_with(inbox).await
}
