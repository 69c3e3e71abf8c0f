//! Signing up.

use serde_json::json;

use crate::support::{PASSWORD, START, on_both_engines};

on_both_engines! {
    async fn one_signs_up_by_user_name(db) {
        let app = db.app().await;
        let body = json!({"username": "Miguel", "password": PASSWORD});

        let answer = app.anonymous().post("/api/users", &body).await;

        assert_eq!(answer.status, 201);
        assert_eq!(answer.body["username"], "Miguel");
        assert_eq!(answer.body["email"], json!(null));
        assert_eq!(answer.body["roles"], json!([]));
        assert_eq!(answer.body["created_at"], START);
        assert!(!answer.text().contains("horse") && !answer.text().contains("argon2"));
    }

    async fn one_signs_up_by_e_mail_address_or_by_both(db) {
        let app = db.app().await;

        let susan = app.sign_up(json!({"email": "Susan@Example.org", "password": PASSWORD})).await;
        let both = json!({"username": "miguel", "email": "m@example.org", "password": PASSWORD});
        let miguel = app.sign_up(both).await;

        assert_eq!(susan.get("/api/me").await.body["email"], "Susan@Example.org");
        assert_eq!(susan.get("/me").await.text(), "Susan@Example.org");
        for login in ["miguel", "MIGUEL", "m@example.org", "M@EXAMPLE.ORG"] {
            let me = app.basic(login, PASSWORD).get("/api/me").await;
            assert_eq!(me.body["id"], miguel.id.as_str(), "{login}");
            assert_eq!(me.body["username"], "miguel", "as typed at sign-up");
        }
    }

    async fn nobody_signs_up_without_a_name(db) {
        let app = db.app().await;

        let answer = app.anonymous().post("/api/users", &json!({"password": PASSWORD})).await;

        assert_eq!(answer.fault(), (400, "invalid_request", "username"));
    }

    async fn a_sign_up_sets_nothing_but_names_and_password(db) {
        let app = db.app().await;
        let members = json!({
            "roles": ["admin"], "id": "0190163d-8694-739b-aea5-966c26f8ad91", "confirmed_at": 1,
            "confirmed": true, "disabled_at": null, "password_hash": "$1$x$y", "created_at": 1,
            "epoch": 5, "is_admin": true, "admin": true,
        });

        for (name, value) in members.as_object().unwrap() {
            let body = json!({"username": "eve", "password": PASSWORD, name: value});
            let answer = app.anonymous().post("/api/users", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", name.as_str()));
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn the_location_of_a_new_user_leads_an_admin_to_them(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let body = json!({"username": "miguel", "password": PASSWORD});
        let made = app.anonymous().post("/api/users", &body).await;

        let found = root.get(made.header("location")).await;

        assert_eq!((found.status, &found.body), (200, &made.body));
        assert_eq!(app.basic("miguel", PASSWORD).get(made.header("location")).await.status, 403);
    }

    async fn a_list_of_users_comes_in_pages_in_the_order_of_sign_up(db) {
        let app = db.app().await;
        let root = app.admin().await;
        for name in ["ann", "bob", "cleo", "dan"] {
            app.user(name).await;
        }

        let mut names = Vec::new();
        let mut path = "/api/users?limit=2".to_owned();
        loop {
            let page = root.get(&path).await.body;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            names.extend(items.iter().map(|user| user["username"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/users?limit=2&after={next}");
        }

        assert_eq!(names, ["root", "ann", "bob", "cleo", "dan"]);
        for query in ["limit=0", "limit=101", "limit=x", "after=x", "other=1", "limit=1&limit=2"] {
            assert_eq!(root.get(&format!("/api/users?{query}")).await.refusal().0, 400, "{query}");
        }
    }

    async fn an_admin_confirms_disables_enables_and_deletes(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let miguel = app.user("miguel").await;
        let at = |rest: &str| format!("/api/users/{}{rest}", miguel.id);

        let confirmed = root.post(&at("/confirm"), &json!({})).await;
        app.pass(5);
        let again = root.post(&at("/confirm"), &json!({})).await;
        let disabled = root.post(&at("/disable"), &json!({})).await;
        let locked_out = miguel.get("/api/me").await.status;
        let enabled = root.post(&at("/enable"), &json!({})).await;
        let back = miguel.get("/api/me").await.status;
        let deleted = root.delete(&at("")).await.status;

        assert_eq!(confirmed.body["confirmed_at"], START);
        assert_eq!(again.body["confirmed_at"], START, "confirming twice is confirming once");
        assert_eq!(disabled.body["disabled_at"], START + 5);
        assert_eq!(enabled.body["disabled_at"], json!(null));
        assert_eq!((locked_out, back, deleted), (401, 200, 204));
        assert_eq!(root.get(&at("")).await.refusal(), (404, "not_found"));
        assert_eq!(root.delete(&at("")).await.refusal(), (404, "not_found"));
    }

    async fn an_admin_cannot_lock_themselves_out_and_another_one_can(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let other = app.user("other").await;
        let own = format!("/api/users/{}", root.id);
        let refused = (409, "conflict");

        assert_eq!(root.post(&format!("{own}/disable"), &json!({})).await.refusal(), refused);
        assert_eq!(root.delete(&format!("{own}/roles/admin")).await.refusal(), refused);
        assert_eq!(root.delete(&own).await.refusal(), refused);
        assert_eq!(root.get("/api/users").await.status, 200);

        let promoted = format!("/api/users/{}/roles/admin", other.id);
        assert_eq!(root.put(&promoted, &json!({})).await.status, 200);
        assert_eq!(other.post(&format!("{own}/disable"), &json!({})).await.status, 200);
        assert_eq!(root.get("/api/users").await.status, 401);
    }

    async fn a_deleted_name_is_free_again_and_brings_nothing_of_the_old_one_back(db) {
        let app = db.app().await;
        let root = app.admin().await;
        let old = app.user("miguel").await;
        let session = old.log_in().await;
        root.delete(&format!("/api/users/{}", old.id)).await;

        let new = app.user("miguel").await;

        assert_ne!(new.id, old.id);
        assert_eq!(session.alive().await, (401, 400));
    }
}
