//! Every way into a profile by a name and a password, and to an account.

use axum::{Router, body::Body, http::Method};
use countersign::Config;
use countersign_flask::{
    PasswordPolicy, api_tokens, flask_jwt, jwt_extended, mount, request_loader, rest_auth,
    user_system,
};
use serde_json::{Value, json};

use crate::support::{Answer, App, Caller, Database};

/// How somebody comes in by a password, and what whoever is let in is answered.
pub(crate) struct Door {
    pub(crate) profile: &'static str,
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    by: By,
}

/// Where the name and the password are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Basic,
    /// The whole header, parted by a colon.
    Naive,
    Query,
    Json,
    /// The form of a page, with its token.
    Form,
}

pub(crate) fn doors() -> [Door; 9] {
    let door = |profile, method, path, by| Door { profile, method, path, by };
    let (get, post) = (Method::GET, Method::POST);
    [
        door("rest-auth", get.clone(), "/rest-auth/api/token", By::Basic),
        door("rest-auth", get.clone(), "/rest-auth/api/resource", By::Basic),
        door("api-tokens", post.clone(), "/api-tokens/api/tokens", By::Basic),
        door("request-loader", get.clone(), "/request-loader/protected/", By::Naive),
        door("request-loader", get, "/request-loader/protected/", By::Query),
        door("user-system", post.clone(), "/user-system/api/auth/login", By::Form),
        door("flask-jwt", post.clone(), "/flask-jwt/auth", By::Json),
        door("jwt-extended", post.clone(), "/jwt-extended/login", By::Json),
        door("jwt-extended", post, "/jwt-extended/login_with_cookies", By::Json),
    ]
}

/// All six, with whatever of their options lets most in.
pub(crate) async fn app(db: &Database, change: impl FnOnce(&mut Config)) -> App {
    let mut app = db.app_with(change).await;
    for (path, profile) in profiles(&app) {
        app.router = app.router.merge(mount(path, profile));
    }
    app
}

fn profiles(app: &App) -> [(&'static str, Router); 6] {
    let mut rest = rest_auth::Options::default();
    rest.password_policy = PasswordPolicy::Origin;
    let mut tokens = api_tokens::Options::default();
    tokens.password_policy = PasswordPolicy::Origin;
    let mut loader = request_loader::Options::default();
    loader.naive_tokens = request_loader::NaiveTokens::Accepted;
    let mut system = user_system::Options::default();
    system.password_policy = PasswordPolicy::Origin;
    let mut extended = jwt_extended::Options::default();
    use jwt_extended::Location::{Cookies, Headers, Json, QueryString};
    extended.locations = vec![Headers, Cookies, Json, QueryString];
    let auth = &app.auth;
    [
        ("/rest-auth", rest_auth(auth, rest)),
        ("/api-tokens", api_tokens(auth, tokens)),
        ("/request-loader", request_loader(auth, loader)),
        ("/user-system", user_system(auth, system)),
        ("/flask-jwt", flask_jwt(auth, flask_jwt::Options::default())),
        ("/jwt-extended", jwt_extended(auth, extended)),
    ]
}

impl Door {
    /// What the answer to every false name and password has for a status.
    pub(crate) fn refusal(&self) -> u16 {
        if self.by == By::Form { 422 } else { 401 }
    }

    /// Whoever stands before it: where a page is part of it, with that page open.
    pub(crate) async fn visitor(&self, app: &App) -> Caller {
        if self.by == By::Form { with_page(&app.anonymous()).await } else { app.anonymous() }
    }

    /// Asks without a name and a password.
    pub(crate) async fn knock(&self, visitor: &Caller) -> Answer {
        visitor.send(self.method.clone(), self.path, Body::empty()).await
    }

    /// Asks with this name and this password.
    pub(crate) async fn open_by(&self, visitor: &Caller, name: &str, password: &str) -> Answer {
        let encoded = |names: [&str; 2]| {
            let pairs = [(names[0], name), (names[1], password)];
            form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        match self.by {
            By::Basic => self.knock(&visitor.basic(name, password)).await,
            By::Naive => {
                let pair = format!("{name}:{password}");
                self.knock(&visitor.header("authorization", pair)).await
            }
            By::Query => {
                let pair = format!("{name}:{password}");
                let pair: String = form_urlencoded::byte_serialize(pair.as_bytes()).collect();
                let path = format!("{}?token={pair}", self.path);
                visitor.send(self.method.clone(), &path, Body::empty()).await
            }
            By::Json => {
                visitor.post(self.path, &json!({"username": name, "password": password})).await
            }
            By::Form => {
                let visitor = visitor.header("content-type", "application/x-www-form-urlencoded");
                let fields = encoded(["login", "password"]);
                visitor.send(self.method.clone(), self.path, fields.into()).await
            }
        }
    }

    pub(crate) async fn open(&self, app: &App, name: &str, password: &str) -> Answer {
        self.open_by(&self.visitor(app).await, name, password).await
    }
}

/// The same caller with the page of `/user-system` open: its cookie and its token.
pub(crate) async fn with_page(caller: &Caller) -> Caller {
    let caller = caller.header("sec-fetch-site", "same-origin");
    let answer = caller.get("/user-system/api/helloworld/csrf").await;
    let kept = answer.cookies().into_iter().map(|(name, value, _)| format!("{name}={value}"));
    let cookies = kept.collect::<Vec<_>>().join("; ");
    caller.header("cookie", cookies).header("x-csrftoken", answer.text())
}

/// Where one signs up.
pub(crate) struct SignUp {
    pub(crate) path: &'static str,
    pub(crate) made: u16,
    pub(crate) taken: u16,
    members: [&'static str; 3],
}

pub(crate) fn sign_ups() -> [SignUp; 3] {
    let members = ["username", "email", "password"];
    [
        SignUp { path: "/rest-auth/api/users", made: 201, taken: 400, members },
        SignUp { path: "/api-tokens/api/users", made: 201, taken: 400, members },
        SignUp {
            path: "/user-system/api/auth/signup",
            made: 200,
            taken: 409,
            members: ["user_name", "email", "password"],
        },
    ]
}

impl SignUp {
    /// Asks for an account with these; `None`: the member is not there.
    pub(crate) async fn ask(&self, app: &App, values: [Option<Value>; 3]) -> Answer {
        let mut body = json!({"first_name": "A", "last_name": "B"});
        if let Some(password) = &values[2] {
            body["confirm"] = password.clone();
        }
        for (member, value) in self.members.iter().zip(values) {
            if let Some(value) = value {
                body[member] = value;
            }
        }
        with_page(&app.anonymous()).await.post(self.path, &body).await
    }

    pub(crate) async fn sign_up(&self, app: &App, name: &str) -> Answer {
        let email = format!("{name}@example.com");
        let values = [Some(json!(name)), Some(json!(email)), Some(json!("python"))];
        self.ask(app, values).await
    }
}
