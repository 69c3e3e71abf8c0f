//! The page on which one signs up.

use countersign::{Confirmation, Transport};

use crate::{
    mail::{by_token, confirm, inbox, kinds, mail},
    support::{Answer, App, Browser, PASSWORD, on_both_engines},
};

const ADDRESS: &str = "miguel@example.org";

async fn sign_up(browser: &mut Browser, username: &str, email: &str) -> Answer {
    let fields = [("username", username), ("email", email), ("password", PASSWORD)];
    browser.submit("/sign-up", &fields).await
}

async fn app_requiring_confirmation(db: &crate::support::Database) -> App {
    db.app_with(|config| {
        inbox(config);
        config.confirmation = Confirmation::Required;
    })
    .await
}

on_both_engines! {
    async fn where_no_mail_is_sent_a_sign_up_logs_the_browser_in_and_goes_on(db) {
        let app = db.app().await;
        let mut browser = app.browser();
        browser.open("/sign-up?next=%2Fwho").await;

        let fields = [("username", "miguel"), ("password", PASSWORD), ("next", "/who")];
        let answer = browser.submit("/sign-up", &fields).await;

        assert_eq!(answer.location(), "/who");
        assert_eq!(browser.who().await, "miguel");
        assert_eq!(browser.open("/sign-up?next=%2Fwho").await.location(), "/who");
        assert_eq!(sign_up(&mut browser, "other", "").await.location(), "/account");
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_sign_up_goes_on_to_nowhere_else(db) {
        let app = db.app().await;

        for (n, next) in ["//evil.example", "https://evil.example", "/\\evil", ""].iter().enumerate() {
            let name = format!("user{n}");
            let fields = [("username", name.as_str()), ("password", PASSWORD), ("next", next)];
            assert_eq!(app.browser().submit("/sign-up", &fields).await.location(), "/account");
        }
    }

    async fn with_an_address_the_mail_tells_what_follows_whether_or_not_it_was_free(db) {
        let app = db.app_with(inbox).await;
        let (mut first, mut second) = (app.browser(), app.browser());

        let free = sign_up(&mut first, "", ADDRESS).await;
        let taken = sign_up(&mut second, "", ADDRESS).await;

        assert_eq!((free.status, taken.status), (200, 200));
        assert_eq!(kinds(&app, ADDRESS).await, ["account-exists", "confirm"]);
        let told = mail(&app, ADDRESS, "account-exists").await;
        assert!(told.text.contains("https://auth.example.org/login"), "{}", told.text);
        assert_eq!((first.session(), second.session()), (None, None));
        assert_eq!(confirm(&app, &by_token(&app, ADDRESS, "confirm").await).await.status, 204);
    }

    async fn the_code_of_the_mail_confirms_in_the_browser_that_signed_up_and_logs_nobody_in(db) {
        let app = app_requiring_confirmation(&db).await;
        let mut browser = app.browser();
        sign_up(&mut browser, "miguel", ADDRESS).await;
        let code = crate::mail::code(&mail(&app, ADDRESS, "confirm").await);
        assert_eq!(browser.log_in("miguel").await.status, 422);

        assert_eq!(app.browser().submit("/confirm", &[("code", &code)]).await.status, 422);
        let answer = browser.submit("/confirm", &[("code", &code)]).await;

        assert_eq!(answer.location(), "/login?notice=confirmed");
        assert_eq!(browser.who().await, "nobody");
        assert_eq!(browser.log_in("miguel").await.status, 303);
    }

    async fn where_confirmation_is_required_and_nobody_mails_the_account_waits(db) {
        let app = db.app_with(|config| {
            config.confirmation = Confirmation::Required;
            config.mail.transport = Transport::Off;
        })
        .await;
        let mut browser = app.browser();

        let answer = sign_up(&mut browser, "miguel", "").await;

        assert_eq!((answer.status, browser.session()), (200, None));
        assert_eq!(db.count("users").await, 1);
        app.auth.users().confirm(app.auth.users().find("miguel").await.unwrap().id).await.unwrap();
        assert_eq!(browser.log_in("miguel").await.status, 303);
    }

    async fn the_language_of_the_page_becomes_that_of_the_account(db) {
        let app = db.app().await;
        let mut browser = app.browser();

        sign_up(&mut browser, "miguel", "").await;

        let user = app.auth.users().find("miguel").await.unwrap();
        assert_eq!(user.locale.as_deref(), Some("en"));
    }

    async fn what_is_wrong_is_said_with_a_status_of_its_own_and_makes_nobody(db) {
        let app = db.app().await;
        app.user("miguel").await;

        for (username, email, password) in [
            ("", "", PASSWORD),
            ("a@b", "", PASSWORD),
            ("x", "no address", PASSWORD),
            ("x", "", "short"),
            ("x", "", ""),
            ("Miguel", "", PASSWORD),
        ] {
            let fields = [("username", username), ("email", email), ("password", password)];
            let answer = app.browser().submit("/sign-up", &fields).await;
            assert_eq!(answer.status, 422, "{username} {email} {password}: {answer:?}");
            assert!(!answer.text().contains(PASSWORD));
        }
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_page_from_elsewhere_signs_nobody_up(db) {
        let app = db.app().await;
        let mut lured = app.browser().saying(&[("sec-fetch-site", "cross-site")]);

        assert_eq!(sign_up(&mut lured, "miguel", "").await.status, 403);

        assert_eq!(db.count("users").await, 0);
    }
}
