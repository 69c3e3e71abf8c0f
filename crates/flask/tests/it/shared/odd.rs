//! Generated requests to every route of every profile: whatever comes, no failure of the server,
//! and an answer in the words of the profile. The same requests on every run.

mod made;

use std::{collections::BTreeMap, sync::Mutex};

use axum::http::{HeaderValue, Method, Uri};
use countersign::ThrottleMode;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use tokio::{runtime::Handle, task::block_in_place};

use super::{
    doors::{app, with_page},
    envelope::assert_in_the_envelope,
};
use crate::support::{App, Caller, PASSWORD, on_both_engines};
use made::{Odd, odd};

const CASES: u32 = 8000;

/// Every route, and how somebody comes in there. `ID` is somebody's, and so are the tokens.
const ROUTES: [(&str, &str, &str); 31] = [
    ("POST", "/rest-auth/api/users", ""),
    ("GET", "/rest-auth/api/users/ID", ""),
    ("GET", "/rest-auth/api/token", "Basic PAIR"),
    ("GET", "/rest-auth/api/resource", "Basic PAIR"),
    ("POST", "/api-tokens/api/tokens", "Basic PAIR"),
    ("DELETE", "/api-tokens/api/tokens", "Bearer csa_x"),
    ("POST", "/api-tokens/api/users", ""),
    ("GET", "/api-tokens/api/users", "Bearer RANDOM"),
    ("GET", "/api-tokens/api/users/ID", "Bearer RANDOM"),
    ("PUT", "/api-tokens/api/users/ID", "Bearer RANDOM"),
    ("GET", "/api-tokens/api/users/ID/followers", "Bearer RANDOM"),
    ("GET", "/api-tokens/api/users/ID/following", "Bearer TOKEN"),
    ("GET", "/request-loader/", ""),
    ("GET", "/request-loader/protected", ""),
    ("GET", "/request-loader/protected/", "TOKEN"),
    ("GET", "/user-system/api/auth/verify_auth", ""),
    ("POST", "/user-system/api/auth/login", ""),
    ("POST", "/user-system/api/auth/logout", ""),
    ("POST", "/user-system/api/auth/signup", ""),
    ("GET", "/user-system/api/helloworld/helloworld", ""),
    ("GET", "/user-system/api/helloworld/csrf", ""),
    ("POST", "/flask-jwt/auth", ""),
    ("GET", "/flask-jwt/protected", "JWT TOKEN"),
    ("POST", "/jwt-extended/login", ""),
    ("POST", "/jwt-extended/refresh", "Bearer REFRESH"),
    ("POST", "/jwt-extended/protected", "Bearer TOKEN"),
    ("GET", "/jwt-extended/protected/fresh", "Bearer TOKEN"),
    ("GET", "/jwt-extended/optionally_protected", "Bearer TOKEN"),
    ("DELETE", "/jwt-extended/logout/refresh", "Bearer TOKEN"),
    ("POST", "/jwt-extended/login_with_cookies", ""),
    ("POST", "/jwt-extended/logout_with_cookies", "Bearer REFRESH"),
];

/// What has to be among the answers, or it is those to nonsense alone that are looked at.
const DUE: [(&str, u16); 15] = [
    ("rest-auth", 200),
    ("rest-auth", 201),
    ("rest-auth", 400),
    ("api-tokens", 200),
    ("api-tokens", 201),
    ("api-tokens", 400),
    ("api-tokens", 415),
    ("request-loader", 200),
    ("request-loader", 401),
    ("user-system", 200),
    ("user-system", 422),
    ("flask-jwt", 200),
    ("flask-jwt", 400),
    ("jwt-extended", 200),
    ("jwt-extended", 422),
];

/// Somebody, and what was given to them.
struct Known {
    words: [(&'static str, String); 5],
    anonymous: Caller,
    page: Caller,
    /// How often a profile answered with a status.
    answered: Mutex<BTreeMap<(String, u16), u32>>,
}

impl Known {
    async fn of(app: &App) -> Self {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let id = app.user("miguel").await.id;
        let body = json!({"username": "miguel", "password": PASSWORD});
        let both = app.anonymous().post("/jwt-extended/login", &body).await;
        let random = app.basic("miguel", PASSWORD).post("/api-tokens/api/tokens", &json!({})).await;
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let words = [
            ("ID", id),
            ("TOKEN", text(&both.body["access_token"])),
            ("REFRESH", text(&both.body["refresh_token"])),
            ("RANDOM", text(&random.body["token"])),
            ("PAIR", BASE64_STANDARD.encode(format!("miguel:{PASSWORD}"))),
        ];
        let (anonymous, answered) = (app.anonymous(), Mutex::default());
        Self { words, page: with_page(&anonymous).await, anonymous, answered }
    }

    /// With what is known in place of its names.
    fn filled(&self, text: &str) -> String {
        self.words.iter().fold(text.to_owned(), |text, (name, word)| text.replace(name, word))
    }

    /// Sends it, as far as it can be sent at all, and looks at the answer.
    async fn ask(&self, odd: &Odd) {
        let path = self.filled(&odd.path);
        let query = odd.query.as_ref().map(|query| format!("{path}?{}", self.filled(query)));
        let target = query.filter(|target| target.parse::<Uri>().is_ok()).unwrap_or(path);
        let mut caller = if odd.with_page { self.page.clone() } else { self.anonymous.clone() };
        for (name, value) in &odd.headers {
            let filled = std::str::from_utf8(value).map(|text| self.filled(text).into_bytes());
            let value = filled.unwrap_or(value.clone());
            if HeaderValue::from_bytes(&value).is_ok() {
                caller = caller.header(name, &value);
            }
        }
        let method = Method::from_bytes(odd.method.as_bytes()).unwrap();

        let answer = caller.send(method, &target, odd.body.clone().into()).await;

        let profile = odd.path.split('/').nth(1).unwrap();
        assert_in_the_envelope(profile, &answer);
        let key = (profile.to_owned(), answer.status);
        *self.answered.lock().unwrap().entry(key).or_default() += 1;
    }
}

on_both_engines! {
    async fn whatever_is_sent_is_answered_in_the_words_of_the_profile(db) {
        let app = app(&db, |config| config.throttle.mode = ThrottleMode::Off).await;
        let known = Known::of(&app).await;
        let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let mut runner = TestRunner::new_with_rng(config, rng);

        let outcome = block_in_place(|| {
            let ask = |odd| {
                Handle::current().block_on(known.ask(&odd));
                Ok(())
            };
            runner.run(&odd(), ask).map_err(|why| why.to_string())
        });

        outcome.unwrap_or_else(|why| panic!("{why}"));
        let answered = known.answered.lock().unwrap();
        for (profile, status) in DUE {
            let is_there = answered.contains_key(&(profile.into(), status));
            assert!(is_there, "{profile} {status}: {answered:?}");
        }
    }
}
