//! Sign-up with an address, and its confirmation.

use countersign::{Confirmation, Transport};
use serde_json::json;

use super::{
    ADDRESS, app, by_code, by_token, confirm, flow, inbox, is_confirmed, kinds, mail, sign_up,
};
use crate::support::{PASSWORD, at_once, on_both_engines, with_status};

on_both_engines! {
    async fn required_confirmation_is_asked_of_every_credential_and_given_by_link_or_code(db) {
        let app = db.app_with(|config| {
            inbox(config);
            config.confirmation = Confirmation::Required;
        })
        .await;
        sign_up(&app, "miguel", ADDRESS).await;
        let susans = sign_up(&app, "susan", "susan@example.org").await;
        let status = async |name: &str| app.basic(name, PASSWORD).get("/api/me").await.status;
        assert_eq!((status("miguel").await, status("susan").await), (403, 403));

        let by_link = confirm(&app, &by_token(&app, ADDRESS, "confirm").await).await;
        let code = by_code(&app, "susan@example.org", "confirm", &susans).await;
        let by_code = confirm(&app, &code).await;

        assert_eq!((by_link.status, by_code.status), (204, 204));
        assert_eq!((status("miguel").await, status("susan").await), (200, 200));
    }

    async fn a_link_confirms_the_address_it_went_to_and_no_other(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let link = by_token(&app, ADDRESS, "confirm").await;

        db.execute("UPDATE users SET email = 'x@example.org', email_key = 'x@example.org'").await;

        assert_eq!(confirm(&app, &link).await.refusal(), (400, "invalid_grant"));
        assert!(!is_confirmed(&app, "miguel").await);
    }

    async fn the_mail_is_sent_again_to_whoever_still_has_to_answer_it(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let first = by_token(&app, ADDRESS, "confirm").await;
        app.pass(1);

        flow(&app.anonymous().post("/api/confirmation", &json!({"email": ADDRESS})).await);

        assert_eq!(kinds(&app, ADDRESS).await, ["confirm", "confirm"]);
        assert_eq!(confirm(&app, &first).await.refusal(), (400, "invalid_grant"));
        assert_eq!(confirm(&app, &by_token(&app, ADDRESS, "confirm").await).await.status, 204);
        flow(&app.anonymous().post("/api/confirmation", &json!({"email": ADDRESS})).await);
        assert_eq!(kinds(&app, ADDRESS).await.len(), 2, "nothing is left to confirm");
    }

    async fn where_nobody_asks_for_confirmation_no_mail_does(db) {
        let app = db.app_with(|config| {
            inbox(config);
            config.confirmation = Confirmation::Off;
        })
        .await;

        sign_up(&app, "miguel", ADDRESS).await;

        assert!(kinds(&app, ADDRESS).await.is_empty());
        assert_eq!(app.basic("miguel", PASSWORD).get("/api/me").await.status, 200);
    }

    async fn without_mail_or_without_an_address_a_sign_up_is_answered_with_the_user(db) {
        let with_mail = app(&db).await;

        let no_address = json!({"username": "susan", "password": PASSWORD});
        let answer = with_mail.anonymous().post("/api/users", &no_address).await;
        assert_eq!((answer.status, answer.body["username"].as_str()), (201, Some("susan")));
        let without = db.app_with(|config| config.mail.transport = Transport::Off).await;
        let body = json!({"username": "miguel", "email": ADDRESS, "password": PASSWORD});
        let first = without.anonymous().post("/api/users", &body).await;
        let again = json!({"username": "other", "email": ADDRESS, "password": PASSWORD});
        let second = without.anonymous().post("/api/users", &again).await;
        assert_eq!((first.status, second.fault()), (201, (409, "conflict", "email")));
    }

    async fn of_racing_sign_ups_with_one_address_one_is_made_and_all_are_told_the_same(db) {
        let app = app(&db).await;

        let answers = at_once(20, |n| {
            let app = app.clone();
            let body = json!({"username": format!("user{n}"), "email": ADDRESS, "password": PASSWORD});
            async move { app.anonymous().post("/api/users", &body).await }
        })
        .await;

        assert_eq!(with_status(&answers, 202), 20, "{answers:?}");
        assert_eq!(db.count("users").await, 1);
        let kinds = kinds(&app, ADDRESS).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "confirm").count(), 1, "{kinds:?}");
    }

    async fn a_sign_up_repeated_with_its_key_is_done_once_and_answered_alike(db) {
        let app = app(&db).await;
        let sign_up = async |name: &str, key: &str| {
            let body = json!({"username": name, "email": ADDRESS, "password": PASSWORD});
            app.anonymous().header("idempotency-key", key).post("/api/users", &body).await
        };

        let (first, again) = (sign_up("miguel", "k1").await, sign_up("miguel", "k1").await);
        let (taken, taken_again) = (sign_up("other", "k2").await, sign_up("other", "k2").await);
        let mismatch = sign_up("third", "k2").await;

        assert_eq!((first.status, &first.bytes), (202, &again.bytes));
        assert_eq!((taken.status, &taken.bytes), (202, &taken_again.bytes));
        assert_eq!(mismatch.refusal(), (422, "idempotency_mismatch"));
        assert_eq!(kinds(&app, ADDRESS).await, ["account-exists", "confirm"]);
    }

    async fn links_are_made_of_the_public_url_whatever_the_request_says(db) {
        let app = app(&db).await;
        let evil = "evil.example";

        for (n, (name, value)) in [
            ("host", evil), ("host", "auth.example.org:@evil.example"), ("x-forwarded-host", evil),
            ("x-forwarded-proto", "javascript"), ("x-forwarded-port", "6666"), ("x-host", evil),
            ("x-forwarded-server", evil), ("x-original-host", evil), ("x-http-host-override", evil),
            ("x-forwarded-prefix", "//evil.example"), ("origin", "https://evil.example"),
            ("forwarded", "host=evil.example;proto=http"),
        ].into_iter().enumerate() {
            let email = format!("user{n}@example.org");
            let caller = app.anonymous().header(name, value);
            let body = json!({"username": format!("user{n}"), "email": email, "password": PASSWORD});
            assert_eq!(caller.post("/api/users", &body).await.status, 202);
            caller.post("/api/recovery", &json!({"login": email})).await;
            for kind in ["confirm", "reset"] {
                let mail = mail(&app, &email, kind).await;
                assert!(mail.text.contains("https://auth.example.org/"), "{name}: {}", mail.text);
                let said = format!("{}{}{}", mail.subject, mail.text, mail.html);
                for trace in ["evil", "javascript", "6666"] {
                    assert!(!said.contains(trace), "{name}: {said}");
                }
            }
        }
    }
}
