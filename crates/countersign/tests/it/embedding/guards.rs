//! Guards: `and`, `or`, `via`, and users as arguments.

use crate::support::on_both_engines;

on_both_engines! {
    async fn role_and_scope_and_freshness_are_all_wanted(db) {
        let app = db.app().await;
        let (root, miguel) = (app.admin().await, app.user("miguel").await);
        let session = root.log_in().await;
        let narrow = root.log_in_for(serde_json::json!({"scope": "account"})).await;
        let key = app.api_key(&root.key("admin").await.key);

        assert_eq!(session.get("/keys").await.text(), "root");
        assert_eq!(root.get("/keys").await.text(), "root");
        assert_eq!(miguel.get("/keys").await.refusal(), (403, "access_denied"));
        assert_eq!(narrow.get("/keys").await.refusal(), (403, "insufficient_scope"));
        assert_eq!(key.get("/keys").await.refusal(), (401, "insufficient_user_authentication"));
        app.pass(601);
        let old = session.refreshed().await.get("/keys").await;
        assert_eq!(old.refusal(), (401, "insufficient_user_authentication"));
    }

    async fn of_two_ways_one_is_enough(db) {
        let app = db.app().await;
        let (auditor, miguel) = (app.user("auditor").await, app.user("miguel").await);
        app.auth.roles().grant(auditor.id.parse().unwrap(), "auditor").await.unwrap();
        let by_role = auditor.log_in().await;
        let by_scope = miguel.log_in_for(serde_json::json!({"scope": "audit"})).await;
        let neither = miguel.log_in().await;

        assert_eq!(by_role.get("/audit").await.status, 200);
        assert_eq!(by_scope.get("/audit").await.status, 200);
        assert_eq!(neither.get("/audit").await.refusal(), (403, "insufficient_scope"));
    }

    async fn a_route_may_want_the_password_itself(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let (session, key) = (miguel.log_in().await, miguel.key("account").await);

        assert_eq!(miguel.get("/typed").await.status, 200);
        for caller in [session.header("x", "y"), app.api_key(&key.key)] {
            let answer = caller.get("/typed").await;
            assert_eq!(answer.refusal(), (401, "authentication_required"));
        }
    }

    async fn a_handler_with_an_optional_user_gets_none_only_for_nobody(db) {
        let app = db.app().await;
        let miguel = app.user("miguel").await;
        let session = miguel.log_in().await;

        assert_eq!(app.anonymous().get("/who").await.text(), "nobody");
        assert_eq!(session.get("/who").await.text(), "miguel");
        session.delete("/api/tokens").await;
        assert_eq!(session.get("/who").await.refusal(), (401, "invalid_token"));
    }
}
