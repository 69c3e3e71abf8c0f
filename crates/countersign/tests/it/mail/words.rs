//! What mails say to whom: in which language, with which names.

use countersign::Confirmed;
use serde_json::json;

use super::{ADDRESS, app, by_token, confirm, kinds, mail, mails, recover, sign_up};
use crate::support::{App, PASSWORD, on_both_engines};

/// Asks for the mails of a sign-up and of a forgotten password as a client of this language.
async fn in_language(app: &App, n: usize, language: Option<&str>) -> Vec<String> {
    let email = format!("reader{n}@example.org");
    let caller = match language {
        Some(language) => app.anonymous().header("accept-language", language),
        None => app.anonymous(),
    };
    let body = json!({"email": email, "password": PASSWORD});
    assert_eq!(caller.post("/api/users", &body).await.status, 202);
    let body = json!({"login": email});
    assert_eq!(app.anonymous().post("/api/recovery", &body).await.status, 202);
    mails(app, &email).await.into_iter().map(|mail| mail.subject).collect()
}

on_both_engines! {
    async fn a_mail_is_in_the_language_of_who_signed_up(db) {
        let app = app(&db).await;

        let cases = [
            (Some("de-CH, fr;q=0.9"), "Ein neues Passwort", "Bestätigen Sie"),
            (Some("fr"), "Un nouveau mot de passe", "Confirmez"),
            (Some("ja, es;q=0.1"), "Una contraseña nueva", "Confirme"),
            (Some("ja"), "A new password", "Confirm"),
            (None, "A new password", "Confirm"),
        ];
        for (n, (language, reset, confirm)) in cases.into_iter().enumerate() {
            let subjects = in_language(&app, n, language).await;

            assert!(subjects[0].starts_with(reset), "{language:?}: {subjects:?}");
            assert!(subjects[1].starts_with(confirm), "{language:?}: {subjects:?}");
        }
    }

    async fn a_mail_about_an_account_without_a_language_is_in_that_of_who_asks(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;

        let german = app.anonymous().header("accept-language", "de");
        german.post("/api/recovery", &json!({"login": ADDRESS})).await;

        assert!(mail(&app, ADDRESS, "confirm").await.subject.starts_with("Confirm"));
        assert!(mail(&app, ADDRESS, "reset").await.subject.starts_with("Ein neues Passwort"));
    }

    async fn a_page_mails_in_its_own_language(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        let mut browser = app.browser().header("accept-language", "es");

        let answer = browser.submit("/forgot-password", &[("login", ADDRESS)]).await;

        assert_eq!(answer.status, 200, "{answer:?}");
        let mail = mail(&app, ADDRESS, "reset").await;
        assert!(mail.html.contains("<html lang=\"es\">"), "{}", mail.html);
    }

    async fn a_name_is_mailed_only_once_its_address_is_proven(db) {
        let app = app(&db).await;
        let lure = "www.evil.example/login";
        sign_up(&app, lure, ADDRESS).await;
        recover(&app, lure).await;
        for mail in mails(&app, ADDRESS).await {
            assert!(!(mail.text + &mail.html + &mail.subject).contains("evil"), "{}", mail.kind);
        }

        confirm(&app, &by_token(&app, ADDRESS, "confirm").await).await;
        recover(&app, lure).await;

        assert!(mail(&app, ADDRESS, "reset").await.text.contains(lure));
    }

    async fn no_stranger_writes_by_a_change_of_address(db) {
        let app = app(&db).await;
        sign_up(&app, "www.evil.example", ADDRESS).await;
        let (to, mine) = ("victim@example.org", app.basic("www.evil.example", PASSWORD));

        let body = json!({"email": to});
        assert_eq!(mine.put("/api/me/email", &body).await.status, 202);
        let body = json!({"email": "www.evil.example/x@example.org"});
        assert_eq!(mine.put("/api/me/email", &body).await.status, 202);

        let change = mail(&app, to, "change-address").await;
        assert!(!(change.text + &change.html).contains("evil"));
        let told = mail(&app, ADDRESS, "address-changing").await;
        assert!(!(told.text + &told.html).contains("evil"), "the address is not proven");
    }

    async fn the_proven_owner_learns_of_the_address_to_come(db) {
        let app = app(&db).await;
        let new = countersign::NewUser {
            username: Some("miguel".into()),
            email: Some(ADDRESS.into()),
            password: PASSWORD.to_owned().into(),
            confirmed: Confirmed::Yes,
            ..Default::default()
        };
        app.auth.users().sign_up(new, &countersign::Client::default()).await.unwrap();

        let body = json!({"email": "other@example.org"});
        app.basic("miguel", PASSWORD).put("/api/me/email", &body).await;

        let told = mail(&app, ADDRESS, "address-changing").await;
        assert!(told.text.contains("other@example.org"), "{}", told.text);
        assert!(told.text.contains("miguel"), "{}", told.text);
    }

    async fn whoever_has_an_account_is_led_to_the_page_that_lets_them_in(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        sign_up(&app, "susan", ADDRESS).await;

        let told = mail(&app, ADDRESS, "account-exists").await;
        let link = told.text.lines().find(|line| line.starts_with("http")).unwrap();
        let page = link.strip_prefix("https://auth.example.org").unwrap();

        assert_eq!(app.browser().open(page).await.status, 200, "{link}");
        assert_eq!(kinds(&app, ADDRESS).await, ["account-exists", "confirm"]);
    }
}
