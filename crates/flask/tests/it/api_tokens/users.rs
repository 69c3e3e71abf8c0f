//! Users of the profile: signed up, shown, listed, changed.

use axum::http::Method;
use countersign_flask::{ByName, api_tokens};
use serde_json::{Value, json};

use super::{USERS, app, is_error, is_unauthorized, sign_up, susan};
use crate::support::{PASSWORD, on_both_engines};

on_both_engines! {
    async fn whoever_signs_up_is_shown_to_themselves_and_where_they_are(db) {
        let app = app(&db).await;
        let body = json!({
            "username": "susan", "email": "susan@example.com", "password": "cat",
            "about_me": "I read.", "role": "admin", "given_name": "x",
        });

        let answer = app.anonymous().post(USERS, &body).await;

        let id = answer.body["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), format!("{USERS}/{id}"));
        let shown = json!({
            "id": id, "username": "susan", "email": "susan@example.com", "about_me": "I read.",
            "last_seen": "2027-01-15T08:00:00Z",
            "post_count": 0, "follower_count": 0, "following_count": 0,
            "_links": {
                "self": format!("{USERS}/{id}"), "followers": format!("{USERS}/{id}/followers"),
                "following": format!("{USERS}/{id}/following"), "avatar": null,
            },
        });
        assert_eq!((answer.status, &answer.body), (201, &shown));
        assert_eq!(db.count("user_attributes").await, 1);
    }

    async fn a_text_about_oneself_is_kept_shown_and_taken_back(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;
        let path = format!("{USERS}/{id}");

        for (sent, kept) in [
            (json!({"about_me": "I read.", "plan": "x"}), json!("I read.")),
            (json!({"username": "susan2"}), json!("I read.")),
            (json!({"about_me": 7}), json!("7")),
            (json!({"about_me": null}), json!(null)),
            (json!({"about_me": "again"}), json!("again")),
        ] {
            let answer = susan.put(&path, &sent).await;
            assert_eq!((answer.status, &answer.body["about_me"]), (200, &kept), "{sent}");
        }
        let long = json!({"username": "susan3", "about_me": "x".repeat(1001)});
        let text = "about_me: A value has at most 1,000 characters.";
        is_error(&susan.put(&path, &long).await, 400, "Bad Request", text);
        let list = json!({"username": "susan3", "about_me": []});
        is_error(&susan.put(&path, &list).await, 400, "Bad Request", "about_me: It has to be a text.");
        let taken = json!({"about_me": "lost", "email": "none"});
        assert_eq!(susan.put(&path, &taken).await.status, 400);
        let body = json!({"username": "bob", "email": "b@example.com", "password": "cat", "about_me": "\u{0}"});
        assert_eq!(app.anonymous().post(USERS, &body).await.status, 400);
        let shown = susan.get(&path).await.body;
        assert_eq!((&shown["username"], &shown["about_me"]), (&json!("susan2"), &json!("again")));
        assert_eq!((db.count("user_attributes").await, db.count("users").await), (1, 1));
    }

    async fn a_sign_up_says_what_it_lacks_and_what_is_taken(db) {
        let app = app(&db).await;
        sign_up(&app, "susan").await;
        let sign_up = async |body: Value| app.anonymous().post(USERS, &body).await;

        let lacks = "must include username, email and password fields";
        for body in [
            json!({}),
            json!({"username": "bob", "password": "cat"}),
            json!({"username": "bob", "email": "bob@example.com"}),
            json!({"username": null, "email": "bob@example.com", "password": "cat"}),
        ] {
            is_error(&sign_up(body).await, 400, "Bad Request", lacks);
        }
        let taken = json!({"username": "susan", "email": "bob@example.com", "password": "cat"});
        let text = "please use a different username";
        is_error(&sign_up(taken).await, 400, "Bad Request", text);
        let taken = json!({"username": "bob", "email": "susan@example.com", "password": "cat"});
        let text = "please use a different email address";
        is_error(&sign_up(taken).await, 400, "Bad Request", text);
    }

    async fn names_addresses_and_passwords_are_looked_at(db) {
        let app = app(&db).await;

        for (name, email, password) in [
            (json!(""), json!("a@example.com"), json!("cat")),
            (json!(""), json!(""), json!("")),
            (json!("bob"), json!("no address"), json!("cat")),
            (json!("bob"), json!(""), json!("cat")),
            (json!("bob"), json!("a@example.com"), json!("")),
            (json!("bob"), json!("a@example.com"), json!(7)),
            (json!("bob"), json!(7), json!("cat")),
            (json!(["bob"]), json!("a@example.com"), json!("cat")),
        ] {
            let body = json!({"username": name, "email": email, "password": password});
            let answer = app.anonymous().post(USERS, &body).await;
            assert_eq!((answer.status, &answer.body["error"]), (400, &json!("Bad Request")), "{answer:?}");
        }
        assert_eq!(db.count("users").await, 0);
    }

    async fn a_body_that_is_no_json_object_is_refused(db) {
        let app = app(&db).await;
        let json = app.anonymous().json();

        for body in ["", "{", "[]", "7", "null"] {
            let answer = json.send(Method::POST, USERS, body.into()).await;
            assert_eq!((answer.status, &answer.body["error"]), (400, &json!("Bad Request")));
        }
        let form = app.anonymous().header("content-type", "application/x-www-form-urlencoded");
        let answer = form.send(Method::POST, USERS, "username=a".into()).await;
        assert_eq!((answer.status, &answer.body["error"]), (415, &json!("Unsupported Media Type")));
        let answer = json.send(Method::POST, USERS, "x".repeat(70_000).into()).await;
        assert_eq!((answer.status, &answer.body["error"]), (413, &json!("Payload Too Large")));
    }

    async fn a_taken_address_is_told_to_nobody_but_its_owner_where_mail_is_sent(db) {
        let app = db.app_with(|config| config.mail.transport = countersign::Transport::Inbox).await;
        let routes = api_tokens(&app.auth, api_tokens::Options::default());
        let app = app.with("/api-tokens", routes);

        let mut answers = Vec::new();
        for name in ["susan", "bob"] {
            let body = json!({"username": name, "email": "a@example.com", "password": PASSWORD});
            answers.push(app.anonymous().post(USERS, &body).await);
        }
        assert_eq!((answers[0].status, &answers[0].bytes), (202, &answers[1].bytes));
        assert_eq!(answers[1].status, 202);
        assert_eq!(db.count("users").await, 1);
    }

    async fn a_taken_address_is_told_where_that_is_chosen(db) {
        let configure = |config: &mut countersign::Config| {
            config.mail.transport = countersign::Transport::Inbox;
            config.confirmation = countersign::Confirmation::Required;
        };
        let app = db.app_with(configure).await;
        let mut options = api_tokens::Options::default();
        options.set("taken_address", "told").unwrap();
        let routes = api_tokens(&app.auth, options);
        let app = app.with("/api-tokens", routes);
        let sign_up = async |name: &str, email: &str| {
            let body = json!({"username": name, "email": email, "password": PASSWORD});
            app.anonymous().post(USERS, &body).await
        };

        let made = sign_up("susan", "a@example.com").await;
        let taken = sign_up("bob", "A@example.com").await;

        assert_eq!((made.status, &made.body["email"]), (201, &json!("a@example.com")));
        let own = format!("{USERS}/{}", made.body["id"].as_str().unwrap());
        assert_eq!(made.header("location"), own);
        is_error(&taken, 400, "Bad Request", "please use a different email address");
        assert_eq!(db.count("users").await, 1);
        let mails = app.auth.mails().inbox(10).await.unwrap();
        assert_eq!(mails.iter().map(|mail| mail.to.as_str()).collect::<Vec<_>>(), ["a@example.com"]);
        let susan = app.basic("susan", PASSWORD);
        let refused = susan.send(Method::POST, super::TOKENS, Vec::new().into()).await;
        assert_eq!(refused.status, 403, "nobody has confirmed the account yet");
    }

    async fn a_user_is_shown_to_whoever_has_a_token_and_their_address_to_themselves(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;
        let bob = sign_up(&app, "bob").await;

        let own = susan.get(&format!("{USERS}/{id}")).await;
        assert_eq!((own.status, &own.body["email"]), (200, &json!("susan@example.com")));
        let other = susan.get(&format!("{USERS}/{}", bob["id"].as_str().unwrap())).await;
        assert_eq!((other.status, &other.body["username"]), (200, &json!("bob")));
        assert!(other.body.get("email").is_none());
        for shown in [&own.body, &other.body] {
            let members = shown.as_object().unwrap().keys();
            let secret = |name: &&String| ["password", "hash", "token"].iter().any(|s| name.contains(s));
            assert_eq!(members.filter(secret).count(), 0, "{shown}");
        }
        is_unauthorized(&app.anonymous().get(&format!("{USERS}/{id}")).await, "Bearer");
        is_unauthorized(&app.basic("susan", "cat").get(&format!("{USERS}/{id}")).await, "Bearer");
    }

    async fn nobody_has_an_id_that_is_none(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;

        for id in ["1", "x", "%ff", "00000000-0000-0000-0000-000000000000"] {
            for tail in ["", "/followers", "/following"] {
                let answer = susan.get(&format!("{USERS}/{id}{tail}")).await;
                is_error(&answer, 404, "Not Found", "");
            }
        }
    }

    async fn users_come_in_pages_with_links_to_the_neighbours(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;
        for number in 0..4 {
            sign_up(&app, &format!("user{number}")).await;
        }

        let page = susan.get(&format!("{USERS}?page=2&per_page=2")).await.body;

        let names: Vec<_> = page["items"].as_array().unwrap().iter().map(|u| &u["username"]).collect();
        assert_eq!(names, ["user1", "user2"]);
        let meta = json!({"page": 2, "per_page": 2, "total_pages": 3, "total_items": 5});
        assert_eq!(page["_meta"], meta);
        let links = json!({
            "self": format!("{USERS}?page=2&per_page=2"),
            "next": format!("{USERS}?page=3&per_page=2"),
            "prev": format!("{USERS}?page=1&per_page=2"),
        });
        assert_eq!(page["_links"], links);
        let last = susan.get(&format!("{USERS}?page=3&per_page=2")).await.body;
        assert_eq!((last["_links"]["next"].is_null(), last["items"].as_array().unwrap().len()), (true, 1));
        let beyond = susan.get(&format!("{USERS}?page=4294967295")).await;
        assert_eq!((beyond.status, &beyond.body["items"]), (200, &json!([])));
        is_unauthorized(&app.anonymous().get(USERS).await, "Bearer");
    }

    async fn a_page_has_at_most_a_hundred_and_bad_numbers_are_as_if_absent(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;

        let page = async |query: &str| susan.get(&format!("{USERS}{query}")).await.body["_meta"].clone();
        assert_eq!(page("?per_page=5000").await["per_page"], 100);
        for query in ["", "?page=x&per_page=y", "?page=-1&per_page=0", "?page=1.5&per_page=99999999999"] {
            let meta = page(query).await;
            assert_eq!((&meta["page"], &meta["per_page"]), (&json!(1), &json!(10)), "{query}");
        }
    }

    async fn nobody_follows_anybody(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;

        for tail in ["followers", "following"] {
            let path = format!("{USERS}/{id}/{tail}");
            let answer = susan.get(&path).await;
            let shown = json!({
                "items": [],
                "_meta": {"page": 1, "per_page": 10, "total_pages": 0, "total_items": 0},
                "_links": {"self": format!("{path}?page=1&per_page=10"), "next": null, "prev": null},
            });
            assert_eq!((answer.status, answer.body), (200, shown));
            is_unauthorized(&app.anonymous().get(&path).await, "Bearer");
        }
    }

    async fn one_changes_ones_own_name_and_address_and_no_password(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;
        let path = format!("{USERS}/{id}");

        let body = json!({
            "username": "Susan2", "email": "new@example.com", "about_me": "x", "password": "stolen",
        });
        let answer = susan.put(&path, &body).await;

        assert_eq!((answer.status, &answer.body["username"]), (200, &json!("Susan2")));
        assert_eq!(answer.body["email"], "new@example.com");
        assert_eq!(susan.get(&path).await.body["username"], "Susan2");
        assert_eq!(app.basic("susan2", "cat").get("/api/me").await.status, 200);
        assert_eq!(app.basic("susan2", "stolen").get("/api/me").await.status, 401);
        let same = json!({"username": "Susan2", "email": "new@example.com"});
        assert_eq!(susan.put(&path, &same).await.status, 200);
        assert_eq!(susan.put(&path, &json!({})).await.status, 200);
    }

    async fn a_change_to_what_is_taken_changes_nothing(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;
        sign_up(&app, "bob").await;
        let path = format!("{USERS}/{id}");

        let taken = susan.put(&path, &json!({"username": "bob"})).await;
        is_error(&taken, 400, "Bad Request", "please use a different username");
        let both = json!({"username": "free", "email": "bob@example.com"});
        let taken = susan.put(&path, &both).await;
        is_error(&taken, 400, "Bad Request", "please use a different email address");
        assert_eq!(susan.get(&path).await.body["username"], "susan");
        for body in [json!({"username": ""}), json!({"email": "none"}), json!({"username": []})] {
            assert_eq!(susan.put(&path, &body).await.status, 400);
        }
    }

    async fn nobody_changes_somebody_else(db) {
        let app = app(&db).await;
        let (_, susan) = susan(&app).await;
        let bob = sign_up(&app, "bob").await;

        for id in [bob["id"].as_str().unwrap(), "1", "00000000-0000-0000-0000-000000000000"] {
            let answer = susan.put(&format!("{USERS}/{id}"), &json!({"username": "x"})).await;
            is_error(&answer, 403, "Forbidden", "");
        }
        let path = format!("{USERS}/{}", bob["id"].as_str().unwrap());
        is_unauthorized(&app.anonymous().put(&path, &json!({})).await, "Bearer");
    }

    async fn an_address_is_not_changed_by_a_token_of_long_ago(db) {
        let app = app(&db).await;
        let (id, susan) = susan(&app).await;
        app.pass(601);
        let path = format!("{USERS}/{id}");

        let answer = susan.put(&path, &json!({"email": "new@example.com"})).await;

        assert_eq!((answer.status, &answer.body["error"]), (403, &json!("Forbidden")));
        assert_eq!(susan.put(&path, &json!({"username": "susanna"})).await.status, 200);
    }

    async fn a_new_address_waits_for_its_mail_where_mail_is_sent(db) {
        let app = db.app_with(|config| config.mail.transport = countersign::Transport::Inbox).await;
        let routes = api_tokens(&app.auth, api_tokens::Options::default());
        let app = app.with("/api-tokens", routes);
        let user = app.user("susan").await;
        let susan = app.bearer(&user.log_in().await.access);

        let answer = susan.put(&format!("{USERS}/{}", user.id), &json!({"email": "n@example.com"})).await;

        assert_eq!((answer.status, &answer.body["email"]), (200, &Value::Null));
        let mails = app.auth.mails().inbox(10).await.unwrap();
        assert_eq!(mails.iter().filter(|mail| mail.to == "n@example.com").count(), 1);
    }

    async fn a_token_that_may_not_touch_accounts_sees_none(db) {
        let app = app(&db).await;
        let user = app.user("susan").await;
        let bare = app.bearer(&user.key("").await.key);

        is_error(&bare.get(USERS).await, 403, "Forbidden", "");
        is_error(&bare.get(&format!("{USERS}/{}", user.id)).await, 403, "Forbidden", "");
        let answer = bare.put(&format!("{USERS}/{}", user.id), &json!({"username": "x"})).await;
        assert_eq!((answer.status, &answer.body["error"]), (403, &json!("Forbidden")));
    }
}
