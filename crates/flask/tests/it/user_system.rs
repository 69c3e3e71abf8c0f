//! The contract of the page that logs in by cookie (`/user-system`).

mod forged;
mod page;
mod session;
mod sign_up;

use countersign::{Config, NewUser};
use countersign_flask::{
    PasswordPolicy,
    user_system::{Options, user_system as profile},
};

use crate::support::{Answer, App, Browser, Database, PASSWORD};

const LOGIN: &str = "/user-system/api/auth/login";
const LOGOUT: &str = "/user-system/api/auth/logout";
const SIGN_UP: &str = "/user-system/api/auth/signup";
const VERIFY: &str = "/user-system/api/auth/verify_auth";
const CSRF: &str = "/user-system/api/helloworld/csrf";

async fn app(db: &Database) -> App {
    app_with(db, PasswordPolicy::Origin, |_| {}).await
}

async fn app_with(
    db: &Database,
    policy: PasswordPolicy,
    configure: impl FnOnce(&mut Config),
) -> App {
    let mut options = Options::default();
    options.password_policy = policy;
    app_of(db, options, configure).await
}

async fn app_of(db: &Database, options: Options, configure: impl FnOnce(&mut Config)) -> App {
    let app = db.app_with(configure).await;
    let routes = profile(&app.auth, options);
    let app = app.with("/user-system", routes);
    // Somebody whose account was there before.
    app.auth.users().add_sample(known()).await.unwrap();
    app
}

fn known() -> NewUser {
    NewUser {
        username: Some("susan".into()),
        email: Some("susan@example.com".into()),
        password: PASSWORD.to_owned().into(),
        ..NewUser::default()
    }
}

/// A page that was loaded: a browser with its token.
struct Tab {
    browser: Browser,
    token: String,
}

impl Tab {
    async fn of(app: &App) -> Self {
        let mut browser = app.browser();
        let token = browser.get(CSRF).await.text();
        Self { browser, token }
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.browser
            .header("x-csrftoken", &self.token)
            .submit_into(&mut self.browser, path, fields)
            .await
    }

    async fn log_in(&mut self, remember: &str) -> Answer {
        let fields = [("login", "susan"), ("password", PASSWORD), ("remember_me", remember)];
        self.post(LOGIN, &fields).await
    }

    async fn is_logged_in(&mut self) -> bool {
        self.browser.get(VERIFY).await.status == 200
    }
}

impl Browser {
    /// Sends a form by this browser, with what another one keeps and is given.
    async fn submit_into(self, other: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut sender = self;
        let answer = sender.submit(path, fields).await;
        other.cookies = sender.cookies;
        answer
    }
}

/// Status, type and message of a refusal in the one envelope.
fn refusal(answer: &Answer) -> (u16, String, serde_json::Value) {
    let errors = answer.body["errors"].as_object().unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(errors["more info"], "", "{answer:?}");
    assert_eq!(errors.len(), 3, "{answer:?}");
    (answer.status, errors["type"].as_str().unwrap().to_owned(), errors["message"].clone())
}

fn refused(status: u16, kind: &str, message: &str) -> (u16, String, serde_json::Value) {
    (status, kind.into(), message.into())
}

/// The message of a success.
fn said(answer: &Answer) -> &str {
    assert_eq!((answer.status, &answer.body["success"]), (200, &true.into()), "{answer:?}");
    answer.body["message"].as_str().unwrap()
}
