//! Somebody who takes things from others.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::server::{Client, Database, basic, bearer};

const PASSWORD: &str = "an administrator's sentence";

/// Makes the account `root`, by the command line.
pub(crate) fn make(database: &Database) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["user", "add", "root", "--role", "admin", "--password-stdin", "--secret-file"])
        .arg(database.secret())
        .env("COUNTERSIGN_DATABASE", database.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
}

impl Client {
    fn by_root(&self, method: &str, path: &str) {
        let root = basic("root", PASSWORD);
        self.call(method, path, Some(&root), Some(&Value::Object(serde_json::Map::new()))).unwrap();
    }

    pub(crate) fn disable(&self, id: &str) {
        self.by_root("POST", &format!("/api/users/{id}/disable"));
    }

    pub(crate) fn make_admin(&self, id: &str) {
        self.by_root("PUT", &format!("/api/users/{id}/roles/admin"));
    }

    pub(crate) fn unmake_admin(&self, id: &str) {
        self.by_root("DELETE", &format!("/api/users/{id}/roles/admin"));
    }

    pub(crate) fn id_of(&self, token: &str) -> String {
        let me = self.call("GET", "/api/me", Some(&bearer(token)), None).unwrap();
        me["id"].as_str().unwrap().to_owned()
    }

    /// A token that may administer, for whoever has the role.
    pub(crate) fn login_with_scope(&self, name: &str, password: &str) -> String {
        let body = serde_json::json!({
            "username": name, "password": password, "scope": "account admin",
        });
        let set = self.call("POST", "/api/tokens", None, Some(&body)).unwrap();
        set["access_token"].as_str().unwrap().to_owned()
    }
}
