//! What pages look like to whoever reads them: languages, the style sheet, what replaces templates,
//! where a refusal is said.

use std::collections::BTreeMap;

use countersign::{InboxReaders, Transport};
use serde_json::json;

use crate::{
    mail,
    support::{App, Database, PASSWORD, on_both_engines},
};

async fn with_files(db: &Database, files: &[(&str, &str)]) -> App {
    let owned = |(name, text): &(&str, &str)| ((*name).to_owned(), (*text).to_owned());
    let files: BTreeMap<String, String> = files.iter().map(owned).collect();
    db.app_with(|config| config.pages.files = files).await
}

/// The value of the first attribute of this name behind `before`.
fn attribute(page: &str, before: &str, name: &str) -> String {
    let (_, rest) = page.split_once(before).unwrap();
    let (_, rest) = rest.split_once(&format!(" {name}=\"")).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

on_both_engines! {
    async fn the_style_sheet_and_the_script_of_a_page_may_be_kept_for_ever(db) {
        let app = db.app().await;
        let page = app.browser().open("/login").await.text();

        let links = [
            (attribute(&page, "rel=\"stylesheet\"", "href"), "text/css; charset=utf-8"),
            (attribute(&page, "<script", "src"), "text/javascript; charset=utf-8"),
        ];
        for (link, kind) in links {
            let answer = app.browser().get(&link).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{link}");
            assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
            assert!(answer.cookies().is_empty(), "{answer:?}");
        }
        for name in ["style.css", "..%2fCargo.toml", "%00", "script-.js"] {
            assert_eq!(app.browser().get(&format!("/assets/{name}")).await.status, 404, "{name}");
        }
    }

    async fn a_page_asked_for_by_its_neighbour_of_another_version_is_styled(db) {
        let app = db.app().await;
        let other = with_files(&db, &[("theme.css", ":root { --accent: #123456 }")]).await;
        let page = other.browser().open("/login").await.text();
        let link = attribute(&page, "rel=\"stylesheet\"", "href");

        let theirs = other.browser().get(&link).await;
        let ours = app.browser().get(&link).await;

        assert!(theirs.text().contains("#123456") && !ours.text().contains("#123456"));
        assert_eq!((ours.status, ours.header("cache-control")), (200, "no-store"));
    }

    async fn a_page_speaks_the_language_that_was_chosen_else_the_one_the_browser_asks_for(db) {
        let texts = [("locales/de.ftl", "login-title = Anmelden"), ("locales/fr.ftl", "login-title = Entrer")];
        let app = with_files(&db, &texts).await;
        let mut browser = app.browser().header("accept-language", "de-AT, en;q=0.5");

        let asked = browser.open("/login").await.text();
        browser.submit("/language", &[("language", "fr"), ("next", "/login")]).await;
        let chosen = browser.open("/login").await.text();

        assert!(asked.contains("<html lang=\"de\">") && asked.contains("<h1>Anmelden</h1>"));
        assert!(chosen.contains("<html lang=\"fr\">") && chosen.contains("<h1>Entrer</h1>"));
    }

    async fn an_application_replaces_templates_in_code(db) {
        let app = with_files(&db, &[("logout.html", "<h1>{{ t(\"logout-title\") }}!</h1>")]).await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;

        assert_eq!(browser.open("/logout").await.text(), "<h1>Log out!</h1>");
    }

    async fn a_broken_template_is_told_at_the_start(db) {
        let files = BTreeMap::from([("login.html".to_owned(), "\n{% endif %}".to_owned())]);
        let builder = db.builder(countersign::Clock::manual(0));

        let opened = builder.configure(|config| config.pages.files = files).open().await;

        let error = opened.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("login.html:2: "), "{error}");
    }

    async fn nothing_typed_or_sent_along_becomes_markup(db) {
        let app = db.app().await;
        let nasty = "\"><script>alert(1)</script>'";
        let mut browser = app.browser();

        let form = [("login", nasty), ("password", "wrong"), ("next", "/\"><script>")];
        let refused = browser.submit("/login", &form).await.text();
        let looked = browser.open("/login?next=%2F%22%3E%3Cscript%3E&notice=%3Cscript%3E").await;

        assert!(refused.contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&#39;\""));
        for page in [refused, looked.text()] {
            assert_eq!(page.matches("<script").count(), 1, "{page}");
        }
    }

    async fn a_refusal_stands_beside_its_field_and_can_be_read_by_a_program(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", "miguel@example.com").await;
        mail::recover(&app, "miguel").await;
        let token = mail::token(&mail::mail(&app, "miguel@example.com", "reset").await);

        let form = [("token", token.as_str()), ("new_password", "short")];
        let page = app.browser().submit("/reset-password", &form).await.text();

        let field = &page[page.find("<input id=\"new_password\"").unwrap()..];
        let field = &field[..field.find('>').unwrap()];
        assert!(field.contains("aria-invalid=\"true\""), "{field}");
        let described = attribute(field, "<input", "aria-describedby");
        assert_eq!(described, "new_password-hint new_password-error new_password-strength");
        let (_, said) = page.split_once("<a href=\"#new_password\">").unwrap();
        let said = said.split('<').next().unwrap();
        assert!(page.contains(&format!("id=\"new_password-error\">{said}<")), "{page}");
        assert_eq!(attribute(&page, "id=\"error-code\"", "data-code"), "invalid_request");
    }

    async fn a_mail_is_shown_with_links_to_follow_and_its_own_look_in_a_frame(db) {
        let app = db.app_with(|config| {
            config.mail.transport = Transport::Inbox;
            config.mail.inbox = InboxReaders::Anybody;
            config.confirmation = countersign::Confirmation::Optional;
        }).await;
        let body = json!({"username": "miguel", "email": "miguel@example.com", "password": PASSWORD});
        app.anonymous().post("/api/users", &body).await;
        let mut browser = app.browser();
        let list = browser.open("/inbox").await.text();
        let path = attribute(&list, "id=\"mails\"", "href");

        let letter = browser.open(&path).await.text();
        let body = browser.open(&format!("{path}/body")).await;

        let link = attribute(&letter, "id=\"letter\"", "href");
        assert!(link.contains("/confirm?token=csl_"), "{link}");
        assert_eq!(attribute(&letter, "<iframe", "src"), format!("{path}/body"));
        let policy = body.header("content-security-policy");
        assert!(policy.contains("sandbox allow-top") && !policy.contains("allow-scripts"), "{policy}");
        assert!(policy.contains("default-src 'none'") && !policy.contains("allow-same-origin"));
        assert!(policy.contains("frame-ancestors 'self'"), "{policy}");
    }
}
