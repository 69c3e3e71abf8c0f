//! A key that another process made a moment ago.

use countersign::Rotate;

use crate::support::{App, Database, at_once, on_both_engines, with_status};

/// Two processes, and a new key of which the second has not heard, nor ever will: the feed is cut.
async fn deaf(db: &Database) -> (App, App) {
    let here = db.app().await;
    here.auth.signing_keys().rotate(Rotate::AtOnce).await.unwrap();
    here.user("miguel").await.log_in().await;
    db.execute("CREATE TABLE aside AS SELECT * FROM signing_keys WHERE expires_at IS NULL").await;
    db.execute("DELETE FROM signing_keys WHERE expires_at IS NULL").await;
    db.execute("UPDATE signing_keys SET expires_at = NULL").await;
    let there = here.neighbour().await;
    db.execute("ALTER TABLE lanes RENAME TO lanes_away").await;
    db.execute("INSERT INTO signing_keys SELECT * FROM aside").await;
    (here, there)
}

/// The token with the name of a key that never was.
fn made_up(token: &str, number: usize) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
    let kid = BASE64.encode([u8::try_from(number).unwrap(); 32]);
    let header = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{kid}"}}"#);
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", BASE64.encode(header))
}

on_both_engines! {
    async fn a_token_by_a_key_that_is_not_known_here_is_judged_after_a_look(db) {
        let (here, there) = deaf(&db).await;

        let session = crate::support::User::known(&here, "", "miguel").log_in().await;

        assert_eq!(there.bearer(&session.access).get("/me").await.status, 200);
        let answer = there.bearer(&made_up(&session.access, 7)).get("/me").await;
        assert_eq!(answer.refusal(), (401, "invalid_token"));
    }

    async fn whoever_makes_up_names_of_keys_is_refused_and_holds_up_nobody(db) {
        let (here, there) = deaf(&db).await;
        let session = crate::support::User::known(&here, "", "miguel").log_in().await;
        let begun = std::time::Instant::now();

        let answers = at_once(200, |n| {
            let token = if n == 150 { session.access.clone() } else { made_up(&session.access, n) };
            let caller = there.bearer(&token);
            async move { caller.get("/me").await }
        })
        .await;

        assert_eq!((with_status(&answers, 401), answers[150].status), (199, 200));
        assert!(begun.elapsed().as_secs() < 5, "they share a few looks: {:?}", begun.elapsed());
        db.execute("ALTER TABLE signing_keys RENAME TO signing_keys_away").await;
        assert_eq!(there.bearer(&session.access).get("/me").await.status, 200, "it is known now");
        let unheard = there.bearer(&made_up(&session.access, 201)).get("/me").await;
        assert_eq!(unheard.refusal(), (500, "server_error"), "no verdict without a look");
    }
}

on_both_engines! {
    async fn what_is_new_after_everything_was_ended_is_good_where_the_end_was_not_heard_of(db) {
        let here = db.app().await;
        let there = here.neighbour().await;
        let miguel = here.user("miguel").await;
        let old = miguel.log_in().await;
        assert_eq!(there.bearer(&old.access).get("/me").await.status, 200);
        // As at the end of everything, but nobody is told.
        db.execute("UPDATE users SET epoch = epoch + 1").await;

        let new = miguel.post("/api/tokens", &serde_json::json!({})).await;
        let new = crate::support::Session::of(&there, &new.body);

        assert_eq!(new.alive().await, (200, 200));
        assert_eq!(there.bearer(&old.access).get("/me").await.status, 401);
    }
}
