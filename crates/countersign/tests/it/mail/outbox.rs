//! The outbox: each event is mailed once, whatever the server does, and nobody waits for it.

use std::time::{Duration, Instant};

use countersign::{MailState, Transport};
use serde_json::json;

use super::{
    ADDRESS,
    sink::{Manner, Sink},
};
use crate::support::{App, PASSWORD, on_both_engines};

async fn sign_up(app: &App, n: usize) {
    let body = json!({"email": format!("user{n}@example.org"), "password": PASSWORD});
    assert_eq!(app.anonymous().post("/api/users", &body).await.status, 202);
}

/// Waits for what the senders do beside the requests.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn states(app: &App) -> Vec<MailState> {
    app.auth.mails().recent(100).await.unwrap().iter().map(|mail| mail.state).collect()
}

async fn settled(app: &App) {
    until("every mail is settled", async || {
        let states = states(app).await;
        states.iter().all(|state| matches!(state, MailState::Sent | MailState::GivenUp))
    })
    .await;
}

on_both_engines! {
    async fn two_processes_send_each_mail_once(db) {
        let sink = Sink::start(Manner::Takes).await;
        let one = db.app_with(|config| sink.configure(config)).await;
        let clock = countersign::Clock::manual(crate::support::START);
        let other = db.app_at(clock, |config| sink.configure(config)).await;

        for n in 0..40 {
            sign_up(if n % 2 == 0 { &one } else { &other }, n).await;
        }
        settled(&one).await;

        let mut recipients = sink.recipients();
        recipients.sort();
        recipients.dedup();
        assert_eq!((sink.count(), recipients.len()), (40, 40));
        let kept = "SELECT CAST(COUNT(*) AS TEXT) FROM mails WHERE sealed IS NOT NULL";
        assert_eq!(db.value(kept).await.as_deref(), Some("0"), "what was sent is forgotten");
    }

    async fn a_mail_that_is_deferred_is_tried_again_later_and_later(db) {
        let sink = Sink::start(Manner::Defers).await;
        let app = db.app_with(|config| sink.configure(config)).await;
        sign_up(&app, 1).await;
        let attempts = async |number| {
            until("an attempt fails", async || {
                let mails = app.auth.mails().recent(1).await.unwrap();
                mails[0].attempts == number && mails[0].state == MailState::Waiting
            })
            .await;
        };

        attempts(1).await;
        app.pass(30);
        attempts(2).await;
        app.pass(30);
        tokio::time::sleep(Duration::from_millis(2500)).await;
        attempts(2).await;
        sink.behave(Manner::Takes);
        app.pass(30);
        settled(&app).await;

        assert_eq!((sink.count(), states(&app).await), (1, vec![MailState::Sent]));
    }

    async fn a_mail_whose_link_would_be_dead_is_given_up(db) {
        let sink = Sink::start(Manner::Defers).await;
        let app = db.app_with(|config| sink.configure(config)).await;
        sign_up(&app, 1).await;

        for _ in 0..12 {
            app.pass(600);
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        settled(&app).await;

        assert_eq!(states(&app).await, [MailState::GivenUp]);
        assert_eq!(sink.count(), 0);
    }

    async fn a_refused_mail_is_given_up_at_once(db) {
        let sink = Sink::start(Manner::Refuses).await;
        let app = db.app_with(|config| sink.configure(config)).await;

        sign_up(&app, 1).await;
        settled(&app).await;

        let mail = app.auth.mails().recent(1).await.unwrap().remove(0);
        assert_eq!((mail.state, mail.attempts), (MailState::GivenUp, 1));
        assert!(mail.failure.unwrap().contains("550"));
    }

    async fn a_mail_that_may_have_been_taken_is_not_sent_again(db) {
        let sink = Sink::start(Manner::Vanishes).await;
        let app = db.app_with(|config| sink.configure(config)).await;

        sign_up(&app, 1).await;
        settled(&app).await;
        sink.behave(Manner::Takes);
        app.pass(7200);
        sign_up(&app, 2).await;
        settled(&app).await;

        assert_eq!(sink.recipients(), ["user1@example.org", "user2@example.org"]);
    }

    async fn what_an_ended_process_had_taken_is_not_sent_again(db) {
        let quiet = db.app_with(super::inbox).await;
        sign_up(&quiet, 1).await;
        db.execute("UPDATE mails SET sent_at = NULL, next_at = created_at, claimed_at = created_at,
            attempts = 1").await;
        let sink = Sink::start(Manner::Takes).await;
        let app = db.app_with(|config| sink.configure(config)).await;

        app.pass(901);
        app.auth.purge().await.unwrap();
        sign_up(&app, 2).await;
        until("the second is sent", async || sink.count() > 0).await;

        assert_eq!(sink.recipients(), ["user2@example.org"]);
        let mut states = states(&app).await;
        states.sort_by_key(|state| format!("{state:?}"));
        assert!(states.contains(&MailState::GivenUp), "{states:?}");
    }

    async fn a_server_that_is_away_or_asleep_slows_no_request(db) {
        let sink = Sink::start(Manner::Sleeps).await;
        let app = db.app_with(|config| sink.configure(config)).await;
        let gone = db.app_with(|config| {
            config.mail.transport = Transport::Smtp;
            config.mail.from = "Countersign <no-reply@example.org>".into();
            config.mail.smtp_url = Some("smtp://127.0.0.1:9?tls=none".into());
        })
        .await;

        let begun = Instant::now();
        for n in 0..20 {
            sign_up(if n % 2 == 0 { &app } else { &gone }, n).await;
        }

        let passed = begun.elapsed();
        assert!(passed < Duration::from_secs(5), "20 sign-ups took {passed:?}");
    }

    async fn a_mail_goes_to_the_one_address_that_is_stored_and_names_its_row(db) {
        let sink = Sink::start(Manner::Takes).await;
        let app = db.app_with(|config| sink.configure(config)).await;
        let body = json!({"email": "Miguel@Example.org", "password": PASSWORD});

        app.anonymous().post("/api/users", &body).await;
        settled(&app).await;

        let id = app.auth.mails().recent(1).await.unwrap().remove(0).id;
        assert_eq!(sink.recipients(), ["Miguel@Example.org"]);
        assert!(sink.text(0).contains(&format!("Message-ID: <{id}@127.0.0.1>")), "{}", sink.text(0));
        assert!(!sink.text(0).contains(ADDRESS));
    }

    async fn only_an_inbox_can_be_looked_into(db) {
        let sink = Sink::start(Manner::Takes).await;
        let app = db.app_with(|config| sink.configure(config)).await;

        assert!(app.auth.mails().inbox(10).await.is_err());
        assert!(db.app().await.auth.mails().inbox(10).await.is_err());
    }
}
