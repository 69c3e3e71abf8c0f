//! Pauses: when they begin, how they grow, whom they concern.

use serde_json::json;

use crate::support::{App, Caller, PASSWORD, at_once, on_both_engines, with_status};

const ELSEWHERE: [u8; 4] = [203, 0, 113, 9];

/// Guesses wrongly so often, each time from another address.
async fn guess(app: &App, username: &str, times: u32) {
    for n in 0..times {
        let [_, _, c, d] = n.to_be_bytes();
        let answer = app.basic(username, "wrong").from([198, 18, c, d]).get("/me").await;
        assert_eq!(answer.refusal(), (401, "invalid_credentials"), "guess {n}");
    }
}

async fn wait_of(caller: &Caller) -> i64 {
    let answer = caller.get("/me").await;
    assert_eq!(answer.refusal(), (429, "too_many_requests"));
    answer.header("retry-after").parse().unwrap()
}

on_both_engines! {
    async fn after_ten_wrong_passwords_the_account_pauses_at_every_address(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        guess(&app, "miguel", 10).await;

        assert_eq!(wait_of(&miguel.from(ELSEWHERE)).await, 1, "the right one, too");
        assert_eq!(wait_of(&app.basic("miguel", "wrong")).await, 1);
        let body = json!({"username": "MIGUEL", "password": PASSWORD});
        let login = app.anonymous().post("/api/tokens", &body).await;
        assert_eq!(login.refusal(), (429, "too_many_requests"));
        app.pass(1);
        assert_eq!(miguel.from(ELSEWHERE).get("/me").await.status, 200);
    }

    async fn those_who_are_told_to_wait_take_no_room_from_others(db) {
        let app = db.app_with(|c| c.hashing.queue = 64).await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        guess(&app, "miguel", 10).await;

        for _ in 0..100 {
            wait_of(&miguel.from(ELSEWHERE)).await;
        }

        assert_eq!(susan.from(ELSEWHERE).get("/me").await.status, 200);
    }

    async fn nine_wrong_passwords_cost_nothing(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        guess(&app, "miguel", 9).await;

        assert_eq!(miguel.from(ELSEWHERE).get("/me").await.status, 200);
    }

    async fn a_right_password_forgives_the_accounts_failures_at_every_door(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let body = json!({"username": "miguel", "password": PASSWORD});

        guess(&app, "miguel", 9).await;
        let basic = app.basic("miguel", PASSWORD).from([203, 0, 113, 1]);
        assert_eq!(basic.get("/me").await.status, 200);
        guess(&app, "miguel", 9).await;
        let program = app.anonymous().from([203, 0, 113, 2]);
        assert_eq!(program.post("/api/tokens", &body).await.status, 200);
        guess(&app, "miguel", 9).await;
        let mut browser = app.browser().from([203, 0, 113, 3]);
        assert_eq!(browser.log_in("miguel").await.status, 303);

        guess(&app, "miguel", 9).await;
        assert_eq!(app.basic("miguel", PASSWORD).from(ELSEWHERE).get("/me").await.status, 200);
    }

    async fn a_right_password_forgives_failures_though_it_lets_nobody_in(db) {
        let app = db.app_with(|c| c.confirmation = countersign::Confirmation::Required).await;
        let mail = json!({"username": "miguel", "email": "miguel@example.org", "password": PASSWORD});
        app.anonymous().post("/api/users", &mail).await;
        let body = json!({"username": "miguel", "password": PASSWORD});

        for door in 1..=3 {
            guess(&app, "miguel", 9).await;
            let program = app.anonymous().from([203, 0, 113, door]);
            let refused = program.post("/api/tokens", &body).await;
            assert_eq!(refused.refusal(), (403, "unconfirmed"), "{door}");
        }
    }

    async fn pauses_double_up_to_an_hour(db) {
        let app = db.app().await;
        app.user("miguel").await;
        guess(&app, "miguel", 10).await;

        for expected in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600] {
            let thief = app.basic("miguel", "wrong").from(ELSEWHERE);
            assert_eq!(wait_of(&thief).await, expected);
            app.pass(expected - 1);
            assert_eq!(wait_of(&thief).await, 1);
            app.pass(1);
            assert_eq!(thief.get("/me").await.status, 401, "one guess after each pause");
        }
    }

    async fn an_unknown_name_pauses_in_the_same_bytes(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let spelled = |n: u32| if n.is_multiple_of(2) { "Nobody" } else { "ｎobody" };

        for n in 0..10_u32 {
            let [_, _, c, d] = n.to_be_bytes();
            let nobody = app.basic(spelled(n), "wrong").from([198, 18, c, d]).get("/me").await;
            let miguel = app.basic("miguel", "wrong").from([198, 18, c, d]).get("/me").await;
            assert_eq!(nobody, miguel, "guess {n}");
        }

        let nobody = app.basic("nobody", "wrong").from(ELSEWHERE).get("/me").await;
        assert_eq!(nobody.refusal(), (429, "too_many_requests"));
        assert_eq!(app.basic("miguel", "wrong").from(ELSEWHERE).get("/me").await, nobody);
    }

    async fn an_address_pauses_after_fifty_wrong_passwords_for_whomever(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        for n in 0..50 {
            let answer = app.basic(&format!("user{n}"), "wrong").from(ELSEWHERE).get("/me").await;
            assert_eq!(answer.status, 401, "{n}");
        }

        assert_eq!(wait_of(&miguel.from(ELSEWHERE)).await, 1);
        assert_eq!(miguel.get("/me").await.status, 200, "from elsewhere as ever");
    }

    async fn ones_own_successes_buy_no_guesses_at_others(db) {
        let app = db.app().await;
        app.user("victim").await;
        let eve = app.user("eve").await.from(ELSEWHERE);

        for n in 0..10 {
            assert_eq!(eve.get("/me").await.status, 200);
            let guess = app.basic("victim", "wrong").from(ELSEWHERE).get("/me").await;
            assert_eq!(guess.status, 401, "{n}");
            assert_eq!(eve.get("/me").await.status, 200);
        }

        assert_eq!(wait_of(&app.basic("victim", "wrong").from(ELSEWHERE)).await, 1);
        for n in 0..40 {
            assert_eq!(eve.get("/me").await.status, 200, "a known device of her own");
            app.basic(&format!("user{n}"), "wrong").from(ELSEWHERE).get("/me").await;
        }
        let spray = app.basic("somebody", "wrong").from(ELSEWHERE);
        assert_eq!(wait_of(&spray).await, 1, "the address pays for what it guessed");
    }

    async fn accounts_of_ones_own_buy_an_address_no_guesses(db) {
        let app = db.app_with(|config| config.throttle.address_failures = 5).await;

        for n in 0..5 {
            let own = app.user(&format!("eve{n}")).await.from(ELSEWHERE);
            let wrong = app.basic(&format!("eve{n}"), "wrong").from(ELSEWHERE);
            assert_eq!(wrong.get("/me").await.status, 401, "{n}");
            let right = own.get("/me").await.status;
            assert_eq!(right, if n < 4 { 200 } else { 429 }, "the fifth failure is the last");
        }
    }

    async fn a_hundred_guesses_at_once_verify_no_more_passwords_than_are_free(db) {
        let app = db.app().await;
        app.user("miguel").await;

        let answers = at_once(100, |n| {
            let [.., c, d] = u32::try_from(n).unwrap().to_be_bytes();
            let caller = app.basic("miguel", "wrong").from([198, 18, c, d]);
            async move { caller.get("/me").await }
        })
        .await;

        assert!(with_status(&answers, 401) <= 10, "{} were verified", with_status(&answers, 401));
        assert_eq!(with_status(&answers, 401) + with_status(&answers, 429), 100);
    }

    async fn guessing_the_current_password_with_a_stolen_token_is_throttled_like_a_login(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;
        let thief = session.from(ELSEWHERE);
        let body = json!({"current_password": "wrong", "new_password": "quite another sentence"});

        for _ in 0..10 {
            assert_eq!(thief.put("/api/me/password", &body).await.status, 403);
        }

        let answer = thief.put("/api/me/password", &body).await;
        assert_eq!(answer.refusal(), (429, "too_many_requests"));
    }

    async fn failures_are_forgotten_after_a_day(db) {
        let app = db.app().await;
        app.user("miguel").await;
        guess(&app, "miguel", 9).await;

        app.pass(86_400);
        guess(&app, "miguel", 9).await;

        app.pass(86_400);
        app.auth.purge().await.unwrap();
        assert_eq!(db.count("throttles").await, 0);
    }

    async fn pauses_hold_over_a_restart_and_for_every_process(db) {
        let app = db.app().await;
        app.user("miguel").await;
        guess(&app, "miguel", 10).await;

        let there = app.neighbour().await;
        assert_eq!(wait_of(&there.basic("miguel", PASSWORD).from(ELSEWHERE)).await, 1);
        let app = app.restart().await;
        assert_eq!(wait_of(&app.basic("miguel", PASSWORD).from(ELSEWHERE)).await, 1);
    }

    async fn throttling_can_be_left_to_something_in_front(db) {
        let app = db.app_with(|c| c.throttle.mode = countersign::ThrottleMode::Off).await;
        let miguel = app.user("miguel").await;

        guess(&app, "miguel", 30).await;

        assert_eq!(miguel.get("/me").await.status, 200);
    }
}
