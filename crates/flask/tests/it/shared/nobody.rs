//! Callers with no credential, or an empty one. In an original an account with an empty name and
//! an empty password let all of them in.

use axum::http::{HeaderValue, Method};
use countersign::ThrottleMode;
use serde_json::{Value, json};

use super::{
    doors::{app, doors, sign_ups, with_page},
    envelope::assert_in_the_envelope,
};
use crate::support::{Answer, App, Caller, PASSWORD, on_both_engines};

/// What only somebody is shown, besides the doors.
const GUARDED: [(Method, &str); 13] = [
    (Method::GET, "/rest-auth/api/resource"),
    (Method::DELETE, "/api-tokens/api/tokens"),
    (Method::GET, "/api-tokens/api/users"),
    (Method::GET, "/request-loader/protected/"),
    (Method::GET, "/user-system/api/auth/verify_auth"),
    (Method::POST, "/user-system/api/auth/logout"),
    (Method::GET, "/flask-jwt/protected"),
    (Method::GET, "/jwt-extended/protected"),
    (Method::POST, "/jwt-extended/protected"),
    (Method::GET, "/jwt-extended/protected/fresh"),
    (Method::POST, "/jwt-extended/refresh"),
    (Method::DELETE, "/jwt-extended/logout"),
    (Method::DELETE, "/jwt-extended/logout/refresh"),
];

/// What a text can be without being one.
fn nothings() -> Vec<Option<Value>> {
    let texts = ["", " ", "\t\n", "\u{a0}", "\u{200b}", "\u{0}", ":", "\u{feff}"];
    let others = [json!(null), json!([]), json!({}), json!([""])];
    let values = texts.into_iter().map(Value::from).chain(others);
    values.map(Some).chain([None]).collect()
}

/// `Authorization`, with nothing in it that is a credential.
const HEADERS: [&str; 23] = [
    "",
    " ",
    ":",
    "Basic",
    "Basic ",
    "Basic :",
    "Basic Og",
    "basic Og==",
    "Bearer",
    "Bearer ",
    "Bearer null",
    "Bearer :",
    "JWT",
    "JWT ",
    "JWT .",
    "JWT ..",
    "JWT null",
    "Token",
    ",",
    ", ,",
    "undefined",
    "None:None",
    "null",
];

const PAIRS: [&str; 5] = ["", ":", " : ", "\u{0}:\u{0}", "null:null"];

const COOKIES: [&str; 5] =
    ["", "=", "session=", "access_token_cookie=", "__Host-session=; remember_token=null"];

const QUERIES: [&str; 16] = [
    "token",
    "token=",
    "token=%20",
    "token=:",
    "token=%00",
    "token=null",
    "token=&token=",
    "jwt",
    "jwt=",
    "jwt=..",
    "jwt=null",
    "jwt=%00.%00.%00",
    "access_token=",
    "csrf_token=",
    "=",
    "&&",
];

/// Callers that show nothing, with and without the page open.
async fn nobodies(app: &App) -> Vec<Caller> {
    let mut all = Vec::new();
    for caller in [app.anonymous(), with_page(&app.anonymous()).await] {
        all.push(caller.clone());
        all.extend(PAIRS.map(|pair| caller.basic_bytes("Basic", pair.as_bytes())));
        all.extend(HEADERS.map(|value| caller.header("authorization", value)));
        all.push(caller.header("authorization", "").header("authorization", ""));
        all.push(caller.header("x-auth-token", ""));
        let with = |cookies| caller.header("cookie", cookies).header("x-csrf-token", "");
        all.extend(COOKIES.map(with));
    }
    all
}

/// Nothing in it lets anybody go on.
fn is_refused(profile: &str, answer: &Answer) {
    assert!((400..=422).contains(&answer.status), "{profile}: {answer:?}");
    let kept = answer.cookies();
    let is_nothing = |name: &str, ends| ends || name == "__Host-device";
    assert!(kept.iter().all(|(name, _, ends)| is_nothing(name, *ends)), "{profile}: {answer:?}");
    assert_in_the_envelope(profile, answer);
}

on_both_engines! {
    async fn nobody_has_an_account_without_a_name_and_a_password(db) {
        let app = app(&db, |_| {}).await;
        let right = ["miguel", "miguel@example.com", "python"].map(|text| Some(json!(text)));

        for sign_up in sign_ups() {
            for nothing in nothings() {
                let mut tries = vec![[(); 3].map(|()| nothing.clone())];
                tries.push([nothing.clone(), right[1].clone(), nothing.clone()]);
                tries.push([nothing.clone(), right[1].clone(), right[2].clone()]);
                // Blanks are no name, but a password.
                let text = nothing.as_ref().and_then(Value::as_str);
                if text.is_none_or(str::is_empty) {
                    tries.push([right[0].clone(), right[1].clone(), nothing.clone()]);
                }
                for values in tries {
                    let tried = format!("{}: {values:?}", sign_up.path);
                    let answer = sign_up.ask(&app, values).await;
                    assert!((400..=422).contains(&answer.status), "{tried} {answer:?}");
                    assert!(answer.cookies().is_empty(), "{tried} {answer:?}");
                }
            }
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn nobody_is_let_in_who_shows_nothing_even_where_empty_names_were_tried(db) {
        let app = app(&db, |config| config.throttle.mode = ThrottleMode::Off).await;
        for sign_up in sign_ups() {
            sign_up.ask(&app, [json!(""), json!(""), json!("")].map(Some)).await;
        }
        app.user("miguel").await;

        for nobody in nobodies(&app).await {
            for door in doors() {
                is_refused(door.profile, &door.knock(&nobody).await);
            }
            for (method, path) in GUARDED {
                is_refused(profile_of(path), &nobody.send(method, path, "".into()).await);
            }
            let optional = nobody.get("/jwt-extended/optionally_protected").await;
            assert!(optional.status >= 400 || optional.body["logged_in_as"] == "anonymous user");
        }
    }

    async fn nobody_is_let_in_by_a_name_or_a_password_that_is_none(db) {
        let app = app(&db, |config| config.throttle.mode = ThrottleMode::Off).await;
        app.user("miguel").await;

        for door in doors() {
            let visitor = door.visitor(&app).await;
            for nothing in nothings().iter().filter_map(|value| value.as_ref()?.as_str()) {
                for (name, password) in
                    [(nothing, nothing), ("miguel", nothing), (nothing, PASSWORD)]
                {
                    // What no header can carry is not sent in one.
                    let is_text = HeaderValue::from_str(nothing).is_ok();
                    if is_text || door.profile != "request-loader" {
                        let answer = door.open_by(&visitor, name, password).await;
                        is_refused(door.profile, &answer);
                    }
                }
            }
        }
    }

    async fn nobody_is_let_in_by_a_member_that_is_none(db) {
        let app = app(&db, |config| config.throttle.mode = ThrottleMode::Off).await;
        app.user("miguel").await;
        let visitor = with_page(&app.anonymous()).await;

        for (path, name) in [
            ("/user-system/api/auth/login", "login"),
            ("/flask-jwt/auth", "username"),
            ("/jwt-extended/login", "username"),
            ("/jwt-extended/login_with_cookies", "username"),
        ] {
            for nothing in nothings() {
                let mut body = json!({"password": nothing, name: nothing});
                is_refused(profile_of(path), &visitor.post(path, &body).await);
                body[name] = json!("miguel");
                is_refused(profile_of(path), &visitor.post(path, &body).await);
                body.as_object_mut().unwrap().remove("password");
                is_refused(profile_of(path), &visitor.post(path, &body).await);
            }
        }
    }

    async fn nobody_is_let_in_by_an_empty_token_in_the_address_or_the_body(db) {
        let app = app(&db, |_| {}).await;
        let nobody = with_page(&app.anonymous()).await.json();
        let bodies = ["", "..", " ", "\u{0}", "null"].map(|token| {
            json!({"access_token": token, "refresh_token": token, "token": token}).to_string()
        });

        for (method, path) in GUARDED {
            for query in QUERIES {
                let target = format!("{path}?{query}");
                let answer = nobody.send(method.clone(), &target, "".into()).await;
                is_refused(profile_of(path), &answer);
            }
            for body in bodies.iter().map(String::as_str).chain(["[]", "\"\"", "null", "{}", ""]) {
                let answer = nobody.send(method.clone(), path, body.to_owned().into()).await;
                is_refused(profile_of(path), &answer);
            }
        }
    }
}

fn profile_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap()
}
