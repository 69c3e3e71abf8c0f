//! Who is refused, and how, by whatever door.

use countersign::{Confirmation, ThrottleMode};
use serde_json::json;

use super::{
    doors::{app, doors},
    envelope::assert_in_the_envelope,
};
use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn unknown_wrong_and_locked_have_one_answer(db) {
        let app = app(&db, |config| config.throttle.mode = ThrottleMode::Off).await;
        let (_, locked) = (app.user("miguel").await, app.user("susan").await);
        app.auth.users().disable(locked.id.parse().unwrap()).await.unwrap();

        for door in doors() {
            assert_eq!(door.open(&app, "miguel", PASSWORD).await.status, 200, "{}", door.path);
            let visitor = door.visitor(&app).await;
            let wrong = door.open_by(&visitor, "miguel", "wrong").await;
            assert_eq!(wrong.status, door.refusal(), "{}: {wrong:?}", door.path);
            assert!(wrong.cookies().iter().all(|(_, _, ends)| *ends), "{wrong:?}");
            assert_in_the_envelope(door.profile, &wrong);
            for (name, password) in [
                ("nobody", "wrong"), ("nobody", PASSWORD), ("susan", PASSWORD), ("susan", "wrong"),
                ("nobody@example.org", PASSWORD), ("no\u{200b}body", PASSWORD), ("MIGUEL", "wrong"),
            ] {
                let other = door.open_by(&visitor, name, password).await;
                assert_eq!(other, wrong, "{} {name}", door.path);
            }
        }
    }

    async fn a_flood_of_wrong_passwords_is_paused_in_the_envelope(db) {
        let app = app(&db, |config| config.throttle.address_failures = 3).await;
        for (number, door) in (1_u8..).zip(doors()) {
            let visitor = door.visitor(&app).await.from([203, 0, 113, number]);

            let mut last = door.open_by(&visitor, "nobody", "wrong").await;
            for _ in 0..10 {
                last = door.open_by(&visitor, "nobody", "wrong").await;
            }

            assert_eq!(last.status, 429, "{}: {last:?}", door.path);
            assert!(last.header("retry-after").parse::<u32>().is_ok_and(|seconds| seconds > 0));
            assert_in_the_envelope(door.profile, &last);
        }
    }

    async fn an_account_that_is_not_confirmed_or_leaves_is_refused_in_the_envelope(db) {
        let app = app(&db, |config| config.confirmation = Confirmation::Required).await;
        for name in ["waits", "leaves"] {
            let body = json!({"username": name, "password": PASSWORD});
            assert_eq!(app.anonymous().post("/api/users", &body).await.status, 201);
        }
        let leaver = app.auth.users().find("leaves").await.unwrap().id;
        app.auth.users().confirm(leaver).await.unwrap();
        let left = app.basic("leaves", PASSWORD).delete("/api/me").await;
        assert!((200..300).contains(&left.status), "{left:?}");

        for door in doors() {
            for name in ["waits", "leaves"] {
                let answer = door.open(&app, name, PASSWORD).await;

                assert_eq!(answer.status, 403, "{name} {}: {answer:?}", door.path);
                assert!(answer.challenges().is_empty());
                assert!(answer.cookies().iter().all(|(_, _, ends)| *ends), "{answer:?}");
                assert_in_the_envelope(door.profile, &answer);
                let wrong = door.open(&app, name, "wrong").await;
                assert_eq!(wrong.status, door.refusal(), "{name} {}: {wrong:?}", door.path);
            }
        }
    }

    async fn a_session_cookie_is_no_credential_of_a_profile(db) {
        let app = app(&db, |_| {}).await;
        app.user("miguel").await;
        let mut browser = app.browser();
        browser.log_in("miguel").await;
        let cookies = browser.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let caller = app.anonymous().header("cookie", cookies.collect::<Vec<_>>().join("; "));
        assert_eq!(caller.get("/api/me").await.status, 200);
        assert_eq!(caller.get("/user-system/api/auth/verify_auth").await.status, 200);

        for door in doors().iter().filter(|door| door.profile != "user-system") {
            let answer = door.knock(&caller).await;
            assert!((400..=415).contains(&answer.status), "{}: {answer:?}", door.path);
            assert!(answer.cookies().is_empty(), "{}", door.path);
        }
        for path in [
            "/api-tokens/api/users", "/flask-jwt/protected", "/jwt-extended/protected",
            "/jwt-extended/protected/fresh",
        ] {
            assert_eq!(caller.get(path).await.status, 401, "{path}");
        }
        let optional = caller.get("/jwt-extended/optionally_protected").await;
        assert_eq!(optional.body["logged_in_as"], "anonymous user");
    }
}
