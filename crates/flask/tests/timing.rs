//! No door of a profile tells by its time who has an account. These rules hash at the cost of
//! production, in a program of their own and one after another: what runs beside a measurement is
//! measured with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[expect(dead_code, reason = "written for all rules; this one needs less of it")]
#[path = "it/shared/doors.rs"]
mod doors;
#[expect(dead_code, reason = "the library's rules measure longer")]
#[path = "../../countersign/tests/timing/measure.rs"]
mod measure;
#[expect(dead_code, unused_imports, reason = "the library's rules need more of it")]
#[path = "../../countersign/tests/it/support/mod.rs"]
mod support;

use countersign::{ThrottleMode, proto::password::Params};

use doors::{app, doors};
use measure::{Effort, assert_alike_with, time};
use support::on_both_engines;

/// Nine doors on two engines are to take less than a minute.
const EFFORT: Effort = Effort { rounds: 5, turns: 25 };

/// All of them of one length: somebody, somebody who is locked, and nobody.
const NAMES: [&str; 3] = ["miguel", "locked", "nobody"];

on_both_engines! {
    async fn an_unknown_or_a_locked_user_costs_as_much_time_as_a_wrong_password(db) {
        let app = app(&db, |config| {
            config.hashing.params = Params::default();
            config.throttle.mode = ThrottleMode::Off;
        }).await;
        app.user("miguel").await;
        let locked = app.user("locked").await;
        app.auth.users().disable(locked.id.parse().unwrap()).await.unwrap();

        for door in doors() {
            let visitor = door.visitor(&app).await;
            let what = format!("{} {}", door.method, door.path);
            assert_alike_with(EFFORT, &what, NAMES, async |name, _| {
                let answer = door.open_by(&visitor, name, "a wrong password");
                time(answer, |answer| assert_eq!(answer.status, door.refusal(), "{answer:?}")).await
            }).await;
        }
    }
}
