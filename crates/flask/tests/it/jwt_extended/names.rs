//! Each of the library's configuration names that is an option: what it changes.

use axum::http::Method;
use countersign::{Config, Cookies};
use countersign_flask::{
    ByName, NoSuchOption,
    jwt_extended::{Options, jwt_extended},
};
use serde_json::json;

use super::{log_in_at, part, refusal, refused};
use crate::support::{Answer, App, Browser, Database, PASSWORD, on_both_engines};

/// The profile below `/named`, with these options.
async fn named(db: &Database, given: &[(&str, &str)]) -> App {
    named_for(db, given, |_| {}).await
}

async fn named_for(
    db: &Database,
    given: &[(&str, &str)],
    configure: impl FnOnce(&mut Config),
) -> App {
    let app = super::app_with(db, &[], configure).await;
    let routes = jwt_extended(&app.auth, options(given).unwrap());
    app.with("/named", routes)
}

fn options(given: &[(&str, &str)]) -> Result<Options, NoSuchOption> {
    let mut options = Options::default();
    for (name, value) in given {
        options.set(name, value)?;
    }
    Ok(options)
}

/// What is said against these options where the service is configured like this.
fn mistake(given: &[(&str, &str)], config: &Config) -> String {
    let names: Vec<_> = given.iter().map(|(name, _)| *name).collect();
    let checked = options(given).and_then(|options| options.check(&names, config));
    checked.map_or_else(|expected| expected.to_string(), |()| String::new())
}

const COOKIES: (&str, &str) = ("token_location", "cookies");
const PROTECTED: &str = "/named/protected";

/// A browser that has logged in, and what it was told to keep.
async fn browser(app: &App) -> (Browser, Vec<String>) {
    let mut browser = app.browser();
    let body = json!({"username": "susan", "password": PASSWORD}).to_string();
    let path = "/named/login_with_cookies";
    let answer = browser.fetch(Method::POST, path, Some(&body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let set = answer.headers.get_all("set-cookie").iter();
    let set = set.map(|value| value.to_str().unwrap().to_owned()).collect();
    (browser, set)
}

async fn post(browser: &Browser, path: &str) -> Answer {
    browser.clone().fetch(Method::POST, path, None).await
}

on_both_engines! {
    async fn the_header_and_its_scheme_have_names(db) {
        let app = named(&db, &[("header_name", "X-JWT"), ("header_type", "")]).await;
        let (access, _) = log_in_at(&app, "/named").await;
        let with = |value: &str| app.anonymous().header("x-jwt", value);

        assert_eq!(with(&access).get(PROTECTED).await.status, 200);
        let elsewhere = app.bearer(&access).get(PROTECTED).await;
        assert_eq!(refusal(&elsewhere), refused(401, "Missing X-JWT Header"));
        let two = with(&format!("Bearer {access}")).get(PROTECTED).await;
        let words = "Bad X-JWT header. Expected 'X-JWT: <JWT>'";
        assert_eq!(refusal(&two), refused(422, words));
    }

    async fn members_and_parameters_have_names(db) {
        let app = named(&db, &[
            ("token_location", "json query_string"),
            ("json_key", "a"), ("refresh_json_key", "r"),
            ("query_string_name", "q"), ("query_string_value_prefix", "Bearer "),
        ]).await;
        let (access, refresh) = log_in_at(&app, "/named").await;
        let get = async |value: String| app.anonymous().get(&value).await;

        let body = app.anonymous().post(PROTECTED, &json!({"a": access})).await;
        assert_eq!(body.status, 200, "{body:?}");
        let body = app.anonymous().post("/named/refresh", &json!({"r": refresh})).await;
        assert_eq!(body.status, 200, "{body:?}");
        let body = app.anonymous().post(PROTECTED, &json!({"access_token": access})).await;
        assert_eq!(body.status, 401);
        assert_eq!(get(format!("{PROTECTED}?q=Bearer%20{access}")).await.status, 200);
        let bare = get(format!("{PROTECTED}?q={access}")).await;
        let words = "Invalid value for query parameter 'q'. Expected the value to start with \
                     'Bearer '";
        assert_eq!(refusal(&bare), refused(422, words));
    }

    async fn cookies_have_names_and_paths(db) {
        let app = named(&db, &[
            COOKIES,
            ("access_cookie_name", "a"), ("refresh_cookie_name", "r"),
            ("access_csrf_cookie_name", "ca"), ("refresh_csrf_cookie_name", "cr"),
            ("access_cookie_path", "/named"), ("refresh_cookie_path", "/named/refresh"),
            ("access_csrf_cookie_path", "/page"), ("refresh_csrf_cookie_path", "/page/r"),
        ]).await;

        let (mut browser, set) = browser(&app).await;

        let begin = |name: &str| set.iter().find(|text| text.starts_with(name)).unwrap().clone();
        assert!(begin("a=").contains("; Path=/named;"));
        assert!(begin("r=").contains("; Path=/named/refresh;"));
        assert!(begin("ca=").contains("; Path=/page;"));
        assert!(begin("cr=").contains("; Path=/page/r;"));
        assert_eq!(browser.get(PROTECTED).await.status, 200);
        browser.cookies.remove("a");
        let gone = browser.get(PROTECTED).await;
        assert_eq!(refusal(&gone), refused(401, "Missing cookie \"a\""));
        let out = browser.header("x-csrf-token", &browser.cookies["cr"].clone());
        let out = post(&out, "/named/logout_with_cookies").await;
        let taken = out.headers.get_all("set-cookie").iter();
        let taken: Vec<_> = taken.map(|value| value.to_str().unwrap().to_owned()).collect();
        assert!(taken.iter().any(|text| text.starts_with("r=;") && text.contains("/refresh;")));
    }

    async fn what_a_page_repeats_has_headers_and_fields(db) {
        let app = named(&db, &[
            COOKIES, ("csrf_check_form", "true"),
            ("access_csrf_header_name", "X-A"), ("refresh_csrf_header_name", "X-R"),
            ("access_csrf_field_name", "fa"), ("refresh_csrf_field_name", "fr"),
        ]).await;
        let (browser, _) = browser(&app).await;
        let (a, r) = ("csrf_access_token", "csrf_refresh_token");
        let (a, r) = (browser.cookies[a].clone(), browser.cookies[r].clone());

        assert_eq!(post(&browser.header("x-a", &a), PROTECTED).await.status, 200);
        assert_eq!(post(&browser.header("x-csrf-token", &a), PROTECTED).await.status, 401);
        assert_eq!(post(&browser.header("x-r", &r), "/named/refresh").await.status, 200);
        let form = |field: &'static str, value: String| {
            let mut browser = browser.clone();
            async move { browser.submit(PROTECTED, &[("other", "1"), (field, &value)]).await }
        };
        assert_eq!(form("fa", a.clone()).await.status, 200);
        assert_eq!(refusal(&form("fr", a).await), refused(401, "Missing CSRF token"));
        let words = "CSRF double submit tokens do not match";
        assert_eq!(refusal(&form("fa", r.clone()).await), refused(401, words));
        let answer = browser.clone().submit("/named/refresh", &[("fr", &r)]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn a_form_is_not_looked_into_unless_that_is_chosen(db) {
        let app = named(&db, &[COOKIES]).await;
        let (mut browser, _) = browser(&app).await;
        let csrf = browser.cookies["csrf_access_token"].clone();

        let answer = browser.submit(PROTECTED, &[("csrf_token", &csrf)]).await;

        assert_eq!(refusal(&answer), refused(401, "Missing CSRF token"));
    }

    async fn the_methods_that_need_double_submission_are_chosen(db) {
        let app = named(&db, &[COOKIES, ("csrf_methods", "GET DELETE")]).await;
        let (mut browser, _) = browser(&app).await;

        assert_eq!(refusal(&browser.get(PROTECTED).await), refused(401, "Missing CSRF token"));
        assert_eq!(post(&browser, PROTECTED).await.status, 200);
    }

    async fn double_submission_is_given_up_only_where_that_is_said(db) {
        let app = named(&db, &[COOKIES, ("cookie_csrf_protect", "false")]).await;

        let (browser, set) = browser(&app).await;

        assert_eq!(set.len(), 2, "{set:?}");
        assert!(part(&browser.cookies["access_token_cookie"], 1)["csrf"].is_null());
        assert_eq!(post(&browser, PROTECTED).await.status, 200);
        let out = post(&browser, "/named/logout_with_cookies").await;
        assert_eq!(out.status, 200);
        assert_eq!(post(&browser, "/named/refresh").await.status, 401, "its session has ended");
    }

    async fn nothing_gives_it_up_where_other_sites_send_the_cookie(db) {
        let given = [COOKIES, ("cookie_csrf_protect", "false"), ("cookie_samesite", "None")];
        let app = named(&db, &given).await;

        let (browser, _) = browser(&app).await;

        assert_eq!(refusal(&post(&browser, PROTECTED).await), refused(401, "Missing CSRF token"));
        assert!(mistake(&given, &Config::default()).contains("double submission"));
    }

    async fn cookies_say_what_is_chosen_and_are_secure_whatever_is(db) {
        let app = named(&db, &[
            COOKIES, ("cookie_samesite", "strict"), ("cookie_domain", "example.com"),
            ("session_cookie", "false"), ("refresh_token_expires", "5000"),
        ]).await;

        let (_, set) = browser(&app).await;

        for text in &set {
            for part in ["; SameSite=Strict", "; Domain=example.com", "; Max-Age=5000", "; Secure"] {
                assert!(text.contains(part), "{text} has no {part}");
            }
        }
        assert!(options(&[("cookie_secure", "false")]).is_err(), "the service's setting");
        let plain = |config: &mut Config| config.browser.cookies = Cookies::Plain;
        let app = named_for(&db, &[COOKIES], plain).await;
        let (_, set) = browser(&app).await;
        assert!(set.iter().all(|text| !text.contains("Secure") && !text.contains("Max-Age")));
    }

    async fn another_claim_can_say_whose_the_token_is(db) {
        let app = named(&db, &[("identity_claim", "identity")]).await;

        let (access, _) = log_in_at(&app, "/named").await;

        let claims = part(&access, 1);
        assert_eq!(claims["identity"], claims["sub"]);
        assert_eq!(app.bearer(&access).get(PROTECTED).await.status, 200);
    }
}

#[test]
fn a_value_that_is_none_is_refused_with_what_there_is() {
    for (name, value) in [
        ("identity_claim", "aud"),
        ("identity_claim", "fresh"),
        ("cookie_samesite", "loose"),
        ("cookie_domain", "a; Secure"),
        ("access_cookie_path", "named"),
        ("access_cookie_path", "/a; Domain=x"),
        ("access_cookie_name", "a=b"),
        ("refresh_cookie_name", ""),
        ("session_cookie", "yes"),
        ("csrf_methods", ""),
        ("csrf_methods", "POST,PUT"),
        ("header_name", "X JWT"),
        ("access_json_key", "a"),
        ("access_cookie", "a"),
        ("refresh_", "a"),
        ("leeway", "10"),
    ] {
        assert!(options(&[(name, value)]).is_err(), "{name}={value}");
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let config = Config::default();

    assert_eq!(mistake(&[], &config), "");
    let long = mistake(&[("access_token_expires", "601")], &config);
    assert!(long.contains("at most 600, the service's access_token_seconds"), "{long}");
    assert!(!mistake(&[("access_token_expires", "900")], &config).is_empty(), "it was asked for");
    assert!(!mistake(&[("refresh_token_expires", "9999999")], &config).is_empty());
    assert!(!mistake(&[("implicit_refresh_seconds", "600")], &config).is_empty());
    assert_eq!(mistake(&[("implicit_refresh_seconds", "599")], &config), "");
    assert!(!mistake(&[("access_cookie_name", "csrf_refresh_token")], &config).is_empty());
    let mut plain = Config::default();
    plain.browser.cookies = Cookies::Plain;
    assert!(!mistake(&[("cookie_samesite", "None")], &plain).is_empty());
}
