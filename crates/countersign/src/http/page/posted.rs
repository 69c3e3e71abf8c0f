//! A form sent by a page of ours. There is no other way to read one, so none escapes the check.

use std::convert::Infallible;

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::request::Parts,
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

use super::Visit;
use crate::{
    Auth,
    http::{csrf, json},
};

/// Who sent a form, and what is in it.
pub(crate) struct Posted<T> {
    pub(crate) visit: Visit,
    pub(crate) form: T,
}

impl<T: DeserializeOwned> FromRequest<Auth> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, auth: &Auth) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let visit = Visit::of(&parts, auth).await.map_err(IntoResponse::into_response)?;
        let refused = |denied: crate::Denied| visit.refusal(&denied);
        json::check_form(&parts.headers).map_err(refused)?;
        let head = Request::from_parts(parts.clone(), body);
        let bytes = json::read(head, auth).await.map_err(|error| visit.failure(error))?;
        let field = form_urlencoded::parse(&bytes).find(|(name, _)| name == csrf::FIELD);
        let field = field.as_ref().map(|(_, value)| value.as_ref());
        csrf::check(&parts, auth, field).map_err(refused)?;
        let form = json::parse_form(&bytes).map_err(refused)?;
        Ok(Self { visit, form })
    }
}

/// What the address of a page asks for; what cannot be read asks for nothing.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_urlencoded::from_str(query).unwrap_or_default()))
    }
}
