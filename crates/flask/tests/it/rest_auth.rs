//! "RESTful Authentication with Flask": what its clients send and are answered.

use countersign_flask::{PasswordPolicy, rest_auth};
use serde_json::json;

use crate::support::{App, Database, on_both_engines};

async fn app(db: &Database) -> App {
    let app = db.app().await;
    let mut options = rest_auth::Options::default();
    options.password_policy = PasswordPolicy::Origin;
    let routes = rest_auth(&app.auth, options);
    app.with("/rest-auth", routes)
}

on_both_engines! {
    async fn whoever_signs_up_is_answered_their_name_and_where_they_are(db) {
        let app = app(&db).await;
        let miguel = json!({"username": "miguel", "password": "python"});

        let answer = app.anonymous().post("/rest-auth/api/users", &miguel).await;

        assert_eq!((answer.status, &answer.body), (201, &json!({"username": "miguel"})));
        let place = answer.header("location").strip_prefix("http://127.0.0.1:8080").unwrap();
        assert_eq!(app.anonymous().get(place).await.body, json!({"username": "miguel"}));
    }
}
