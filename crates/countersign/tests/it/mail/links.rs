//! Links and codes: once, for a time, for one purpose, and the code only where it was asked for.

use countersign::{Peek, Proof, Purpose};
use serde_json::json;

use super::{
    ADDRESS, NEW_PASSWORD, app, by_code, by_token, code, confirm, mail, recover, reset, sign_up,
    token,
};
use crate::support::{at_once, on_both_engines, with_status};

const REFUSED: (u16, &str) = (400, "invalid_grant");

on_both_engines! {
    async fn a_reset_link_works_once_however_many_race(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        let proof = by_token(&app, ADDRESS, "reset").await;

        let answers = at_once(50, |n| {
            let (app, proof) = (app.clone(), proof.clone());
            async move { reset(&app, proof, &format!("{NEW_PASSWORD} {n}")).await }
        })
        .await;

        assert_eq!((with_status(&answers, 204), with_status(&answers, 400)), (1, 49));
        let winner = answers.iter().position(|answer| answer.status == 204).unwrap();
        let password = format!("{NEW_PASSWORD} {winner}");
        assert_eq!(app.basic("miguel", &password).get("/api/me").await.status, 200);
    }

    async fn a_code_works_once_however_many_race(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;
        let proof = by_code(&app, ADDRESS, "confirm", &flow).await;

        let answers = at_once(50, |_| {
            let (app, proof) = (app.clone(), proof.clone());
            async move { confirm(&app, &proof).await }
        })
        .await;

        assert_eq!((with_status(&answers, 204), with_status(&answers, 400)), (1, 49));
    }

    async fn a_code_works_only_with_the_flow_it_was_asked_in(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;
        let other = sign_up(&app, "susan", "susan@example.org").await;
        let code = code(&mail(&app, ADDRESS, "confirm").await);

        for flow in [other.as_str(), "", "unknown"] {
            let answer = confirm(&app, &json!({"flow": flow, "code": code})).await;
            assert_eq!(answer.fault(), (400, "invalid_grant", "code"), "{flow}");
        }
        let typed = code.to_lowercase().replace('-', " ");
        let answer = confirm(&app, &json!({"flow": flow, "code": typed})).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    async fn five_wrong_codes_burn_the_code_and_leave_the_link(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;
        let right = by_code(&app, ADDRESS, "confirm", &flow).await;
        let wrong = json!({"flow": flow, "code": "0000-0000"});

        for _ in 0..5 {
            assert_eq!(confirm(&app, &wrong).await.refusal(), REFUSED);
        }
        let late = confirm(&app, &right).await;
        let link = confirm(&app, &by_token(&app, ADDRESS, "confirm").await).await;

        assert_eq!((late.refusal(), link.status), (REFUSED, 204));
        assert_eq!(late.bytes, confirm(&app, &wrong).await.bytes, "burnt is not told from wrong");
    }

    async fn the_fifth_code_may_be_the_right_one(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;

        for _ in 0..4 {
            confirm(&app, &json!({"flow": flow, "code": "0000-0000"})).await;
        }

        let right = by_code(&app, ADDRESS, "confirm", &flow).await;
        assert_eq!(confirm(&app, &right).await.status, 204);
    }

    async fn of_a_hundred_guesses_at_once_five_are_looked_at(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;

        at_once(100, |n| {
            let app = app.clone();
            let guess = json!({"flow": flow, "code": format!("0000-{n:04}")});
            async move { confirm(&app, &guess).await }
        })
        .await;

        let tries = db.value("SELECT CAST(tries AS TEXT) FROM links").await.unwrap();
        assert_eq!(tries, "5");
    }

    async fn a_link_lives_an_hour_and_its_code_ten_minutes(db) {
        let app = app(&db).await;
        let flow = sign_up(&app, "miguel", ADDRESS).await;
        let by_code = by_code(&app, ADDRESS, "confirm", &flow).await;

        app.pass(600);
        assert_eq!(confirm(&app, &by_code).await.refusal(), REFUSED);
        recover(&app, "miguel").await;
        app.pass(3599);
        let link = by_token(&app, ADDRESS, "reset").await;
        let proof = Proof::Token(link["token"].as_str().unwrap().to_owned().into());
        assert!(app.auth.links().peek(Purpose::Reset, &secret(&proof)).await.unwrap() != Peek::Expired);
        app.pass(1);
        let late = reset(&app, link, NEW_PASSWORD).await;

        assert_eq!(late.refusal(), REFUSED);
        assert!(late.text().contains("expired"), "{late:?}");
    }

    async fn a_later_mail_ends_the_earlier_one(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        let first = by_token(&app, ADDRESS, "reset").await;
        app.pass(1);
        recover(&app, ADDRESS).await;
        let second = by_token(&app, ADDRESS, "reset").await;

        assert_eq!(reset(&app, first, NEW_PASSWORD).await.refusal(), REFUSED);
        assert_eq!(reset(&app, second, NEW_PASSWORD).await.status, 204);
    }

    async fn a_link_is_nothing_for_another_purpose(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        let reset_link = by_token(&app, ADDRESS, "reset").await;
        let confirm_link = by_token(&app, ADDRESS, "confirm").await;

        let crossed = reset(&app, confirm_link.clone(), NEW_PASSWORD).await;
        assert_eq!(crossed.refusal(), REFUSED);
        assert_eq!(confirm(&app, &reset_link).await.refusal(), REFUSED);
        let changed = app.anonymous().post("/api/me/email/confirm", &reset_link).await;
        assert_eq!(changed.refusal(), REFUSED);
        assert_eq!(confirm(&app, &confirm_link).await.status, 204);
    }

    async fn what_is_no_link_of_this_service_is_refused_in_the_same_words(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let good = token(&mail(&app, ADDRESS, "confirm").await);
        let mut flipped = good.clone();
        flipped.replace_range(10..11, if &good[10..11] == "A" { "B" } else { "A" });

        let first = confirm(&app, &json!({"token": ""})).await;
        for foreign in [
            &good[..good.len() - 1], &flipped, "csl_", "' OR 1=1", "eyJhbGciOiJub25lIn0.e30.",
            "csl_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &format!("{good}x"),
            &good.to_uppercase(),
        ] {
            let answer = confirm(&app, &json!({"token": foreign})).await;
            assert_eq!(answer.fault(), (400, "invalid_grant", "token"), "{foreign}");
            assert_eq!(answer.bytes, first.bytes, "{foreign}");
        }
        assert_eq!(confirm(&app, &json!({"token": good})).await.status, 204);
    }

    async fn a_proof_is_a_token_or_a_flow_with_a_code_and_one_of_each(db) {
        let app = app(&db).await;

        for proof in [
            json!({}),
            json!({"flow": "f"}),
            json!({"code": "0000-0000"}),
            json!({"token": "t", "code": "c"}),
            json!({"token": "t", "flow": "f", "code": "c"}),
        ] {
            assert_eq!(confirm(&app, &proof).await.fault(), (400, "invalid_request", "token"));
        }
        let list = json!({"token": ["a", "b"]});
        assert_eq!(confirm(&app, &list).await.refusal(), (400, "invalid_request"));
    }

    async fn looking_at_a_link_uses_nothing(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let text = token(&mail(&app, ADDRESS, "confirm").await);
        let look = async |purpose, text: &str| {
            app.auth.links().peek(purpose, &text.to_owned().into()).await.unwrap()
        };

        for _ in 0..3 {
            let peek = look(Purpose::Confirm, &text).await;
            assert!(matches!(&peek, Peek::Good { email, .. } if email == ADDRESS), "{peek:?}");
        }
        assert_eq!(look(Purpose::Reset, &text).await, Peek::Unknown);
        assert_eq!(look(Purpose::Confirm, "csl_nothing").await, Peek::Unknown);
        assert_eq!(confirm(&app, &json!({"token": text})).await.status, 204);
        assert_eq!(look(Purpose::Confirm, &text).await, Peek::Used);
    }

    async fn an_invitation_is_good_for_a_week(db) {
        let app = app(&db).await;

        app.auth.links().invite("new@example.org", Some("de")).await.unwrap();
        let mail = mail(&app, "new@example.org", "invitation").await;
        let (_, rest) = mail.text.split_once("/sign-up?invitation=").unwrap();
        let text = rest.split_whitespace().next().unwrap();
        let look = async || {
            app.auth.links().peek(Purpose::Invite, &text.to_owned().into()).await.unwrap()
        };

        app.pass(7 * 86_400 - 1);
        assert!(matches!(look().await, Peek::Good { user: None, .. }));
        app.pass(1);
        assert_eq!(look().await, Peek::Expired);
    }
}

fn secret(proof: &Proof) -> countersign::proto::secret::Secret {
    match proof {
        Proof::Token(token) => token.clone(),
        Proof::Code { code, .. } => code.clone(),
    }
}
