//! Routes of an application's own, guarded by the profile's rules.

use axum::{
    Json, Router,
    extract::FromRef,
    http::Method,
    routing::{get, post},
};
use countersign::{Auth, proto::jose::Extra};
use countersign_flask::jwt_extended::{
    Access, Claims, Fresh, Guard, Location, Optional, Options, Refresh, jwt_extended,
};
use serde_json::{Value, json};

use super::{EVERYWHERE, log_in_at, part, refusal, refused};
use crate::support::{App, Database, PASSWORD, on_both_engines};

/// An application's own state.
#[derive(Clone)]
struct Own {
    auth: Auth,
    guard: Guard,
}

impl FromRef<Own> for Guard {
    fn from_ref(own: &Own) -> Self {
        own.guard.clone()
    }
}

impl FromRef<Own> for Auth {
    fn from_ref(own: &Own) -> Self {
        own.auth.clone()
    }
}

async fn tenant(access: Access) -> String {
    match access.user.claim("tenant") {
        Some(Extra::Text(tenant)) => format!("{} of {tenant}", access.user.username),
        _ => access.user.username,
    }
}

/// The body is still there for the handler.
async fn order(_: Access, Json(body): Json<Value>) -> Json<Value> {
    Json(json!({ "ordered": body["item"] }))
}

/// An answer with a word of its own on the cookie.
async fn leave(_: Access) -> [(&'static str, &'static str); 1] {
    [("set-cookie", "access_token_cookie=; Path=/; Max-Age=0")]
}

fn own(app: &App, options: Options) -> Router {
    let guard = Guard::new(&app.auth, options);
    let routes = Router::new()
        .route("/mine", get(tenant))
        .route("/order", post(order))
        .route("/pay", get(async |Fresh(user): Fresh| user.username))
        .route("/maybe", get(async |Optional(user): Optional| format!("{}", user.is_some())))
        .route("/leave", get(leave))
        .route(
            "/session",
            post(async |refresh: Refresh| {
                refresh.renewal().map(|renewal| renewal.session.to_string()).unwrap_or_default()
            }),
        );
    guard.around(routes).with_state(Own { auth: app.auth.clone(), guard })
}

async fn app(db: &Database, locations: &[Location], change: impl Fn(&mut Options)) -> App {
    let app = super::app_with(db, &[], |_| {}).await;
    let mut options = Options::default();
    options.locations = locations.to_vec();
    change(&mut options);
    let (profile, own) = (jwt_extended(&app.auth, options.clone()), own(&app, options));
    app.with("/tokens", profile).with("/own", own)
}

on_both_engines! {
    async fn own_routes_are_guarded_as_the_profiles_are(db) {
        let app = app(&db, &[Location::Headers], |_| {}).await;
        let (access, refresh) = log_in_at(&app, "/tokens").await;
        let get = |token: &str, path: &'static str| {
            let caller = app.bearer(token);
            async move { caller.get(path).await }
        };

        assert_eq!(get(&access, "/own/mine").await.text(), "susan");
        assert_eq!(get(&access, "/own/pay").await.text(), "susan");
        assert_eq!(get(&access, "/own/maybe").await.text(), "true");
        assert_eq!(app.anonymous().get("/own/maybe").await.text(), "false");
        let session = app.bearer(&refresh).post("/own/session", &json!({})).await;
        assert_eq!(session.text(), part(&access, 1)["sid"].as_str().unwrap());
        let nobody = app.anonymous().get("/own/mine").await;
        assert_eq!(refusal(&nobody), refused(401, "Missing Authorization Header"));
        let other = get(&refresh, "/own/mine").await;
        assert_eq!(refusal(&other), refused(422, "Only non-refresh tokens are allowed"));
        let bought = app.bearer(&refresh).post("/tokens/refresh", &json!({})).await;
        let stale = get(bought.body["access_token"].as_str().unwrap(), "/own/pay").await;
        assert_eq!(refusal(&stale), refused(401, "Fresh token required"));
        app.bearer(&access).delete("/tokens/logout").await;
        let over = get(&access, "/own/maybe").await;
        assert_eq!(refusal(&over), refused(401, "Token has been revoked"));
    }

    async fn a_token_in_the_body_leaves_the_body_to_the_handler(db) {
        let app = app(&db, &EVERYWHERE, |_| {}).await;
        let (access, _) = log_in_at(&app, "/tokens").await;

        let body = json!({"item": "tea", "access_token": access});
        let answer = app.anonymous().post("/own/order", &body).await;

        assert_eq!(answer.body, json!({"ordered": "tea"}));
        let answer = app.bearer(&access).post("/own/order", &json!({"item": "tea"})).await;
        assert_eq!(answer.body, json!({"ordered": "tea"}));
        let large = json!({"item": "x".repeat(3_000_000)});
        assert_eq!(refusal(&app.bearer(&access).post("/own/order", &large).await).0, 413);
    }

    async fn cookies_need_double_submission_on_own_routes_and_are_renewed_there(db) {
        let change = |options: &mut Options| {
            options.implicit_refresh_seconds = 200;
            options.error_message_key = "message".into();
        };
        let app = app(&db, &[Location::Cookies], change).await;
        let mut browser = app.browser();
        let body = json!({"username": "susan", "password": PASSWORD}).to_string();
        browser.fetch(Method::POST, "/tokens/login_with_cookies", Some(&body)).await;
        let order = json!({"item": "tea"}).to_string();

        let bare = browser.fetch(Method::POST, "/own/order", Some(&order)).await;
        assert_eq!((bare.status, &bare.body), (401, &json!({"message": "Missing CSRF token"})));
        let csrf = browser.cookies["csrf_access_token"].clone();
        let mut page = browser.header("x-csrf-token", &csrf);
        let answer = page.fetch(Method::POST, "/own/order", Some(&order)).await;
        assert_eq!(answer.body, json!({"ordered": "tea"}));
        app.pass(450);
        let answer = browser.get("/own/mine").await;
        assert_eq!((answer.text().as_str(), answer.cookies().len()), ("susan", 2));
        let mut leaving = browser.clone();
        app.pass(450);
        assert_eq!(browser.get("/own/mine").await.status, 200);
        let answer = leaving.get("/own/leave").await;
        assert_eq!(answer.cookies().len(), 1, "what the application says of the cookie counts");
    }

    async fn an_application_adds_claims_of_its_own(db) {
        let app = app(&db, &[Location::Headers], |options| {
            options.claims = Claims::default()
                .with("tenant", |_| Some(Extra::Text("acme".into()))).unwrap()
                .with("staff", |user| Some(Extra::Flag(user.has_role("staff")))).unwrap()
                .with("nothing", |_| None).unwrap();
        }).await;
        let (access, refresh) = log_in_at(&app, "/tokens").await;
        assert_eq!(app.bearer(&access).get("/own/mine").await.text(), "susan of acme");
        let claims = part(&access, 1);
        assert_eq!((&claims["staff"], &claims["nothing"]), (&json!(false), &Value::Null));

        let user = app.auth.users().find("susan").await.unwrap().id;
        app.auth.roles().grant(user, "staff").await.unwrap();
        let bought = app.bearer(&refresh).post("/tokens/refresh", &json!({})).await;

        let access = bought.body["access_token"].as_str().unwrap();
        assert_eq!(part(access, 1)["staff"], true, "as of now");
        assert_eq!(app.bearer(access).get("/own/mine").await.text(), "susan of acme");
    }

}

#[test]
fn a_claim_with_a_meaning_of_its_own_is_refused() {
    for name in
        ["sub", "exp", "nbf", "aud", "epoch", "sid", "roles", "cnf", "type", "fresh", "csrf", ""]
    {
        assert!(Claims::default().with(name, |_| None).is_err(), "{name}");
    }
    assert!(Claims::default().with_identity("sub").is_ok());
}
