//! What ends or locks an account ends its old tokens.

use countersign::{Confirmation, Error};
use serde_json::json;

use super::{buy, id_of_one, import, import_all, one, session};
use crate::support::{App, Database, PASSWORD, on_both_engines};

/// Whether the old tokens of user 1 act and buy: each with the code of the refusal.
async fn doors(app: &App) -> [String; 2] {
    let code = |error: Error| match error {
        Error::Denied(denied) => denied.code().as_str().to_owned(),
        Error::Failed(failed) => panic!("{failed}"),
    };
    let (tokens, old) = (app.auth.legacy_tokens(), one("PyJwt"));
    let acts = tokens.authenticate(&old.token).await;
    let buys = buy(app, &old).await;
    [
        acts.map_or_else(code, |user| user.username),
        buys.map_or_else(code, |_| "a session".to_owned()),
    ]
}

async fn open(db: &Database) -> App {
    let app = db.moved(|_| {}).await;
    import_all(&app).await;
    assert_eq!(doors(&app).await, ["user-1", "a session"]);
    app
}

const SHUT: [&str; 2] = ["invalid_token", "invalid_token"];

on_both_engines! {
    async fn a_changed_password_ends_old_tokens(db) {
        let app = open(&db).await;
        let body = json!({"current_password": PASSWORD, "new_password": "quite another phrase"});

        let changed = app.basic("user-1", PASSWORD).put("/api/me/password", &body).await;

        assert_eq!(changed.status, 204, "{changed:?}");
        assert_eq!(doors(&app).await, SHUT);
    }

    async fn a_password_set_by_the_operator_ends_old_tokens(db) {
        let app = open(&db).await;
        let id = id_of_one(&app).await;

        app.auth.passwords().set(id, &"quite another phrase".to_owned().into()).await.unwrap();

        assert_eq!(doors(&app).await, SHUT);
    }

    async fn to_end_everything_ends_old_tokens_and_what_they_bought(db) {
        let app = open(&db).await;
        let bought = session(&app, &buy(&app, &one("PyJwt")).await.unwrap());

        app.auth.users().end_everything(id_of_one(&app).await).await.unwrap();

        assert_eq!(doors(&app).await, SHUT);
        assert_eq!(bought.alive().await, (401, 400));
    }

    async fn a_lock_ends_old_tokens_for_good(db) {
        let app = open(&db).await;
        let id = id_of_one(&app).await;

        app.auth.users().disable(id).await.unwrap();
        let locked = doors(&app).await;
        app.auth.users().enable(id).await.unwrap();

        assert_eq!(locked, SHUT);
        assert_eq!(doors(&app).await, SHUT);
    }

    async fn whoever_leaves_has_no_old_tokens(db) {
        let app = open(&db).await;
        let leaving = app.basic("user-1", PASSWORD);

        let asked = leaving.delete("/api/me").await;

        assert!(asked.status < 300, "{asked:?}");
        assert_eq!(doors(&app).await, SHUT);
    }

    async fn a_deleted_user_has_no_old_tokens(db) {
        let app = open(&db).await;

        app.auth.users().delete(id_of_one(&app).await).await.unwrap();

        assert_eq!(doors(&app).await, SHUT);
    }

    async fn an_unconfirmed_account_is_refused_with_an_old_token_as_with_any(db) {
        let app = db.moved(|config| config.confirmation = Confirmation::Required).await;
        import_all(&app).await;
        let shut = doors(&app).await;

        app.auth.users().confirm(id_of_one(&app).await).await.unwrap();

        assert_eq!(shut, ["unconfirmed", "unconfirmed"]);
        assert_eq!(doors(&app).await, ["user-1", "a session"]);
    }

    async fn an_upgraded_hash_ends_no_old_token(db) {
        let app = open(&db).await;

        assert_eq!(app.basic("user-1", PASSWORD).get("/me").await.status, 200);

        assert_eq!(doors(&app).await, ["user-1", "a session"]);
        import(&app, vec![]).await;
    }
}
