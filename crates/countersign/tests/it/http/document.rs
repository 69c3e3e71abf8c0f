//! The OpenAPI document and the routes are the same list.

use std::{collections::BTreeSet, fs, path::Path};

use axum::{body::Body, http::Method};
use serde_json::Value;

use crate::support::{App, on_both_engines};

/// Methods and paths of the document.
pub(super) fn operations(document: &Value) -> Vec<(Method, String)> {
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

pub(super) async fn document(app: &App) -> Value {
    app.anonymous().get("/api/openapi.json").await.body
}

/// The path with an identifier in it that names nothing.
pub(super) fn filled(path: &str) -> String {
    let id = "0190163d-8694-739b-aea5-966c26f8ad91";
    path.replace("{id}", id).replace("{role}", "auditor").replace("{jti}", "no.token")
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

/// A route added beside the documented ones would be in neither list above.
#[test]
fn no_route_is_added_past_the_document() {
    let mut strays = Vec::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let routes = code.filter(|line| line.contains(".route(\"") || line.contains(".nest("));
            strays.extend(routes.map(|line| line.trim().to_owned()));
        }
    }

    let document = r#"Router::new().route("/api/openapi.json", get(async || Json(openapi())))"#;
    assert_eq!(strays, [document]);
}
