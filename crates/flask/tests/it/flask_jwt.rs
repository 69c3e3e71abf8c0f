//! The contract of Flask-JWT (`/flask-jwt`).

use axum::{Router, body::Body, http::Method, routing::get};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countersign::Config;
use countersign_flask::{
    ByName,
    flask_jwt::{self, flask_jwt as profile},
};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database, PASSWORD, on_both_engines};

const AUTH: &str = "/flask-jwt/auth";
const PROTECTED: &str = "/flask-jwt/protected";

async fn app(db: &Database) -> App {
    app_with(db, |_| {}, |_| {}).await
}

async fn app_with(
    db: &Database,
    configure: impl FnOnce(&mut Config),
    change: impl FnOnce(&mut flask_jwt::Options),
) -> App {
    let app = db.app_with(configure).await;
    let mut options = flask_jwt::Options::default();
    change(&mut options);
    let routes = profile(&app.auth, options);
    let app = app.with("/flask-jwt", routes);
    app.user("susan").await;
    app
}

async fn log_in(app: &App) -> String {
    let body = json!({"username": "susan", "password": PASSWORD});
    let answer = app.anonymous().post(AUTH, &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body["access_token"].as_str().unwrap().to_owned()
}

fn jwt(app: &App, value: &str) -> Caller {
    app.anonymous().header("authorization", value)
}

/// Status, `error` and `description`; nothing else is in the body.
fn refusal(answer: &Answer) -> (u16, String, String) {
    let members = answer.body.as_object().unwrap_or_else(|| panic!("no envelope: {answer:?}"));
    assert_eq!(members.len(), 3, "{answer:?}");
    assert_eq!(members["status_code"], answer.status, "{answer:?}");
    let text = |name: &str| members[name].as_str().unwrap().to_owned();
    (answer.status, text("error"), text("description"))
}

fn refused(error: &str, description: &str) -> (u16, String, String) {
    (401, error.into(), description.into())
}

async fn judged(app: &App, token: &str) -> (u16, String, String) {
    refusal(&jwt(app, &format!("JWT {token}")).get(PROTECTED).await)
}

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

on_both_engines! {
    async fn a_password_buys_a_token_with_the_claims_of_the_original(db) {
        let app = app(&db).await;

        let token = log_in(&app).await;

        let claims = claims(&token);
        let iat = claims["iat"].as_i64().unwrap();
        assert_eq!(claims["identity"], claims["sub"]);
        assert_eq!(claims["nbf"], iat);
        assert_eq!(claims["exp"], iat + 300);
        let answer = jwt(&app, &format!("JWT {token}")).get(PROTECTED).await;
        let user = claims["identity"].as_str().unwrap();
        assert_eq!((answer.status, answer.text()), (200, format!("User(id='{user}')")));
    }

    async fn whatever_is_wrong_with_a_name_or_a_password_is_answered_alike(db) {
        let app = app(&db).await;
        let bodies = [
            json!({"username": "susan", "password": "wrong"}),
            json!({"username": "nobody", "password": PASSWORD}),
            json!({"username": "susan"}),
            json!({"password": PASSWORD}),
            json!({}),
            json!({"username": "", "password": PASSWORD}),
            json!({"username": "susan", "password": ""}),
            json!({"username": "susan", "password": PASSWORD, "more": 1}),
            json!({"username": "susan", "password": null}),
            json!({"username": "susan", "password": 17}),
            json!({"username": "susan", "password": [PASSWORD]}),
            json!({"username": {"a": 1}, "password": PASSWORD}),
            json!({"username": "sus\u{0}an", "password": "a\u{0}b"}),
        ];
        for body in bodies {
            let answer = app.anonymous().post(AUTH, &body).await;

            assert_eq!(refusal(&answer), refused("Bad Request", "Invalid credentials"), "{body}");
            assert!(answer.challenges().is_empty(), "{body}");
        }
    }

    async fn a_body_that_cannot_be_read_is_a_bad_request_in_the_envelope(db) {
        let app = app(&db).await;
        let json = app.anonymous().json();
        for body in ["", "{", "[]", "3", "\"susan\"", "null", "\u{feff}{}"] {
            let answer = json.send(Method::POST, AUTH, body.into()).await;

            let (status, error, _) = refusal(&answer);
            assert_eq!((status, error.as_str()), (400, "Bad Request"), "{body}");
        }
        let form = app.anonymous().header("content-type", "application/x-www-form-urlencoded");
        let answer = form.send(Method::POST, AUTH, "username=susan&password=x".into()).await;
        assert_eq!(refusal(&answer).0, 400);
        let bytes = json.send(Method::POST, AUTH, Body::from(vec![0xff, 0xfe])).await;
        assert_eq!(refusal(&bytes).0, 400);
        let large = json.send(Method::POST, AUTH, Body::from(vec![b' '; 70_000])).await;
        assert_eq!(refusal(&large).0, 413);
    }

    async fn the_endpoint_takes_post_alone(db) {
        let app = app(&db).await;

        assert_eq!(app.anonymous().get(AUTH).await.status, 405);
        assert_eq!(app.anonymous().delete(PROTECTED).await.status, 405);
        assert_eq!(app.anonymous().get("/flask-jwt/nowhere").await.status, 404);
    }

    async fn without_a_token_there_is_a_challenge_and_only_then(db) {
        let app = app(&db).await;
        let words = "Request does not contain an access token";
        for caller in [app.anonymous(), jwt(&app, "   ")] {
            let answer = caller.get(PROTECTED).await;

            assert_eq!(refusal(&answer), refused("Authorization Required", words));
            assert_eq!(answer.challenges(), [r#"JWT realm="Login Required""#]);
        }
        let answer = jwt(&app, "JWT a.b.c").get(PROTECTED).await;
        assert!(answer.challenges().is_empty());
    }

    async fn a_header_that_cannot_be_read_is_explained(db) {
        let app = app(&db).await;
        let token = log_in(&app).await;
        let cases = [
            (format!("Bearer {token}"), "Unsupported authorization type"),
            (token.clone(), "Unsupported authorization type"),
            ("JWT".into(), "Token missing"),
            (format!("JWT {token} {token}"), "Token contains spaces"),
        ];
        for (value, words) in cases {
            let answer = jwt(&app, &value).get(PROTECTED).await;

            assert_eq!(refusal(&answer), refused("Invalid JWT header", words), "{value}");
        }
        let twice = jwt(&app, &format!("JWT {token}")).header("authorization", "JWT x");
        assert_eq!(refusal(&twice.get(PROTECTED).await).0, 401);
    }

    async fn the_scheme_counts_in_any_case(db) {
        let app = app(&db).await;
        let token = log_in(&app).await;
        for scheme in ["jwt", "Jwt", "JWT"] {
            let answer = jwt(&app, &format!("{scheme}  {token}")).get(PROTECTED).await;

            assert_eq!(answer.status, 200, "{scheme}");
        }
    }

    async fn each_fault_of_a_token_has_its_own_words(db) {
        let app = app(&db).await;
        let token = log_in(&app).await;
        let (signed, _) = token.rsplit_once('.').unwrap();
        let other = |header: &str| {
            let header = BASE64_URL_SAFE_NO_PAD.encode(header);
            let payload = token.split('.').nth(1).unwrap();
            format!("{header}.{payload}.AAAA")
        };
        let none = other(r#"{"alg":"none","typ":"at+jwt","kid":"x"}"#);
        let foreign = other(r#"{"alg":"EdDSA","typ":"at+jwt","kid":"x"}"#);

        assert_eq!(judged(&app, "abc").await, refused("Invalid token", "Not enough segments"));
        assert_eq!(judged(&app, "a.b").await, refused("Invalid token", "Not enough segments"));
        assert_eq!(judged(&app, "!.b.c").await, refused("Invalid token", "Invalid header padding"));
        let tampered = judged(&app, &format!("{signed}.{}", "A".repeat(86))).await;
        assert_eq!(tampered, refused("Invalid token", "Signature verification failed"));
        let foreign = judged(&app, &foreign).await;
        assert_eq!(foreign, refused("Invalid token", "Signature verification failed"));
        let none = judged(&app, &none).await;
        assert_eq!(none, refused("Invalid token", "The specified alg value is not allowed"));
        app.pass(299);
        assert_eq!(jwt(&app, &format!("JWT {token}")).get(PROTECTED).await.status, 200);
        app.pass(1);
        assert_eq!(judged(&app, &token).await, refused("Invalid token", "Signature has expired"));
        app.pass(-400);
        let early = judged(&app, &token).await;
        let words = "Issued At claim (iat) cannot be in the future.";
        assert_eq!(early, refused("Invalid token", words));
    }

    async fn a_token_is_late_by_the_leeway_where_one_is_chosen(db) {
        let app = app_with(&db, |_| {}, |options| options.leeway_seconds = 10).await;
        let token = log_in(&app).await;
        let header = format!("JWT {token}");
        app.pass(309);
        assert_eq!(jwt(&app, &header).get(PROTECTED).await.status, 200);
        assert_eq!(app.bearer(&token).get("/api/me").await.status, 401, "only on this profile");
        app.pass(1);
        assert_eq!(judged(&app, &token).await, refused("Invalid token", "Signature has expired"));
        app.pass(-320);
        assert_eq!(jwt(&app, &header).get(PROTECTED).await.status, 200, "ten seconds early");
        app.pass(-1);
        let words = "Issued At claim (iat) cannot be in the future.";
        assert_eq!(judged(&app, &token).await, refused("Invalid token", words));
    }

    async fn what_was_ended_stays_so_through_the_leeway(db) {
        let configure = |config: &mut Config| {
            config.access_token_seconds = 300;
            config.leeway_seconds = 0;
        };
        let app = app_with(&db, configure, |options| options.leeway_seconds = 60).await;
        let (one, two, three) = (log_in(&app).await, log_in(&app).await, log_in(&app).await);
        let revoked = refused("Invalid token", "Token has been revoked");
        assert_eq!(app.bearer(&one).delete("/api/tokens").await.status, 204);
        assert_eq!(app.anonymous().form("/oauth/revoke", &two).await.status, 200);
        app.pass(330);
        // Late, and still to be taken back as the standards have it.
        assert_eq!(jwt(&app, &format!("JWT {three}")).get(PROTECTED).await.status, 200);
        assert_eq!(app.anonymous().form("/oauth/revoke", &three).await.status, 200);
        app.pass(29);

        for token in [&one, &two, &three] {
            app.auth.purge().await.unwrap();
            assert_eq!(judged(&app, token).await, revoked);
        }
        let neighbour = app.neighbour().await;
        let mut options = flask_jwt::Options::default();
        options.leeway_seconds = 60;
        let routes = profile(&neighbour.auth, options);
        let neighbour = neighbour.with("/flask-jwt", routes);
        for token in [&one, &two, &three] {
            assert_eq!(judged(&neighbour, token).await, revoked, "a process that starts now");
        }
    }

    async fn routes_of_an_application_are_guarded_as_the_profiles_are(db) {
        let app = app_with(&db, |_| {}, |_| {}).await;
        let token = log_in(&app).await;
        let mut options = flask_jwt::Options::default();
        options.realm = "Orders".into();
        let guard = flask_jwt::Guard::new(&app.auth, options);
        let orders = async |flask_jwt::Identity(user): flask_jwt::Identity| user.username;
        let own = Router::new().route("/orders", get(orders)).with_state(guard);
        let app = app.with("/own", own);
        let ask = async |value: &str| jwt(&app, value).get("/own/orders").await;

        assert_eq!(ask(&format!("jwt {token}")).await.text(), "susan");
        let nobody = app.anonymous().get("/own/orders").await;
        let words = "Request does not contain an access token";
        assert_eq!(refusal(&nobody), refused("Authorization Required", words));
        assert_eq!(nobody.challenges(), [r#"JWT realm="Orders""#]);
        let bad = ask("JWT a.b").await;
        assert_eq!(refusal(&bad), refused("Invalid token", "Not enough segments"));
        app.bearer(&token).delete("/api/tokens").await;
        let over = ask(&format!("JWT {token}")).await;
        assert_eq!(refusal(&over), refused("Invalid token", "Token has been revoked"));
    }

    async fn a_token_may_hold_only_after_a_while(db) {
        let app = app_with(&db, |_| {}, |options| options.not_before_seconds = 60).await;

        let token = log_in(&app).await;

        let words = "The token is not yet valid (nbf)";
        assert_eq!(judged(&app, &token).await, refused("Invalid token", words));
        app.pass(60);
        assert_eq!(jwt(&app, &format!("JWT {token}")).get(PROTECTED).await.status, 200);
    }

    async fn tokens_of_other_kinds_are_none(db) {
        let app = app(&db).await;
        let user = app.basic("susan", PASSWORD);
        let tokens = user.post("/api/tokens", &json!({})).await;
        let key = user.post("/api/me/api-keys", &json!({"name": "k", "scope": "account"})).await;
        for token in [&tokens.body["refresh_token"], &key.body["key"]] {
            let judged = judged(&app, token.as_str().unwrap()).await;

            assert_eq!(judged, refused("Invalid token", "Not enough segments"));
        }
    }

    async fn a_token_whose_user_is_gone_says_so(db) {
        let app = app(&db).await;
        let token = log_in(&app).await;
        let id = claims(&token)["sub"].as_str().unwrap().parse().unwrap();

        app.auth.users().delete(id).await.unwrap();

        assert_eq!(judged(&app, &token).await, refused("Invalid JWT", "User does not exist"));
    }

    async fn what_ended_a_token_ends_it_here(db) {
        let app = app(&db).await;
        let token = log_in(&app).await;

        app.bearer(&token).delete("/api/tokens").await;

        assert_eq!(judged(&app, &token).await, refused("Invalid token", "Token has been revoked"));
        let token = log_in(&app).await;
        let id = claims(&token)["sub"].as_str().unwrap().parse().unwrap();
        app.auth.users().disable(id).await.unwrap();
        assert_eq!(judged(&app, &token).await.0, 401);
        let body = json!({"username": "susan", "password": PASSWORD});
        let answer = app.anonymous().post(AUTH, &body).await;
        assert_eq!(refusal(&answer), refused("Bad Request", "Invalid credentials"));
    }
}

#[test]
fn a_life_beyond_the_services_is_refused_where_it_is_asked_for() {
    let mut config = Config::default();
    config.access_token_seconds = 200;
    let mut options = flask_jwt::Options::default();
    assert!(options.check(&[], &config).is_ok(), "a default gives way");
    assert!(options.check(&["expiration_delta"], &config).is_err());

    options.set("expiration_delta", "201").unwrap();

    let text = options.check(&["expiration_delta"], &config).unwrap_err().to_string();
    assert!(text.contains("at most 200, the service's access_token_seconds"), "{text}");
    assert!(options.set("leeway", "61").is_err());
}
