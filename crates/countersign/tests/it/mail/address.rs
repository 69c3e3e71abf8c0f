//! Another address for an account: the present one stays until the new one is proven.

use serde_json::json;

use super::{ADDRESS, app, by_code, by_token, flow, kinds, recover, reset, sign_up};
use crate::support::{Answer, App, PASSWORD, at_once, on_both_engines, with_status};

const NEW: &str = "new@example.org";

async fn change(app: &App, name: &str, email: &str) -> Answer {
    app.basic(name, PASSWORD).put("/api/me/email", &json!({"email": email})).await
}

async fn take(app: &App, proof: &serde_json::Value) -> Answer {
    app.anonymous().post("/api/me/email/confirm", proof).await
}

async fn address_of(app: &App, name: &str) -> Option<String> {
    app.auth.users().find(name).await.unwrap().email
}

on_both_engines! {
    async fn the_present_address_stays_until_the_new_one_is_proven_and_both_are_told(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        let flow = flow(&change(&app, "miguel", NEW).await);
        assert_eq!(address_of(&app, "miguel").await.as_deref(), Some(ADDRESS));
        let taken = take(&app, &by_code(&app, NEW, "change-address", &flow).await).await;

        assert_eq!(taken.status, 204, "{taken:?}");
        assert_eq!(address_of(&app, "miguel").await.as_deref(), Some(NEW));
        assert_eq!(app.basic(NEW, PASSWORD).get("/api/me").await.body["email"], NEW);
        assert_eq!(app.basic(ADDRESS, PASSWORD).get("/api/me").await.status, 401);
        assert_eq!(kinds(&app, ADDRESS).await, ["address-changed", "address-changing", "confirm"]);
        assert_eq!(kinds(&app, NEW).await, ["address-changed", "change-address"]);
    }

    async fn a_taken_address_is_answered_like_a_free_one_and_its_owner_is_told(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        sign_up(&app, "susan", "susan@example.org").await;

        let taken = change(&app, "miguel", "Susan@example.org").await;
        let told = kinds(&app, ADDRESS).await;
        let free = change(&app, "miguel", NEW).await;

        assert_eq!((taken.status, taken.bytes.len()), (202, free.bytes.len()));
        assert_eq!(told, ["address-changing", "confirm"], "a taken one is announced like a free one");
        assert_eq!(kinds(&app, "susan@example.org").await, ["account-exists", "confirm"]);
        let guess = json!({"flow": flow(&taken), "code": "0000-0000"});
        assert_eq!(take(&app, &guess).await.refusal(), (400, "invalid_grant"));
    }

    async fn neither_an_export_nor_an_earlier_link_tells_whether_an_address_was_taken(db) {
        let app = app(&db).await;
        sign_up(&app, "susan", "susan@example.org").await;
        for (name, asked_for) in [("miguel", "free@example.org"), ("anna", "susan@example.org")] {
            let first = format!("{name}-new@example.org");
            sign_up(&app, name, &format!("{name}@example.org")).await;
            change(&app, name, &first).await;
            let earlier = by_token(&app, &first, "change-address").await;

            change(&app, name, asked_for).await;

            let export = app.basic(name, PASSWORD).get("/api/me/export").await;
            let links = export.body["links"].as_array().unwrap();
            let to = |email: &str| links.iter().filter(|link| link["email"] == email).count();
            assert_eq!((to(asked_for), to(&first)), (1, 1), "{links:?}");
            let answer = take(&app, &earlier).await;
            assert_eq!(answer.refusal(), (400, "invalid_grant"), "{asked_for}");
        }
    }

    async fn an_address_taken_meanwhile_is_refused_and_nothing_changes(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        change(&app, "miguel", NEW).await;
        let link = by_token(&app, NEW, "change-address").await;
        sign_up(&app, "quick", NEW).await;

        let answer = take(&app, &link).await;

        assert_eq!(answer.fault(), (409, "conflict", "email"));
        assert_eq!(address_of(&app, "miguel").await.as_deref(), Some(ADDRESS));
    }

    async fn racing_answers_change_the_address_once(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        change(&app, "miguel", NEW).await;
        let link = by_token(&app, NEW, "change-address").await;

        let answers = at_once(50, |_| {
            let (app, link) = (app.clone(), link.clone());
            async move { take(&app, &link).await }
        })
        .await;

        assert_eq!((with_status(&answers, 204), with_status(&answers, 400)), (1, 49));
        let told = kinds(&app, NEW).await;
        assert_eq!(told, ["address-changed", "change-address"], "each is told once");
    }

    async fn a_new_address_ends_every_other_link_of_the_user(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        let old = by_token(&app, ADDRESS, "reset").await;
        change(&app, "miguel", NEW).await;

        take(&app, &by_token(&app, NEW, "change-address").await).await;

        assert_eq!(reset(&app, old, "another good passphrase").await.refusal(), (400, "invalid_grant"));
    }

    async fn a_recovered_account_has_no_change_of_address_under_way(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        change(&app, "miguel", "thief@example.org").await;
        let thiefs = by_token(&app, "thief@example.org", "change-address").await;
        recover(&app, "miguel").await;

        reset(&app, by_token(&app, ADDRESS, "reset").await, "another good passphrase").await;

        assert_eq!(take(&app, &thiefs).await.refusal(), (400, "invalid_grant"));
        assert_eq!(address_of(&app, "miguel").await.as_deref(), Some(ADDRESS));
    }

    async fn a_new_address_needs_a_password_given_lately(db) {
        let app = app(&db).await;
        let root = app.user("miguel").await;
        let session = root.log_in().await;
        let key = app.api_key(&root.key("account").await.key);
        let body = json!({"email": NEW});

        assert_eq!(session.put("/api/me/email", &body).await.status, 202);
        app.pass(601);
        let session = session.refreshed().await;
        let stale = session.put("/api/me/email", &body).await;

        assert_eq!(stale.refusal(), (401, "insufficient_user_authentication"));
        assert!(stale.header("www-authenticate").contains("max_age=600"), "{stale:?}");
        assert_eq!(key.put("/api/me/email", &body).await.refusal().0, 401, "a key is never fresh");
        assert_eq!(app.anonymous().put("/api/me/email", &body).await.status, 401);
    }

    async fn what_is_no_address_or_the_present_one_is_refused(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        for email in ["", "miguel", "a@b@c.de", "\"x\"@example.org", "x@example.org\r\nBcc: e@e.de",
            "x@example.org,e@example.org", "MIGUEL@example.org"]
        {
            let answer = change(&app, "miguel", email).await;
            assert_eq!(answer.fault(), (400, "invalid_request", "email"), "{email}");
        }
        let list = app.basic("miguel", PASSWORD)
            .put("/api/me/email", &json!({"email": [NEW, "eve@example.org"]})).await;
        assert_eq!(list.fault(), (400, "invalid_request", "email"));
    }
}
