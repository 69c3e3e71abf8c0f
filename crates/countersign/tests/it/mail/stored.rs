//! What the database holds of mails and links opens nothing, and goes with time.

use serde_json::json;

use super::{ADDRESS, NEW_PASSWORD, app, by_code, by_token, mail, recover, reset, sign_up, token};
use crate::support::{App, Database, on_both_engines};

/// Everything in `links` and `mails` as text: bytes in hexadecimal.
async fn dump(db: &Database) -> String {
    let sqlite = db.url().starts_with("sqlite");
    let hex = |column: &str| {
        if sqlite { format!("hex({column})") } else { format!("encode({column}, 'hex')") }
    };
    let mut all = String::new();
    for (table, bytes, texts) in [
        ("links", &["digest", "flow", "code"][..], &["purpose", "email", "email_key"][..]),
        ("mails", &["sealed"], &["id", "recipient", "kind", "failure"]),
        ("throttles", &[], &["bucket"]),
    ] {
        let columns = bytes.iter().map(|column| hex(column));
        let columns = columns.chain(texts.iter().map(|column| (*column).to_owned()));
        for column in columns {
            for row in db.column(&format!("SELECT {column} FROM {table}")).await {
                all += &row.unwrap_or_default();
                all.push('\n');
            }
        }
    }
    all.to_lowercase()
}

fn is_in(dump: &str, secret: &str) -> bool {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    dump.contains(&secret.to_lowercase()) || dump.contains(&hex)
}

async fn secrets(app: &App) -> Vec<String> {
    let flow = sign_up(app, "miguel", ADDRESS).await;
    let code = by_code(app, ADDRESS, "confirm", &flow).await["code"].as_str().unwrap().to_owned();
    recover(app, "miguel").await;
    let mut secrets = vec![flow, code.replace('-', ""), code];
    for kind in ["confirm", "reset"] {
        let mail = mail(app, ADDRESS, kind).await;
        secrets.extend([token(&mail), mail.subject, mail.text]);
    }
    secrets
}

on_both_engines! {
    async fn no_link_no_code_no_flow_and_no_word_of_a_mail_is_stored_in_the_clear(db) {
        let app = app(&db).await;
        let secrets = secrets(&app).await;

        let dump = dump(&db).await;

        assert!(dump.contains(ADDRESS), "the dump has what is stored: {dump}");
        for secret in secrets {
            assert!(!is_in(&dump, &secret), "{secret}");
        }
    }

    async fn a_sealed_mail_moved_to_another_row_does_not_open(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        sign_up(&app, "susan", "susan@example.org").await;
        assert_eq!(app.auth.mails().inbox(10).await.unwrap().len(), 2);

        db.execute("UPDATE mails SET sealed = (SELECT sealed FROM mails
            WHERE recipient = 'susan@example.org') WHERE recipient = 'miguel@example.org'").await;

        let mails = app.auth.mails().inbox(10).await.unwrap();
        let text = |to: &str| &mails.iter().find(|mail| mail.to == to).unwrap().text;
        assert_eq!(text(ADDRESS), "This mail cannot be shown; the log says why.");
        assert!(text("susan@example.org").contains("/confirm?token="));
    }

    async fn the_purge_drops_old_links_and_mails_and_revives_nothing(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "miguel").await;
        recover(&app, "nobody").await;
        let used = by_token(&app, ADDRESS, "reset").await;
        assert_eq!(reset(&app, used.clone(), NEW_PASSWORD).await.status, 204);
        app.auth.purge().await.unwrap();
        assert_eq!((db.count("links").await, db.count("mails").await), (3, 4));

        app.pass(2 * 86_400);
        app.auth.purge().await.unwrap();
        assert_eq!((db.count("links").await, db.count("mails").await), (0, 3), "stand-ins go first");
        assert_eq!(reset(&app, used, NEW_PASSWORD).await.refusal(), (400, "invalid_grant"));
        app.pass(30 * 86_400);
        app.auth.purge().await.unwrap();
        assert_eq!(db.count("mails").await, 0);
    }

    async fn operators_see_to_whom_what_went_and_nothing_of_its_text(db) {
        let app = app(&db).await;
        sign_up(&app, "miguel", ADDRESS).await;
        recover(&app, "nobody").await;

        let listed = app.auth.mails().recent(10).await.unwrap();

        assert_eq!(listed.len(), 1, "what stands for nobody is not listed");
        let shown = serde_json::to_value(&listed[0]).unwrap();
        assert_eq!((&shown["to"], &shown["kind"], &shown["state"]),
            (&json!(ADDRESS), &json!("confirm"), &json!("sent")));
        assert!(!shown.to_string().contains("csl_"), "{shown}");
    }
}
