//! A page of each kind, with as much on it as there usually is.

use minijinja::{Value, value::Serde};
use serde_json::{Value as Json, json};

const DAY: i64 = 86_400;
const NOW: i64 = 1_800_000_000;

/// What every page gets, for somebody who is logged in.
fn everywhere(language: &str) -> Json {
    json!({
        "language": language, "base": "", "css": "/assets/style-0123456789abcdef.css",
        "script": "/assets/script-0123456789abcdef.js", "csrf": "c".repeat(43), "here": "/account",
        "languages": [
            {"code": "en", "name": "English"}, {"code": "de", "name": "Deutsch"},
            {"code": "fr", "name": "Français"}, {"code": "es", "name": "Español"},
        ],
        "user": {"name": "miguel", "email": "miguel@example.com"},
        "service": "Countersign", "logo": null, "home": "/account", "mail": true,
        "sign_up_open": true, "password_min": 8,
    })
}

/// The page of this template with these values, besides what every page gets.
pub(super) fn with(language: &str, own: &Json) -> Value {
    let mut values = everywhere(language);
    if let (Some(values), Some(own)) = (values.as_object_mut(), own.as_object()) {
        values.extend(own.clone());
    }
    Value::from(Serde(values))
}

fn session(number: i64) -> Json {
    json!({
        "id": "0190163d-8694-739b-aea5-966c26f8ad91", "device": "Firefox on Linux",
        "place": "198.51.100.7", "started_at": NOW - number * DAY, "last_seen_at": NOW,
        "current": number == 0, "remembered": number % 2 == 1, "kind": "browser", "client": null,
    })
}

fn device(number: i64) -> Json {
    json!({
        "id": format!("device-{number}"), "name": "Safari on iPhone", "place": "2001:db8::17",
        "created_at": NOW - number * 30 * DAY, "last_seen_at": NOW, "current": number == 0,
    })
}

fn key(number: i64) -> Json {
    let used = (number > 0).then_some(NOW - number * DAY);
    json!({
        "id": format!("key-{number}"), "name": "backup script", "scope": "account read",
        "created_at": NOW - DAY, "last_used_at": used, "expires_at": used.map(|at| at + 90 * DAY),
    })
}

fn mail(number: i64) -> Json {
    json!({
        "id": format!("mail-{number}"), "to": "miguel@example.com", "kind": "confirm",
        "subject": "Confirm your address", "created_at": NOW - number * 600,
        "text": "Hello miguel,\n\nhttps://auth.example/confirm?token=csl_x\n", "html": "",
    })
}

fn many(one: fn(i64) -> Json, number: i64) -> Json {
    (0..number).map(one).collect()
}

/// Every page, as somebody sees it who has an account.
pub(super) fn account() -> Vec<(&'static str, Json)> {
    let me = json!({
        "username": "miguel", "email": "miguel@example.com", "confirmed": false,
        "created_at": NOW - 400 * DAY, "locale": "en",
    });
    let created = json!({"name": "backup script", "key": format!("csk_{}", "x".repeat(49))});
    vec![
        ("account.html", json!({"notice": "Your language is saved.", "me": me})),
        (
            "account-password.html",
            problem("access_denied", Some("current_password"), "The current password is wrong."),
        ),
        (
            "account-sessions.html",
            json!({"sessions": many(session, 5), "devices": many(device, 4)}),
        ),
        (
            "account-keys.html",
            json!({
                "keys": many(key, 5), "scopes": ["account", "read", "write"], "created": created,
            }),
        ),
        ("account-data.html", json!({"deletes_at": NOW + 14 * DAY, "grace_days": 14})),
        ("account-delete.html", json!({"grace_days": 14})),
        ("reauthenticate.html", json!({"next": "/account/keys"})),
        ("logout.html", json!({})),
        ("inbox.html", json!({"mails": many(mail, 20)})),
        ("inbox-mail.html", json!({"letter": mail(0)})),
    ]
}

fn problem(code: &str, field: Option<&str>, text: &str) -> Json {
    json!({"problem": {"code": code, "field": field, "text": text}})
}

fn and(mut one: Json, other: &Json) -> Json {
    if let (Some(one), Some(other)) = (one.as_object_mut(), other.as_object()) {
        one.extend(other.clone());
    }
    one
}

/// Every other page, as somebody sees it who is not logged in.
pub(super) fn outside() -> Vec<(&'static str, Json)> {
    let wrong = problem("invalid_credentials", None, "The user name or the password is wrong.");
    let taken = problem("conflict", Some("username"), "This user name is taken.");
    let typed = json!({"values": {"login": "miguel", "remember": true, "username": "miguel"}});
    let proof = json!({"proof": {"challenge": "c".repeat(90), "bits": 14}, "wait": 5});
    let email = json!({"email": "miguel@example.com", "token": "csl_x"});
    let pages = vec![
        ("login.html", and(wrong, &typed)),
        ("sign-up.html", and(and(taken, &typed), &proof)),
        ("forgot-password.html", json!({})),
        ("check-mail.html", and(json!({"purpose": "reset"}), &email)),
        ("reset-password.html", email.clone()),
        ("confirm.html", email.clone()),
        ("change-email.html", email),
        ("resend.html", typed),
        (
            "message.html",
            json!({"kind": "link-expired", "text": "Ask for a new one.", "next_step": "/login"}),
        ),
        ("error.html", and(json!({"status": 404}), &problem("not_found", None, "Nothing."))),
    ];
    let nobody = json!({"user": null});
    pages.into_iter().map(|(name, own)| (name, and(own, &nobody))).collect()
}
