//! The OpenAPI document and the routes are the same list.

use std::collections::BTreeSet;

use axum::{body::Body, http::Method};
use serde_json::Value;

use crate::support::{App, on_both_engines};

/// Methods and paths of the document.
pub(crate) fn operations(document: &Value) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            if let Ok(method) = method.to_uppercase().parse::<Method>() {
                found.push((method, path.clone()));
            }
        }
    }
    assert!(found.len() > 20, "{found:?}");
    found
}

pub(crate) async fn document(app: &App) -> Value {
    app.anonymous().get("/api/openapi.json").await.body
}

/// The path with an identifier in it that names nothing.
pub(crate) fn filled(path: &str) -> String {
    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    path.replace("{id}", id)
        .replace("{role}", "auditor")
        .replace("{jti}", "no.token")
        .replace("{number}", "0")
}

on_both_engines! {
    async fn every_documented_operation_is_served(db) {
        let app = db.app().await;

        for (method, path) in operations(&document(&app).await) {
            let answer = app.anonymous().send(method.clone(), &filled(&path), Body::empty()).await;
            assert!(![404, 405, 500].contains(&answer.status), "{method} {path}: {answer:?}");
        }
    }

    async fn every_method_served_is_documented(db) {
        let app = db.app().await;
        let document = document(&app).await;
        let documented: BTreeSet<String> =
            operations(&document).iter().map(|(method, path)| format!("{method} {path}")).collect();
        let mut paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        paths.dedup();

        for path in paths {
            for method in ["GET", "POST", "PUT", "DELETE", "PATCH", "TRACE", "QUERY"] {
                let request = method.parse().unwrap();
                let answer = app.anonymous().send(request, &filled(path), Body::empty()).await;
                let is_known = documented.contains(&format!("{method} {path}"));
                assert_eq!(answer.status != 405, is_known, "{method} {path}");
            }
        }
    }

    async fn the_document_tells_how_everything_is_refused(db) {
        let app = db.app().await;
        let document = document(&app).await;

        for (method, path) in operations(&document) {
            let operation = &document["paths"][&path][method.as_str().to_lowercase()];
            assert!(operation["responses"]["4XX"].is_object(), "{method} {path}");
            assert!(operation["summary"].is_string() || operation["description"].is_string());
        }
        assert!(document["components"]["schemas"]["ErrorBody"].is_object());
    }
}
