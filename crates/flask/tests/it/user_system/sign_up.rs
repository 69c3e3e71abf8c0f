//! Signing up, and what the fields have to be like.

use countersign::{Config, Confirmation, Transport};
use countersign_flask::{ByName, PasswordPolicy, user_system::Options};
use serde_json::{Value, json};

use super::{LOGIN, SIGN_UP, Tab, VERIFY, app, app_of, app_with, refusal, refused, said};
use crate::support::{App, Database, on_both_engines};

const DONE: &str = "You successfully signed up! Please check your email for further verification.";

/// A form that is right, with some of its fields changed.
fn form<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let right = [
        ("user_name", "miguel"),
        ("first_name", "Miguel"),
        ("last_name", "G"),
        ("email", "miguel@example.com"),
        ("password", "python"),
        ("confirm", "python"),
    ];
    let rest = right.iter().filter(|(name, _)| !change.iter().any(|(other, _)| other == name));
    rest.chain(change).copied().collect()
}

fn invalid(fields: Value) -> (u16, String, Value) {
    (422, "Form validation error".into(), fields)
}

/// With mail, and told what is taken.
async fn telling(db: &Database, confirmation: Confirmation) -> App {
    let mut options = Options::default();
    options.set("password_policy", "origin").unwrap();
    options.set("taken_address", "told").unwrap();
    let configure = |config: &mut Config| {
        config.mail.transport = Transport::Inbox;
        config.confirmation = confirmation;
    };
    app_of(db, options, configure).await
}

on_both_engines! {
    async fn whoever_signs_up_is_logged_in(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let answer = tab.post(SIGN_UP, &form(&[])).await;

        assert_eq!(said(&answer), DONE);
        assert_eq!(tab.browser.get(VERIFY).await.body["data"]["user_name"], "miguel");
        assert_eq!(app.basic("miguel", "python").get("/me").await.text(), "miguel");
        let again = tab.post(SIGN_UP, &[]).await;
        assert_eq!(said(&again), "You're already signed up");
    }

    async fn everything_that_is_wrong_is_said_at_once(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        let answer = tab.post(SIGN_UP, &[]).await;

        let required = json!(["This field is required."]);
        let expected = json!({
            "user_name": ["Field must be between 4 and 30 characters long."],
            "first_name": required,
            "last_name": required,
            "email": required,
            "password": ["Field must be between 6 and 30 characters long."],
            "confirm": required,
        });
        assert_eq!(refusal(&answer), invalid(expected));
    }

    async fn each_field_has_its_rule(db) {
        let app = app(&db).await;
        let length = |min, max| format!("Field must be between {min} and {max} characters long.");
        let (name, password) = (length(4, 30), length(6, 30));
        let letters = "Username can only contain letters and numbers";
        let (long, short, endless) = ("a".repeat(31), "a".repeat(5), "a".repeat(1001));
        let cases = [
            ("user_name", "abc", json!([name])),
            ("user_name", long.as_str(), json!([name])),
            ("user_name", "mi guel", json!([letters])),
            ("user_name", "miguel\n", json!([letters])),
            ("user_name", "Zoë1", json!([letters])),
            ("user_name", "a!", json!([name, letters])),
            ("first_name", "  ", json!(["This field is required."])),
            ("last_name", "\t", json!(["This field is required."])),
            ("first_name", endless.as_str(), json!(["A value has at most 1,000 characters."])),
            ("last_name", "a\u{0}", json!(["A value has no control characters but tabs and ends of lines."])),
            ("email", "miguel", json!(["Invalid email address."])),
            ("email", "a b@example.com", json!(["Invalid email address."])),
            ("email", "a@b@example.com", json!(["Invalid email address."])),
            ("confirm", "pythom", json!(["Passwords must match"])),
        ];
        for (field, value, texts) in cases {
            let mut tab = Tab::of(&app).await;
            let answer = tab.post(SIGN_UP, &form(&[(field, value)])).await;

            assert_eq!(refusal(&answer), invalid(json!({ field: texts })), "{field} {value}");
        }
        for value in [short.as_str(), long.as_str()] {
            let mut tab = Tab::of(&app).await;
            let change = [("password", value), ("confirm", value)];
            let answer = tab.post(SIGN_UP, &form(&change)).await;

            assert_eq!(refusal(&answer), invalid(json!({ "password": [password] })), "{value}");
        }
    }

    async fn what_is_taken_is_a_conflict_in_whatever_case_and_the_name_first(db) {
        let app = app(&db).await;
        let name = refused(409, "Conflict", "This username is already taken!");
        let email = refused(409, "Conflict", "This email is already taken!");
        let cases = [
            (form(&[("user_name", "SUSAN")]), &name),
            (form(&[("email", "Susan@Example.com")]), &email),
            (form(&[("user_name", "susan"), ("email", "susan@example.com")]), &name),
        ];
        for (fields, expected) in cases {
            let mut tab = Tab::of(&app).await;
            let answer = tab.post(SIGN_UP, &fields).await;

            assert_eq!(&refusal(&answer), expected, "{fields:?}");
            assert!(!tab.is_logged_in().await);
        }
    }

    async fn nothing_but_the_fields_is_assigned(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;
        let change = [("role_code", "0"), ("id", "1"), ("roles", "admin"), ("role", "admin")];

        tab.post(SIGN_UP, &form(&change)).await;

        let answer = tab.browser.get(VERIFY).await;
        assert_eq!(answer.body["data"]["role"], "user");
        let id = answer.body["data"]["id"].as_str().unwrap().parse().unwrap();
        let kept = app.auth.attributes().of(id).await.unwrap();
        assert_eq!(kept.into_keys().collect::<Vec<_>>(), ["family_name", "given_name"]);
    }

    async fn first_and_last_name_are_kept_with_the_user(db) {
        let app = app(&db).await;
        let mut tab = Tab::of(&app).await;

        tab.post(SIGN_UP, &form(&[("first_name", "Míguel")])).await;

        let id = app.auth.users().find("miguel").await.unwrap().id;
        let kept = app.auth.attributes().of(id).await.unwrap();
        let names = [("family_name", "G"), ("given_name", "Míguel")];
        assert_eq!(kept, names.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    }

    async fn the_configured_policy_judges_the_password_unless_the_originals_is_asked_for(db) {
        let app = app_with(&db, PasswordPolicy::Native, |_| {}).await;
        let long = "correct horse battery staple and some more words";
        let mut tab = Tab::of(&app).await;

        let weak = tab.post(SIGN_UP, &form(&[])).await;

        let (status, kind, message) = refusal(&weak);
        assert_eq!((status, kind.as_str()), (422, "Form validation error"));
        assert!(message["password"][0].is_string(), "{message}");
        let answer = tab.post(SIGN_UP, &form(&[("password", long), ("confirm", long)])).await;
        assert_eq!(said(&answer), DONE);
    }

    async fn where_mail_is_sent_nobody_learns_whether_an_address_has_an_account(db) {
        let mail = |config: &mut countersign::Config| {
            config.mail.transport = countersign::Transport::Inbox;
        };
        let app = app_with(&db, PasswordPolicy::Origin, mail).await;
        let (mut new, mut known) = (Tab::of(&app).await, Tab::of(&app).await);

        let made = new.post(SIGN_UP, &form(&[])).await;
        let told = known
            .post(SIGN_UP, &form(&[("user_name", "other"), ("email", "susan@example.com")]))
            .await;

        assert_eq!(said(&made), DONE);
        assert_eq!(made.bytes, told.bytes);
        assert!(!new.is_logged_in().await && !known.is_logged_in().await);
    }
    async fn where_mail_is_sent_whoever_signs_up_is_logged_in_if_that_is_chosen(db) {
        let app = telling(&db, Confirmation::Optional).await;
        let (mut new, mut known) = (Tab::of(&app).await, Tab::of(&app).await);

        let made = new.post(SIGN_UP, &form(&[])).await;
        let change = [("user_name", "other"), ("email", "susan@example.com")];
        let taken = known.post(SIGN_UP, &form(&change)).await;

        assert_eq!(said(&made), DONE);
        assert_eq!(new.browser.get(VERIFY).await.body["data"]["user_name"], "miguel");
        let conflict = refused(409, "Conflict", "This email is already taken!");
        assert_eq!(refusal(&taken), conflict);
        assert!(!known.is_logged_in().await);
        let mails = app.auth.mails().inbox(10).await.unwrap();
        let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
        assert_eq!(to, ["miguel@example.com"]);
    }

    async fn an_account_that_has_to_be_confirmed_is_not_logged_in(db) {
        let app = telling(&db, Confirmation::Required).await;
        let mut tab = Tab::of(&app).await;

        let made = tab.post(SIGN_UP, &form(&[])).await;

        assert_eq!(said(&made), DONE);
        assert!(!tab.is_logged_in().await);
        let answer = tab.post(LOGIN, &[("login", "miguel"), ("password", "python")]).await;
        assert_eq!(answer.status, 403);
    }
}
