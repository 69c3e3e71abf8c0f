//! Tokens that Flask-JWT and Flask-JWT-Extended issued before: they go on until a date.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countersign::{
    Config, NewUser,
    proto::{
        jose::{Algorithm, SigningKey},
        legacy::LegacySecret,
    },
};
use countersign_flask::{flask_jwt, jwt_extended};
use serde_json::{Value, json};

use crate::support::{App, Database, PASSWORD, START, on_both_engines};

const SECRET: &[u8] = b"a secret of the old application!";
const PROTECTED: &str = "/jwt-extended/protected";

/// As the old application signed it.
fn old(claims: &Value) -> String {
    let encode = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
    let header = encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", encode(&claims.to_string()));
    let key = SigningKey::from_bytes(Algorithm::HS256, SECRET).unwrap();
    let signature = key.sign_bytes(signed.as_bytes()).unwrap();
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn flask_jwt_token() -> String {
    old(&json!({"identity": 7, "iat": START, "nbf": START, "exp": START + 300}))
}

fn extended(kind: &str) -> String {
    old(&json!({
        "fresh": kind == "access", "iat": START, "jti": "4b3c", "type": kind, "sub": "7",
        "nbf": START, "exp": START + 5000,
    }))
}

async fn app(db: &Database) -> App {
    let app = db
        .app_with(|config: &mut Config| {
            config.legacy.secret = Some(LegacySecret::new(SECRET).unwrap());
            config.legacy.accept_until = Some(START + 1000);
        })
        .await;
    let susan = NewUser {
        username: Some("susan".into()),
        password: PASSWORD.to_owned().into(),
        ..NewUser::default()
    };
    app.auth.users().add_sample(susan).await.unwrap();
    db.execute("UPDATE users SET external_id = '7', external_source = ''").await;
    let jwt = flask_jwt::flask_jwt(&app.auth, flask_jwt::Options::default());
    let extended = jwt_extended::jwt_extended(&app.auth, jwt_extended::Options::default());
    app.with("/flask-jwt", jwt).with("/jwt-extended", extended)
}

on_both_engines! {
    async fn a_token_of_flask_jwt_goes_on_until_it_ends(db) {
        let app = app(&db).await;
        let caller = app.anonymous().header("authorization", format!("JWT {}", flask_jwt_token()));

        let answer = caller.get("/flask-jwt/protected").await;

        assert_eq!(answer.status, 200, "{answer:?}");
        app.pass(300);
        let late = caller.get("/flask-jwt/protected").await;
        assert_eq!(late.body["description"], "Signature has expired", "{late:?}");
    }

    async fn tokens_of_flask_jwt_extended_go_on_each_for_its_purpose(db) {
        let app = app(&db).await;
        let (access, refresh) = (app.bearer(&extended("access")), app.bearer(&extended("refresh")));

        assert_eq!(access.get(PROTECTED).await.body, json!({"logged_in_as": "susan"}));
        let renewed = refresh.post("/jwt-extended/refresh", &json!({})).await;

        assert_eq!(renewed.status, 200, "{renewed:?}");
        let token = renewed.body["access_token"].as_str().unwrap();
        assert_eq!(app.bearer(token).get(PROTECTED).await.status, 200);
        let stale = app.bearer(token).get("/jwt-extended/protected/fresh").await;
        assert_eq!(stale.body, json!({"msg": "Fresh token required"}));
        let wrong = refresh.get(PROTECTED).await;
        assert_eq!(wrong.body, json!({"msg": "Only non-refresh tokens are allowed"}));
        let wrong = access.post("/jwt-extended/refresh", &json!({})).await;
        assert_eq!((wrong.status, &wrong.body["msg"]), (422, &json!("Only refresh tokens are allowed")));
    }

    async fn an_old_token_ends_at_the_date_by_logging_out_and_by_a_new_password(db) {
        let app = app(&db).await;
        let access = app.bearer(&extended("access"));
        let user = app.auth.users().find("susan").await.unwrap().id;

        assert_eq!(access.delete("/jwt-extended/logout").await.status, 200);
        assert_eq!(access.get(PROTECTED).await.body, json!({"msg": "Token has been revoked"}));
        let jwt = app.anonymous().header("authorization", format!("JWT {}", flask_jwt_token()));
        assert_eq!(jwt.get("/flask-jwt/protected").await.status, 200);
        app.auth.passwords().set(user, &"four louder words still".to_owned().into()).await.unwrap();
        let ended = jwt.get("/flask-jwt/protected").await;
        assert_eq!(ended.body["description"], "Token has been revoked");

        app.pass(1000);

        let refresh = app.bearer(&extended("refresh"));
        assert_eq!(refresh.post("/jwt-extended/refresh", &json!({})).await.status, 401);
    }

    async fn an_old_token_that_was_tampered_with_is_none(db) {
        let app = app(&db).await;
        let token = extended("access");
        let (signed, _) = token.rsplit_once('.').unwrap();

        let answer = app.bearer(&format!("{signed}.{}", "A".repeat(43))).get(PROTECTED).await;

        assert_eq!((answer.status, &answer.body["msg"]), (422, &json!("Signature verification failed")));
    }
}
