//! The OpenAPI document: collected from the very routes that are served, so neither can lie.

use axum::{Router, routing::get};
use utoipa::{
    OpenApi,
    openapi::{
        Components, Content, InfoBuilder, OpenApi as Document, PathItem, Ref, RefOr, Response,
        ResponseBuilder,
        path::Operation,
        schema::Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};

use super::{answer::Answer, error::ErrorBody};
use crate::Auth;

pub(super) fn route() -> Router<Auth> {
    Router::new().route("/api/openapi.json", get(async || Answer(openapi())))
}

#[derive(OpenApi)]
#[openapi(components(schemas(ErrorBody)))]
struct Shared;

/// The OpenAPI 3.1 document of the native API.
pub fn openapi() -> Document {
    let (_, mut document) = super::api().split_for_parts();
    document.info = InfoBuilder::new()
        .title("Countersign")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("Users, sessions, tokens and API keys."))
        .build();
    document.merge(Shared::openapi());
    let components = document.components.get_or_insert_with(Components::new);
    for (name, scheme) in schemes() {
        components.add_security_scheme(name, scheme);
    }
    for item in document.paths.paths.values_mut() {
        for operation in operations(item) {
            add_errors(operation);
        }
    }
    document
}

fn schemes() -> [(&'static str, SecurityScheme); 3] {
    let http = |scheme| SecurityScheme::Http(HttpBuilder::new().scheme(scheme).build());
    [
        ("basic", http(HttpAuthScheme::Basic)),
        ("bearer", http(HttpAuthScheme::Bearer)),
        ("api_key", SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-API-Key")))),
    ]
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch]
        .into_iter()
        .filter_map(Option::as_mut)
}

/// Every operation refuses in the same shape.
fn add_errors(operation: &mut Operation) {
    let refusal = |text: &str| -> Response {
        let schema = RefOr::<Schema>::Ref(Ref::from_schema_name("ErrorBody"));
        ResponseBuilder::new()
            .description(text)
            .content("application/json", Content::new(Some(schema)))
            .build()
    };
    let responses = &mut operation.responses.responses;
    responses.insert("4XX".into(), refusal("Refused; the body says what to mend.").into());
    responses.insert("503".into(), refusal("Busy; try again after Retry-After.").into());
}
