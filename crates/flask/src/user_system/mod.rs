//! The profile of "Setup User Authentication in Flask": a session by cookie, sign-up, a token
//! against forged requests, one envelope, and the page that uses them.

mod envelope;
mod form;
mod page;
mod sent;

use axum::{
    Router,
    extract::State,
    http::request::Parts,
    response::Response,
    routing::{get, post},
};
use countersign::{Auth, CurrentUser, Remember, SignedUp, TakenAddress, UserAgent};
use serde_json::{Value, json};

use crate::shared::{
    Site,
    answer::{denied, finished, methods},
    options::{ByName, NoSuchOption, PasswordPolicy, TAKEN_ADDRESS, taken_address},
    sign_up as shared_sign_up,
};
use envelope::{Refusal, success, success_with};
use sent::{Fields, Sent};

/// What can be chosen about the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Which passwords somebody may choose who signs up here. The original's are 6 to 30
    /// characters long.
    pub password_policy: PasswordPolicy,
    /// Whether somebody who signs up here is told that an address is taken, where mail is sent, and
    /// logged in at once. The original told everybody.
    pub taken_address: TakenAddress,
}

impl ByName for Options {
    fn set(&mut self, name: &str, value: &str) -> Result<(), NoSuchOption> {
        match name {
            PasswordPolicy::OPTION => self.password_policy = PasswordPolicy::read(value)?,
            TAKEN_ADDRESS => self.taken_address = taken_address(value)?,
            _ => return Err(NoSuchOption::named(&[PasswordPolicy::OPTION, TAKEN_ADDRESS])),
        }
        Ok(())
    }
}

type Here = Site<Options>;

/// The profile's routes, to nest below a path. Whatever is looked up that there is not is the page.
pub fn user_system<S>(auth: &Auth, options: Options) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    const READ: &str = "GET, HEAD, OPTIONS";
    const BOTH: &str = "GET, HEAD, OPTIONS, POST";
    let refuse = || Refusal::Method;
    let site = Site::new(auth, options);
    let anything = methods(READ, get(page::page), refuse).with_state(site.clone());
    let routes = Router::new()
        .route("/api/auth/verify_auth", methods(READ, get(verify_auth), refuse))
        .route("/api/auth/login", methods(BOTH, post(login).get(page::page), refuse))
        .route("/api/auth/logout", methods(BOTH, post(logout).get(page::page), refuse))
        .route("/api/auth/signup", methods(BOTH, post(sign_up).get(page::page), refuse))
        .route("/api/helloworld/helloworld", methods(READ, get(hello), refuse))
        .route("/api/helloworld/csrf", methods(READ, get(csrf), refuse))
        .route("/static/page.js", methods(READ, get(page::script), refuse))
        .route("/static/page.css", methods(READ, get(page::style), refuse))
        .fallback_service(anything);
    finished(routes, site)
}

async fn verify_auth(State(site): State<Here>, parts: Parts) -> Result<Response, Refusal> {
    let mut agent = site.auth.user_agent(&parts).await?;
    let outcome = match agent.user().await {
        Ok(Some(user)) => Ok(success_with("", &shown(&user))),
        Ok(None) => Err(Refusal::Anonymous),
        Err(error) => Err(error.into()),
    };
    Ok(agent.answer(outcome))
}

async fn login(Sent { mut agent, fields }: Sent) -> Response {
    let outcome = logged_in(&mut agent, &fields).await;
    agent.answer(outcome)
}

/// Of somebody who is logged in already nothing is looked at.
async fn logged_in(agent: &mut UserAgent, fields: &Fields) -> Result<Response, Refusal> {
    if agent.user().await?.is_some() {
        return Ok(success("You are already logged in"));
    }
    form::login(fields)?;
    let remember = if fields.flag("remember_me") { Remember::Yes } else { Remember::No };
    let password = fields.text("password").to_owned().into();
    let user = agent.log_in(fields.text("login"), &password, remember).await?;
    Ok(success_with("You have successfully logged in", &shown(&user)))
}

async fn logout(Sent { mut agent, .. }: Sent) -> Response {
    let outcome = logged_out(&mut agent).await;
    agent.answer(outcome)
}

async fn logged_out(agent: &mut UserAgent) -> Result<Response, Refusal> {
    if agent.user().await?.is_none() {
        return Err(Refusal::Anonymous);
    }
    agent.log_out().await?;
    Ok(success("You have successfully logged out"))
}

async fn sign_up(State(site): State<Here>, Sent { mut agent, fields }: Sent) -> Response {
    let outcome = signed_up(&site, &mut agent, &fields).await;
    agent.answer(outcome)
}

/// Whoever signed up is logged in, unless a mail says what follows.
async fn signed_up(
    site: &Here,
    agent: &mut UserAgent,
    fields: &Fields,
) -> Result<Response, Refusal> {
    const DONE: &str =
        "You successfully signed up! Please check your email for further verification.";
    if agent.user().await?.is_some() {
        return Ok(success("You're already signed up"));
    }
    let terms = (site.options.password_policy, site.options.taken_address);
    let new = form::sign_up(fields, terms.0)?;
    let password = new.password.clone();
    let made = shared_sign_up::register(&site.auth, new, terms, agent.client()).await?;
    if let SignedUp::Made(_) = made {
        let login = fields.text("user_name");
        if let Err(error) = agent.log_in(login, &password, Remember::No).await {
            // The account is there all the same; an unconfirmed one cannot log in yet.
            denied(error);
        }
    }
    Ok(success(DONE))
}

async fn hello() -> axum::Json<Value> {
    axum::Json(json!({ "message": "helloworld" }))
}

/// The token as the page carries it, for programs.
async fn csrf(State(site): State<Here>, parts: Parts) -> Result<Response, Refusal> {
    let agent = site.auth.user_agent(&parts).await?;
    Ok(agent.answer(agent.csrf_token()))
}

fn shown(user: &CurrentUser) -> Value {
    json!({
        "id": user.id.to_string(),
        "email": user.email,
        "user_name": user.username,
        "role": role(user),
    })
}

/// The original had one role for each user, of four.
fn role(user: &CurrentUser) -> &'static str {
    const ROLES: [&str; 3] = ["admin", "staff", "test"];
    ROLES.into_iter().find(|role| user.has_role(role)).unwrap_or("user")
}
