//! Who may do what: every route of the document with every kind of caller. A route this file does
//! not know fails it.

use axum::{body::Body, http::Method};
use serde_json::json;

use super::document::{document, filled, operations};
use crate::support::{Caller, on_both_engines};

/// Who a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum For {
    Anybody,
    SignedIn,
    /// Scope `account`.
    Account,
    /// Role and scope `admin`.
    Admin,
    /// An administrator's API key with the scope `revocations`: see `offline`.
    Listener,
}

fn is_for(method: &Method, path: &str) -> For {
    match (method.as_str(), path) {
        ("POST", "/api/users" | "/api/tokens" | "/api/tokens/refresh" | "/oauth/revoke")
        | ("POST", "/api/recovery" | "/api/recovery/reset" | "/api/sign-up/challenge")
        | ("POST", "/api/confirmation" | "/api/confirmation/confirm" | "/api/me/email/confirm")
        | ("GET", "/.well-known/jwks.json" | "/status-lists/{number}") => For::Anybody,
        ("GET", "/revocations") => For::Listener,
        ("GET", "/api/me" | "/api/forward-auth")
        | ("DELETE", "/api/tokens")
        | ("POST", "/oauth/introspect") => For::SignedIn,
        ("PUT", "/api/me/password" | "/api/me/email")
        | ("PATCH" | "DELETE", "/api/me")
        | ("GET", "/api/me/export" | "/api/me/devices")
        | ("POST", "/api/me/keep")
        | ("GET" | "PATCH", "/api/me/attributes")
        | ("DELETE", "/api/me/devices/{id}")
        | ("GET" | "DELETE", "/api/me/sessions")
        | ("DELETE", "/api/me/sessions/{id}" | "/api/me/api-keys/{id}" | "/api/tokens/{jti}")
        | ("GET" | "POST", "/api/me/api-keys") => For::Account,
        ("GET", "/api/users")
        | ("GET" | "DELETE", "/api/users/{id}")
        | ("POST", "/api/users/{id}/disable" | "/api/users/{id}/enable")
        | ("POST", "/api/users/{id}/confirm")
        | ("DELETE", "/api/users/{id}/sessions")
        | ("POST", "/api/invitations")
        | ("PUT" | "DELETE", "/api/users/{id}/roles/{role}") => For::Admin,
        _ => panic!("{method} {path} is a new route: say here who it is for"),
    }
}

/// Callers from the weakest to the strongest, and what each may.
struct Callers {
    anonymous: Caller,
    /// An API key without any scope.
    bare_key: Caller,
    /// A user's token, with the default scope.
    user: Caller,
    /// An admin's API key that lacks the scope `admin`.
    admins_key: Caller,
    /// A user's API key that has the scope and lacks the role.
    users_key: Caller,
    admin: Caller,
}

impl Callers {
    fn all(&self) -> [(&str, &Caller, &[For]); 6] {
        use For::{Account, Admin, Anybody, SignedIn};
        [
            ("anonymous", &self.anonymous, &[Anybody]),
            ("a bare key", &self.bare_key, &[Anybody, SignedIn]),
            ("a user", &self.user, &[Anybody, SignedIn, Account]),
            ("an admin's key without scope", &self.admins_key, &[Anybody, SignedIn, Account]),
            ("a user's key with scope", &self.users_key, &[Anybody, SignedIn, Account]),
            ("an admin", &self.admin, &[Anybody, SignedIn, Account, Admin]),
        ]
    }
}

async fn callers(app: &crate::support::App) -> Callers {
    let (root, miguel) = (app.admin().await, app.user("miguel").await);
    Callers {
        anonymous: app.anonymous(),
        bare_key: app.api_key(&root.key("").await.key),
        user: miguel.log_in().await.json(),
        admins_key: app.api_key(&root.key("account").await.key),
        users_key: app.api_key(&miguel.key("account admin").await.key),
        admin: root.log_in().await.json(),
    }
}

on_both_engines! {
    async fn every_route_lets_in_whom_it_is_for_and_nobody_else(db) {
        let app = db.app().await;
        let document = document(&app).await;
        let callers = callers(&app).await;

        for (method, path) in operations(&document) {
            let who = is_for(&method, &path);
            for (name, caller, may) in callers.all() {
                if matches!(
                    (method.as_str(), path.as_str()),
                    ("DELETE", "/api/tokens" | "/api/me/sessions" | "/api/me")
                ) {
                    continue; // They end the caller; `revocation` and `account` have their rules.
                }
                let answer = caller.send(method.clone(), &filled(&path), Body::empty()).await;
                let let_in = !matches!(answer.error(), "authentication_required" | "insufficient_scope"
                    | "access_denied" | "invalid_token")
                    || (path == "/api/tokens" && answer.error() != "invalid_token");
                assert_eq!(let_in, may.contains(&who), "{method} {path} {name}: {answer:?}");
                assert_ne!(answer.status, 500, "{method} {path} {name}: {answer:?}");
            }
        }
    }

    async fn a_route_that_ends_the_caller_wants_one(db) {
        let app = db.app().await;
        let callers = callers(&app).await;

        assert_eq!(callers.anonymous.delete("/api/tokens").await.status, 401);
        assert_eq!(callers.anonymous.delete("/api/me/sessions").await.status, 401);
        assert_eq!(callers.anonymous.delete("/api/me").await.status, 401);
        let bare = callers.bare_key.delete("/api/me").await;
        assert_eq!(bare.refusal(), (403, "insufficient_scope"));
        let bare = callers.bare_key.delete("/api/me/sessions").await;
        assert_eq!(bare.refusal(), (403, "insufficient_scope"));
    }

    async fn no_identifier_in_a_body_or_a_query_acts_for_somebody_else(db) {
        let app = db.app().await;
        let (miguel, susan) = (app.user("miguel").await, app.user("susan").await);

        for member in ["user_id", "user", "sub", "id", "owner"] {
            let body = json!({"name": "k", member: susan.id});
            let answer = miguel.post("/api/me/api-keys", &body).await;
            assert_eq!(answer.fault(), (400, "invalid_request", member));
            let path = format!("/api/me/api-keys?{member}={}", susan.id);
            miguel.post(&path, &json!({"name": "k"})).await;
        }
        assert_eq!(susan.get("/api/me/api-keys").await.body["items"], json!([]));
    }

    async fn no_header_about_the_way_changes_who_asks(db) {
        let app = db.app().await;
        let session = app.user("miguel").await.log_in().await;

        for (name, value) in [
            ("x-forwarded-user", "root"), ("x-forwarded-uri", "/api/me"), ("x-remote-user", "root"),
            ("x-original-url", "/api/me"), ("x-rewrite-url", "/api/me"), ("host", "127.0.0.1"),
            ("x-forwarded-for", "127.0.0.1"), ("user-agent", "kube-probe/1.0"), ("cookie", "admin=1"),
            ("x-http-method-override", "GET"), ("forwarded", "for=127.0.0.1"),
        ] {
            assert_eq!(session.header(name, value).get("/api/users").await.status, 403, "{name}");
            let nobody = app.anonymous().header(name, value).get("/api/users").await;
            assert_eq!(nobody.status, 401, "{name}");
        }
    }
}
