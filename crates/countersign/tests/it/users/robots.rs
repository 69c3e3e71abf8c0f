//! Robots: how often a network may sign up, when that costs work, and a field that nobody sees.

use countersign::{Config, ProofMode, ThrottleMode, proto::proof::solve};
use serde_json::json;

use crate::{
    mail::{ADDRESS, inbox, kinds},
    support::{Answer, App, Caller, PASSWORD, at_once, on_both_engines, with_status},
};

fn few(config: &mut Config) {
    config.sign_up.per_address_hour = 3;
}

async fn sign_up(caller: &Caller, name: &str) -> Answer {
    caller.post("/api/users", &json!({"username": name, "password": PASSWORD})).await
}

/// The answer without cookies and what else is random.
fn shape(answer: &Answer) -> (u16, String, String, Vec<String>) {
    let names = answer.cookies().into_iter().map(|(name, ..)| name).collect();
    let text = answer.text();
    let mut forms = text.split("csrf_token\" value=\"");
    let before = forms.next().unwrap().to_owned();
    let text = forms.fold(before, |text, rest| text + rest.split_once('"').unwrap().1);
    (answer.status, answer.header("location").to_owned(), text, names)
}

async fn flood(app: &App, count: u8) {
    for n in 0..count {
        let answer = sign_up(&app.anonymous().from([198, 51, 100, n]), &format!("many{n}")).await;
        assert_eq!(answer.status, 201, "{n}: {answer:?}");
    }
}

on_both_engines! {
    async fn one_address_makes_so_many_accounts_in_an_hour_by_whatever_door(db) {
        let app = db.app_with(few).await;
        app.pass(600);
        let (nobody, mut browser) = (app.anonymous(), app.browser());
        for n in 0..2 {
            assert_eq!(sign_up(&nobody, &format!("user{n}")).await.status, 201);
        }
        let fields = [("username", "user2"), ("password", PASSWORD)];
        assert_eq!(browser.submit("/sign-up", &fields).await.status, 303);

        let refused = sign_up(&nobody, "user3").await;
        let fields = [("username", "user4"), ("password", PASSWORD)];
        let on_page = app.browser().submit("/sign-up", &fields).await;

        assert_eq!(refused.refusal(), (429, "too_many_requests"));
        assert_eq!(refused.header("retry-after"), "3000");
        assert_eq!((on_page.status, on_page.header("retry-after")), (429, "3000"));
        assert_eq!(sign_up(&nobody.from([198, 51, 100, 1]), "user5").await.status, 201);
        app.pass(3000);
        assert_eq!(sign_up(&nobody, "user6").await.status, 201);
    }

    async fn racing_sign_ups_get_no_more_than_one_after_another(db) {
        let app = db.app_with(few).await;

        let answers = at_once(20, |n| {
            let app = app.clone();
            async move { sign_up(&app.anonymous(), &format!("user{n}")).await }
        })
        .await;

        assert_eq!((with_status(&answers, 201), with_status(&answers, 429)), (3, 17), "{answers:?}");
        assert_eq!(db.count("users").await, 3);
    }

    async fn what_is_wrong_with_the_form_counts_for_nothing_and_a_taken_address_as_a_free_one(db) {
        let app = db.app_with(|config| { inbox(config); few(config) }).await;
        let nobody = app.anonymous();
        for body in [
            json!({"password": PASSWORD}), json!({"username": "x", "password": "short"}),
            json!({"email": "x", "password": PASSWORD}), json!({"username": "a@b", "password": PASSWORD}),
        ] {
            for _ in 0..3 {
                assert_eq!(nobody.post("/api/users", &body).await.status, 400);
            }
        }

        let body = json!({"email": ADDRESS, "password": PASSWORD});
        for _ in 0..3 {
            assert_eq!(nobody.post("/api/users", &body).await.status, 202);
        }

        assert_eq!(nobody.post("/api/users", &body).await.refusal(), (429, "too_many_requests"));
        assert_eq!(db.count("users").await, 1);
    }

    async fn an_address_that_signs_up_often_has_to_work_for_it(db) {
        let app = db.app_with(|config| {
            config.sign_up.proof = ProofMode::Adaptive;
            config.sign_up.proof_bits = 4;
        })
        .await;
        for n in 0..5 {
            assert_eq!(sign_up(&app.anonymous(), &format!("user{n}")).await.status, 201);
        }

        let refused = sign_up(&app.anonymous(), "user5").await;
        let elsewhere = sign_up(&app.anonymous().from([198, 51, 100, 1]), "user6").await;
        let challenge = app.auth.proofs().challenge().challenge;
        let body = json!({"username": "user5", "password": PASSWORD,
            "proof": {"challenge": challenge, "nonce": solve(&challenge, 4)}});
        let worked = app.anonymous().post("/api/users", &body).await;

        assert_eq!(refused.fault(), (403, "proof_required", "proof"));
        assert_eq!((elsewhere.status, worked.status), (201, 201));
        app.pass(3600);
        assert_eq!(sign_up(&app.anonymous(), "user7").await.status, 201);
    }

    async fn when_everybody_together_signs_up_often_everybody_has_to_work_for_it(db) {
        let app = db.app_with(|config| config.sign_up.proof = ProofMode::Adaptive).await;
        flood(&app, 100).await;

        let answer = sign_up(&app.anonymous(), "miguel").await;

        assert_eq!(answer.fault(), (403, "proof_required", "proof"));
        app.pass(3600);
        assert_eq!(sign_up(&app.anonymous(), "miguel").await.status, 201);
    }

    async fn where_nothing_is_throttled_neither_counts(db) {
        let app = db.app_with(|config| {
            few(config);
            config.sign_up.proof = ProofMode::Adaptive;
            config.throttle.mode = ThrottleMode::Off;
        })
        .await;

        for n in 0..8 {
            assert_eq!(sign_up(&app.anonymous(), &format!("user{n}")).await.status, 201);
        }
    }

    async fn a_robot_that_fills_in_what_nobody_sees_is_told_what_everybody_is_and_makes_nobody(db) {
        for mail in [false, true] {
            let app = db.app_with(|config| if mail { inbox(config) }).await;
            let submit = async |name: &str, email: &str, website: &str| {
                let mut browser = app.browser();
                let fields = [("username", name), ("email", email), ("password", PASSWORD),
                    ("website", website), ("next", "/who")];
                let answer = browser.submit("/sign-up", &fields).await;
                (shape(&answer), browser.who().await)
            };
            let name = if mail { "miguel" } else { "susan" };
            let email = format!("{name}@example.org");
            let before = db.count("users").await;

            let robot = submit(name, &email, "https://spam.example").await;
            assert_eq!((db.count("users").await, robot.1.as_str()), (before, "nobody"));
            assert_eq!(db.count("links").await, i64::from(mail), "one that nobody can use");
            if mail {
                assert_eq!(kinds(&app, &email).await, [""; 0]);
            }
            let person = submit(name, &email, "").await;

            assert_eq!(robot.0, person.0);
            assert_eq!(db.count("users").await, before + 1);
            assert_eq!(person.1, if mail { "nobody" } else { name });
            let wrong = submit(name, "no address", "x").await.0;
            assert_eq!(wrong.0, 422, "what is wrong is said to robots too");
        }
    }

    async fn a_robot_mails_nobody_who_has_an_account(db) {
        let app = db.app_with(inbox).await;
        crate::mail::sign_up(&app, "miguel", ADDRESS).await;

        let fields = [("email", ADDRESS), ("password", PASSWORD), ("website", "x")];
        assert_eq!(app.browser().submit("/sign-up", &fields).await.status, 200);

        assert_eq!(kinds(&app, ADDRESS).await, ["confirm"]);
    }
}
