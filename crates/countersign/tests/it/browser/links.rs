//! Pages that mailed links lead to: looking at one uses nothing, a dead one says so and stays here.

use countersign::{InboxReaders, Transport};

use crate::{
    mail::{self, ADDRESS, NEW_PASSWORD},
    support::{App, Browser, PASSWORD, on_both_engines},
};

/// A link of the latest mail of this kind, without the host.
async fn link(app: &App, kind: &str) -> String {
    let mail = mail::mail(app, ADDRESS, kind).await;
    let (_, rest) = mail.text.split_once("https://auth.example.org").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn forget(app: &App) -> Browser {
    let mut browser = app.browser();
    let answer = browser.submit("/forgot-password", &[("login", ADDRESS)]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    browser
}

fn token(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

async fn log_in(app: &App, password: &str) -> u16 {
    app.browser().submit("/login", &[("login", "miguel"), ("password", password)]).await.status
}

on_both_engines! {
    async fn a_forgotten_password_is_reset_by_the_link_and_nobody_is_logged_in_by_it(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut before = app.browser();
        before.log_in("miguel").await;
        forget(&app).await;
        let link = link(&app, "reset").await;
        let mut browser = app.browser();

        for _ in 0..3 {
            let page = browser.open(&link).await;
            assert_eq!(page.status, 200, "{page:?}");
            assert_eq!(page.header("referrer-policy"), "no-referrer");
        }
        let form = [("token", token(&link)), ("new_password", NEW_PASSWORD)];
        let answer = browser.submit("/reset-password", &form).await;

        assert_eq!(answer.location(), "/login?notice=reset");
        assert_eq!(browser.session(), None);
        assert_eq!(before.who().await, "nobody");
        assert_eq!((log_in(&app, PASSWORD).await, log_in(&app, NEW_PASSWORD).await), (422, 303));
        assert!(mail::kinds(&app, ADDRESS).await.contains(&"password-changed".to_owned()));
    }

    async fn the_code_resets_in_the_browser_that_asked_and_in_no_other(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = forget(&app).await;
        let code = mail::code(&mail::mail(&app, ADDRESS, "reset").await);
        let form = [("code", code.as_str()), ("new_password", NEW_PASSWORD)];

        let elsewhere = app.browser().submit("/reset-password", &form).await;
        let typed = browser.submit("/reset-password", &[("code", &code)]).await;
        let here = browser.submit("/reset-password", &form).await;

        assert_eq!(elsewhere.status, 422);
        assert_eq!(typed.status, 200);
        assert_eq!(here.location(), "/login?notice=reset");
    }

    async fn a_refused_password_leaves_the_link_good(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        forget(&app).await;
        let link = link(&app, "reset").await;
        let mut browser = app.browser();

        for weak in ["short", "password", "miguel-miguel"] {
            let form = [("token", token(&link)), ("new_password", weak)];
            let answer = browser.submit("/reset-password", &form).await;
            assert_eq!(answer.status, 422, "{weak}: {answer:?}");
            assert!(!answer.text().contains(&format!("value=\"{weak}\"")));
        }
        let form = [("token", token(&link)), ("new_password", NEW_PASSWORD)];
        assert_eq!(browser.submit("/reset-password", &form).await.status, 303);
    }

    async fn a_confirming_link_is_a_page_with_a_button(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let link = link(&app, "confirm").await;

        for _ in 0..3 {
            assert_eq!(app.browser().open(&link).await.status, 200);
        }
        assert!(!mail::is_confirmed(&app, "miguel").await);
        let answer = app.browser().submit("/confirm", &[("token", token(&link))]).await;

        assert_eq!(answer.location(), "/login?notice=confirmed");
        assert!(mail::is_confirmed(&app, "miguel").await);
        assert_eq!(app.browser().open(&link).await.status, 410);
    }

    async fn a_dead_link_says_what_happened_and_leads_nowhere_else(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        forget(&app).await;
        let confirm = link(&app, "confirm").await;
        let reset = link(&app, "reset").await;
        let truncated = &token(&reset)[..40];
        let foreign = format!("csl_{}", "A".repeat(49));

        for (page, right) in [("/confirm", &confirm), ("/reset-password", &reset), ("/change-email", &reset)] {
            let wrong = if page == "/change-email" { token(right) } else { truncated };
            for token in [wrong, &foreign, "", "x", "%00", "%22%3E%3Cscript%3E", "//evil.example"] {
                let answer = app.browser().open(&format!("{page}?token={token}")).await;
                assert_eq!(answer.status, 404, "{page} {token}: {answer:?}");
                let form = [("token", token), ("new_password", NEW_PASSWORD)];
                let sent = app.browser().submit(page, &form).await;
                assert!([404, 422].contains(&sent.status), "{page} {token}: {sent:?}");
            }
        }
        app.pass(3601);
        for link in [&confirm, &reset] {
            let answer = app.browser().open(link).await;
            assert_eq!(answer.status, 410, "{answer:?}");
        }
        assert_eq!(log_in(&app, PASSWORD).await, 303);
    }

    async fn asking_for_a_mail_looks_the_same_for_everybody(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;

        for (page, field) in [("/forgot-password", "login"), ("/confirm/resend", "email")] {
            let mut browser = app.browser();
            browser.open(page).await;
            let known = browser.submit(page, &[(field, ADDRESS)]).await;
            let unknown = browser.submit(page, &[(field, "nobody@example.org")]).await;
            assert_eq!(known.status, 200, "{known:?}");
            assert_eq!(known.text().replace(ADDRESS, "nobody@example.org"), unknown.text());
            assert_eq!(known.headers, unknown.headers);
        }
    }

    async fn a_new_browser_is_told_to_the_owner_and_a_known_one_is_not(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut known = app.browser();
        known.log_in("miguel").await;
        known.log_in("miguel").await;
        let first = mail::kinds(&app, ADDRESS).await;

        app.browser().from([198, 51, 100, 7]).log_in("miguel").await;

        let count = |kinds: &[String]| kinds.iter().filter(|kind| *kind == "new-device").count();
        assert_eq!(count(&first), 0);
        assert_eq!(count(&mail::kinds(&app, ADDRESS).await), 1);
        assert!(mail::mail(&app, ADDRESS, "new-device").await.text.contains("198.51.100.7"));
    }

    async fn a_remembered_login_used_elsewhere_is_told_to_the_owner(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut owner = app.browser();
        owner.log_in_remembered("miguel").await;
        let mut thief = owner.clone();
        thief.cookies.remove("__Host-session");
        app.pass(7201);
        owner.open("/restore").await;
        app.pass(60);

        thief.open("/restore").await;
        thief.open("/restore").await;

        let kinds = mail::kinds(&app, ADDRESS).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "session-stolen").count(), 1);
    }

    async fn the_inbox_is_for_administrators_where_nobody_said_otherwise(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        app.auth.users().confirm(app.auth.users().find("miguel").await.unwrap().id).await.unwrap();
        let mut member = app.browser();
        member.log_in("miguel").await;

        assert_eq!(app.browser().open("/inbox").await.status, 404);
        assert_eq!(member.open("/inbox").await.status, 404);
        let id = app.auth.users().find("miguel").await.unwrap().id;
        app.auth.roles().grant(id, "admin").await.unwrap();
        assert_eq!(member.open("/inbox").await.status, 200);
    }

    async fn an_inbox_for_anybody_is_none_for_a_page_whose_name_was_made_to_lead_here(db) {
        let app = db
            .app_with(|config| {
                config.public_url = "http://auth.test:8080".into();
                config.mail.transport = Transport::Inbox;
                config.mail.inbox = InboxReaders::Anybody;
            })
            .await;
        let status = async |host: &str| app.browser().header("host", host).open("/inbox").await.status;

        for own in ["127.0.0.1:8080", "localhost", "[::1]:80", "a.localhost:1", "AUTH.test"] {
            assert_eq!(status(own).await, 200, "{own}");
        }
        for other in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "", "@"] {
            assert_eq!(status(other).await, 404, "{other}");
        }
    }

    async fn one_mail_that_cannot_be_read_hides_no_other(db) {
        let app = db
            .app_with(|config| {
                mail::inbox(config);
                config.mail.inbox = InboxReaders::Anybody;
            })
            .await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        mail::sign_up(&app, "susan", "susan@example.org").await;
        app.db.execute("UPDATE mails SET kind = 'nonsense' WHERE recipient = 'susan@example.org'").await;

        let list = app.browser().open("/inbox").await;

        assert_eq!(list.status, 200);
        assert!(list.text().contains("(nonsense)") && list.text().contains("Confirm your address"));
    }
}
