//! What an application keeps with a user: its bounds, whose it is, when it ends.

use axum::http::Method;
use countersign::{AttributeChanges, Client, NewUser, SignedUp, Visitor, proto::secret::Secret};
use serde_json::{Value, json};

use crate::{
    mail::{self, ADDRESS},
    support::{Answer, App, Caller, Database, PASSWORD, at_once, on_both_engines, with_status},
};

const PATH: &str = "/api/me/attributes";

/// Users may change two of them.
async fn app(db: &Database) -> App {
    db.app_with(|config| config.own_attributes = vec!["given_name".into(), "about_me".into()]).await
}

async fn patch(caller: &Caller, body: &Value) -> Answer {
    caller.json().send(Method::PATCH, PATH, body.to_string().into()).await
}

fn one(name: &str, value: &str) -> AttributeChanges {
    [(name.to_owned(), Some(value.to_owned()))].into()
}

fn field(error: &countersign::Error) -> &str {
    match error {
        countersign::Error::Denied(denied) => denied.field_name().unwrap_or("?"),
        countersign::Error::Failed(failed) => panic!("{failed}"),
    }
}

fn visitor(name: &str, email: &str, value: &str) -> NewUser {
    NewUser {
        username: Some(name.into()),
        email: Some(email.into()),
        password: PASSWORD.to_owned().into(),
        attributes: [("given_name".into(), value.into())].into(),
        ..NewUser::default()
    }
}

async fn register(app: &App, new: NewUser) -> countersign::Result<SignedUp> {
    let (flow, client) = (Secret::new("f".repeat(43)), Client::default());
    app.auth.users().register(Visitor::new(new, &flow, &client)).await
}

on_both_engines! {
    async fn a_user_changes_what_is_theirs_to_change_and_nothing_else(db) {
        let app = app(&db).await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);
        let id = miguel.id.parse().unwrap();
        app.auth.attributes().change(id, one("plan", "free")).await.unwrap();

        let set = patch(&miguel, &json!({"given_name": "Miguel", "about_me": "a\nb"})).await;
        let unset = patch(&miguel, &json!({"about_me": null, "given_name": "Míguel"})).await;
        let refused = patch(&miguel, &json!({"given_name": "x", "plan": "paid"})).await;

        let all = json!({"given_name": "Miguel", "about_me": "a\nb", "plan": "free"});
        assert_eq!((set.status, set.body), (200, all));
        let left = json!({"given_name": "Míguel", "plan": "free"});
        assert_eq!((unset.status, &unset.body), (200, &left));
        assert_eq!(refused.fault(), (403, "access_denied", "plan"));
        assert_eq!(miguel.get(PATH).await.body, left);
        assert_eq!(susan.get(PATH).await.body, json!({}));
        let bare = app.api_key(&miguel.key("").await.key);
        assert_eq!(bare.get(PATH).await.refusal(), (403, "insufficient_scope"));
        assert_eq!(app.anonymous().get(PATH).await.status, 401);
    }

    async fn nobody_changes_any_by_the_api_unless_that_is_configured(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;

        let answer = patch(&miguel, &json!({"given_name": "Miguel"})).await;

        assert_eq!(answer.fault(), (403, "access_denied", "given_name"));
        assert_eq!(db.count("user_attributes").await, 0);
    }

    async fn each_bound_is_told_with_the_attribute(db) {
        let app = app(&db).await;
        let miguel = app.user("miguel").await;
        let longest = "ä".repeat(1000);
        assert_eq!(patch(&miguel, &json!({"about_me": longest})).await.status, 200);

        for (body, at) in [
            (json!({"about_me": format!("{longest}x")}), "about_me"),
            (json!({"about_me": "a\u{0}b"}), "about_me"),
            (json!({"about_me": "a\u{1b}[2J"}), "about_me"),
            (json!({"About": "x"}), "attributes"),
            (json!({"": "x"}), "attributes"),
            (json!({"a".repeat(65): "x"}), "attributes"),
            (json!({"a\u{0}": null}), "attributes"),
        ] {
            let answer = patch(&miguel, &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", at), "{body}");
        }
        for body in [json!([]), json!(null), json!({"about_me": 7}), json!({"about_me": ["x"]})] {
            assert_eq!(patch(&miguel, &body).await.status, 400, "{body}");
        }
        assert_eq!(miguel.get(PATH).await.body, json!({"about_me": longest}));
    }

    async fn of_any_number_of_racers_none_gets_beyond_the_bound(db) {
        let names: Vec<_> = (0..40).map(|n| format!("a{n}")).collect();
        let app = db.app_with(|config| config.own_attributes = names).await;
        let miguel = app.user("miguel").await;
        let token = miguel.log_in().await.access.clone();

        let answers = at_once(40, |n| {
            let caller = app.bearer(&token);
            async move { patch(&caller, &json!({ format!("a{n}"): "x" })).await }
        })
        .await;

        assert_eq!((with_status(&answers, 200), with_status(&answers, 400)), (32, 8));
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.field() == "attributes"));
        let all = miguel.get(PATH).await.body;
        let there: Vec<_> = all.as_object().unwrap().keys().collect();
        assert_eq!(there.len(), 32);
        // What is there can be changed, and another in place of one.
        let free = (0..40).map(|n| format!("a{n}")).find(|name| !there.contains(&name)).unwrap();
        let swap = json!({ there[0]: null, there[1]: "y", free: "z" });
        assert_eq!(patch(&miguel, &swap).await.status, 200);
    }

    async fn attributes_are_in_the_export_and_end_with_the_account(db) {
        let app = app(&db).await;
        let miguel = app.user("miguel").await;
        patch(&miguel, &json!({"given_name": "Miguel"})).await;
        let id = miguel.id.parse().unwrap();

        let export = miguel.get("/api/me/export").await;
        app.auth.users().delete(id).await.unwrap();

        assert_eq!(export.body["attributes"], json!({"given_name": "Miguel"}));
        assert_eq!(db.count("user_attributes").await, 0);
        let error = app.auth.attributes().change(id, one("given_name", "x")).await.unwrap_err();
        assert!(error.to_string().contains("not_found"), "{error}");
        assert_eq!(app.auth.attributes().of(id).await.unwrap().len(), 0);
    }

    async fn a_sign_up_makes_the_user_with_their_attributes_or_neither(db) {
        let app = mail::app(&db).await;
        let attributes = async || db.column("SELECT value FROM user_attributes ORDER BY value").await;

        let long = register(&app, visitor("miguel", ADDRESS, &"x".repeat(1001))).await.unwrap_err();
        let made = register(&app, visitor("miguel", ADDRESS, "Miguel")).await.unwrap();
        let taken = register(&app, visitor("other", ADDRESS, "Other")).await.unwrap();
        let name = register(&app, visitor("MIGUEL", "x@example.org", "Third")).await.unwrap_err();

        assert_eq!(field(&long), "given_name");
        assert!(matches!((made, taken), (SignedUp::CheckMail, SignedUp::CheckMail)));
        assert_eq!(field(&name), "username");
        assert_eq!(attributes().await, [Some("Miguel".to_owned())]);
        assert_eq!(db.count("users").await, 1);
    }
}
