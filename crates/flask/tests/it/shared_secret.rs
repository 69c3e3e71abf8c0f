//! HS256 under a secret that services know: they verify such tokens, this service knows its own from
//! theirs, and every door takes them until they are taken back.

use axum::Router;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use countersign::{
    Auth, Client, Config, Error, Grant, NewUser, Shape, Signature,
    proto::{
        jose::{Algorithm, SharedSecret, SigningKey},
        legacy::LegacySecret,
    },
};
use countersign_flask::{flask_jwt, jwt_extended, rest_auth};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database, PASSWORD, START, on_both_engines};

const SECRET: &[u8] = b"what the services verify tokens by";

/// What is opened with a token, and how it is shown there.
const DOORS: [(&str, &str); 5] = [
    ("/api/me", "Bearer"),
    ("/me", "Bearer"),
    ("/flask-jwt/protected", "JWT"),
    ("/jwt-extended/protected", "Bearer"),
    ("/rest-auth/api/resource", "Basic"),
];

fn shared(config: &mut Config) {
    config.shared_secret = Some(SharedSecret::new(SECRET).unwrap());
}

fn rest(auth: &Auth, algorithm: Signature) -> Router {
    let mut options = rest_auth::Options::default();
    options.algorithm = algorithm;
    rest_auth::rest_auth(auth, options)
}

fn jwt(auth: &Auth, algorithm: Signature) -> Router {
    let mut options = flask_jwt::Options::default();
    options.algorithm = algorithm;
    flask_jwt::flask_jwt(auth, options)
}

fn extended(auth: &Auth, algorithm: Signature) -> Router {
    let mut options = jwt_extended::Options::default();
    options.algorithm = algorithm;
    jwt_extended::jwt_extended(auth, options)
}

fn mounted(app: App, algorithm: Signature) -> App {
    let auth = app.auth.clone();
    app.with("/rest-auth", rest(&auth, algorithm))
        .with("/flask-jwt", jwt(&auth, algorithm))
        .with("/jwt-extended", extended(&auth, algorithm))
}

async fn app_with(db: &Database, configure: impl FnOnce(&mut Config)) -> App {
    let app = db
        .app_with(|config| {
            shared(config);
            configure(config);
        })
        .await;
    let susan = NewUser {
        username: Some("susan".into()),
        password: PASSWORD.to_owned().into(),
        ..NewUser::default()
    };
    app.auth.users().add_sample(susan).await.unwrap();
    mounted(app, Signature::Shared)
}

async fn app(db: &Database) -> App {
    app_with(db, |_| {}).await
}

async fn bought(answer: Answer, member: &str) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.body[member].as_str().unwrap().to_owned()
}

async fn by_rest_auth(app: &App) -> String {
    bought(app.basic("susan", PASSWORD).get("/rest-auth/api/token").await, "token").await
}

async fn log_in(app: &App, path: &str, member: &str) -> String {
    let body = json!({"username": "susan", "password": PASSWORD});
    bought(app.anonymous().post(path, &body).await, member).await
}

/// One token of each profile.
async fn tokens(app: &App) -> [String; 3] {
    [
        by_rest_auth(app).await,
        log_in(app, "/flask-jwt/auth", "access_token").await,
        log_in(app, "/jwt-extended/login", "access_token").await,
    ]
}

fn knock(app: &App, scheme: &str, token: &str) -> Caller {
    match scheme {
        "Basic" => app.basic(token, ""),
        scheme => app.anonymous().header("authorization", format!("{scheme} {token}")),
    }
}

/// The status at every door.
async fn at_doors(app: &App, token: &str) -> Vec<u16> {
    let mut statuses = Vec::new();
    for (path, scheme) in DOORS {
        statuses.push(knock(app, scheme, token).get(path).await.status);
    }
    statuses
}

async fn is_refused_everywhere(app: &App, token: &str, what: &str) {
    for ((path, _), status) in DOORS.iter().zip(at_doors(app, token).await) {
        let unreadable = *path == "/jwt-extended/protected" && status == 422;
        assert!(status == 401 || unreadable, "{what} at {path}: {status}");
    }
}

fn part(token: &str, number: usize) -> Value {
    let part = token.split('.').nth(number).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// As a service verifies it: HS256 under the secret, whatever else is in the header.
fn verifies(token: &str, secret: &[u8]) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    let key = SigningKey::from_bytes(Algorithm::HS256, secret).unwrap();
    key.sign_bytes(message.as_bytes()).unwrap() == BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap()
}

/// What a service could make of a header and claims.
fn forged(header: &Value, claims: &str) -> String {
    let encode = |part: &str| BASE64_URL_SAFE_NO_PAD.encode(part);
    let message = format!("{}.{}", encode(&header.to_string()), encode(claims));
    let key = SigningKey::from_bytes(Algorithm::HS256, SECRET).unwrap();
    let signature = key.sign_bytes(message.as_bytes()).unwrap();
    format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

/// As the old application made it.
fn old(claims: &Value) -> String {
    forged(&json!({"alg": "HS256", "typ": "JWT"}), &claims.to_string())
}

/// The claims, spelled as they were signed.
fn spelled(token: &str) -> String {
    let payload = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap());
    String::from_utf8(payload.unwrap()).unwrap()
}

/// With other claims, countersigned for those it had.
fn other_claims(one: &str, two: &str, admin: &str) -> Vec<(&'static str, String)> {
    let (header, claims) = (part(one, 0), spelled(one));
    let with = |before: &str, after: &str| {
        assert!(claims.contains(before), "{before} {claims}");
        forged(&header, &claims.replace(before, after))
    };
    let user = part(one, 1)["sub"].as_str().unwrap().to_owned();
    vec![
        ("another user", with(&user, admin)),
        ("a later end", with(r#""exp":18000006"#, r#""exp":18000096"#)),
        ("another epoch", with(r#""epoch":0"#, r#""epoch":1"#)),
        ("another scope", with(r#""account admin""#, r#""account admin x""#)),
        ("one role more", with(r#""epoch""#, r#""roles":["admin"],"epoch""#)),
        ("another token's", forged(&part(two, 0), &claims)),
        ("another token's claims", forged(&header, &spelled(two))),
    ]
}

/// With another header.
fn headers(one: &str) -> Vec<(&'static str, String)> {
    let headed = |edit: fn(&mut serde_json::Map<String, Value>)| {
        let mut header = part(one, 0);
        edit(header.as_object_mut().unwrap());
        forged(&header, &spelled(one))
    };
    let user = part(one, 1)["sub"].clone();
    let before = json!({
        "id": user, "sub": user, "identity": user, "type": "access", "jti": "x",
        "iat": START, "nbf": START, "exp": START + 300,
    });
    vec![
        ("none", headed(|h| drop(h.remove("countersign")))),
        ("a made-up one", headed(|h| h["countersign"] = json!("A".repeat(43)))),
        ("EdDSA claimed", headed(|h| h["alg"] = json!("EdDSA"))),
        ("none claimed", headed(|h| h["alg"] = json!("none"))),
        ("crit", headed(|h| drop(h.insert("crit".into(), json!(["countersign"]))))),
        ("no kid", headed(|h| drop(h.remove("kid")))),
        ("as PyJWT makes it", old(&before)),
    ]
}

on_both_engines! {
    async fn a_service_that_has_the_secret_verifies_the_tokens_of_each_profile(db) {
        let app = app(&db).await;

        for (token, name) in tokens(&app).await.iter().zip(["id", "identity", "sub"]) {
            let (header, claims) = (part(token, 0), part(token, 1));
            assert!(verifies(token, SECRET) && !verifies(token, &[7; 32]));
            assert_eq!((&header["alg"], &header["typ"]), (&json!("HS256"), &json!("at+jwt")));
            assert_eq!(claims[name], claims["sub"]);
            assert!(claims["aud"].is_null(), "PyJWT refuses an audience that it was not told of");
        }
        let set = app.anonymous().get("/.well-known/jwks.json").await;
        let kid = part(&by_rest_auth(&app).await, 0)["kid"].as_str().unwrap().to_owned();
        assert_eq!(set.body["keys"].as_array().unwrap().len(), 1);
        assert!(!set.text().contains(&kid), "{set:?}");
    }

    async fn a_token_under_the_shared_secret_is_good_everywhere_until_it_is_taken_back(db) {
        let app = app(&db).await;

        for token in tokens(&app).await {
            assert_eq!(at_doors(&app, &token).await, [200; 5]);
            let seen = app.bearer(&token).form("/oauth/introspect", &token).await;
            assert_eq!(seen.body["active"], true, "{seen:?}");

            assert_eq!(app.bearer(&token).form("/oauth/revoke", &token).await.status, 200);

            is_refused_everywhere(&app, &token, "revoked").await;
        }
        let token = by_rest_auth(&app).await;
        assert_eq!(app.bearer(&token).delete("/api/tokens").await.status, 204);
        is_refused_everywhere(&app, &token, "logged out").await;
        let token = log_in(&app, "/flask-jwt/auth", "access_token").await;
        let user = app.auth.users().find("susan").await.unwrap().id;
        app.auth.passwords().set(user, &"four louder words still".to_owned().into()).await.unwrap();
        is_refused_everywhere(&app, &token, "of another password").await;
    }

    async fn whoever_knows_the_shared_secret_makes_no_token_that_is_believed(db) {
        let app = app(&db).await;
        let [one, two, _] = tokens(&app).await;
        let admin = app.admin().await.id;
        let as_made = forged(&part(&one, 0), &spelled(&one));
        assert_eq!(at_doors(&app, &as_made).await, [200; 5], "as it was made");

        for (what, token) in other_claims(&one, &two, &admin).into_iter().chain(headers(&one)) {
            assert!(verifies(&token, SECRET), "the services believe it");
            is_refused_everywhere(&app, &token, what).await;
            let seen = app.basic("susan", PASSWORD).form("/oauth/introspect", &token).await;
            assert_eq!(seen.body, json!({"active": false}), "{what}");
        }
        // Nor one that the service's own key is named for.
        let native = app.basic("susan", PASSWORD).post("/api/tokens", &json!({})).await;
        let native = native.body["access_token"].as_str().unwrap();
        let mut confused = part(native, 0);
        is_refused_everywhere(&app, &forged(&confused, &spelled(native)), "under Ed25519").await;
        confused["alg"] = json!("HS256");
        is_refused_everywhere(&app, &forged(&confused, &spelled(native)), "as HS256").await;
    }

    async fn a_token_buys_the_next_of_its_kind(db) {
        let app = app(&db).await;
        let first = by_rest_auth(&app).await;

        let next = bought(app.basic(&first, "").get("/rest-auth/api/token").await, "token").await;

        assert!(verifies(&next, SECRET));
        assert_eq!(part(&next, 1)["id"], part(&first, 1)["sub"]);
        assert_eq!(at_doors(&app, &next).await, [200; 5]);
        // The native API's are under the key that everybody can verify by.
        let native = app.bearer(&first).post("/api/tokens", &json!({})).await;
        assert_eq!(part(native.body["access_token"].as_str().unwrap(), 0)["alg"], "EdDSA");
    }

    async fn a_refresh_token_is_no_token_for_services_and_buys_those_that_are(db) {
        let app = app(&db).await;
        let body = json!({"username": "susan", "password": PASSWORD});
        let answer = app.anonymous().post("/jwt-extended/login", &body).await;
        let refresh = answer.body["refresh_token"].as_str().unwrap();
        assert!(!verifies(refresh, SECRET));

        let renewed = app.bearer(refresh).post("/jwt-extended/refresh", &json!({})).await;

        let renewed = bought(renewed, "access_token").await;
        assert!(verifies(&renewed, SECRET));
        assert_eq!(part(&renewed, 1)["fresh"], false);
        assert_eq!(at_doors(&app, &renewed).await, [200; 5]);
        is_refused_everywhere(&app, refresh, "a refresh token").await;
    }

    async fn the_key_is_the_same_in_every_process_and_goes_with_the_secret(db) {
        let app = app(&db).await;
        let token = by_rest_auth(&app).await;
        let start = || countersign::Clock::manual(START);
        let beside = db.app_at(start(), shared).await;
        let replaced = db.app_at(start(), |config| {
            config.shared_secret = Some(SharedSecret::new([9; 32]).unwrap());
        }).await;
        let without = db.app_at(start(), |_| {}).await;

        for (app, accepted) in [(beside, true), (replaced, false), (without, false)] {
            assert_eq!(app.bearer(&token).get("/api/me").await.status == 200, accepted);
        }
    }

    async fn without_a_secret_no_profile_is_mounted_for_it_and_no_session_opened(db) {
        let app = db.app().await;
        app.user("susan").await;
        assert!(!app.auth.tokens().can_sign(Signature::Shared));
        for constructor in [rest, jwt, extended] {
            let auth = std::panic::AssertUnwindSafe(&app.auth);
            assert!(std::panic::catch_unwind(|| constructor(&auth, Signature::Service)).is_ok());
            assert!(std::panic::catch_unwind(|| constructor(&auth, Signature::Shared)).is_err());
        }
        let access = Shape { signature: Signature::Shared, ..Shape::default() };
        let grant = Grant { access, ..Grant::default() };

        let issued = app.auth.tokens()
            .issue("susan", &PASSWORD.to_owned().into(), grant, &Client::default()).await;

        assert!(matches!(issued, Err(Error::Failed(_))));
        assert_eq!(db.count("sessions").await, 0);
    }

    async fn only_where_the_old_secret_is_the_shared_one_does_its_holder_make_old_tokens(db) {
        let dates = json!({"identity": 7, "iat": START, "nbf": START, "exp": START + 5000});
        let old = old(&dates);
        for (secret, accepted) in [(&b"the secret of the old application"[..], false), (SECRET, true)] {
            let app = app_with(&db, |config| {
                config.legacy.secret = Some(LegacySecret::new(secret).unwrap());
                config.legacy.accept_until = Some(START + 1000);
            }).await;
            db.execute("UPDATE users SET external_id = '7', external_source = ''").await;
            let caller = app.anonymous().header("authorization", format!("JWT {old}"));

            assert_eq!(caller.get("/flask-jwt/protected").await.status == 200, accepted);
            assert_eq!(app.bearer(&old).get("/api/me").await.status, 401, "never the native API");
            app.pass(1000);
            assert_eq!(caller.get("/flask-jwt/protected").await.status, 401);
            db.execute("DELETE FROM users").await;
        }
    }
}
