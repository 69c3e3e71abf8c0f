//! One user base behind all doors, and what every answer carries.

use std::sync::Arc;

use super::{
    doors::{app, doors, sign_ups},
    envelope::assert_in_the_envelope,
};
use crate::support::{PASSWORD, at_once, on_both_engines, with_status};

on_both_engines! {
    async fn no_answer_is_kept_framed_or_told_to_others(db) {
        let app = app(&db, |_| {}).await;
        app.user("miguel").await;

        for door in doors() {
            let visitor = door.visitor(&app).await;
            let let_in = door.open_by(&visitor, "miguel", PASSWORD).await;
            let refused = door.knock(&app.anonymous()).await;
            assert_eq!(let_in.status, 200, "{}", door.path);
            assert_in_the_envelope(door.profile, &let_in);
            assert_in_the_envelope(door.profile, &refused);
            for answer in [let_in, refused] {
                for (name, value) in [
                    ("cache-control", "no-store"),
                    ("referrer-policy", "no-referrer"),
                    ("x-content-type-options", "nosniff"),
                    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
                ] {
                    assert_eq!(answer.header(name), value, "{}", door.path);
                }
            }
        }
    }

    async fn whoever_signs_up_by_one_profile_comes_in_by_every_other(db) {
        let app = app(&db, |_| {}).await;
        let names = ["first", "second", "third"];
        for (sign_up, name) in sign_ups().iter().zip(names) {
            let answer = sign_up.sign_up(&app, name).await;
            assert_eq!(answer.status, sign_up.made, "{}: {answer:?}", sign_up.path);
        }

        for name in names {
            for door in doors() {
                let answer = door.open(&app, name, "python").await;
                assert_eq!(answer.status, 200, "{name} {} {answer:?}", door.path);
            }
            assert_eq!(app.basic(name, "python").get("/api/me").await.status, 200);
        }
    }

    async fn a_hundred_at_once_get_one_account_and_no_failure(db) {
        let app = Arc::new(app(&db, |_| {}).await);

        let answers = at_once(100, |n| {
            let app = Arc::clone(&app);
            async move { sign_ups()[n % 3].sign_up(&app, "miguel").await }
        }).await;

        let made = with_status(&answers, 201) + with_status(&answers, 200);
        let taken = with_status(&answers, 400) + with_status(&answers, 409);
        assert_eq!((made, taken), (1, 99), "{answers:?}");
        assert_eq!(db.count("users").await, 1);
    }

    async fn what_one_profile_has_no_other_makes_again(db) {
        let app = app(&db, |_| {}).await;

        for first in sign_ups() {
            let name = format!("user{}", first.path.len());
            assert_eq!(first.sign_up(&app, &name).await.status, first.made, "{}", first.path);
            for second in sign_ups() {
                for name in [name.clone(), name.to_uppercase()] {
                    let answer = second.sign_up(&app, &name).await;
                    assert_eq!(answer.status, second.taken, "{}: {answer:?}", second.path);
                }
            }
        }
    }
}
