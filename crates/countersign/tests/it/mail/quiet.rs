//! Nobody learns from an answer who has an account, and nobody is flooded with mail.

use countersign::Confirmation;
use serde_json::json;

use super::{ADDRESS, app, by_token, confirm, inbox, kinds, recover, sign_up};
use crate::support::{Answer, App, PASSWORD, on_both_engines};

/// An answer without what is random in it.
fn shape(answer: &Answer) -> (u16, String, String) {
    let flow = answer.body["flow"].as_str().unwrap_or_default();
    assert_eq!(flow.len(), 64, "{answer:?}");
    let mut headers = format!("{:?}", answer.headers);
    headers.retain(|c| !c.is_whitespace());
    (answer.status, answer.text().replace(flow, "FLOW"), headers)
}

/// Somebody of each kind: unknown, confirmed, unconfirmed, disabled, without an address.
async fn people(app: &App) -> Vec<String> {
    for name in ["known", "waiting", "gone"] {
        sign_up(app, name, &format!("{name}@example.org")).await;
    }
    confirm(app, &by_token(app, "known@example.org", "confirm").await).await;
    let gone = app.auth.users().find("gone").await.unwrap().id;
    app.auth.users().disable(gone).await.unwrap();
    let mut logins =
        vec!["no address at all".to_owned(), "\u{0}".into(), "".into(), "x@y@z".into()];
    for name in ["known", "waiting", "gone", "nobody"] {
        logins.extend([name.to_owned(), format!("{name}@example.org")]);
    }
    logins
}

on_both_engines! {
    async fn recovery_and_resend_answer_alike_whoever_is_asked_for(db) {
        let app = app(&db).await;
        let logins = people(&app).await;
        let ask = async |login: &str| [
            app.anonymous().post("/api/recovery", &json!({"login": login})).await,
            app.anonymous().post("/api/confirmation", &json!({"email": login})).await,
        ];

        let expected = ask("known").await.each_ref().map(shape);
        for login in &logins {
            assert_eq!(ask(login).await.each_ref().map(shape), expected, "{login:?}");
        }

        assert_eq!(kinds(&app, "nobody@example.org").await, [""; 0]);
        assert_eq!(kinds(&app, "gone@example.org").await, ["confirm"]);
    }

    async fn a_sign_up_answers_alike_whether_the_address_is_free_taken_or_disabled(db) {
        for policy in [Confirmation::Off, Confirmation::Optional, Confirmation::Required] {
            let app = db.app_with(|config| {
                inbox(config);
                config.confirmation = policy;
            })
            .await;
            let tag = format!("{policy:?}").to_lowercase();
            let ask = async |email: &str| {
                let body = json!({"email": format!("{tag}{email}@example.org"), "password": PASSWORD});
                app.anonymous().post("/api/users", &body).await
            };
            let free = shape(&ask("one").await);
            ask("gone").await;
            let gone = app.auth.users().find(&format!("{tag}gone@example.org")).await.unwrap().id;
            app.auth.users().disable(gone).await.unwrap();

            assert_eq!(shape(&ask("one").await), free);
            assert_eq!(shape(&ask("ONE").await), free);
            assert_eq!(shape(&ask("gone").await), free);
            assert_eq!(kinds(&app, &format!("{tag}one@example.org")).await[0], "account-exists");
        }
    }

    async fn a_taken_user_name_is_said_to_be_taken(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let body = json!({"username": "Miguel", "email": "other@example.org", "password": PASSWORD});

        let answer = app.anonymous().post("/api/users", &body).await;

        assert_eq!(answer.fault(), (409, "conflict", "username"));
    }

    async fn over_the_limit_of_an_hour_nothing_is_said_and_nothing_is_mailed(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        for n in 0..20_u8 {
            let caller = app.anonymous().from([198, 51, 100, n]);
            let answer = caller.post("/api/recovery", &json!({"login": "miguel"})).await;
            assert_eq!(shape(&answer).0, 202);
        }
        let resets = kinds(&app, ADDRESS).await.iter().filter(|kind| *kind == "reset").count();
        assert_eq!(resets, 5);

        app.pass(3600);
        recover(&app, ADDRESS).await;
        assert_eq!(kinds(&app, ADDRESS).await.iter().filter(|kind| *kind == "reset").count(), 6);
    }

    async fn the_last_link_within_the_limit_stays_good(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        for _ in 0..5 {
            recover(&app, "miguel").await;
        }
        let last = by_token(&app, ADDRESS, "reset").await;

        recover(&app, "miguel").await;

        let answer = super::reset(&app, last, super::NEW_PASSWORD).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    async fn one_network_causes_so_many_mails_whoever_they_are_for(db) {
        let app = app(&db).await;
        for n in 0..60 {
            let new = json!({"email": format!("user{n}@example.org"), "password": PASSWORD});
            app.anonymous().post("/api/users", &new).await;
        }

        let count = async || {
            let mut mails = 0;
            for n in 0..60 {
                let kinds = kinds(&app, &format!("user{n}@example.org")).await;
                mails += kinds.iter().filter(|kind| *kind == "reset").count();
            }
            mails
        };
        for n in 0..60 {
            recover(&app, &format!("user{n}@example.org")).await;
        }

        assert_eq!(count().await, 50);
    }

    async fn sign_ups_with_a_taken_address_do_not_flood_its_owner_nor_use_up_their_recovery(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        for n in 0..20 {
            sign_up(&app, &format!("other{n}"), ADDRESS).await;
        }
        recover(&app, "miguel").await;

        let kinds = kinds(&app, ADDRESS).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "account-exists").count(), 5, "{kinds:?}");
        assert_eq!(kinds[0], "reset");
        assert_eq!(db.count("users").await, 1);
    }
}
