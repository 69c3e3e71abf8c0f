//! Proofs of work, and the wait of whoever has no script.

use countersign::{Config, ProofMode, proto::proof::solve};
use serde_json::{Value, json};

use crate::support::{
    Answer, App, Browser, Caller, Database, PASSWORD, at_once, on_both_engines, with_status,
};

const BITS: u32 = 6;

fn asked(config: &mut Config) {
    config.sign_up.proof = ProofMode::On;
    config.sign_up.proof_bits = BITS;
}

async fn app(db: &Database) -> App {
    db.app_with(asked).await
}

/// A challenge, and what was found for it.
async fn work(app: &App) -> Value {
    let answer = app
        .anonymous()
        .json()
        .send("POST".parse().unwrap(), "/api/sign-up/challenge", axum::body::Body::empty())
        .await;
    assert_eq!((answer.status, answer.body["bits"].as_u64()), (200, Some(BITS.into())));
    let challenge = answer.body["challenge"].as_str().unwrap();
    json!({"challenge": challenge, "nonce": solve(challenge, BITS)})
}

async fn sign_up(caller: &Caller, name: &str, proof: Value) -> Answer {
    let mut body = json!({"username": name, "password": PASSWORD});
    if !proof.is_null() {
        body["proof"] = proof;
    }
    caller.post("/api/users", &body).await
}

/// A form of somebody without a script.
async fn submit(browser: &mut Browser, name: &str, ticket: &str) -> Answer {
    let fields = [("username", name), ("password", PASSWORD), ("wait_ticket", ticket)];
    browser.submit("/sign-up", &fields).await
}

/// A ticket, as the page has it in its form.
async fn ticket(app: &App, address: [u8; 4]) -> (i64, String) {
    let client = countersign::Client::at(address.into());
    let wait = app.auth.users().toll(&client).await.unwrap().unwrap().wait;
    (wait.seconds, wait.ticket)
}

on_both_engines! {
    async fn where_work_is_asked_for_nobody_gets_in_without_it(db) {
        let app = app(&db).await;
        let nobody = app.anonymous();

        let needed = (403, "proof_required", "proof");
        assert_eq!(sign_up(&nobody, "miguel", json!(null)).await.fault(), needed);
        let proof = work(&app).await;
        for wrong in [
            json!({"challenge": proof["challenge"], "nonce": "x".repeat(65)}),
            json!({"challenge": "", "nonce": "0"}),
            json!({"challenge": "AAAA", "nonce": "0"}),
            json!({"challenge": proof["challenge"].as_str().unwrap().to_lowercase(), "nonce": "0"}),
        ] {
            assert_eq!(sign_up(&nobody, "miguel", wrong).await.fault(), needed);
        }
        assert_eq!(db.count("users").await, 0);

        assert_eq!(sign_up(&nobody, "miguel", proof.clone()).await.status, 201);
        assert_eq!(sign_up(&nobody, "susan", proof).await.fault(), needed, "it is spent");
    }

    async fn a_spent_proof_asks_after_no_name_and_has_nothing_hashed(db) {
        let app = app(&db).await;
        let proof = work(&app).await;
        assert_eq!(sign_up(&app.anonymous(), "miguel", proof.clone()).await.status, 201);

        // Whether a name is taken is looked at before anything is hashed.
        let again = sign_up(&app.anonymous(), "miguel", proof).await;

        assert_eq!(again.fault(), (403, "proof_required", "proof"));
    }

    async fn of_twenty_uses_of_one_proof_at_once_one_gets_through(db) {
        let app = app(&db).await;
        let proof = work(&app).await;

        let answers = at_once(20, |n| {
            let (app, proof) = (app.clone(), proof.clone());
            async move { sign_up(&app.anonymous(), &format!("user{n}"), proof).await }
        })
        .await;

        assert_eq!((with_status(&answers, 201), with_status(&answers, 403)), (1, 19), "{answers:?}");
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_proof_is_good_for_ten_minutes_and_spent_for_longer(db) {
        let app = app(&db).await;
        let (one, other, late) = (work(&app).await, work(&app).await, work(&app).await);
        assert_eq!(sign_up(&app.anonymous(), "one", one.clone()).await.status, 201);

        app.pass(599);
        assert_eq!(sign_up(&app.anonymous(), "two", other).await.status, 201);
        app.auth.purge().await.unwrap();
        assert_eq!(sign_up(&app.anonymous(), "x", one.clone()).await.status, 403);
        app.pass(1);
        assert_eq!(sign_up(&app.anonymous(), "x", late).await.refusal(), (403, "proof_required"));
        app.pass(100_000);
        app.auth.purge().await.unwrap();
        assert_eq!(db.count("spent_proofs").await, 0);
        assert_eq!(sign_up(&app.anonymous(), "x", one).await.status, 403);
    }

    async fn a_challenge_of_another_service_is_none(db) {
        let app = app(&db).await;
        let other = countersign::Auth::builder("sqlite::memory:").secret([8; 32]).configure(asked);
        let challenge = other.open().await.unwrap().proofs().challenge().challenge;
        let foreign = json!({"challenge": challenge, "nonce": solve(&challenge, BITS)});

        let answer = sign_up(&app.anonymous(), "miguel", foreign).await;

        assert_eq!(answer.fault(), (403, "proof_required", "proof"));
    }

    async fn a_sign_up_that_fails_leaves_the_proof_good(db) {
        let app = app(&db).await;
        let proof = work(&app).await;
        sign_up(&app.anonymous(), "miguel", work(&app).await).await;

        assert_eq!(sign_up(&app.anonymous(), "Miguel", proof.clone()).await.status, 409);
        assert_eq!(sign_up(&app.anonymous(), "susan", proof).await.status, 201);
    }

    async fn the_page_takes_work_from_a_script(db) {
        let app = app(&db).await;
        let proof = work(&app).await;
        let mut browser = app.browser();
        assert_eq!(browser.open("/sign-up").await.status, 200);

        let fields = [("username", "miguel"), ("password", PASSWORD),
            ("proof_challenge", proof["challenge"].as_str().unwrap()),
            ("proof_nonce", proof["nonce"].as_str().unwrap())];
        assert_eq!(browser.submit("/sign-up", &fields[..2]).await.status, 422);
        let answer = browser.submit("/sign-up", &fields).await;

        assert_eq!(answer.status, 303);
        assert_eq!(browser.who().await, "miguel");
    }

    async fn whoever_has_no_script_waits_and_sends_the_form_again(db) {
        let app = app(&db).await;
        let mut browser = app.browser();
        let (seconds, ticket) = ticket(&app, [192, 0, 2, 1]).await;
        assert_eq!(seconds, 10);

        app.pass(9);
        let early = submit(&mut browser, "miguel", &ticket).await;
        app.pass(1);
        let elsewhere = submit(&mut browser.from([198, 51, 100, 1]), "miguel", &ticket).await;
        let waited = submit(&mut browser, "miguel", &ticket).await;
        let again = submit(&mut app.browser(), "susan", &ticket).await;

        assert_eq!((early.status, early.header("retry-after")), (422, "1"));
        assert_eq!((elsewhere.status, waited.status, again.status), (422, 303, 422));
        assert_eq!(db.count("users").await, 1);
        let as_work = json!({"challenge": ticket, "nonce": "0"});
        assert_eq!(sign_up(&app.anonymous(), "x", as_work).await.status, 403);
    }

    async fn a_ticket_is_good_for_ten_minutes_after_its_wait(db) {
        let app = app(&db).await;
        let tickets =
            [ticket(&app, [192, 0, 2, 1]).await.1, ticket(&app, [192, 0, 2, 1]).await.1];

        app.pass(609);
        assert_eq!(submit(&mut app.browser(), "miguel", &tickets[0]).await.status, 303);
        app.pass(1);
        assert_eq!(submit(&mut app.browser(), "susan", &tickets[1]).await.status, 422);
    }
}
