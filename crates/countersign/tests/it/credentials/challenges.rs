//! What a refusal asks for, to the letter (RFC 7617 §2, RFC 6750 §3, RFC 9470 §3).

use crate::support::on_both_engines;

const BASIC: &str = r#"Basic realm="countersign", charset="UTF-8""#;
const BEARER: &str = r#"Bearer realm="countersign""#;

/// The challenge of a scheme with the code of an error, whatever its description.
fn begins(challenges: &[&str], scheme: &str, code: &str) -> bool {
    let begin = format!(r#"{scheme} realm="countersign", error="{code}", error_description=""#);
    matches!(challenges, [one] if one.starts_with(&begin))
}

on_both_engines! {
    async fn whoever_presents_nothing_is_offered_both_schemes_and_no_error(db) {
        let app = db.app().await;

        for path in ["/me", "/api/me", "/keys", "/stream", "/api/users", "/api/me/sessions"] {
            let answer = app.anonymous().get(path).await;
            assert_eq!(answer.refusal(), (401, "authentication_required"), "{path}");
            assert_eq!(answer.challenges(), [BEARER, BASIC], "{path}");
        }
        let login = app.anonymous().post("/api/tokens", &serde_json::json!({})).await;
        assert_eq!(login.challenges(), [BEARER, BASIC]);
    }

    async fn a_wrong_password_is_asked_for_again(db) {
        let app = db.app().await;
        app.user("miguel").await;

        for path in ["/me", "/who", "/api/me"] {
            let answer = app.basic("miguel", "wrong").get(path).await;
            assert_eq!(answer.challenges(), [BASIC], "{path}");
        }
        let body = serde_json::json!({"username": "miguel", "password": "wrong"});
        let login = app.anonymous().post("/api/tokens", &body).await;
        assert_eq!(login.challenges(), [BASIC]);
    }

    async fn a_bad_token_is_told_so_in_the_scheme_that_carried_it(db) {
        let app = db.app_with(|config| config.carriers.schemes.push("Token".into())).await;
        let miguel = app.user("miguel").await;
        let key = miguel.key("").await;
        miguel.delete(&format!("/api/me/api-keys/{}", key.id)).await;
        let with = |value: String| app.anonymous().header("authorization", value);

        let bearer = app.bearer("x").get("/me").await;
        let header = app.api_key(&key.key).get("/me").await;
        let custom = with(format!("token {}", key.key)).get("/me").await;
        let basic = app.basic(&key.key, "").get("/me").await;
        let query = app.anonymous().get("/stream?token=x").await;

        assert!(begins(&bearer.challenges(), "Bearer", "invalid_token"), "{bearer:?}");
        assert!(begins(&header.challenges(), "Bearer", "invalid_token"), "{header:?}");
        assert!(begins(&custom.challenges(), "Token", "invalid_token"), "{custom:?}");
        assert!(begins(&query.challenges(), "Bearer", "invalid_token"), "{query:?}");
        assert_eq!(basic.challenges(), [BASIC]);
    }

    async fn a_missing_scope_is_named(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        let answer = session.get("/reports").await;

        assert_eq!(answer.refusal(), (403, "insufficient_scope"));
        assert!(begins(&answer.challenges(), "Bearer", "insufficient_scope"));
        assert!(answer.challenges()[0].ends_with(r#", scope="reports""#), "{answer:?}");
    }

    async fn an_old_sign_in_is_asked_to_be_renewed_within_the_age_required(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (mut session, key) = (miguel.log_in().await, miguel.key("").await);
        app.pass(600);
        session = session.refreshed().await;
        assert_eq!(session.get("/fresh").await.status, 200);
        app.pass(1);

        let code = "insufficient_user_authentication";
        for caller in [session.header("x", "y"), app.api_key(&key.key)] {
            let answer = caller.get("/fresh").await;
            assert_eq!(answer.refusal(), (401, code));
            assert!(begins(&answer.challenges(), "Bearer", code), "{answer:?}");
            assert!(answer.challenges()[0].ends_with(", max_age=600"), "{answer:?}");
        }
        assert_eq!(miguel.get("/fresh").await.status, 200, "a password is fresh");
    }

    async fn a_missing_role_asks_for_no_other_credential(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        let answer = session.get("/api/users").await;

        assert_eq!(answer.refusal(), (403, "access_denied"));
        assert!(answer.challenges().is_empty());
    }

    async fn no_refusal_may_be_kept_by_a_cache(db) {
        let app = db.app().await;
        app.user("miguel").await;

        for caller in [app.anonymous(), app.bearer("x"), app.basic("miguel", "wrong")] {
            for path in ["/me", "/api/me", "/keys"] {
                assert_eq!(caller.get(path).await.header("cache-control"), "no-store");
            }
        }
    }
}
