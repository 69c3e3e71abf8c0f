//! Devices one has signed in from.

use super::{NOTHING, ids, logged_in};
use crate::{
    mail::{self, ADDRESS},
    support::on_both_engines,
};

const FORGET: &str = "/account/devices/forget";

on_both_engines! {
    async fn a_device_is_listed_with_its_name_and_place_and_when_it_was_seen(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser().from([198, 51, 100, 7]);
        browser.log_in("miguel").await;
        app.pass(3600);
        let mut browser = browser.from([198, 51, 100, 8]);
        browser.log_in("miguel").await;

        let devices = browser.get("/api/me/devices").await;

        let device = &devices.body["items"][0];
        assert_eq!(devices.body["items"].as_array().unwrap().len(), 1, "{devices:?}");
        assert_eq!(devices.body["current"], device["id"]);
        assert_eq!(device["address"], "198.51.100.8");
        let seen = device["last_seen_at"].as_i64().unwrap() - device["created_at"].as_i64().unwrap();
        assert_eq!(seen, 3600);
        let page = browser.open("/account/sessions").await.text();
        let list = page.split_once("id=\"devices\"").unwrap().1;
        assert!(list.contains(device["id"].as_str().unwrap()) && list.contains("Firefox, Linux"));
    }

    async fn a_forgotten_device_ends_its_sessions_and_what_brings_them_back(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut lost = app.browser().from([198, 51, 100, 7]);
        lost.log_in_remembered("miguel").await;
        let mut asleep = lost.clone();
        asleep.cookies.remove("__Host-session");
        let device = lost.get("/api/me/devices").await.body["current"].as_str().unwrap().to_owned();
        let mut browser = logged_in(&app, "miguel").await;

        let answer = browser.submit(FORGET, &[("device", &device)]).await;

        assert_eq!(answer.location(), "/account/sessions?notice=device-forgotten");
        assert_eq!((lost.who().await.as_str(), browser.who().await.as_str()), ("nobody", "miguel"));
        assert!(asleep.open("/restore").await.location().starts_with("/login"));
        let left = ids(&mut browser, "/api/me/devices").await;
        assert_eq!(left.len(), 1);
        assert!(!left.contains(&device));
    }

    async fn a_session_belongs_to_the_device_it_began_on_wherever_its_cookies_go(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut lost = app.browser();
        lost.log_in_remembered("miguel").await;
        let device = lost.get("/api/me/devices").await.body["current"].as_str().unwrap().to_owned();
        let mut thief = app.browser().from([203, 0, 113, 9]);
        let remember = lost.cookies["__Host-remember"].clone();
        thief.cookies.insert("__Host-remember".into(), remember);
        thief.open("/restore").await;
        assert_eq!(thief.who().await, "miguel");
        let mut browser = logged_in(&app, "miguel").await;

        browser.submit(FORGET, &[("device", &device)]).await;

        assert_eq!(thief.who().await, "nobody");
        assert!(thief.open("/restore").await.location().starts_with("/login"));
    }

    async fn a_device_that_brings_its_session_back_was_seen(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in_remembered("miguel").await;

        app.pass(86_400);
        browser.open("/restore").await;

        let device = browser.get("/api/me/devices").await.body["items"][0].clone();
        let seen = device["last_seen_at"].as_i64().unwrap() - device["created_at"].as_i64().unwrap();
        assert_eq!(seen, 86_400);
    }

    async fn forgetting_this_very_device_is_logging_out(db) {
        let app = db.app().await;
        app.user("miguel").await;
        let mut browser = logged_in(&app, "miguel").await;
        let device = ids(&mut browser, "/api/me/devices").await.remove(0);

        let answer = browser.submit(FORGET, &[("device", &device)]).await;

        assert_eq!(answer.location(), "/login?notice=device-forgotten");
        assert_eq!(browser.session(), None);
    }

    async fn the_next_login_from_a_forgotten_device_is_one_from_a_new_device(db) {
        let app = mail::app(&db).await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        let mut lost = logged_in(&app, "miguel").await;
        let device = ids(&mut lost, "/api/me/devices").await.remove(0);
        let mut browser = logged_in(&app, "miguel").await;
        let told = async || {
            let kinds = mail::kinds(&app, ADDRESS).await;
            kinds.iter().filter(|kind| *kind == "new-device").count()
        };
        lost.log_in("miguel").await;
        assert_eq!(told().await, 1, "of the second browser");

        browser.submit(FORGET, &[("device", &device)]).await;
        lost.log_in("miguel").await;

        assert_eq!(told().await, 2);
    }

    async fn somebody_elses_device_is_not_found(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        app.user("susan").await;
        let mut susan = logged_in(&app, "susan").await;
        let hers = ids(&mut susan, "/api/me/devices").await.remove(0);
        let mut browser = logged_in(&app, "miguel").await;

        for id in [hers.as_str(), NOTHING, "", "x"] {
            assert_eq!(browser.submit(FORGET, &[("device", id)]).await.status, 404, "{id}");
        }
        let answer = miguel.delete(&format!("/api/me/devices/{hers}")).await;
        assert_eq!(answer.refusal(), (404, "not_found"));
        assert_eq!(susan.who().await, "susan");
        assert_eq!(ids(&mut susan, "/api/me/devices").await, [hers]);
    }

    async fn one_browser_of_two_users_is_two_devices_and_each_forgets_their_own(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        app.user("susan").await;
        let mut shared = logged_in(&app, "susan").await;
        let hers = ids(&mut shared, "/api/me/devices").await.remove(0);
        let mut his = shared.clone();
        his.cookies.remove("__Host-session");
        his.log_in("miguel").await;

        let by_her_name = miguel.delete(&format!("/api/me/devices/{hers}")).await;
        let own = his.get("/api/me/devices").await.body["current"].as_str().unwrap().to_owned();
        let forgotten = miguel.delete(&format!("/api/me/devices/{own}")).await;

        assert_eq!((by_her_name.status, forgotten.status), (404, 204));
        assert_eq!((his.who().await.as_str(), shared.who().await.as_str()), ("nobody", "susan"));
        assert_eq!(ids(&mut shared, "/api/me/devices").await, [hers]);
    }

    async fn devices_are_known_and_new_ones_told_though_guessing_is_not_slowed_down(db) {
        let app = db
            .app_with(|config| {
                mail::inbox(config);
                config.throttle.mode = countersign::ThrottleMode::Off;
            })
            .await;
        mail::sign_up(&app, "miguel", ADDRESS).await;
        for _ in 0..2 {
            app.browser().log_in("miguel").await;
        }
        let mut browser = logged_in(&app, "miguel").await;

        assert_eq!(ids(&mut browser, "/api/me/devices").await.len(), 3);
        let kinds = mail::kinds(&app, ADDRESS).await;
        assert_eq!(kinds.iter().filter(|kind| *kind == "new-device").count(), 2);
    }
}
