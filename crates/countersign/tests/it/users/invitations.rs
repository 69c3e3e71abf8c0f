//! Invitations: a link for one address, good once.

use countersign::{Confirmation, SignUpMode};
use serde_json::{Value, json};

use crate::{
    mail::{inbox, is_confirmed, kinds, mail},
    support::{Answer, App, Database, PASSWORD, User, at_once, on_both_engines, with_status},
};

const ADDRESS: &str = "Susan@Example.org";

/// The secret of the youngest invitation to this address.
pub(super) async fn token(app: &App, to: &str) -> String {
    let text = mail(app, to, "invitation").await.text;
    let (_, rest) = text.split_once("https://auth.example.org/sign-up?invitation=").unwrap();
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect()
}

async fn app(db: &Database) -> (App, User) {
    let app = db
        .app_with(|config| {
            inbox(config);
            config.sign_up.mode = SignUpMode::Invitation;
            config.confirmation = Confirmation::Required;
        })
        .await;
    let root = countersign::NewUser {
        username: Some("root".into()),
        password: PASSWORD.to_owned().into(),
        roles: vec!["admin".into()],
        confirmed: countersign::Confirmed::Yes,
        ..countersign::NewUser::default()
    };
    let root = app.auth.users().sign_up(root, &countersign::Client::default()).await.unwrap();
    let user = User::known(&app, &root.id.to_string(), "root");
    (app, user)
}

async fn invite(root: &User, email: &str) -> Answer {
    root.post("/api/invitations", &json!({"email": email})).await
}

async fn sign_up(app: &App, body: Value) -> Answer {
    app.anonymous().post("/api/users", &body).await
}

on_both_engines! {
    async fn whoever_is_invited_signs_up_with_that_address_which_is_proven_by_it(db) {
        let (app, root) = app(&db).await;

        assert_eq!(invite(&root, ADDRESS).await.status, 202);
        let invitation = token(&app, ADDRESS).await;
        let body = json!({"username": "susan", "password": PASSWORD, "invitation": invitation});
        let made = sign_up(&app, body).await;

        assert_eq!((made.status, made.body["email"].as_str()), (201, Some(ADDRESS)));
        assert!(is_confirmed(&app, "susan").await);
        assert_eq!(app.basic("susan@example.org", PASSWORD).get("/api/me").await.status, 200);
        assert_eq!(kinds(&app, ADDRESS).await, ["invitation"]);
    }

    async fn in_a_browser_the_invited_go_in_at_once(db) {
        let (app, root) = app(&db).await;
        invite(&root, ADDRESS).await;
        let invitation = token(&app, ADDRESS).await;
        let mut browser = app.browser();
        let page = format!("/sign-up?invitation={invitation}");
        for _ in 0..3 {
            assert_eq!(browser.open(&page).await.status, 200, "looking uses nothing up");
        }

        let mut fields = vec![("invitation", invitation.as_str()), ("password", "short")];
        assert_eq!(browser.submit("/sign-up", &fields).await.status, 422);
        fields[1].1 = PASSWORD;
        fields.push(("next", "/who"));
        let answer = browser.submit("/sign-up", &fields).await;

        assert_eq!(answer.location(), "/who");
        assert_eq!(browser.who().await, ADDRESS);
        let mut other = app.browser();
        assert_eq!(other.open(&page).await.status, 410);
        assert_eq!(other.submit("/sign-up", &fields).await.status, 410);
    }

    async fn of_twenty_uses_of_an_invitation_at_once_one_makes_an_account(db) {
        let (app, root) = app(&db).await;
        invite(&root, ADDRESS).await;
        let invitation = token(&app, ADDRESS).await;

        let answers = at_once(20, |n| {
            let (app, invitation) = (app.clone(), invitation.clone());
            let body = json!({"username": format!("u{n}"), "password": PASSWORD, "invitation": invitation});
            async move { sign_up(&app, body).await }
        })
        .await;

        assert_eq!(with_status(&answers, 201), 1, "{answers:?}");
        let refused = |answer: &&Answer| ["invalid_grant", "conflict"].contains(&answer.error());
        assert_eq!(answers.iter().filter(refused).count(), 19, "{answers:?}");
        assert_eq!(db.count("users").await, 2);
    }

    async fn a_sign_up_that_fails_leaves_the_invitation_good(db) {
        let (app, root) = app(&db).await;
        invite(&root, ADDRESS).await;
        let invitation = token(&app, ADDRESS).await;
        let with = |name: &str, password: &str| json!({"username": name, "password": password,
            "invitation": invitation});

        assert_eq!(sign_up(&app, with("root", PASSWORD)).await.fault(), (409, "conflict", "username"));
        assert_eq!(sign_up(&app, with("susan", "short")).await.field(), "password");
        let mut elsewhere = with("susan", PASSWORD);
        elsewhere["email"] = "other@example.org".into();
        assert_eq!(sign_up(&app, elsewhere).await.fault(), (400, "invalid_request", "email"));
        let mut same = with("susan", PASSWORD);
        same["email"] = "SUSAN@example.org".into();

        assert_eq!(sign_up(&app, same).await.status, 201);
    }

    async fn an_invitation_is_good_for_seven_days_and_for_nothing_else(db) {
        let (app, root) = app(&db).await;
        invite(&root, ADDRESS).await;
        let invitation = token(&app, ADDRESS).await;

        for path in ["/api/confirmation/confirm", "/api/recovery/reset"] {
            let body = json!({"token": invitation, "new_password": PASSWORD});
            let body = if path.ends_with("reset") { body } else { json!({"token": invitation}) };
            assert_eq!(app.anonymous().post(path, &body).await.refusal(), (400, "invalid_grant"));
        }
        app.pass(7 * 86_400);
        let body = json!({"username": "susan", "password": PASSWORD, "invitation": invitation});
        assert_eq!(sign_up(&app, body).await.fault(), (400, "invalid_grant", "invitation"));
        let page = format!("/sign-up?invitation={invitation}");
        assert_eq!(app.browser().open(&page).await.status, 410);
    }

    async fn only_who_was_invited_learns_that_there_is_an_account(db) {
        let (app, root) = app(&db).await;
        invite(&root, ADDRESS).await;
        let first = token(&app, ADDRESS).await;
        app.pass(1);

        let (again, other) = (invite(&root, ADDRESS).await, invite(&root, "new@example.org").await);
        let second = token(&app, ADDRESS).await;
        let with = |name: &str, token: &str| json!({"username": name, "password": PASSWORD,
            "invitation": token});
        assert_eq!(sign_up(&app, with("susan", &first)).await.status, 201);
        let third = invite(&root, ADDRESS).await;

        assert_eq!((again.status, &again.bytes, &third.bytes), (202, &other.bytes, &other.bytes));
        assert_eq!(sign_up(&app, with("x", &second)).await.fault(), (409, "conflict", "email"));
        assert_eq!(db.count("users").await, 2);
    }

    async fn an_invitation_counts_as_confirmed_only_the_address_it_went_to(db) {
        let (app, root) = app(&db).await;
        assert_eq!(invite(&root, "no address").await.fault(), (400, "invalid_request", "email"));
        invite(&root, ADDRESS).await;
        let invitation = token(&app, ADDRESS).await;
        let mut browser = app.browser();

        let fields = [("username", "eve"), ("email", "eve@example.org"), ("password", PASSWORD),
            ("invitation", invitation.as_str())];

        assert_eq!(browser.submit("/sign-up", &fields).await.status, 422);
        assert_eq!(db.count("users").await, 1);
    }
}
