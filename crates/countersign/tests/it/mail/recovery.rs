//! The forgotten password.

use serde_json::json;

use super::{
    ADDRESS, NEW_PASSWORD, app, by_code, by_token, is_confirmed, kinds, recover, reset, sign_up,
};
use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn a_forgotten_password_is_replaced_by_link_or_by_code(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        recover(&app, "miguel").await;
        let by_link = reset(&app, by_token(&app, ADDRESS, "reset").await, NEW_PASSWORD).await;
        app.pass(1);
        let flow = recover(&app, "MIGUEL@example.org").await;
        let code = by_code(&app, ADDRESS, "reset", &flow).await;
        let by_code = reset(&app, code, "a third good passphrase").await;

        assert_eq!((by_link.status, by_code.status), (204, 204), "{by_code:?}");
        assert_eq!(app.basic("miguel", PASSWORD).get("/api/me").await.status, 401);
        assert_eq!(app.basic("miguel", NEW_PASSWORD).get("/api/me").await.status, 401);
        assert_eq!(app.basic("miguel", "a third good passphrase").get("/api/me").await.status, 200);
        assert_eq!(kinds(&app, ADDRESS).await,
            ["password-changed", "reset", "password-changed", "reset", "confirm"]);
    }

    async fn a_reset_ends_everything_confirms_the_address_and_logs_nobody_in(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let answer = app.basic("miguel", PASSWORD).post("/api/tokens", &json!({})).await;
        let session = crate::support::Session::of(&app, &answer.body);
        recover(&app, "miguel").await;

        let answer = reset(&app, by_token(&app, ADDRESS, "reset").await, NEW_PASSWORD).await;

        assert_eq!((answer.status, answer.bytes.len()), (204, 0));
        assert!(answer.headers.get("set-cookie").is_none(), "{answer:?}");
        assert_eq!(session.alive().await, (401, 400));
        assert!(is_confirmed(&app, "miguel").await);
    }

    async fn a_reset_lets_in_an_owner_whom_wrong_passwords_had_locked_out(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        for _ in 0..11 {
            app.basic("miguel", "wrong").get("/api/me").await;
        }
        assert_eq!(app.basic("miguel", PASSWORD).get("/api/me").await.status, 429);
        recover(&app, "miguel").await;

        reset(&app, by_token(&app, ADDRESS, "reset").await, NEW_PASSWORD).await;

        assert_eq!(app.basic("miguel", NEW_PASSWORD).get("/api/me").await.status, 200);
    }

    async fn a_password_the_policy_refuses_leaves_link_and_code_good(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let flow = recover(&app, "miguel").await;
        let link = by_token(&app, ADDRESS, "reset").await;
        let code = by_code(&app, ADDRESS, "reset", &flow).await;

        for password in ["short", "password123", "miguelmiguel", ""] {
            for proof in [&link, &code] {
                let answer = reset(&app, proof.clone(), password).await;
                assert_eq!(answer.fault(), (400, "invalid_request", "new_password"), "{password}");
            }
        }
        assert_eq!(reset(&app, code, NEW_PASSWORD).await.status, 204);
        assert_eq!(reset(&app, link, NEW_PASSWORD).await.refusal(), (400, "invalid_grant"));
    }

    async fn a_link_is_worth_nothing_once_the_address_is_another_or_the_account_disabled(db) {
        let app = app(&db).await;
        for (name, email) in [("miguel", ADDRESS), ("gone", "gone@example.org")] {
            sign_up(&app, name, email).await;
            recover(&app, name).await;
        }
        let moved = by_token(&app, ADDRESS, "reset").await;
        let gone = by_token(&app, "gone@example.org", "reset").await;

        db.execute("UPDATE users SET email = 'x@example.org', email_key = 'x@example.org'
            WHERE username = 'miguel'").await;
        let id = app.auth.users().find("gone").await.unwrap().id;
        app.auth.users().disable(id).await.unwrap();

        for proof in [moved, gone] {
            let answer = reset(&app, proof, NEW_PASSWORD).await;
            assert_eq!(answer.refusal(), (400, "invalid_grant"), "{answer:?}");
        }
        assert_eq!(app.basic("miguel", PASSWORD).get("/api/me").await.status, 200);
    }

    async fn whoever_changes_the_password_ends_links_that_were_asked_for_before(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        let link = by_token(&app, ADDRESS, "reset").await;

        let body = json!({"current_password": PASSWORD, "new_password": NEW_PASSWORD});
        let changed = app.basic("miguel", PASSWORD).put("/api/me/password", &body).await;

        assert_eq!(changed.status, 204);
        assert_eq!(reset(&app, link, "a third good passphrase").await.refusal(), (400, "invalid_grant"));
        assert_eq!(kinds(&app, ADDRESS).await, ["password-changed", "reset", "confirm"]);
    }

    async fn without_mail_recovery_says_so(db) {
        let app = db.app().await;
        app.user("miguel").await;

        let asked = app.anonymous().post("/api/recovery", &json!({"login": "miguel"})).await;
        let resend = app.anonymous().post("/api/confirmation", &json!({"email": ADDRESS})).await;
        let change = app.basic("miguel", PASSWORD)
            .put("/api/me/email", &json!({"email": ADDRESS})).await;

        for answer in [asked, resend, change] {
            assert_eq!(answer.refusal(), (404, "not_found"));
            assert!(answer.text().contains("sends no mail"), "{answer:?}");
        }
    }
}
